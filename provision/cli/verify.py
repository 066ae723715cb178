"""`provision verify`: read tablets back and compare, without changing anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from provision.cli.options import Access, accept_draft_option, access_options, serial_option, slot_option
from provision.cli.pick import NoTablet, Picked, pick, pick_all
from provision.cli.reach import Reached, open_home, visit
from provision.cli.speech import language_of, name_reason
from provision.errors import ProvisionError
from provision.home.folder import Home
from provision.state.opening import open_bench_state
from provision.station.preview import preview_plan
from provision.station.setup import BenchSetup, load_setup
from provision.texts.catalogue import printable, say
from provision.texts.message import tell

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState


@click.command()
@access_options
@slot_option
@serial_option
@accept_draft_option
def verify(
    access: Access,
    slot: str | None,
    serial: str | None,
    accept_draft: bool,
) -> None:
    """Read tablets back and compare with the site, app set and profile. Nothing is changed.

    All tablets in slots, or the one named. Exit status 0 when every wanted control that can be read
    holds on all of them, 1 when one differs, does not answer, or none is there. What a release does not
    show (saved networks before Android 11) is said to be not readable. Writes no record.
    """
    place = open_home(access)
    setup = replace(load_setup(place), accept_draft=accept_draft)
    with open_bench_state(place.path) as state, visit(access, place) as reached:
        chosen = _choose(place, reached, slot, serial)
        right = [_compare(setup, picked, state) for picked in chosen]
    if not chosen:
        raise NoTablet("no tablet in any slot answers; plug one in and switch on USB debugging")
    raise SystemExit(0 if all(right) else 1)


def _choose(place: Home, reached: Reached, slot: str | None, serial: str | None) -> tuple[Picked, ...]:
    if slot is None and serial is None:
        return pick_all(place, reached)
    return (pick(place, reached, slot, serial),)


def _compare(setup: BenchSetup, picked: Picked, state: BenchState) -> bool:
    """Print one tablet; whether every wanted control holds."""
    language = language_of(setup.home)
    try:
        found = preview_plan(setup, picked.transport, state)
    except ProvisionError as error:
        title, now = name_reason(language, error)
        click.echo(f"{picked.label}: {title} ({printable(str(error))}). {now}")
        return False
    props = found.reading.facts.props
    click.echo(f"{picked.label}: {printable(props.model)}, Android {printable(props.release)}")
    plan = found.reading.plan
    for decision in plan.decisions:
        found_so = "holds" if decision.holds else "differs" if decision in plan.differing else "unreadable"
        word = say(language, f"verify.{found_so}")
        sides = {"wanted": tell(language, decision.wanted), "observed": tell(language, decision.observed)}
        line = say(language, "plan.compare", **sides)
        click.echo(f"    {word:8} {decision.control}: {line}")
    return not plan.differing
