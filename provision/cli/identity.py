"""`provision identity`: what is known of a number, its correction, and labels for tablets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.agent.site_key import load_site_key
from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.number import read_typed
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.paper_files import form_option, out_option, print_paper
from provision.cli.reason import check_reason
from provision.cli.speech import confirm, language_of, speak
from provision.home.folder import load_home
from provision.report.labels import describe_tablet_labels
from provision.report.slot_labels import LabelForm
from provision.state.opening import open_bench_state
from provision.station.house_register import see_house_wards
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.identity.which import Asset
    from provision.state.sql.bench_state import BenchState

_language_option = language_option("Of the messages  [default: the home's].")


@click.group()
def identity() -> None:
    """What is known of a tablet's number; correct a wrong one; print labels."""


@identity.command()
@home_option("./ward")
@_language_option
@click.argument("number")
@prints_only
def show(home: Path | None, language: Language | None, number: str) -> None:
    """Show what this bench knows of NUMBER: serial number, numbers it had, ward, where it was seen last.

    Exit status 0 shown, 1 no such tablet.
    """
    place = speak(load_home(home or WARD_HOME), language)
    speech, asked = language_of(place), read_typed(language_of(place), number)
    with open_bench_state(place.path) as state:
        asset = _find(state, asked)
        if asset is None:
            click.echo(say(speech, "identity.none", asset=asked), err=True)
            raise SystemExit(ending.NOT_ALL)
        labels = state.open_label_checks(place.bench.asset_prefix)
        count = len({*asset.installations, *asset.confirmed})
        key = "identity.serial" if count > 1 else "identity.serial-one" if count else "identity.serial-none"
        click.echo(say(speech, key, asset=asked, serial=asset.serial, count=count))
        became = labels.find_successor(asked)
        if became != asked:
            click.echo(say(speech, "identity.became", became=became))
        for former in labels.list_former(asked):
            click.echo(say(speech, "identity.former", asset=former.asset_id, at=former.at, why=former.why))
        if any(one.asset_id == asked for one in labels.list_open()):
            click.echo(say(speech, "identity.open"))
        ward = state.wards.find(asked)
        if ward is not None:
            click.echo(say(speech, "identity.ward", ward=ward))
        click.echo(_tell_seen(speech, state, asked))


@identity.command()
@home_option("./ward")
@_language_option
@click.argument("wrong")
@click.argument("right")
@click.option("--why", required=True, help="What was found, for the log; never about a person.")
@click.option("--yes", is_flag=True, help="Without being asked.")
def correct(home: Path | None, language: Language | None, wrong: str, right: str, why: str, *, yes: bool) -> None:
    """Say that the tablet numbered WRONG is the tablet RIGHT; WRONG is retired and never given again.

    For two numbers that one tablet got, as a white-box twin does after a reset. Its next run brings RIGHT to its screen
    with the maintenance code of that number. Needs no tablet. Where the tablet is in a slot, `provision confirm SLOT
    RIGHT` does the same, and what it says can be taken back.

    Exit status 0 corrected, 1 they cannot be one tablet, 2 wrong use.
    """
    place = speak(load_home(home or WARD_HOME), language)
    speech = language_of(place)
    check_reason(speech, why)
    numbers = {"wrong": read_typed(speech, wrong), "right": read_typed(speech, right)}
    with open_bench_state(place.path) as state:
        # The database brings SQLAlchemy along, which `--help` need not load.
        from provision.state.sql.label_check_store import LabelRefused  # noqa: PLC0415

        labels = state.open_label_checks(place.bench.asset_prefix)
        if place.kind is not HomeKind.TRAINING and not yes:
            seen = {f"seen_{each}": _tell_seen(speech, state, number) for each, number in numbers.items()}
            confirm(speech, say(speech, "identity.sure", **numbers, **seen))
        state.audit_log.note(f"correct to {numbers['right']}", numbers["wrong"])
        try:
            labels.correct(numbers["wrong"], numbers["right"], why)
        except LabelRefused as refused:
            state.audit_log.note(f"correct to {numbers['right']} refused", numbers["wrong"])
            values = {"asset": refused.asset_id, "serial": refused.serial, "became": refused.became}
            click.echo(say(speech, f"identity.{refused.why}", **numbers, **values))
            raise SystemExit(ending.NOT_ALL) from None
    click.echo(say(speech, "identity.corrected", **numbers))


@identity.command("labels")
@home_option("./ward")
@_language_option
@out_option("labels.pdf")
@form_option
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
def print_labels(home: Path | None, language: Language | None, out: Path, form: str, numbers: tuple[str, ...]) -> None:
    """Write labels for tablets: the number, hospital and hotline, and a QR code that `confirm` reads.

    A number whose tablet waits for its label to be read gets none: it may be another tablet's. The file is written, and
    one of that name is replaced. Exit status 0 written, 1 a number is not known, retired, or still asked about.
    """
    place = speak(load_home(home or WARD_HOME), language)
    speech = language_of(place)
    wanted = tuple(dict.fromkeys(read_typed(speech, each) for each in numbers))
    with open_bench_state(place.path) as state:
        labels = state.open_label_checks(place.bench.asset_prefix)
        asked = {one.asset_id for one in labels.list_open()}
        for number in wanted:
            became = labels.find_successor(number)
            key = "none" if _find(state, number) is None else "retired" if became != number else "open-label"
            if key != "open-label" or number in asked:
                click.echo(say(speech, f"identity.{key}", asset=number, became=became), err=True)
                raise SystemExit(ending.NOT_ALL)
        known = see_house_wards(place).site.wards
        wards = {number: known.get(state.wards.find(number) or "") for number in wanted}
    key_id = load_site_key(place.keys).key_id
    print_paper(speech, out, "labels", describe_tablet_labels(place.site, key_id, wards, LabelForm(form), speech))


def _find(state: BenchState, number: str) -> Asset | None:
    return state.open_registry("").find_asset(number)


def _tell_seen(language: Language, state: BenchState, number: str) -> str:
    """Where a tablet was seen last."""
    run = state.run_times.find_last(number)
    if run is None:
        return say(language, "identity.unseen")
    values = {"at": f"{run.at:%Y-%m-%d %H:%M}", "slot": run.slot, "model": run.model}
    return say(language, "identity.seen", **values)
