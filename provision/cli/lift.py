"""`provision lift`: end the lock-out of a tablet's maintenance code."""

from __future__ import annotations

import click

from provision.cli import ending
from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import name_tablet, open_session
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
    with open_session(access, slot, serial) as session:
        asset = name_tablet(session.client)
        session.state.audit_log.note("lift", asset)
        lifted = session.client.lift() == 0
    click.echo(say(session.language, "lift.done" if lifted else "lift.still-locked", asset=asset))
    raise SystemExit(0 if lifted else ending.NOT_ALL)
