"""`provision show`: a tablet's number fills its screen, or its screen blinks, so that a hand finds it among many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from provision.agent.answers import AgentAbsent
from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import OrderSession, open_session
from provision.cli.pick import Picked, pick
from provision.cli.reach import open_home, reach
from provision.cli.speech import language_of
from provision.facts.collect import read_props
from provision.facts.setup import read_installation
from provision.home.folder import lock_home
from provision.identity.which import digest_installation
from provision.report.events import tell_cleaned, tell_events
from provision.runs.screen_blink import blink_screen
from provision.state.donations import digest_hardware, write_donation
from provision.station.setup import load_setup
from provision.texts.catalogue import say

if TYPE_CHECKING:
    from provision.agent.report import Report
    from provision.texts.language import Language

LONGEST = 300
"""Seconds; the agent takes no more (contract 6)."""
KEY_SECONDS = 20.0
"""One key on a slow tablet: `input` starts a Java program."""


@click.command()
@access_options
@slot_option
@serial_option
@click.option("--seconds", type=click.IntRange(1, LONGEST), default=60, show_default=True, help="How long.")
def show(access: Access, slot: str | None, serial: str | None, seconds: int) -> None:
    """Show the number of one finished tablet on its own screen, in the ward's colour.

    A touch on the screen ends it sooner. Nothing else changes. Then tells what the tablet noted between orders:
    what was switched and put right, the last clean, whether it left the hospital. The screen of a tablet without agent
    goes dark and bright instead. Exit status 0 shown, 1 refused.
    """
    setup = load_setup(open_home(access))
    place = setup.home
    if setup.agent is None:
        with lock_home(place), reach(access, place) as reached:
            _blink(pick(place, reached, slot, serial), seconds, language_of(place))
        return
    with open_session(access, slot, serial, setup) as session:
        language = session.language
        try:
            asset = session.client.show(seconds)
        except AgentAbsent:
            _blink(session.picked, seconds, language)
            return
        report = session.client.report()
        number = _find_donation(session)
    click.echo(say(language, "show.done", asset=asset, slot=session.picked.label, seconds=seconds))
    if number is not None:
        click.echo(say(language, "show.donation", asset=asset, number=number))
    for line in tell_since(report, language):
        click.echo(line)


def _find_donation(session: OrderSession) -> str | None:
    """Find the number under which the tablet was given; None where it was not, or may be one of several."""
    transport, seconds = session.picked.transport, session.setup.limits.facts
    props = read_props(transport, seconds=seconds)
    installation = digest_installation(read_installation(transport, seconds=seconds))
    given = session.state.donations.find(digest_hardware(props), installation, props.serial)
    return None if given is None else write_donation(session.setup.home.bench.asset_prefix, given.number)


def _blink(picked: Picked, seconds: int, language: Language) -> None:
    click.echo(say(language, "show.blinks", slot=picked.label, seconds=seconds))
    blink_screen(picked.transport, seconds, call_seconds=KEY_SECONDS)


def tell_since(report: Report, language: Language) -> Iterator[str]:
    """Tell what happened since its bench saw the tablet; nothing where nothing did."""
    if report.outside:
        yield say(language, "show.outside", asset=report.asset)
    if report.cleaned is not None:
        yield tell_cleaned(report.cleaned, report.asset, language)
    if report.planned:
        yield say(language, "show.planned", asset=report.asset, count=report.planned)
    yield from tell_events(report.events, language)
    if report.events or report.cleaned is not None:
        yield say(language, "show.clock")
