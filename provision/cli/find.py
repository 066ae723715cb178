"""`provision find`: tablets by a part of whatever is known of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.house import open_house
from provision.cli.options import home_option, language_option
from provision.report.spreadsheet import write_table
from provision.report.tablet_page import list_cells, tell_row
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.command()
@home_option("./ward")
@click.argument("text", nargs=-1)
@click.option("--csv", "as_csv", is_flag=True, help="Print every tablet found with everything that is known, as CSV.")
@language_option("Of the messages  [default: the home's, else the computer's].")
@prints_only
def find(home: Path | None, text: tuple[str, ...], as_csv: bool, language: Language | None) -> None:
    """Find tablets in the register by TEXT: number, serial number, maker, model, ward, room, donation, or a part of it.

    Several words must all be found. Accents and capitals do not matter. Without TEXT every tablet is listed.
    Exit status 0, 1 when nothing is found.
    """
    from provision.register.sql.tablet_rows import MOST_FOUND, list_lives, search  # noqa: PLC0415 # brings SQLAlchemy

    wanted = " ".join(text).strip()
    with open_house(home, language) as house:
        found = house.register.local.read(partial(search, text=wanted) if wanted else list_lives)
        if as_csv:
            click.echo(write_table(list_cells(found)), nl=False)
        else:
            for life in found:
                click.echo(tell_row(life, house.language))
        if wanted and len(found) == MOST_FOUND:
            house.tell_aside("register.most-found", count=MOST_FOUND)
        if not found:
            key = "register.none-found" if wanted else "register.empty"
            click.echo(say(house.language, key, text=wanted), err=True)
            raise SystemExit(ending.NOT_ALL)
