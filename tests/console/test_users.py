"""Accounts by command: made, changed, forgotten; no secret is where others read."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provision.cli.console import console
from provision.console.credentials import check_password, find_step
from provision.errors import HomeError
from provision.home.create import create_home
from provision.records.keys import load_keys
from provision.register.people import Person, read_actor, write_actor, write_subject
from provision.register.sql.people_rows import add_person, find_login
from provision.register.sql.register import open_register
from provision.site.secret import Secret
from provision.state.wards import Role
from provision.terms import HomeKind
from tests.console.console_bed import PASSWORD


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "home"
    create_home(path, HomeKind.TRAINING, 2)
    return path


def call(home: Path, *words: str, password: str | None = None) -> Result:
    """Run `provision console user`, with a password on a file descriptor."""
    given: list[str] = []
    if password is not None:
        read, write = os.pipe()
        os.write(write, f"{password}\n".encode())
        os.close(write)
        given = ["--password-fd", str(read)]
    env = {"LANG": "en.UTF-8", "LC_ALL": "", "LANGUAGE": ""}
    return CliRunner(env=env).invoke(console, ["user", words[0], "--home", str(home), *given, *words[1:]])


def find(home: Path, login: str) -> Person | None:
    with open_register(home, load_keys(home / "keys").home, "A", None) as register:
        return register.local.read(partial(find_login, login=login))


def test_an_account_is_made_changed_and_forgotten(home: Path) -> None:
    made = call(home, "add", "marie", "hotline", password=PASSWORD)
    (key,) = re.findall(r"letters: ([A-Z2-7]{32})", made.stdout)
    person = find(home, "marie")
    assert person is not None
    assert (person.role, person.is_active, person.totp) == (Role.HOTLINE, True, key)
    assert check_password(person.password, Secret(PASSWORD.encode()))
    assert find_step(person.totp, "000", 0) is None
    assert call(home, "add", "marie", "auditor", password=PASSWORD).exit_code == 1
    assert call(home, "role", "marie", "ward").exit_code == 0
    assert call(home, "disable", "marie").exit_code == 0
    listed = call(home, "list").stdout.split()
    assert listed[:3] == ["marie", "ward", person.pseudonym]
    assert "sign" in listed
    renewed = call(home, "reset", "marie", password="another password")  # noqa: S106 # of a test
    assert key not in renewed.stdout
    changed = find(home, "marie")
    assert changed is not None
    assert (changed.is_active, changed.pseudonym, changed.changed > person.changed) == (True, person.pseudonym, True)
    assert not check_password(changed.password, Secret(PASSWORD.encode()))
    file = home / "state/register.sqlite"
    assert b"marie" in file.read_bytes()
    assert call(home, "forget", "marie").exit_code == 0
    assert find(home, "marie") is None
    assert b"marie" not in file.read_bytes(), "overwritten, not only unlinked"


@pytest.mark.parametrize("words", [("role", "x", "ward"), ("disable", "x"), ("forget", "x")])
def test_an_account_that_is_not_there_is_said_with_those_that_are(home: Path, words: tuple[str, ...]) -> None:
    done = call(home, *words)
    assert (done.exit_code, "x: no such account" in done.stderr) == (1, True)


@pytest.mark.parametrize("login", ["Marie", "", "-m", "a b", "é", "a" * 33, "x\ny"])
def test_a_name_of_another_form_is_refused(home: Path, login: str) -> None:
    done = call(home, "add", "--", login, "hotline")
    assert done.exit_code == 2


@pytest.mark.parametrize("password", ["short", "x" * 129, ""])
def test_a_password_that_is_too_short_or_too_long_makes_no_account(home: Path, password: str) -> None:
    done = call(home, "add", "jean", "hotline", password=password)
    assert isinstance(done.exception, HomeError)
    assert not password or password not in str(done.exception)
    assert find(home, "jean") is None


def test_nobody_is_asked_where_there_is_no_terminal(home: Path) -> None:
    done = call(home, "add", "jean", "hotline")
    assert "--password-fd" in str(done.exception)
    assert find(home, "jean") is None


def test_an_actor_is_role_and_pseudonym() -> None:
    person = Person("k3f9x2ab", "marie", Role.HOTLINE, "", "", 0, is_active=True, changed=1, since="")
    assert write_actor(person) == "hotline.k3f9x2ab"
    assert read_actor("hotline.k3f9x2ab") == ("hotline", "k3f9x2ab")
    assert [read_actor(who) for who in ("bench", "u.17", "ward")] == [("bench", ""), ("u.17", ""), ("ward", "")]
    assert "marie" not in repr(person)


def test_an_account_of_the_identity_provider_is_closed_opened_and_forgotten_and_its_role_stays(home: Path) -> None:
    vouched = Person("p0000001", "zoe@", Role.HOTLINE, write_subject("i", "s"), "", 0, True, 1, "")  # noqa: FBT003
    with open_register(home, load_keys(home / "keys").home, "A", None) as register:
        assert register.local.write(partial(add_person, person=vouched))
    told = call(home, "role", "zoe@", "auditor")
    assert (told.exit_code, "says this role at each sign-in" in told.stderr) == (1, True)
    assert call(home, "disable", "zoe@").exit_code == 0
    closed = find(home, "zoe@")
    assert call(home, "reset", "zoe@").exit_code == 0
    opened = find(home, "zoe@")
    assert closed is not None
    assert opened is not None
    assert (closed.is_active, opened.is_active, opened.password, opened.role) == (
        False,
        True,
        vouched.password,
        Role.HOTLINE,
    )
    assert call(home, "add", "zoe@", "hotline", password=PASSWORD).exit_code != 0
    assert call(home, "forget", "zoe@").exit_code == 0
    assert find(home, "zoe@") is None
