"""Who signs in to the console, and what is remembered of what they did there. Pure.

A person acts under a pseudonym. The register's events have that alone, behind the role (`write_actor`); whose it is
stands in one row, which is taken away when the person leaves, and the events stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from provision.state.wards import Role

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
"""Form of the name somebody signs in with."""


@dataclass(frozen=True)
class Person:
    """One account.

    Attributes:
        pseudonym: eight letters and digits, random, for good.
        login: the name that is typed.
        role: what it may do.
        password: hash by argon2id, in its own text form. totp: key of the one-time codes, base32.
        step: of the last one-time code that was taken, so that none is taken twice.
        is_active: may sign in.
        changed: counts changes of credentials, role and activity; what was opened before the last one is over.
        since: when it was made, ISO 8601 in UTC.
    """

    pseudonym: str
    login: str
    role: Role
    password: str
    totp: str
    step: int
    is_active: bool
    changed: int
    since: str

    def __repr__(self) -> str:
        """Name it without its secrets."""
        return f"Person({self.pseudonym!r}, {self.role!r})"


@dataclass(frozen=True)
class Entry:
    """One line of the journal of persons.

    Attributes:
        at: ISO 8601 in UTC. pseudonym: empty where nobody was known. role: empty likewise.
        action: a word of the console. tablet: its number, or empty. told: what it was about, without secrets.
        number: its place in the journal; 0 before it stands there.
    """

    at: str
    pseudonym: str
    role: str
    action: str
    tablet: str
    told: str
    number: int = field(default=0, compare=False)


def write_actor(person: Person) -> str:
    """Return who did something, as an event of the register has it: role and pseudonym."""
    return f"{person.role}.{person.pseudonym}"


def read_actor(who: str) -> tuple[str, str]:
    """Return role and pseudonym of who did something; an empty pseudonym where only a role, or a word, is told."""
    role, _, pseudonym = who.partition(".")
    return (role, pseudonym) if pseudonym and role in set(Role) else (who, "")
