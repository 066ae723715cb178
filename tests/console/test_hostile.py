"""What somebody may type into any field: shown as it was typed, run by nobody, and in no header."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import pytest

from provision.register.sql.people_rows import list_people
from provision.state.wards import Role
from tests.console.console_bed import Browser, House

HOSTILE: Mapping[str, str] = {
    "html": "<script>alert(1)</script>\" autofocus onfocus=alert(1) x='{{ 7*7 }}{% raw %}",
    "sql and spreadsheet": '=HYPERLINK("http://evil.example";"x")\'; DROP TABLE person; -- %_\\',
    "header": "a\r\nset-cookie: x=1",
    "right to left": "قسم القلب",
    "steering": "\u202eabc\x1b[2J\x00",
    "long": "é" * 10_000,
    "no unicode": "\ud800",
}


def search(browser: Browser, text: str) -> object:
    return browser.get("/", params={"q": text.encode(errors="surrogatepass").decode(errors="replace")})


FIELDS: Mapping[str, Callable[[Browser, str], object]] = {
    "labels": lambda browser, text: post(browser, "/wards/cardio-2/audit", "labels", text),
    "search": search,
    "language": lambda browser, text: browser.get("/", params={"lang": text.encode(errors="replace").decode()}),
    "note": lambda browser, text: post(browser, "/tablets/A-0001/notes", "text", text),
    "call": lambda browser, text: post(browser, "/tablets/A-0001/calls", "text", text),
    "digits": lambda browser, text: post(browser, "/tablets/A-0001/code", "digits", text),
    "reason": lambda browser, text: post(browser, "/tablets/A-0001/code", "why", text),
    "login": lambda browser, text: post(browser, "/sign-in", "then", text),
}


def post(browser: Browser, path: str, field: str, text: str) -> object:
    form = {"digits": "00000001", "why": "x", field: text.encode(errors="surrogatepass")}
    return browser.send(path, form)


class Live(HTMLParser):
    """What of a page would run: scripts that are not this server's files, and attributes with code in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in {"script", "iframe", "object"} and known != {"src": "/assets/console.js", "defer": None}:
            self.found.append(tag)
        self.found += [name for name in known if name.startswith("on") or name == "style"]


def list_live(page: str) -> list[str]:
    read = Live()
    read.feed(page)
    return read.found


def test_what_would_run_is_seen() -> None:
    assert list_live('<script>x</script><p onclick="x" style="x">') == ["script", "onclick", "style"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_field_runs_what_is_typed_into_it(house: House, kind: str) -> None:
    browser, people = house.open(Role.HOTLINE), house.console.read(list_people)
    for field, give in FIELDS.items():
        house.clock.now += 60
        answer = give(browser, HOSTILE[kind])
        assert answer.status_code in {200, 303, 403, 413, 422}, (field, answer.status_code)  # type: ignore[attr-defined]
        assert "x" not in answer.cookies, field  # type: ignore[attr-defined]
        browser = house.open(Role.HOTLINE)
    for page in ("/tablets/A-0001", "/", "/faults", "/wards"):
        shown = browser.get(page)
        assert shown.status_code == 200
        assert list_live(shown.text) == []
        assert "49{%" not in shown.text
        assert "\x1b" not in shown.text
    assert house.console.read(list_people) == people


def test_every_answer_has_the_rules_of_the_browser(house: House) -> None:
    browser = house.open(Role.HOTLINE)
    for path in ("/", "/sign-in", "/tablets/A-0001", "/nowhere", "/assets/console.css", "/journal"):
        headers = browser.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-frame-options"], headers["cache-control"]) == ("DENY", "no-store")
        assert headers["referrer-policy"] == "same-origin"
    for path in ("/", "/tablets/A-0001"):
        assert list_live(browser.get(path).text) == []


def test_an_address_that_is_not_this_server_s_is_not_served(house: House) -> None:
    assert house.open(Role.HOTLINE).get("/", headers={"host": "evil.example"}).status_code == 421
