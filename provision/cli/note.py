"""`provision note`: what somebody says about a tablet, kept in its history."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli import ending
from provision.cli.house import open_house, tell_refusal
from provision.cli.number import read_typed
from provision.cli.options import home_option, language_option
from provision.register.events import EventKind, EventRefused, tell_words
from provision.texts.catalogue import say
from provision.texts.language import Language

_KINDS = {"note": EventKind.NOTED, "call": EventKind.CALLED, "label": EventKind.LABELLED}


@click.command()
@home_option("./ward")
@click.argument("number")
@click.argument("text", default="")
@click.option("--kind", type=click.Choice(list(_KINDS)), default="note", show_default=True, help="What it is.")
@click.option("--by", "who", default="technician", show_default=True, help="Role or pseudonym of who says so.")
@language_option("Of the messages  [default: the home's, else the computer's].")
def note(home: Path | None, number: str, text: str, kind: str, who: str, language: Language | None) -> None:
    """Write TEXT into the history of the tablet NUMBER (A-0009): a note, a call, or that its label was put on.

    No person's name belongs there: it stays as long as the tablet's history. Exit status 0, 1 when the tablet is not
    known or the text is not taken.
    """
    with open_house(home, language) as house:
        wanted = read_typed(house.language, number)
        if house.find_life(wanted) is None:
            click.echo(say(house.language, "register.unknown", number=wanted), err=True)
            raise SystemExit(ending.NOT_ALL)
        try:
            house.register.tell(tell_words(wanted, _KINDS[kind], who, text))
        except EventRefused as refused:
            click.echo(tell_refusal(house.language, refused), err=True)
            raise SystemExit(ending.NOT_ALL) from None
        click.echo(say(house.language, "register.noted", number=wanted))
        house.sync()
