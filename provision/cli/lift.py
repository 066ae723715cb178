"""`provision lift`: end the lock-out of a tablet's maintenance code."""

from __future__ import annotations

import click

from provision.cli import ending
from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import make_client, name_tablet
from provision.cli.pick import pick
from provision.cli.reach import open_home, reach
from provision.cli.speech import language_of
from provision.home.folder import lock_home
from provision.state.opening import open_bench_state
from provision.station.setup import load_setup
from provision.texts.catalogue import say


@click.command()
@access_options
@slot_option
@serial_option
def lift(access: Access, slot: str | None, serial: str | None) -> None:
    """End the lock-out of one tablet after too many wrong maintenance codes, and forget them.

    Without it the tablet takes codes again after 15 minutes, 30 at most. Nothing is opened. Noted in the
    audit log (`provision audit`). Exit status 0 lifted, 1 refused.
    """
    place = open_home(access)
    setup = load_setup(place)
    with lock_home(place), open_bench_state(place.path) as state, reach(access, place) as reached:
        picked = pick(place, reached, slot, serial)
        language = language_of(place)
        client = make_client(setup, picked, language, state)
        asset = name_tablet(client)
        state.audit_log.note("lift", asset)
        lifted = client.lift() == 0
    click.echo(say(language, "lift.done" if lifted else "lift.still-locked", asset=asset))
    raise SystemExit(0 if lifted else ending.NOT_ALL)
