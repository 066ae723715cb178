"""`provision assign`: the ward of a tablet, which its next policy brings to its screen."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from provision.cli import ending
from provision.cli.number import read_typed
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.reason import check_reason
from provision.cli.scanned import read_scans
from provision.cli.speech import language_of, speak
from provision.cli.ward_choice import find_ward
from provision.home.folder import Home, load_home
from provision.register.settings import LOCAL_NAME
from provision.state.opening import open_bench_state
from provision.state.wards import Role
from provision.station.house_register import see_house_wards, tell_overtaken
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from pathlib import Path

    from provision.state.sql.bench_state import BenchState

MOST_NUMBERS = 10_000


@click.command()
@home_option("./ward")
@language_option("Language of the answer  [default: the home's].")
@click.argument("words", nargs=-1, metavar="NUMBER... WARD")
@click.option(
    "--none", "leaves", is_flag=True, help="The tablets belong to no ward any more; give their numbers alone."
)
@click.option("--why", default="", help="A word for the log, never about a person.")
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Role if role is not Role.AUDITOR]),
    default=str(Role.TECHNICIAN),
    show_default=True,
    help="As what you say it.",
)
@click.option("--scan", "scans", is_flag=True, help="Scan the labels of the tablets, one after the other.")
@click.option("--list", "shows", is_flag=True, help="Show which tablet is in which ward, or what was said of NUMBER.")
def assign(
    home: Path | None,
    language: Language | None,
    words: tuple[str, ...],
    leaves: bool,
    why: str,
    role: str,
    scans: bool,
    shows: bool,
) -> None:
    """Say that tablets belong to a ward of site.yaml: NUMBER (A-0009), or several, and the ward's short name.

    Their screens show the ward, its hotline and its colour from their next run on. Works beside a running station and
    needs no tablet. Each word is kept with its time, for good.

    With --scan give the ward alone (or --none alone): each label is answered at once; those taken are noted at the end.

    A number of another bench that was never heard of here is noted, with a warning.

    Exit status 0 noted, 1 a number is not known here or retired, 2 wrong use or no such ward.
    """
    place = see_house_wards(speak(load_home(home or WARD_HOME), language))
    said = language_of(place)
    check_reason(said, why)
    least, most = _count_words(leaves=leaves, scans=scans, shows=shows)
    if not least <= len(words) <= most or (shows and (leaves or scans)):
        raise click.UsageError(say(said, "assign.one-thing"))
    with open_bench_state(place.path) as state:
        if shows:
            _show(said, place, state, words)
            return
        ward = "" if leaves else find_ward(said, place, words[-1])
        typed = words if leaves else words[:-1]
        numbers = _scan(said, place, state) if scans else _read_numbers(said, place, state, typed)
        unheard = _list_unheard(place, state, numbers)
        state.wards.assign(numbers, ward, Role(role), why)
        tell_overtaken(place, state.wards, numbers)
    key = "assign.left" if leaves else "assign.done"
    shown = "" if leaves else place.site.name_place(place.site.wards[ward])
    click.echo(say(said, key, numbers=", ".join(numbers), place=shown))
    for number in unheard:
        click.echo(say(said, "assign.unheard", asset=number), err=True)


def _count_words(*, leaves: bool, scans: bool, shows: bool) -> tuple[int, int]:
    """The least and the most words that a command takes."""
    if shows:
        return 0, 1
    least = (not leaves) + (not scans)
    return least, least if scans else MOST_NUMBERS


def _scan(language: Language, place: Home, state: BenchState) -> tuple[str, ...]:
    """Numbers on the labels that are scanned, each answered at once; one that is not taken is left out.

    Raises:
        SystemExit: none was taken.
    """
    numbers = list[str]()
    for number in read_scans(language, place):
        fault = _find_fault(language, place, state, number, scans=True)
        if fault is not None:
            click.echo(fault, err=True)
            continue
        key = "assign.scan.again" if number in numbers else "assign.scan"
        numbers.append(number)
        click.echo(say(language, key, number=number, count=len(set(numbers))))
    if not numbers:
        click.echo(say(language, "room.nothing"), err=True)
        raise SystemExit(ending.NOT_ALL)
    return tuple(dict.fromkeys(numbers))


def _read_numbers(language: Language, place: Home, state: BenchState, typed: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers of tablets that this bench knows, or another bench of the site gave; each once.

    Raises:
        click.UsageError: one is no number.
        SystemExit: this bench never gave one, or it was retired; nothing is noted then.
    """
    numbers = tuple(dict.fromkeys(read_typed(language, each) for each in typed))
    for number in numbers:
        fault = _find_fault(language, place, state, number, scans=False)
        if fault is not None:
            click.echo(fault, err=True)
            raise SystemExit(ending.NOT_ALL)
    return numbers


def _find_fault(language: Language, place: Home, state: BenchState, number: str, *, scans: bool) -> str | None:
    """Why a number is not taken: this bench never gave it, or it was retired.

    Args:
        scans: it is left out, and the others count; else nothing is noted.
    """
    prefix = place.bench.asset_prefix
    if number.rpartition("-")[0] == prefix and not state.open_registry(prefix).knows(number):
        return say(language, "assign.scan.unknown" if scans else "assign.unknown", asset=number)
    became = state.open_label_checks(prefix).find_successor(number)
    key = "assign.scan.retired" if scans else "assign.retired"
    return None if became == number else say(language, key, asset=number, became=became)


def _list_unheard(place: Home, state: BenchState, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers of other benches that nothing ever named here: no tablet, no agent, no run, not the house's register.

    The bench's own copy of the register is asked, where there is one; no server.
    """
    registry = state.open_registry(place.bench.asset_prefix)
    new = tuple(each for each in numbers if not registry.knows(each) and state.run_times.find_last(each) is None)
    if not new or not (place.state / LOCAL_NAME).exists():
        return new
    # The register brings SQLAlchemy along, which `--help` need not load.
    from provision.register.sql.opening import open_local  # noqa: PLC0415
    from provision.register.sql.tablet_rows import find_life  # noqa: PLC0415

    with closing(open_local(place.path)) as register:
        return tuple(each for each in new if register.read(partial(find_life, number=each)) is None)


def _show(language: Language, place: Home, state: BenchState, typed: tuple[str, ...]) -> None:
    """The wards of all tablets, or each word on one of them."""
    if typed:
        events = state.wards.list_events(read_typed(language, typed[0]))
    else:
        events = tuple(event for event in state.wards.list_current() if event.ward)
    for event in events:
        known = place.site.wards.get(event.ward)
        key = "assign.row" if known or not event.ward else "assign.row-gone"
        name = "-" if not event.ward else event.ward if known is None else f"{event.ward} ({known.name})"
        role = say(language, f"role.{event.role}")
        values = {"asset": event.asset_id, "ward": name, "at": event.at, "role": role}
        click.echo(say(language, key, **values, why=event.why).rstrip())
    if not events:
        click.echo(say(language, "assign.nothing"))
