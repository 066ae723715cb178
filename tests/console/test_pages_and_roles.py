"""Every page of the console for every role, and for nobody."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from provision.console.app import FORM_TOKEN
from provision.console.asking import Console, News
from provision.console.pages.table import PAGES
from provision.register.people import Entry
from provision.register.sql.people_rows import MOST_ENTRIES, note_entry
from provision.state.wards import Role
from provision.texts.catalogue import Language
from tests.console.console_bed import HERE, House, read_words

ANY = frozenset(Role)
SEEN: dict[str, frozenset[Role]] = {
    "/": ANY,
    "/?q=cardio": ANY,
    "/tablets/A-0001": ANY,
    "/faults": ANY - {Role.WARD},
    "/journal": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "/wards": ANY,
    "/wards/cardio-2/sheet": ANY,
    "/exports/csv": frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.TECHNICIAN}),
    "/exports/glpi": frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.TECHNICIAN}),
}
"""Addresses with the roles that get them; the others get 403."""

GIVEN = {"/wards/cardio-2/sheet", "/exports/csv", "/exports/glpi"}
"""Those that are files, and no pages."""

SENT: dict[str, frozenset[Role]] = {
    "/tablets/A-0002/notes": ANY - {Role.AUDITOR},
    "/tablets/A-0002/calls": frozenset({Role.HOTLINE, Role.TECHNICIAN}),
    "/tablets/A-0002/code": frozenset({Role.HOTLINE}),
    "/wards/cardio-2/audit": ANY - {Role.AUDITOR},
}
"""Addresses that take a form, with the roles whose form is taken; the others get 403."""

TAKEN = {200, 303}
"""What is answered to a form that was taken."""


def fill(text: str) -> dict[str, str]:
    """A form that every address takes."""
    return {"text": text, "digits": "1 0000 0001", "why": text, "labels": "A-0003"}


def test_every_page_stands_in_the_table_of_this_test() -> None:
    forms = [re.compile(re.sub(r"\{\w+\}", "[^/]+", page.path)) for page in PAGES]
    assert [
        form.pattern for form in forms if not any(form.fullmatch(each.partition("?")[0]) for each in (*SEEN, *SENT))
    ] == []


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_what_it_may_and_nothing_else(house: House, role: Role) -> None:
    browser = house.open(role)
    got = {path: browser.get(path).status_code for path in SEEN}
    assert got == {path: 200 if role in roles else 403 for path, roles in SEEN.items()}


@pytest.mark.parametrize("role", Role)
def test_a_role_does_what_it_may_and_nothing_else(house: House, role: Role) -> None:
    browser = house.open(role)
    got = {path: browser.send(path, fill(f"by {role}")).status_code for path in SENT}
    assert {path: status in TAKEN for path, status in got.items()} == {path: role in SENT[path] for path in SENT}
    assert set(got.values()) <= {*TAKEN, 403}
    words = read_words(browser.get("/tablets/A-0002"))
    assert (f"note: by {role} {role}" in words) == (role in SENT["/tablets/A-0002/notes"])
    assert (f"call: by {role} {role}" in words) == (role in SENT["/tablets/A-0002/calls"])


@pytest.mark.parametrize("path", SENT)
def test_a_form_without_session_or_token_or_of_another_kind_does_nothing(house: House, path: str) -> None:
    browser, form = house.open(Role.HOTLINE), fill("must not be there")
    json = {"origin": f"http://{HERE}", "content-type": "application/json"}
    other = house.open(Role.HOTLINE).read_token()
    answers = [
        house.open().post(path, form),
        browser.post(path, form),
        browser.post(path, {**form, FORM_TOKEN: other}),
        browser.send(path, form, headers=json),
        browser.send(path, form, headers={}),
        browser.ask("GET", path, params=form),
    ]
    assert [one.status_code for one in answers] == [303, 403, 403, 415, 403, 405]
    assert "must not be there" not in browser.get("/tablets/A-0002").text


def test_nobody_sees_any_page(house: House) -> None:
    answers = {path: house.open().get(path) for path in SEEN}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(SEEN, 303)
    assert answers["/"].headers["location"] == "/sign-in"
    assert answers["/?q=cardio"].headers["location"] == "/sign-in?then=%2F%3Fq%3Dcardio"


def test_the_menu_has_what_a_role_may_open(house: House) -> None:
    for path in ("/journal", "/faults"):
        shown = {role: f'href="{path}"' in house.open(role).get("/").text for role in Role}
        assert shown == {role: role in SEEN[path] for role in Role}


def test_a_tablet_is_found_by_a_part_and_opened_by_its_number(house: House) -> None:
    browser = house.open(Role.HOTLINE)
    for text in ("cardio", "R52N0001", "sm-t510 12", "a-00"):
        assert "/tablets/A-0001" in browser.get(f"/?q={text}").text
    assert browser.get("/?q=a-1").headers["location"] == "/tablets/A-0001"
    assert "Nothing found for: zzz" in read_words(browser.get("/?q=zzz"))


def test_the_page_of_a_tablet_answers_the_hotline_s_questions(house: House) -> None:
    words = read_words(house.open(Role.HOTLINE).get("/tablets/A-0001"))
    for told in (
        "A-0001 deployed",
        "Cardiologie 2",
        "R52N0001",
        "SM-T510",
        "done",
        "verified just now",
        "call: does not ring",
        "deployed, ward Cardiologie 2, room 12 (asked) technician",
        "location switched on",
        "Nobody has written down the keys of this model",
    ):
        assert told in words


@pytest.mark.parametrize("path", ["/tablets/A-9999", "/tablets/nonsense", "/tablets/%3Cb%3E"])
def test_a_tablet_that_nobody_knows_is_said(house: House, path: str) -> None:
    answer = house.open(Role.HOTLINE).get(path)
    assert (answer.status_code, "knows no such tablet" in answer.text) == (404, True)
    assert "<b>" not in answer.text


def test_an_address_that_is_none_is_said_in_the_language_of_the_browser(house: House) -> None:
    answer = house.open(Role.HOTLINE).get("/nowhere?lang=fr")
    assert (answer.status_code, "Cette page n’existe pas ici." in answer.text) == (404, True)


def test_a_language_that_was_asked_for_is_kept(house: House) -> None:
    browser = house.open(Role.HOTLINE)
    assert 'lang="fr"' in browser.get("/?lang=fr").text
    assert 'html lang="fr"' in browser.get("/").text


def test_the_lines_of_a_note_stay_lines(house: House) -> None:
    browser = house.open(Role.HOTLINE)
    browser.send("/tablets/A-0003/notes", {"text": "first\r\nsecond <i>"})
    assert "note: first\nsecond &lt;i&gt;" in browser.get("/tablets/A-0003").text


def test_every_page_says_when_news_are_missing(house: House) -> None:
    browser, told = house.open(Role.HOTLINE), "may be missing here"
    assert News().is_missing, "before the first time"
    house.console.news.note(came=True)
    assert told not in browser.get("/").text
    house.console.news.note(came=False)
    assert [path for path in SEEN.keys() - GIVEN if told not in house.open(Role.ADMINISTRATOR).get(path).text] == []
    assert house.console.news.at[:16].replace("T", " ") in browser.get("/").text
    house.console.news.note(came=True)


def test_what_a_word_processor_sets_between_words_is_a_space(house: House) -> None:
    browser = house.open(Role.HOTLINE)
    browser.send("/tablets/A-0003/calls", {"text": "ne sonne\u00a0pas\u202f!\tmerci"})
    assert "call: ne sonne pas ! merci" in browser.get("/tablets/A-0003").text


def test_what_was_typed_comes_back_where_it_was_not_taken(house: House) -> None:
    browser = house.open(Role.HOTLINE)
    forms = {"notes": {"text": "one\r\n<b>two\x07"}, "code": {"digits": "12 34", "why": 'his "own"'}}
    shown = {way: browser.send(f"/tablets/A-0003/{way}", form) for way, form in forms.items()}
    assert {answer.status_code for answer in shown.values()} == {422}
    assert ">one\n&lt;b&gt;two\ufffd</textarea>" in shown["notes"].text
    assert shown["notes"].text.count("&lt;b&gt;two") == 1
    assert all(f'value="{each}"' in shown["code"].text for each in ("12 34", "his &#34;own&#34;"))


def test_a_fault_in_a_profile_keeps_nobody_from_a_tablet(house: House, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("nonsense: [", "utf-8")
    bench = house.console.home.bench.model_copy(update={"device_profiles": tmp_path})
    home = replace(house.console.home, bench=bench)
    console = Console(home, house.console.key, house.console.register, Language.EN, house.clock)
    words = read_words(House(console, house.clock).open(Role.HOTLINE).get("/tablets/A-0001"))
    assert ("have a fault" in words, "Nobody has written down" in words, "R52N0001" in words) == (True, False, True)


def test_the_journal_is_read_to_its_end(house: House) -> None:
    def fill_journal(connection: Connection) -> None:
        for each in range(MOST_ENTRIES + 5):
            note_entry(connection, Entry("2999-01-01T00:00:00Z", "", "", "export", "", f"line {each}."))

    house.console.register.local.write(fill_journal)
    browser, seen, path = house.open(Role.AUDITOR), "", "/journal"
    while path:
        shown = browser.get(path).text
        seen += shown
        path = next(iter(re.findall(r'href="(/journal\?before=[0-9]+)"', shown)), "")
    assert [each for each in range(MOST_ENTRIES + 5) if seen.count(f">line {each}.<") != 1] == []
    for odd in ("x", "-1", "9" * 40, "1"):
        assert browser.get("/journal", params={"before": odd}).status_code == 200


@contextmanager
def refuse_rows(house: House, table: str) -> Iterator[None]:
    """A register that takes nothing more into a table, as on a full disk."""
    file = house.console.home.path / "state/register.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as rows:
        rows.execute(f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END")
        yield
        rows.execute("DROP TRIGGER full")


def test_a_register_that_takes_nothing_is_said_without_its_place(house: House) -> None:
    caller, stranger, leaver = house.open(Role.HOTLINE), house.open(), house.open(Role.HOTLINE)
    wrong = {FORM_TOKEN: stranger.read_token(), "login": "nobody", "password": "x", "code": "1"}
    leave = {FORM_TOKEN: leaver.read_token()}
    with refuse_rows(house, "event"):
        answers = [caller.send("/tablets/A-0003/code", {"digits": "00000001", "why": "x"})]
    with refuse_rows(house, "journal"):
        answers += [stranger.post("/sign-in", wrong), leaver.post("/sign-out", leave)]
    assert [one.status_code for one in answers] == [503] * 3
    assert all("could not be read or written" in one.text for one in answers)
    assert str(house.console.home.path) not in "".join(one.text for one in answers)


def test_a_form_that_is_too_long_and_one_of_another_kind_are_told_apart(house: House) -> None:
    browser = house.open(Role.HOTLINE)
    long, many = {"text": "x" * 70_000}, {"text": ["x"] * 600}
    headers = {"origin": f"http://{HERE}", "content-type": "text/plain"}
    told = [browser.send("/tablets/A-0003/notes", form) for form in (long, many)]
    told.append(browser.send("/tablets/A-0003/notes", {"text": "x"}, headers=headers))
    assert [(one.status_code, "too long" in one.text) for one in told] == [(413, True), (413, True), (415, False)]
