"""What somebody has to look at: tablets that stand somewhere on their way, and what contradicts itself."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from provision.console.asking import Ask, Page
from provision.console.roles import Action
from provision.register.moves import Life
from provision.register.sql.tablet_rows import list_in_state, read_standing
from provision.report.tablet_page import tell_outcome, tell_state

OPEN = (Life.REFUSED, Life.IN_WORK, Life.BACK, Life.RESET, Life.IN_REPAIR)
"""States in which a tablet waits for somebody."""


def show(ask: Ask) -> Response:
    """List what is open, by state, the longest wait first."""
    standing = ask.console.read(read_standing)
    groups = []
    for state in OPEN:
        lives = ask.console.read(partial(list_in_state, state=state))
        told = [
            (life, "".join(tell_outcome(life.outcome, life.reason, ask.language).values()) if life.outcome else "")
            for life in lives
        ]
        if told:
            groups.append((tell_state(state, ask.language), told))
    return ask.show("faults.html.j2", standing=standing, groups=groups)


PAGES = (Page("/faults", Action.FAULTS, show, menu="console.menu.faults"),)
