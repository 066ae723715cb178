"""`provision plan`: what would be done to a tablet, printed before any change."""

from __future__ import annotations

from dataclasses import replace

import click

from provision.cli.asked import prints_only
from provision.cli.options import Access, accept_draft_option, access_options, serial_option, slot_option
from provision.cli.pick import pick
from provision.cli.reach import open_home, visit
from provision.cli.speech import language_of
from provision.report.plan import render_plan
from provision.state.opening import open_bench_state
from provision.station.preview import preview_plan
from provision.station.setup import load_setup


@click.command()
@access_options
@slot_option
@serial_option
@accept_draft_option
@click.option(
    "--why", is_flag=True, help="For each step: undo, reason, the Android fact and its source, what stays open."
)
@prints_only
def plan(
    access: Access,
    slot: str | None,
    serial: str | None,
    accept_draft: bool,
    why: bool,
) -> None:
    """Read one tablet and print what would be done to it. Nothing is changed."""
    place = open_home(access)
    setup = replace(load_setup(place), accept_draft=accept_draft)
    with open_bench_state(place.path) as state, visit(access, place) as reached:
        found = preview_plan(setup, pick(place, reached, slot, serial).transport, state)
    text = render_plan(language_of(place), found.reading.facts, found.profile, found.reading.plan, why=why)
    click.echo(text, nl=False)
