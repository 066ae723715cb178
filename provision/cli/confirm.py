"""`provision confirm`: the number on the label of a tablet, when the bench cannot know which one it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from provision.cli import ending
from provision.cli.options import Access, access_options, serial_option
from provision.cli.pick import pick
from provision.cli.reach import open_tablets, visit
from provision.cli.speech import ask_line, language_of, speak
from provision.home.folder import load_home
from provision.identity.label_code import read_label
from provision.report.identity import tell_reason
from provision.report.labels import tell_candidates, tell_heard
from provision.state.opening import open_bench_state
from provision.station.house_register import open_house_numbers
from provision.station.label_desk import LabelDesk, Unlabelled
from provision.station.setup import load_setup
from provision.texts.catalogue import say
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
    then. Without NUMBER the tablets that it may be are shown, and the label is asked for: type it, or scan its code.
    Another NUMBER corrects an earlier one; a number that it was given meanwhile is retired for good. Works beside a
    running station; the tablet's next run goes by it. With --serial the only word is NUMBER. Nothing is written to the
    tablet.

    Exit status 0 confirmed, shown or taken back, 1 the number cannot be this tablet's, 2 wrong use.
    """
    place = speak(load_home(access.folder), access.language)
    language = language_of(place)
    if serial is not None and number is None:
        slot, number = None, slot
    named = slot is not None or serial is not None
    if shows + undo + new + (number is not None) > 1 or shows is named:
        raise click.UsageError(say(language, "confirm.one-thing"))
    if number is not None and read_label(number) is None:
        raise click.UsageError(say(language, "confirm.no-number", number=number))
    with open_bench_state(place.path) as state, open_house_numbers(place) as numbers:
        store = state.open_label_checks(place.bench.asset_prefix, numbers)
        if shows:
            _show(language, store)
            return
        access, setup = open_tablets(access, place), load_setup(place)
        desk = LabelDesk(setup, state, numbers)
        with visit(access, place) as reached:
            who = desk.ask_who(pick(place, reached, slot, serial).transport)
        if who.found.is_foreign:
            click.echo(say(language, "accept.never", model=who.title, reason=tell_reason(language, who.found)))
            raise SystemExit(ending.NOT_ALL)
        if undo:
            _undo(language, store, who)
            return
        if number is None and not new:
            number = _ask_label(language, desk, who)
        if number is not None or new:
            heard = desk.confirm_new(who) if number is None else desk.confirm(who, number)
            click.echo(tell_heard(heard, language))
            raise SystemExit(0 if heard.taken else ending.NOT_ALL)


def _ask_label(language: Language, desk: LabelDesk, who: Unlabelled) -> str | None:
    """What a person types or scans, None for nothing, or where nobody is at a terminal."""
    for line in tell_candidates(desk.list_candidates(who), who.serial, language):
        click.echo(line)
    if not sys.stdin.isatty():
        return None
    said: str = ask_line(say(language, "confirm.ask"), default="", show_default=False)
    return said.strip() or None


def _show(language: Language, store: LabelCheckStore) -> None:
    tablets = store.list_open()
    for one in tablets:
        click.echo(say(language, "confirm.row", asset=one.asset_id, since=one.since, serial=one.serial))
    if not tablets:
        click.echo(say(language, "confirm.none"))


def _undo(language: Language, store: LabelCheckStore, who: Unlabelled) -> None:
    numbers = store.undo(who.serial, who.installation)
    click.echo(say(language, "confirm.undone" if numbers else "confirm.unsaid", numbers=", ".join(numbers)))
    if not numbers:
        raise SystemExit(ending.NOT_ALL)
