"""`provision show`: a tablet's number fills its screen, so that a hand finds it among many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import open_session
from provision.texts.catalogue import printable, say

if TYPE_CHECKING:
    from provision.agent.report import Report
    from provision.texts.language import Language

LONGEST = 300
"""Seconds; the agent takes no more (contract 6)."""


@click.command()
@access_options
@slot_option
@serial_option
@click.option("--seconds", type=click.IntRange(1, LONGEST), default=60, show_default=True, help="How long.")
def show(access: Access, slot: str | None, serial: str | None, seconds: int) -> None:
    """Show the number of one finished tablet on its own screen, in the ward's colour.

    A touch on the screen ends it sooner. Nothing else changes. Then tells what the tablet noted between orders:
    what was switched and put right, the last clean, whether it left the hospital. Exit status 0 shown, 1 refused.
    """
    with open_session(access, slot, serial) as session:
        asset = session.client.show(seconds)
        report, language = session.client.report(), session.language
    click.echo(say(language, "show.done", asset=asset, slot=session.picked.label, seconds=seconds))
    for line in _tell(report, language):
        click.echo(line)


def _tell(report: Report, language: Language) -> Iterator[str]:
    """What happened since its bench saw the tablet; nothing where nothing did."""
    if report.outside:
        yield say(language, "show.outside", asset=report.asset)
    if report.cleaned is not None:
        key = "show.cleaned-partly" if report.cleaned.left else "show.cleaned"
        names = ", ".join(map(printable, report.cleaned.left))
        yield say(language, key, asset=report.asset, at=_tell_time(report.cleaned.at), names=names)
    for event in report.events:
        ending = {None: "told", True: "healed", False: "stayed"}[event.healed]
        what, first, last = say(language, f"show.kind.{event.kind}"), _tell_time(event.first), _tell_time(event.last)
        yield say(language, f"show.event.{ending}", what=what, first=first, last=last, count=event.count)
    if report.events or report.cleaned is not None:
        yield say(language, "show.clock")


def _tell_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
