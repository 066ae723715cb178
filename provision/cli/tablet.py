"""`provision tablet`: everything the house knows of one tablet."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.house import open_house
from provision.cli.number import read_typed
from provision.cli.options import home_option, language_option
from provision.report.tablet_page import tell_page
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.command()
@home_option("./ward")
@click.argument("number")
@language_option("Of the messages  [default: the home's, else the computer's].")
@prints_only
def tablet(home: Path | None, number: str, language: Language | None) -> None:
    """Show what is known of the tablet NUMBER (A-0009): where it is, what it is, its last verdict, its history.

    Exit status 0, 1 when the register does not know it.
    """
    from provision.register.sql.tablet_rows import read_page  # noqa: PLC0415 # brings SQLAlchemy along

    with open_house(home, language) as house:
        wanted = read_typed(house.language, number)
        page = house.register.local.read(partial(read_page, number=wanted))
        if page is None:
            click.echo(say(house.language, "register.unknown", number=wanted), err=True)
            raise SystemExit(ending.NOT_ALL)
        for line in tell_page(page, house.language):
            click.echo(line)
