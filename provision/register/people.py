"""Who signs in to the console, and what is remembered of what they did there. Pure.

A person acts under a pseudonym. The register's events have that alone, behind the role (`write_actor`); whose it is
stands in one row, which is taken away when the person leaves, and the events stay as they are.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from provision.state.wards import Role

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
"""Form of the name somebody signs in with; that of an account of the identity provider has an `@`: nobody types it."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a pseudonym: none is taken for another."""
_VOUCHED = "oidc:"


@dataclass(frozen=True)
class Person:
    """One account.

    Attributes:
        pseudonym: eight letters and digits, random, for good.
        login: the name that is typed.
        role: what it may do.
        password: hash by argon2id, in its own text form; of an account of the identity provider, what `write_subject`
            gives, which no password fits. totp: key of the one-time codes, base32; empty likewise.
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

    @property
    def is_vouched(self) -> bool:
        """Tell whether the identity provider says who it is: such an account has no password and no one-time codes."""
        return self.password.startswith(_VOUCHED)

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


def make_pseudonym() -> str:
    """Return a new one: eight letters and digits, random."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def write_subject(issuer: str, subject: str) -> str:
    """Return what an account of the identity provider is found by: a digest of both, since names there change hands.

    Args:
        issuer, subject: `iss` and `sub` of the id token, which together name one person for good (OpenID Connect
            Core 1.0, 5.7).
    """
    return _VOUCHED + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def write_actor(person: Person) -> str:
    """Return who did something, as an event of the register has it: role and pseudonym."""
    return f"{person.role}.{person.pseudonym}"


def read_actor(who: str) -> tuple[str, str]:
    """Return role and pseudonym of who did something; an empty pseudonym where only a role, or a word, is told."""
    role, _, pseudonym = who.partition(".")
    return (role, pseudonym) if pseudonym and role in set(Role) else (who, "")
