"""`provision clean`: take away what a patient left on one tablet, and read back that its policy still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provision.agent.clearing import clear_tablet
from provision.agent.contract import AGENT
from provision.cli import ending
from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import open_session
from provision.cli.speech import confirm
from provision.errors import HomeError
from provision.facts.one_package import is_installed
from provision.texts.catalogue import printable, say

if TYPE_CHECKING:
    from provision.agent.report import Report


@click.command()
@access_options
@slot_option
@serial_option
@click.option("--yes", is_flag=True, help="Clean without asking.")
def clean(access: Access, slot: str | None, serial: str | None, yes: bool) -> None:
    """Clear what a patient left on one finished tablet: apps, shared folders, clipboard, keyboard, calls.

    From Android 9 on its agent clears the apps, before the bench. Permissions and configuration of the apps stay,
    and are read back. A clean that was cut off is given again. Noted in the audit log (`provision audit`).
    Exit status 0 all cleared, 1 something not.
    """
    with open_session(access, slot, serial) as session:
        client, picked, language, limits = session.client, session.picked, session.language, session.setup.limits
        before = client.report()
        if session.asks and not yes:
            confirm(language, say(language, "clean.sure", asset=before.asset, slot=picked.label))
        apps = _list_apps(before)
        if not apps:
            raise HomeError(say(language, "clean.no-kiosk", asset=before.asset))
        session.state.audit_log.note("clean", before.asset)
        cleared = clear_tablet(client, picked.transport, apps, seconds=limits.step)
        left = cleared.apps
        failed = [each for each in left if is_installed(picked.transport, each, limits.facts)]
        lost = _list_broken(client.report()) - _list_broken(before)
    parts = [say(language, f"clean.part.{part}") for part in cleared.parts]
    if failed or parts:
        names = ", ".join([*map(printable, failed), *parts])
        click.echo(say(language, "clean.not-all", asset=before.asset, names=names))
    if absent := [each for each in left if each not in failed]:
        click.echo(say(language, "clean.absent", asset=before.asset, names=", ".join(map(printable, absent))))
    if lost:
        click.echo(say(language, "clean.policy-lost", asset=before.asset, names=", ".join(sorted(lost))))
    if cleared.clipboard_untold:
        click.echo(say(language, "clean.clipboard-untold", asset=before.asset))
    if left or parts or lost:
        raise SystemExit(ending.NOT_ALL)
    click.echo(say(language, "clean.done", asset=before.asset))


def _list_apps(report: Report) -> tuple[str, ...]:
    """Apps of the kiosk that the agent holds, without the agent itself (contract 9, `packages`)."""
    held = [row.wanted.split(",") for row in report.rows if row.kind.part == "packages"]
    return tuple(name for names in held for name in names if name != AGENT)


def _list_broken(report: Report) -> frozenset[str]:
    return frozenset(f"{row.kind.control}:{row.kind.part}" for row in report.rows if not row.holds)
