"""`provision release`: give a tablet back, its kiosk undone and its owner gone."""

from __future__ import annotations

import shlex

import click

from provision.agent.contract import AGENT
from provision.cli import ending
from provision.cli.options import Access, access_options, serial_option, slot_option
from provision.cli.orders import name_tablet, open_session
from provision.cli.pick import Picked
from provision.cli.speech import confirm
from provision.controls.calls_listener import make_words
from provision.facts import authorisation, awake, listener, owner
from provision.facts.ask import ask
from provision.facts.authorisation import Authorisation
from provision.facts.collect import read_props
from provision.facts.listener import Listener
from provision.facts.one_package import is_installed
from provision.facts.owner import Owner
from provision.polling import poll
from provision.texts.catalogue import say
from provision.texts.language import Language

UNBIND_SECONDS = 8.0
"""Up to Android 8.0 the notification service follows its setting a moment later."""


@click.command()
@access_options
@slot_option
@serial_option
@click.option("--yes", is_flag=True, help="Release without asking.")
def release(access: Access, slot: str | None, serial: str | None, yes: bool) -> None:
    """Take the agent's power over one tablet away: its kiosk opens, its policy is undone, its owner is gone.

    Computers that it allowed USB debugging are forgotten again after seven days without use (Android 10 and later);
    before Android 9 its agent hears no calls any more.

    For a tablet that leaves the hospital; reset it to factory settings afterwards. Noted in the
    audit log (`provision audit`). Exit status 0 released, or nothing owns it; 1 refused or still owned.
    """
    with open_session(access, slot, serial) as session:
        client, picked, language, setup = session.client, session.picked, session.language, session.setup
        where = {"serial": picked.row.serial, "slot": picked.label}
        seconds = setup.limits.facts
        api = _ask_api(picked, seconds)
        if _is_free(picked, api, seconds):
            _leave_free(picked, api, tuple(app.package for app in setup.appset.apps), seconds, language, where)
            return
        asset = name_tablet(client)
        if session.asks and not yes:
            confirm(language, say(language, "release.sure", asset=asset, **where))
        session.state.audit_log.note("release", asset)
        free = client.release() and not _ask_owner(picked, api, seconds).package
        kept = _take_back(picked, api, tuple(app.package for app in setup.appset.apps), seconds) if free else ()
    click.echo(say(language, "release.done" if free else "release.still-owned", asset=asset))
    for told in kept:
        click.echo(say(language, told))
    raise SystemExit(0 if free and not kept else ending.NOT_ALL)


def _is_free(picked: Picked, api: int, seconds: float) -> bool:
    """Tell whether Android itself says that nothing owns it: there is nothing to take back, from whom ever."""
    found = _ask_owner(picked, api, seconds)
    return found.known and found.package is None


def _leave_free(
    picked: Picked, api: int, packages: tuple[str, ...], seconds: float, language: Language, where: dict[str, str]
) -> None:
    """Say that nothing owns it; what a release left that was cut off after the owner had gone is taken back."""
    if is_installed(picked.transport, AGENT, seconds):
        kept = _take_back(picked, api, packages, seconds)
        for told in kept:
            click.echo(say(language, told))
        if kept:
            raise SystemExit(ending.NOT_ALL)
    click.echo(say(language, "release.nothing", **where))


def _ask_owner(picked: Picked, api: int, seconds: float) -> Owner:
    """The owner that Android itself prints; Android 5 prints none (packages document 6.6)."""
    query = owner.make_query(api)
    return ask(picked.transport, (query,), lambda read: owner.parse(read[query.name], api), seconds=seconds)


def _ask_api(picked: Picked, seconds: float) -> int:
    return read_props(picked.transport, seconds=seconds).api


def _take_back(picked: Picked, api: int, packages: tuple[str, ...], seconds: float) -> tuple[str, ...]:
    """Take back what the bench gave by plain shell; the texts that tell what stays."""
    taken = {
        "release.keeps-keys": _let_lapse(picked, api, seconds),
        "release.keeps-awake": _let_sleep(picked, api, packages, seconds),
        "release.keeps-listener": _stop_listening(picked, api, seconds),
    }
    return tuple(told for told, gone in taken.items() if not gone)


def _stop_listening(picked: Picked, api: int, seconds: float) -> bool:
    """Take back what let the agent hear calls (Wi-Fi and kiosk document 14.2); whether it reads back so."""
    queries = listener.make_queries(api)
    if not queries:
        return True

    def look() -> Listener:
        return ask(picked.transport, queries, listener.parse, seconds=seconds) or Listener()

    def is_gone(here: Listener) -> bool:
        return not here.live and listener.COMPONENT not in here.allowed

    here = look()
    if api < listener.COMMAND_API and is_gone(here):
        return True
    words = make_words(api, here.allowed, allow=False)
    picked.transport.shell(shlex.join(words), seconds=seconds)
    return is_gone(poll(look, is_gone, seconds=UNBIND_SECONDS, every=0.5))


def _let_lapse(picked: Picked, api: int, seconds: float) -> bool:
    """Take back what kept the bench's right to USB debugging (packages document 1.9); whether it reads back so."""
    if api < authorisation.LAPSES_API:
        return True
    if _ask_authorisation(picked, seconds).lasts:
        picked.transport.shell(shlex.join(("settings", "delete", *authorisation.SETTING)), seconds=seconds)
    return not _ask_authorisation(picked, seconds).lasts


def _let_sleep(picked: Picked, api: int, packages: tuple[str, ...], seconds: float) -> bool:
    """Take back what kept apps of the site awake (Wi-Fi and kiosk document 14.1); whether it reads back so."""
    if not packages or api < awake.FIRST_API:
        return True

    def list_spared() -> frozenset[str]:
        return ask(
            picked.transport, (awake.QUERY,), lambda read: awake.parse(read[awake.QUERY.name]).added, seconds=seconds
        )

    for name in sorted(list_spared() & set(packages)):
        picked.transport.shell(shlex.join((*awake.QUERY.words, f"-{name}")), seconds=seconds)
    return not list_spared() & set(packages)


def _ask_authorisation(picked: Picked, seconds: float) -> Authorisation:
    query = authorisation.QUERY
    return ask(picked.transport, (query,), lambda read: authorisation.parse(read[query.name]), seconds=seconds)
