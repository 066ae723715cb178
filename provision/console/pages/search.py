"""The first page: a tablet by a part of whatever is known of it."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from provision.console.asking import Ask, Page
from provision.console.roles import Action
from provision.identity.number import read_number
from provision.register.sql.tablet_rows import MOST_FOUND, find_life, search
from provision.report.tablet_page import tell_state

LONGEST = 200
"""Characters of what is looked for; more finds nothing anyway."""


def show(ask: Ask) -> Response:
    """List what is found; a number that is spelled whole leads to its page at once."""
    text = ask.query.get("q", "").strip()[:LONGEST]
    number = read_number(text) if text else None
    if number is not None and ask.console.read(partial(find_life, number=number)) is not None:
        return ask.lead("tablets", number)
    found = ask.console.read(partial(search, text=text)) if text else []
    rows = [(life, tell_state(life.state, ask.language)) for life in found]
    return ask.show("search.html.j2", text=text, rows=rows, most=MOST_FOUND)


PAGES = (Page("/", Action.SEARCH, show, menu="console.menu.search"),)
