"""From whom the provider vouches for to an account of the console, and its session."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from provision.console.provider.faults import Fault, NotVouched
from provision.console.roles import Action
from provision.records.content import format_time
from provision.register.identity_provider import ProviderSettings
from provision.register.people import Person, make_pseudonym, write_subject
from provision.register.sql.people_rows import add_person, find_subject, write_role
from provision.state.wards import Role

if TYPE_CHECKING:
    from provision.console.asking import Console

MOST_LETTERS = 24
"""Of a name that is taken over; no longer than one that is typed, with what makes it differ."""
_NAMES = ("preferred_username", "email", "name")


def open_session(console: Console, settings: ProviderSettings, claims: Mapping[str, object]) -> str:
    """Open a session for whom the claims of a checked id token name; returns its token.

    Whoever comes for the first time gets an account. Role and right to come in are asked for at each sign-in: another
    role, or none, ends what is open.

    Raises:
        NotVouched: none of the person's groups has a role here, or the account is closed at this console.
    """
    subject = write_subject(settings.issuer, str(claims["sub"]))
    role = settings.roles.choose(settings.read_groups(claims))
    person = _bring_in(console, subject, role, claims)
    if person is None or role is None or not person.is_active:
        console.note(person, Action.REFUSED, settings.label)
        known = person is not None and not person.is_active
        raise NotVouched(Fault.DISABLED if known else Fault.ROLE)
    console.note(person, Action.SIGN_IN, settings.label)
    return console.sessions.open(person.pseudonym, person.changed)


def _bring_in(console: Console, subject: str, role: Role | None, claims: Mapping[str, object]) -> Person | None:
    """The account as it is from here on; None for somebody without a role who never had one."""
    find, write = partial(find_subject, subject=subject), console.register.local.write
    known = console.read(find)
    if known is not None and role != known.role:
        write(partial(write_role, pseudonym=known.pseudonym, role=role or known.role))
    if known is None and role is not None:
        since = format_time(datetime.now(UTC))
        for login in _list_names(claims):
            made = Person(make_pseudonym(), login, role, subject, "", 0, is_active=True, changed=1, since=since)
            if write(partial(add_person, person=made)) or console.read(find) is not None:
                break
    return console.read(find)


def _list_names(claims: Mapping[str, object]) -> Iterator[str]:
    """Names for an account, the best first: the person's at the provider, and what makes it differ from others."""
    told = next((each for name in _NAMES if isinstance(each := claims.get(name), str) and each.strip()), "")
    plain = unicodedata.normalize("NFKD", told.lower()[:200]).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", ".", plain.partition("@")[0])[:MOST_LETTERS].strip(".") or "person"
    yield f"{name}@"
    for each in count(2):
        yield f"{name}@{each}"
