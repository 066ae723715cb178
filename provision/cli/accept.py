"""`provision accept`: the word that a device is a tablet although it does not say so."""

from __future__ import annotations

import click

from provision.cli import status
from provision.cli.job import load_job
from provision.cli.options import Access, access_options
from provision.cli.pick import pick
from provision.cli.reach import open_home, visit
from provision.cli.speech import language_of
from provision.facts.collect import read_props, read_shape
from provision.identity.identify import identify
from provision.report.identity import tell_question, tell_reason
from provision.texts.catalogue import say


@click.command()
@access_options
@click.argument("slot")
@click.option("--yes", is_flag=True, help="Give the word without being asked.")
def accept(access: Access, slot: str, yes: bool) -> None:
    """Say that the device in SLOT is a tablet, when it does not say so itself.

    Works beside a running station. The word is for the whole model at this bench and is kept in
    `state/accepted.json`. What is certainly a phone or a television stays closed. Nothing is written to the device.
    """
    place = open_home(access)
    loaded = load_job(place)
    language = language_of(place)
    with visit(access, place) as reached:
        tablet = pick(place, reached, slot, None).transport
        props = read_props(tablet, seconds=loaded.limits.facts)
        found = identify(props, loaded.choose_profile, read_shape(tablet, seconds=loaded.limits.facts))
    values = {"model": props.title, "reason": tell_reason(language, found), "question": tell_question(language, found)}
    if found.is_foreign:
        click.echo(say(language, "accept.never", **values))
        raise SystemExit(status.NOT_ALL)
    if found.accepted:
        click.echo(say(language, "accept.needless", **values))
        return
    if not yes:
        click.echo(say(language, "accept.ask", **values))
        click.confirm(say(language, "accept.confirm"), abort=True)
    loaded.accepted.accept(props)
    click.echo(say(language, "accept.given", **values))
