"""`provision audit`: who opened or gave back which tablet."""

from __future__ import annotations

import json
from pathlib import Path

import click

from provision.cli.asked import prints_only
from provision.cli.options import WARD_HOME, home_option
from provision.errors import HomeError
from provision.state.opening import open_bench_state


@click.command()
@home_option("./ward")
@click.argument("asset", required=False)
@prints_only
def audit(home: Path | None, asset: str | None) -> None:
    """Print the audit log of a bench: each `answer`, `lift`, `clean` and `release`, of tablet ASSET (A-0042) or of all.

    One use a line, oldest first, as JSON: when (UTC), the command, the tablet, the account of this computer. Never a
    code. Exit status 0, 2 for a damaged home.
    """
    place = (home or WARD_HOME).absolute()
    if not (place / "keys").is_dir():
        raise HomeError(f"{place}: no bench home here; name another with --home")
    with open_bench_state(place) as state:
        for one in state.audit_log.list_events(None if asset is None else asset.strip().upper()):
            line = {"at": one.at, "event": one.event, "asset": one.asset, "user": one.user}
            click.echo(json.dumps(line, sort_keys=True))
