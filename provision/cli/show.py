"""`provision show`: a tablet's number fills its screen, so that a hand finds it among many."""

from __future__ import annotations

import click

from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import open_session
from provision.texts.catalogue import say

LONGEST = 300
"""Seconds; the agent takes no more (contract 6)."""


@click.command()
@access_options
@slot_option
@serial_option
@click.option("--seconds", type=click.IntRange(1, LONGEST), default=60, show_default=True, help="How long.")
def show(access: Access, slot: str | None, serial: str | None, seconds: int) -> None:
    """Show the number of one finished tablet on its own screen, in the ward's colour.

    A touch on the screen ends it sooner. Nothing else changes. Exit status 0 shown, 1 refused.
    """
    with open_session(access, slot, serial) as session:
        asset = session.client.show(seconds)
    click.echo(say(session.language, "show.done", asset=asset, slot=session.picked.label, seconds=seconds))
