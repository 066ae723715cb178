"""`provision confirm`: the number on the label of a tablet, when the bench cannot know which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provision.cli import ending
from provision.cli.options import Access, access_options, serial_option
from provision.cli.pick import Picked, pick
from provision.cli.reach import open_tablets, visit
from provision.cli.speech import language_of, speak
from provision.facts.collect import read_props, read_shape
from provision.facts.setup import read_installation
from provision.home.folder import load_home
from provision.identity.identify import identify
from provision.identity.number import read_number
from provision.identity.which import UNREAD, digest_installation
from provision.report.identity import tell_reason
from provision.state.opening import open_bench_state
from provision.station.setup import BenchSetup, load_setup
from provision.texts.catalogue import printable, say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.state.sql.label_check_store import LabelCheckStore


@click.command()
@access_options
@click.argument("slot", required=False)
@click.argument("number", required=False)
@serial_option
@click.option("--new", is_flag=True, help="It never had a label: it keeps or gets a number of its own.")
@click.option("--undo", is_flag=True, help="Take back what was said of it: it is asked about again.")
@click.option("--list", "shows", is_flag=True, help="Show every tablet of which a label is still asked for.")
def confirm(
    access: Access, slot: str | None, number: str | None, serial: str | None, new: bool, undo: bool, shows: bool
) -> None:
    """Say that the label of the tablet in SLOT says NUMBER (A-0009), when the bench cannot know which one it is.

    After a factory reset, or with a serial number that other tablets have, a tablet is asked about at every plug until
    then. Another NUMBER corrects an earlier one. Works beside a running station; the tablet's next run goes by it.
    With --serial the only word is NUMBER. Nothing is written to the tablet.

    Exit status 0 confirmed or taken back, 1 the number cannot be this tablet's, 2 wrong use.
    """
    place = speak(load_home(access.folder), access.language)
    language = language_of(place)
    if serial is not None and number is None:
        slot, number = None, slot
    if shows + undo + new + (number is not None) != 1 or (shows and (slot or serial)):
        raise click.UsageError(say(language, "confirm.one-thing"))
    label = None if number is None else read_number(number)
    if number is not None and label is None:
        raise click.UsageError(say(language, "confirm.no-number", number=printable(number)))
    with open_bench_state(place.path) as state:
        store = state.open_label_checks(place.bench.asset_prefix)
        if shows:
            _show(language, store)
            return
        access, setup = open_tablets(access, place), load_setup(place)
        with visit(access, place) as reached:
            who = _ask_who(setup, pick(place, reached, slot, serial), language)
        if undo:
            _undo(language, store, who)
        else:
            _confirm(language, store, who, label)


def _ask_who(setup: BenchSetup, picked: Picked, language: Language) -> tuple[str, str]:
    """Serial and installation of a tablet; what is certainly none is asked no more than what it is."""
    seconds = setup.limits.facts
    props = read_props(picked.transport, seconds=seconds)
    found = identify(props, setup.choose_profile, read_shape(picked.transport, seconds=seconds))
    if found.is_foreign:
        click.echo(say(language, "accept.never", model=props.title, reason=tell_reason(language, found)))
        raise SystemExit(ending.NOT_ALL)
    return props.serial, digest_installation(read_installation(picked.transport, seconds=seconds)) or UNREAD


def _show(language: Language, store: LabelCheckStore) -> None:
    tablets = store.list_open()
    for one in tablets:
        click.echo(say(language, "confirm.row", asset=one.asset_id, since=one.since, serial=printable(one.serial)))
    if not tablets:
        click.echo(say(language, "confirm.none"))


def _undo(language: Language, store: LabelCheckStore, who: tuple[str, str]) -> None:
    numbers = store.undo(*who)
    click.echo(say(language, "confirm.undone" if numbers else "confirm.unsaid", numbers=", ".join(numbers)))
    if not numbers:
        raise SystemExit(ending.NOT_ALL)


def _confirm(language: Language, store: LabelCheckStore, who: tuple[str, str], number: str | None) -> None:
    # The database brings SQLAlchemy along, which `--help` need not load.
    from provision.state.sql.label_check_store import LabelRefused  # noqa: PLC0415

    try:
        if number is None:
            number = store.confirm_new(*who)
        else:
            store.confirm(*who, number)
    except LabelRefused as refused:
        twins = ", ".join(one.asset_id for one in store.list_twins(who[0])) or say(language, "confirm.no-twins")
        values = {"asset": number, "serial": printable(who[0]), "other": printable(refused.serial), "twins": twins}
        click.echo(say(language, f"confirm.{refused.why}", **values))
        raise SystemExit(ending.NOT_ALL) from None
    click.echo(say(language, "confirm.unread" if who[1] == UNREAD else "confirm.done", asset=number))
