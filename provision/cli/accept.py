"""`provision accept`: the word that a device is a tablet, or is none, although it does not say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provision.cli import ending
from provision.cli.options import Access, access_options, serial_option
from provision.cli.pick import pick
from provision.cli.reach import open_tablets, visit
from provision.cli.speech import confirm, language_of, speak
from provision.facts.collect import read_props, read_shape
from provision.facts.props import Props
from provision.home.folder import load_home
from provision.identity.identify import Identification, identify
from provision.report.identity import tell_question, tell_reason
from provision.state.confirmations import ModelConfirmation
from provision.state.opening import open_bench_state
from provision.station.setup import load_setup
from provision.terms import DeviceConfirmation
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.state.sql.confirmation_store import ConfirmationStore


@click.command()
@access_options
@click.argument("slot", required=False)
@serial_option
@click.option("--refuse", is_flag=True, help="Say that it is none, or none of this bench.")
@click.option("--yes", is_flag=True, help="Give the word without being asked.")
@click.option("--list", "shows", is_flag=True, help="Show every word that counts at this bench.")
@click.option("--revoke", metavar="NAME", help="Take back the word for a model, by its name or key in --list.")
def accept(
    access: Access, slot: str | None, serial: str | None, refuse: bool, yes: bool, shows: bool, revoke: str | None
) -> None:
    """Say that the device in SLOT is a tablet, when it does not say so itself.

    Works beside a running station: a tablet that waits for the word goes on at once, and all its twins. The word is for
    the whole model at this bench and is kept in its state. What is certainly a phone or a television stays
    closed. Nothing is written to the device. Exit status 0 done, 1 no word can be given or taken back, 2 wrong use.
    """
    place = speak(load_home(access.folder), access.language)
    language = language_of(place)
    if sum((slot is not None or serial is not None, shows, revoke is not None)) != 1:
        raise click.UsageError(say(language, "accept.one-thing"))
    with open_bench_state(place.path) as state:
        store = state.confirmations
        if shows:
            _show(language, store)
        elif revoke is not None:
            _revoke(language, store, revoke)
        else:
            access, setup = open_tablets(access, place), load_setup(place)
            with visit(access, place) as reached:
                tablet = pick(place, reached, slot, serial).transport
                props = read_props(tablet, seconds=setup.limits.facts)
                found = identify(props, setup.choose_profile, read_shape(tablet, seconds=setup.limits.facts))
            said = DeviceConfirmation.NO_TABLET if refuse else DeviceConfirmation.TABLET
            _give(language, store, props, found, said, sure=yes)


def _give(
    language: Language,
    store: ConfirmationStore,
    props: Props,
    found: Identification,
    word: DeviceConfirmation,
    *,
    sure: bool,
) -> None:
    values = {"model": props.title, "reason": tell_reason(language, found), "question": tell_question(language, found)}
    opens = word is DeviceConfirmation.TABLET
    if found.kind is not None:
        is_so = found.accepted is opens
        key = ("needless" if is_so else "is-tablet") if found.accepted else "never"
        click.echo(say(language, f"accept.{key}", **values))
        raise SystemExit(0 if is_so else ending.NOT_ALL)
    if not sure:
        click.echo(say(language, "accept.ask", **values))
        confirm(language, say(language, "accept.confirm" if opens else "accept.confirm-refusal"))
    given = store.give(props, word)
    click.echo(say(language, "accept.given" if opens else "accept.refused", key=given.short_key, **values))


def _show(language: Language, store: ConfirmationStore) -> None:
    words = store.list_confirmations()
    for given in words:
        said = _tell_word(language, given)
        click.echo(say(language, "accept.row", key=given.short_key, word=said, since=given.since, model=given.title))
    if not words:
        click.echo(say(language, "accept.none"))


def _revoke(language: Language, store: ConfirmationStore, name: str) -> None:
    taken = store.revoke(name)
    for given in taken:
        click.echo(say(language, "accept.revoked", model=given.title, word=_tell_word(language, given)))
    if not taken:
        click.echo(say(language, "accept.unknown-name", name=name))
        raise SystemExit(ending.NOT_ALL)


def _tell_word(language: Language, given: ModelConfirmation) -> str:
    return say(language, f"accept.word.{given.confirmation}")
