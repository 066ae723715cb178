"""Signing in: what opens a session, what does not, how long one lasts, and that nobody locks anybody out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pytest

from provision.console.app import FORM_TOKEN
from provision.console.credentials import check_password, find_step
from provision.console.patience import FREE_OF_ACCOUNT, FREE_TRIES, LONGEST_WAIT, Patience
from provision.console.sessions import IDLE_SECONDS, LONGEST_SECONDS, MOST_OF_ONE, SessionBook
from provision.register.people import Person
from provision.register.sql.people_rows import find_login, list_entries, write_person
from provision.site.secret import Secret
from provision.state.wards import Role
from tests.console.console_bed import PASSWORD, TOTP, Browser, Clock, House, tell_code


def right(**changes: str) -> Mapping[str, object]:
    return {"login": "hotline-1", "password": PASSWORD, "code": tell_code(), **changes}


def is_in(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def get_person(house: House, login: str) -> Person:
    found = house.console.read(partial(find_login, login=login))
    assert found is not None
    return found


def test_all_three_open_a_session_and_the_code_opens_no_second_one(house: House) -> None:
    browser, code = house.open(), tell_code(1)
    before = browser.get("/sign-in").cookies
    answer = browser.send("/sign-in?then=/", right(code=code, then="/?q=A"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/?q=A")
    assert answer.cookies["provision-session"] != before.get("provision-session")
    assert is_in(browser)
    again = house.open()
    assert again.send("/sign-in", right(code=code)).status_code == 403
    assert not is_in(again)
    actions = [(one.action, one.pseudonym) for one in house.console.read(list_entries)[:2]]
    assert actions == [("refused", "photline"), ("sign-in", "photline")]


WRONG = [
    {"password": "another horse battery"},
    {"login": "hotline-2"},
    {"code": "000000"},
    {"code": "١٢٣٤٥٦"},
    {"password": "\x00" * 200},
]


def test_anything_else_opens_none_and_never_says_which_was_wrong(house: House) -> None:
    words = set()
    for changes in WRONG:
        house.clock.now += 10_000
        browser = house.open()
        answer = browser.send("/sign-in", right(**changes))
        assert (answer.status_code, is_in(browser)) == (403, False), changes
        words.add(answer.text.partition('role="alert"')[2].partition("</p>")[0])
    assert len(words) == 1
    assert not check_password(None, Secret(PASSWORD.encode()))
    assert find_step(TOTP, "", 0.0) is None


def test_a_sign_in_without_its_own_page_is_refused(house: House) -> None:
    for form in (right(), {**right(), FORM_TOKEN: "0" * 64}):
        browser = house.open()
        assert browser.post("/sign-in", form).status_code == 403
        assert not is_in(browser)
    foreign = house.open().post("/sign-in", right(), headers={"origin": "https://elsewhere.example"})
    assert foreign.status_code == 403


@pytest.mark.parametrize("then", ["//evil.example/", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "/é", ""])
def test_a_sign_in_leads_to_this_console_alone(house: House, then: str) -> None:
    page = house.open().get("/sign-in", params={"then": then})
    assert 'name="then" value="/"' in page.text


def test_cookies_are_for_this_server_alone_and_under_tls_never_sent_without(house: House) -> None:
    for scheme, login, secure in (("http", "technician-1", False), ("https", "auditor-1", True)):
        browser = house.open(scheme=scheme)
        answers = (browser.get("/sign-in"), browser.send("/sign-in", right(login=login)))
        cookies = [each.lower() for answer in answers for each in answer.headers.get_list("set-cookie")]
        assert len(cookies) == len(("door", "session", "device"))
        for cookie in cookies:
            assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
            assert "domain" not in cookie
            assert (cookie.startswith("__host-"), "; secure" in cookie) == (secure, secure)


def test_a_link_from_elsewhere_signs_nobody_out(house: House) -> None:
    """The browser shows no cookie then (`SameSite=Strict`): no answer may put another one in the session's place."""
    for path in ("/sign-in", "/", "/tablets/A-0001", "/accessibilite"):
        given = house.open().get(path).headers.get_list("set-cookie")
        assert [each for each in given if "session" in each.partition("=")[0]] == [], path


def test_a_form_of_another_session_signs_nobody_out(house: House) -> None:
    mine, other = house.open(Role.HOTLINE), house.open(Role.HOTLINE)
    token = mine.cookies["provision-session"]
    mine.post("/sign-out", {FORM_TOKEN: other.read_token()})
    assert house.console.sessions.find(token) is not None


def test_who_signs_out_is_out(house: House) -> None:
    browser = house.open(Role.WARD)
    token = browser.cookies["provision-session"]
    assert browser.send("/sign-out", {}).headers["location"] == "/sign-in"
    assert house.console.sessions.find(token) is None


