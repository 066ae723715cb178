"""`provision console user`: who may open the console, and as what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.house import House, open_house
from provision.cli.options import home_option, language_option
from provision.cli.passphrase import Asked, ask_passphrase, descriptor_option
from provision.errors import HomeError
from provision.paper.qr import draw_for_terminal
from provision.records.content import format_time
from provision.register.people import LOGIN, Person, make_pseudonym
from provision.state.wards import Role
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.site.secret import Secret

_ASKED = Asked("console.user.password", "console.user.password-again", "console.user.password-nobody")
_language_option = language_option("Of the messages  [default: the home's, else the computer's].")
_role_option = click.Choice([str(role) for role in Role])
_password_option = descriptor_option(
    "--password-fd", "Read the password from this file descriptor, as 3 in 3<FILE, and not from the terminal."
)


@click.group()
def user() -> None:
    """Say who may open the console: accounts of this bench's home, never brought to another.

    What somebody does is written down under a pseudonym; `forget` takes away whose it was.
    """


@user.command()
@home_option("./ward")
@_language_option
@click.argument("login")
@click.argument("role", type=_role_option)
@_password_option
def add(home: Path | None, language: Language | None, login: str, role: str, password_fd: int | None) -> None:
    """Make an account LOGIN for somebody who acts as ROLE; asks for a password on the terminal.

    Prints the key of the one-time codes once: let them take it into their authenticator app, and clear the screen.
    Exit status 0, 1 when there is such an account.
    """
    from provision.register.sql.people_rows import add_person, find_login  # noqa: PLC0415 # brings SQLAlchemy along

    with open_house(home, language, fresh=False) as house:
        if not LOGIN.fullmatch(login):
            raise click.UsageError(say(house.language, "console.user.form"))
        if house.register.local.read(partial(find_login, login=login)) is not None:
            _refuse_taken(house, login)
        password, totp = _ask_credentials(house, password_fd)
        pseudonym, now = make_pseudonym(), format_time(datetime.now(UTC))
        made = Person(pseudonym, login, Role(role), password, totp.reveal().decode(), 0, True, 1, now)  # active
        if not house.register.local.write(partial(add_person, person=made)):
            _refuse_taken(house, login)
        _tell_totp(house, login, totp)


@user.command("list")
@home_option("./ward")
@_language_option
@prints_only
def list_all(home: Path | None, language: Language | None) -> None:
    """List the accounts: name, role, pseudonym, since when, and which may not sign in."""
    from provision.register.sql.people_rows import list_people  # noqa: PLC0415 # as above

    with open_house(home, language, fresh=False) as house:
        for one in house.register.local.read(list_people):
            told = "" if one.is_active else say(house.language, "console.user.disabled")
            as_what = say(house.language, f"role.{one.role}")
            click.echo("  ".join(part for part in (one.login, as_what, one.pseudonym, one.since, told) if part))


@user.command("role")
@home_option("./ward")
@_language_option
@click.argument("login")
@click.argument("role", type=_role_option)
def change_role(home: Path | None, language: Language | None, login: str, role: str) -> None:
    """Give LOGIN another ROLE; they sign in again.

    Exit status 0, 1 when there is no such account, or when it is of the hospital's identity provider, which says its
    role at every sign-in.
    """
    with open_house(home, language, fresh=False) as house:
        one = _find(house, login)
        if one.is_vouched:
            house.tell_aside("console.user.vouched", login=login)
            raise SystemExit(ending.NOT_ALL)
        _write(house, replace(one, role=Role(role)))
        click.echo(say(house.language, "console.user.changed", login=login))


@user.command()
@home_option("./ward")
@_language_option
@click.argument("login")
def disable(home: Path | None, language: Language | None, login: str) -> None:
    """Let LOGIN sign in no more, and end what they have open now. Exit status 0, 1 when there is no such account."""
    with open_house(home, language, fresh=False) as house:
        _write(house, replace(_find(house, login), is_active=False))
        click.echo(say(house.language, "console.user.ended", login=login))


@user.command()
@home_option("./ward")
@_language_option
@click.argument("login")
@_password_option
def reset(home: Path | None, language: Language | None, login: str, password_fd: int | None) -> None:
    """Give LOGIN a new password and new one-time codes, and let them sign in again; what they have open ends.

    An account of the hospital's identity provider gets neither: it may sign in there again. Exit status 0, 1 when there
    is no such account.
    """
    with open_house(home, language, fresh=False) as house:
        one = _find(house, login)
        if one.is_vouched:
            _write(house, replace(one, is_active=True))
            click.echo(say(house.language, "console.user.changed", login=login))
            return
        password, totp = _ask_credentials(house, password_fd)
        _write(house, replace(one, password=password, totp=totp.reveal().decode(), step=0, is_active=True))
        click.echo(say(house.language, "console.user.changed", login=login))
        _tell_totp(house, login, totp)


@user.command()
@home_option("./ward")
@_language_option
@click.argument("login")
def forget(home: Path | None, language: Language | None, login: str) -> None:
    """Take the account LOGIN away: whose pseudonym it was is known to nobody then, and what they did stays.

    Exit status 0, 1 when there is no such account.
    """
    from provision.register.sql.people_rows import forget_person  # noqa: PLC0415 # as above

    with open_house(home, language, fresh=False) as house:
        house.register.local.write(partial(forget_person, login=_find(house, login).login))
        click.echo(say(house.language, "console.user.forgotten", login=login))


def _refuse_taken(house: House, login: str) -> NoReturn:
    house.tell_aside("console.user.taken", login=login)
    raise SystemExit(ending.NOT_ALL)


def _find(house: House, login: str) -> Person:
    """The account of a name.

    Raises:
        SystemExit: there is none; said with those that there are.
    """
    from provision.register.sql.people_rows import find_login, list_people  # noqa: PLC0415 # as above

    found = house.register.local.read(partial(find_login, login=login))
    if found is None:
        logins = ", ".join(one.login for one in house.register.local.read(list_people))
        house.tell_aside("console.user.unknown", login=login, logins=logins or "–")
        raise SystemExit(ending.NOT_ALL)
    return found


def _write(house: House, person: Person) -> None:
    from provision.register.sql.people_rows import write_person  # noqa: PLC0415 # as above

    house.register.local.write(partial(write_person, person=person))


def _ask_credentials(house: House, number: int | None) -> tuple[str, Secret]:
    """Ask for a new password, and make a key of one-time codes; returns the password's hash, and the key.

    Raises:
        HomeError: it cannot be asked for, or is too short or too long.
    """
    from provision.console.credentials import LONGEST, SHORTEST, hash_password, is_fit, make_totp  # noqa: PLC0415

    password = ask_passphrase(house.language, number, _ASKED, is_new=True)
    if not is_fit(password):
        raise HomeError(say(house.language, "console.user.password-form", least=SHORTEST, most=LONGEST))
    return hash_password(password), make_totp()


def _tell_totp(house: House, login: str, key: Secret) -> None:
    """Show the key of the one-time codes, as a QR code and as letters; it is shown nowhere else."""
    from provision.console.credentials import write_totp_link  # noqa: PLC0415 # as above

    click.echo(say(house.language, "console.user.totp", login=login))
    click.echo(draw_for_terminal(write_totp_link(key, login, house.home.site.name).reveal().decode()), nl=False)
    click.echo(say(house.language, "console.user.totp-key", key=key.reveal().decode()))
