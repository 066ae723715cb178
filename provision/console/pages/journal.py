"""What persons did at the console, for those who look after it."""

from __future__ import annotations

import re
from functools import partial

from starlette.responses import Response

from provision.console.asking import Ask, Page
from provision.console.roles import Action
from provision.register.sql.people_rows import MOST_ENTRIES, list_entries, list_people
from provision.state.wards import Role


def show(ask: Ask) -> Response:
    """List the newest lines, or those before a number, with the person of each, as far as that is known."""
    asked = ask.query.get("before", "")
    before = int(asked) if re.fullmatch(r"[0-9]{1,15}", asked) else None
    entries = ask.console.read(partial(list_entries, before=before, count=MOST_ENTRIES + 1))
    shown = entries[:MOST_ENTRIES]
    logins = {one.pseudonym: one.login for one in ask.console.read(list_people)}
    rows = [
        {
            "at": one.at,
            "who": logins.get(one.pseudonym, one.pseudonym),
            "role": ask.say(f"role.{one.role}") if one.role in set(Role) else "",
            "action": ask.say(f"console.action.{one.action}"),
            "tablet": one.tablet,
            "told": one.told,
        }
        for one in shown
    ]
    return ask.show("journal.html.j2", rows=rows, older=shown[-1].number if len(entries) > len(shown) else None)


PAGES = (Page("/journal", Action.JOURNAL, show, menu="console.menu.journal"),)
