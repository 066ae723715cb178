"""The code by telephone on its page: the command's own answer, written down before it is told."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.agent.maintenance import Scope
from provision.cli.answer import answer
from provision.register.events import EventKind
from provision.register.sql.event_rows import find_events
from provision.register.sql.people_rows import list_entries
from provision.state.opening import open_bench_state
from provision.state.wards import Role
from provision.texts.catalogue import Language, say
from tests.console.console_bed import House, read_words


def ask_command(home: Path, number: str, digits: str) -> str:
    """What `provision answer` says."""
    done = CliRunner(env={"LANG": "en.UTF-8"}).invoke(answer, ["--home", str(home), number, digits])
    assert done.exit_code == 0
    return done.stdout.strip()


def read_codes(house: House, number: str) -> list[tuple[str, str, str]]:
    """Scope, who and why of each code that the register has."""
    events = [event.told for event in house.console.read(partial(find_events, tablet=number))]
    return [(one.body["scope"], one.who, one.why) for one in events if one.kind is EventKind.CODED]


CASES = [("0000 0001", "unlock"), ("1 0000 0001", "wifi"), ("2.0000.0002", "clean"), ("300000003", "restart")]


@pytest.mark.parametrize(("shown", "scope"), CASES)
def test_the_page_says_what_the_command_says_and_writes_it_down(house: House, shown: str, scope: str) -> None:
    path = house.console.home.path
    page = house.open(Role.HOTLINE).send("/tablets/A-0001/code", {"digits": shown, "why": "the screen is stuck"})
    digits = ask_command(path, "A-0001", shown)
    assert (page.status_code, digits in read_words(page)) == (200, True)
    assert read_codes(house, "A-0001")[-1] == (scope, "hotline.photline", "the screen is stuck")
    newest = house.console.read(list_entries)[0]
    assert (newest.action, newest.tablet, newest.told) == ("code", "A-0001", scope)
    with open_bench_state(path) as state:
        events = [one.event for one in state.audit_log.list_events("A-0001")]
    assert events[-2:] == ["answer" if scope == "unlock" else f"answer {scope}"] * 2
    kept = b"".join(house.console.register.dump()) + repr(house.console.read(list_entries)).encode()
    assert digits.replace(" ", "").encode() not in kept.replace(b" ", b"")
    assert f"code given by telephone: {read_scope(scope)} (the screen is stuck) hotline photline" in read_words(
        house.open(Role.WARD).get("/tablets/A-0001")
    )


def read_scope(scope: str) -> str:
    told = {"unlock": "opens the tablet once", "wifi": "Wi-Fi again", "clean": "a new patient", "restart": "a restart"}
    return told[scope]


WRONG = [
    ({"digits": "123", "why": "x"}, 422, "123"),
    ({"digits": "9 1234 5678", "why": "x"}, 422, "9 1234 5678"),
    ({"digits": "<b>1234", "why": "x"}, 422, "&lt;b&gt;1234"),
    ({"digits": "00000001", "why": ""}, 422, "a reason is needed"),
    ({"digits": "00000001", "why": "x" * 2001}, 422, "a reason is needed"),
    ({"digits": "00000001", "why": "\x1b[2J"}, 422, "a reason is needed"),
]


def test_what_is_wrong_is_said_and_nothing_is_given_or_written(house: House) -> None:
    browser, before = house.open(Role.HOTLINE), read_codes(house, "A-0003")
    for form, status, told in WRONG:
        answered = browser.send("/tablets/A-0003/code", form)
        assert (answered.status_code, told in answered.text, "Answer" in answered.text) == (status, True, True), form
    assert browser.send("/tablets/A-9999/code", WRONG[0][0]).status_code == 404
    assert read_codes(house, "A-0003") == before


def test_a_site_key_that_is_gone_is_said_and_no_code_is_written_down(house: House) -> None:
    key, before = house.console.home.keys / "site-key.pem", read_codes(house, "A-0003")
    key.rename(key.with_suffix(".aside"))
    answered = house.open(Role.HOTLINE).send("/tablets/A-0003/code", {"digits": "00000001", "why": "x"})
    key.with_suffix(".aside").rename(key)
    assert (answered.status_code, "site-key.pem" in answered.text) == (503, True)
    assert read_codes(house, "A-0003") == before


def test_who_answers_reads_first_whom_to_ring_back_and_what_each_figure_allows(house: House) -> None:
    words = read_words(house.open(Role.HOTLINE).get("/tablets/A-0001"))
    told = [f"{one.value} {say(Language.EN, f'code.scope.{one.name.lower()}')}".strip() for one in Scope]
    assert [each for each in told if each not in words] == []
    assert words.index("ring the ward back") < words.index("Digits it shows")
