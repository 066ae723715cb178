"""`provision show`: a tablet's number fills its screen, so that a hand finds it among many."""

from __future__ import annotations

import click

from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import make_client
from provision.cli.pick import pick
from provision.cli.reach import open_home, reach
from provision.cli.speech import language_of
from provision.home.folder import lock_home
from provision.state.opening import open_bench_state
from provision.station.setup import load_setup
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
    place = open_home(access)
    setup = load_setup(place)
    with lock_home(place), open_bench_state(place.path) as state, reach(access, place) as reached:
        picked = pick(place, reached, slot, serial)
        language = language_of(place)
        asset = make_client(setup, picked, language, state).show(seconds)
    click.echo(say(language, "show.done", asset=asset, slot=picked.label, seconds=seconds))
