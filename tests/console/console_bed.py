"""A house with a console, for tests: a home with some tablets, accounts of every role, and browsers for them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pyotp
from argon2 import PasswordHasher

from provision.console.app import FORM_TOKEN, Pages
from provision.console.asking import Console
from provision.console.pages.table import PAGES
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.records.keys import load_keys
from provision.records.store import RecordStore
from provision.register.events import EventKind, tell_move, tell_words
from provision.register.moves import Life
from provision.register.people import Person
from provision.register.sql.people_rows import add_person
from provision.register.sql.register import open_register
from provision.state.opening import open_bench_state
from provision.state.wards import Role
from provision.terms import HomeKind
from provision.texts.catalogue import Language
from provision.web.gate import Gate
from tests.cli.ward_home import WARDS
from tests.records.record_bed import make_result, record
from tests.register.house_bed import number

HERE = "127.0.0.1:8444"
PASSWORD = "correct horse battery"  # noqa: S105 # of accounts of a test
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Clock:
    """Seconds that go on when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """A console and the application over it."""

    console: Console
    clock: Clock
    apps: dict[str, Gate] = field(default_factory=dict)

    def open(self, role: Role | None = None, scheme: str = "http") -> Browser:
        """A browser, signed in with an account of a role without a form."""
        if scheme not in self.apps:
            pages = Pages(self.console, PAGES, is_secure=scheme == "https")
            self.apps[scheme] = Gate(pages.make_app(), frozenset({HERE}), scheme, has_forms=True)
        browser = Browser(self.apps[scheme], scheme)
        if role is not None:
            token = self.console.sessions.open(f"p{role}"[:8], 1)
            browser.cookies.set("provision-session", token, domain="127.0.0.1")
        return browser


class Browser:
    """Requests with cookies, one after the other, as a page of the console sends them."""

    def __init__(self, app: Gate, scheme: str) -> None:
        self._app, self._origin = app, f"{scheme}://{HERE}"
        self.cookies = httpx.Cookies()

    def get(self, path: str, **asked: object) -> httpx.Response:
        """Ask for a page."""
        return self.ask("GET", path, **asked)

    def send(self, path: str, form: Mapping[str, object], **asked: object) -> httpx.Response:
        """Send a form as it came with a page of this browser."""
        token = self.read_token("/sign-in") if path == "/sign-in" else self.read_token()
        return self.post(path, {FORM_TOKEN: token, **form}, **asked)

    def post(self, path: str, form: Mapping[str, object], **asked: object) -> httpx.Response:
        """Send a form as it is given."""
        headers = {"origin": self._origin, "content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, content=urlencode(form, doseq=True), **{"headers": headers, **asked})

    def read_token(self, *pages: str) -> str:
        """What the forms of this browser's pages show; without a session those of the sign-in."""
        shown = (self.get(page).text for page in pages or ("/", "/sign-in"))
        found = next(filter(None, (re.search(r'name="form-token" value="([0-9a-f]+)"', text) for text in shown)), None)
        assert found is not None
        return found[1]

    def ask(self, method: str, path: str, **asked: object) -> httpx.Response:
        """Send one request."""
        return asyncio.run(self._ask(method, path, asked))

    async def _ask(self, method: str, path: str, asked: Mapping[str, object]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=self._origin, cookies=self.cookies) as client:
            answer = await client.request(method, path, **asked)
            self.cookies = client.cookies
            return answer


def read_words(answer: httpx.Response) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def tell_code(offset: int = 0) -> str:
    """The one-time code of every account here, so many steps from now."""
    import time  # noqa: PLC0415

    return pyotp.TOTP(TOTP).at(int(time.time()) + 30 * offset)


@cache
def hash_cheaply() -> str:
    """The password as the accounts here keep it: a hash says itself how dear it is, and dear ones have a test."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """A training home with two wards, A-0001 and A-0002 with records, A-0003 with its number alone."""
    path = folder / "home"
    create_home(path, HomeKind.TRAINING, 2)
    with (path / "site.yaml").open("a", encoding="utf-8") as site:
        site.write(WARDS)
    with open_bench_state(path) as state:
        for serial in "123":
            state.open_registry("A").check_in(serial, serial)
    home, keys = load_home(path), load_keys(path / "keys")
    store = RecordStore(home.records, keys, home.state)
    for each in (1, 2):
        record(store, make_result(each, HomeKind.TRAINING))
    kept = hash_cheaply()
    with open_register(path, keys.home, "A", None) as register:
        for each in (1, 2, 3):
            number(register, f"A-000{each}", f"i{each}")
        register.take_records(home.records, keys.home)
        register.tell(tell_move("A-0001", Life.DEPLOYED, "technician", "asked", ward="Cardiologie 2", room="12"))
        register.tell(tell_words("A-0001", EventKind.CALLED, "hotline", "does not ring"))
        for role in Role:
            person = Person(f"p{role}"[:8], f"{role}-1", role, kept, TOTP, 0, is_active=True, changed=1, since="")
            assert register.local.write(partial(add_person, person=person))
        clock = Clock()
        yield House(Console(home, keys.home, register, Language.EN, clock), clock)