def test_a_session_ends_when_nobody_is_there_and_after_a_shift() -> None:
    clock = Clock()
    book = SessionBook(clock)
    silent, busy = book.open("a", 1), book.open("b", 1)
    opened = clock.now
    while clock.now - opened <= LONGEST_SECONDS:
        assert book.find(busy) is not None
        clock.now += IDLE_SECONDS
    assert (book.find(busy), book.find(silent)) == (None, None)


def test_one_person_has_few_sessions_and_the_oldest_goes() -> None:
    clock = Clock()
    book = SessionBook(clock)
    tokens = []
    for _ in range(MOST_OF_ONE + 1):
        clock.now += 1
        tokens.append(book.open("a", 1))
    assert [book.find(token) is not None for token in tokens] == [False, *[True] * MOST_OF_ONE]


CHANGES = {
    "disabled": lambda one: replace(one, is_active=False),
    "another role": lambda one: replace(one, role=Role.AUDITOR),
    "another password": lambda one: replace(one, password="x"),  # noqa: S106 # no hash at all
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_an_account_ends_its_sessions_at_once(house: House, change: str) -> None:
    browser, before = house.open(Role.TECHNICIAN), get_person(house, "technician-1")
    assert is_in(browser)
    house.console.register.local.write(partial(write_person, person=CHANGES[change](before)))
    assert not is_in(browser)
    changed = get_person(house, "technician-1")
    house.console.register.local.write(partial(write_person, person=replace(before, changed=changed.changed)))
    house.console.register.local.write(lambda c: c.exec_driver_sql("UPDATE person SET changed = 1"))


def test_who_is_disabled_cannot_sign_in(house: House) -> None:
    before = get_person(house, "auditor-1")
    house.console.register.local.write(partial(write_person, person=replace(before, is_active=False)))
    house.clock.now += 10_000
    assert house.open().send("/sign-in", right(login="auditor-1")).status_code == 403


def test_wrong_ones_wait_longer_and_longer_and_never_longer_than_a_minute() -> None:
    clock = Clock()
    patience = Patience(clock)
    waits = []
    for _ in range(FREE_TRIES + 8):
        while wait := patience.ask("a", "here"):
            waits.append(wait)
            clock.now += wait
    assert waits[:3] == [2.0, 4.0, 8.0]
    assert max(waits) == LONGEST_WAIT


def test_a_hundred_at_once_are_no_hundred_tries() -> None:
    patience = Patience(Clock())
    assert [patience.ask("a", "here") for _ in range(100)].count(0.0) == FREE_TRIES


def test_guesses_from_everywhere_are_slowed_and_keep_no_known_browser_waiting() -> None:
    patience = Patience(Clock())
    tries = [patience.ask("a", f"10.0.0.{each}") for each in range(100)]
    assert tries.count(0.0) == FREE_OF_ACCOUNT
    assert patience.ask("b", "10.9.9.9") == 0
    for _ in range(100):
        patience.ask("a", "desk")
        patience.ask("b", "desk")
    assert (patience.ask("a", "desk") > 0, patience.ask("a", "desk", "its browser")) == (True, 0)


def test_who_guesses_at_the_same_address_locks_nobody_out(house: House) -> None:
    house.clock.now += 10_000
    mine, guesser = house.open(), house.open()
    code = tell_code(-1)
    assert mine.send("/sign-in", right(login="administrator-1", code=code)).status_code == 303
    form = right(login="administrator-1", code="000000", **{FORM_TOKEN: guesser.read_token()})
    while guesser.post("/sign-in", form).status_code != 429:
        pass
    mine.send("/sign-out", {})
    assert guesser.send("/sign-in", right(login="administrator-1")).status_code == 429
    assert mine.send("/sign-in", right(login="administrator-1")).status_code == 303


def test_a_browser_is_known_to_the_account_it_signed_in_to_alone() -> None:
    book, other = SessionBook(Clock()), SessionBook(Clock())
    kept = book.write_device("a")
    assert book.is_device("a", kept)
    shown = [("b", kept), ("a", ""), ("a", "."), ("a", kept[:-1]), ("a", f"x{kept}")]
    assert [book.is_device(*each) for each in shown] == [False] * len(shown)
    assert not other.is_device("a", kept)


def test_a_guesser_is_told_to_wait(house: House) -> None:
    house.clock.now += 10_000
    browser = house.open()
    form = right(login="ward-1", code="000000", **{FORM_TOKEN: browser.read_token()})
    codes = [browser.post("/sign-in", form).status_code for _ in range(FREE_TRIES + 1)]
    assert codes == [*[403] * FREE_TRIES, 429]
