"""What persons did at the console, for those who look after it."""

from __future__ import annotations

from starlette.responses import Response

from provision.console.asking import Ask, Page
from provision.console.roles import Action
from provision.register.sql.people_rows import list_entries, list_people
from provision.state.wards import Role


def show(ask: Ask) -> Response:
    """List the newest lines with the person of each, as far as that is known."""
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
        for one in ask.console.read(list_entries)
    ]
    return ask.show("journal.html.j2", rows=rows)


PAGES = (Page("/journal", Action.JOURNAL, show, menu="console.menu.journal"),)
