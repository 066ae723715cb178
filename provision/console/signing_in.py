"""From a name, a password and a one-time code to a session, or to why not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from provision.console.asking import Console
from provision.console.credentials import check_password, find_step
from provision.console.roles import Action
from provision.register.people import LOGIN, Person
from provision.register.sql.people_rows import find_login, find_pseudonym, spend_step
from provision.site.secret import Secret


@dataclass(frozen=True)
class Tried:
    """How a sign-in ended.

    Attributes:
        token: of the new session; empty where there is none. device: what the browser keeps from here on.
        wait: seconds until somebody may try again; 0 where it was simply wrong.
    """

    token: str = ""
    device: str = ""
    wait: float = 0.0


def sign_in(console: Console, login: str, password: Secret, code: str, address: str, device: str) -> Tried:
    """Open a session for whoever shows all three; which of them was wrong is told to nobody.

    Args:
        address: of whoever asks, as `bounded_socket.name_holder` names it.
        device: what the browser kept of an earlier sign-in, or anything else.
    """
    login = login.strip().lower()
    login = login if LOGIN.fullmatch(login) else ""
    device = device if login and console.sessions.is_device(login, device) else ""
    wait = console.patience.ask(login or "?", address, device)
    if wait:
        return Tried(wait=wait)
    person = console.read(partial(find_login, login=login)) if login else None
    is_right = check_password(person.password if person is not None and person.is_active else None, password)
    if person is None or not is_right or not _take_code(console, person, code):
        console.note(person, Action.REFUSED, "")
        return Tried()
    console.patience.note_right(login, address, device)
    console.note(person, Action.SIGN_IN, "")
    return Tried(console.sessions.open(person.pseudonym, person.changed), console.sessions.write_device(login))


def _take_code(console: Console, person: Person, code: str) -> bool:
    """Take a one-time code, once: somebody who saw it typed cannot use it again."""
    step = find_step(person.totp, code, time.time())
    if step is None:
        return False
    return console.register.local.write(partial(spend_step, pseudonym=person.pseudonym, step=step))


def find_person(console: Console, token: str) -> Person | None:
    """Return who signed in with a token; None where nobody did, or the account was changed since."""
    session = console.sessions.find(token) if token else None
    if session is None:
        return None
    person = console.read(partial(find_pseudonym, pseudonym=session.pseudonym))
    if person is None or not person.is_active or person.changed != session.changed:
        console.sessions.close(token)
        return None
    return person
