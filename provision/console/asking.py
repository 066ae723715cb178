"""What a page of the console is made of: who asks for what, and what is answered.

A page is a function from an `Ask` to an answer, run in a thread of its own, and a row of `PAGES` in its module.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from provision.console.patience import Patience
from provision.console.provider.exchange import Provider
from provision.console.render import render
from provision.console.roles import Action, may
from provision.console.sessions import SessionBook
from provision.home.folder import Home
from provision.profiles.load import load_profiles
from provision.profiles.model import Profiles
from provision.records.content import format_time
from provision.records.keys import HomeKey
from provision.register.events import EventRefused
from provision.register.people import Entry, Person, write_actor
from provision.register.sql.people_rows import note_entry
from provision.texts.catalogue import Language, say

if TYPE_CHECKING:
    from provision.register.sql.register import Register

Result = TypeVar("Result")


@dataclass
class News:
    """How new what the pages know is.

    Attributes:
        at: when everything was last brought in, ISO 8601 in UTC; empty before the first time.
        is_missing: whether that failed since, or was not yet done.
    """

    at: str = ""
    is_missing: bool = True

    def note(self, *, came: bool) -> None:
        """Note a bringing-in that came to its end, or did not."""
        self.is_missing = not came
        if came:
            self.at = format_time(datetime.now(UTC))


@dataclass(frozen=True)
class Console:
    """What the pages of one process stand on.

    Attributes:
        home: with the site, its wards and keys. key: of its records.
        register: the house's, opened by this process.
        language: of the pages, unless a browser asks for another.
        clock: seconds that only go on.
        news: how new it is, which every page says where it is old.
        provider: who else says who somebody is; None where the console has its own accounts alone.
    """

    home: Home
    key: HomeKey
    register: Register
    language: Language
    clock: Callable[[], float] = time.monotonic
    news: News = field(default_factory=News)
    provider: Provider | None = None
    sessions: SessionBook = field(init=False)
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sessions", SessionBook(self.clock))
        object.__setattr__(self, "patience", Patience(self.clock))

    @cached_property
    def profiles(self) -> Profiles:
        """The profiles of the home's bench, as they were when the first page needed them."""
        return load_profiles(self.home.bench.device_profiles)

    def read(self, work: Callable[[Any], Result]) -> Result:
        """Ask the register; `work` takes the connection of one transaction."""
        return self.register.local.read(work)

    def note(self, person: Person | None, action: Action, told: str, tablet: str = "") -> None:
        """Add a line to the journal of persons; `told` holds no secret."""
        known = ("", "") if person is None else (person.pseudonym, str(person.role))
        entry = Entry(format_time(datetime.now(UTC)), *known, str(action), tablet, told)
        self.register.local.write(partial(note_entry, entry=entry))


@dataclass(frozen=True)
class Ask:
    """One request of somebody who signed in and may do what the page does.

    Attributes:
        person: who. language: of the answer.
        path: the page's own address. parts: of the address, by their names in the page's row.
        query: what stands behind `?`, the first of each name.
        form: what a form sent, every value of each name; empty for a page that is only looked at.
        form_token: what a form of the answer shows (`csrf` in templates).
        menu: address and text of each page that this person may open from everywhere.
    """

    console: Console
    person: Person
    language: Language
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, tuple[str, ...]]
    form_token: str
    menu: tuple[tuple[str, str], ...] = ()

    @property
    def actor(self) -> str:
        """Who does it, as an event of the register has it."""
        return write_actor(self.person)

    def typed(self, name: str) -> str:
        """Return what stands in a field of the form, without spaces around it; empty where nothing does."""
        return self.form.get(name, ("",))[0].strip()

    def typed_again(self, name: str) -> str:
        """Return what stands in a field, for the same field of the answer: what nobody could see there shows as `�`."""
        text = self.typed(name).replace("\r\n", "\n")
        return "".join(
            char if char.isprintable() or char in "\n\t" or unicodedata.category(char) == "Zs" else "\ufffd"
            for char in text
        )

    def say(self, key: str, **values: object) -> str:
        """Return a text in the language of the answer."""
        return say(self.language, key, **values)

    def say_refused(self, key: str, refused: EventRefused) -> str:
        """Return the text of `key` with the form that a value of an event was to have, as `{expected}`."""
        return self.say(key, expected=self.say(f"register.form.{refused.expected}"))

    def may(self, action: Action) -> bool:
        """Tell whether this person may do something."""
        return may(self.person.role, action)

    def note(self, action: Action, told: str, tablet: str = "") -> None:
        """Write down in the journal what this person did; `told` holds no secret."""
        self.console.note(self.person, action, told, tablet)

    def show(self, template: str, /, status: int = 200, **values: object) -> Response:
        """Answer with a page; templates know `may`, `csrf`, `menu`, `person` and `path` beside the values."""
        told = {"may": self.may, "csrf": self.form_token, "menu": self.menu, "person": self.person, "path": self.path}
        told["sent"] = bool(self.form)
        return HTMLResponse(render(self.console, self.language, template, {**told, **values}), status)

    def lead(self, *parts: str, **query: str) -> Response:
        """Answer with another address of the console; each part and value is written so that it stays one."""
        return lead(*parts, **query)

    def refuse(self, status: int, key: str, **values: object) -> Response:
        """Answer with a page that says why not, and what now."""
        return self.show("refusal.html.j2", status=status, told=self.say(key, **values))


def lead(*parts: str, **query: str) -> Response:
    """See `Ask.lead`."""
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return RedirectResponse(f"{path}?{asked}" if asked else path, 303)


class Ways(Enum):
    """How a page may be asked."""

    LOOK = ("GET",)
    FORM = ("POST",)
    BOTH = ("GET", "POST")


@dataclass(frozen=True)
class Page:
    """One address of the console.

    Attributes:
        path: as Starlette writes it, `/tablets/{number}`; a part takes no `/`.
        action: what it does; who may not is told so (403), who is not signed in is led to the sign-in.
        show: makes the answer.
        ways: how it may be asked; for `FORM`, `Ask.form` is what was sent.
        menu: key of its text in the menu, and only for those who may; None keeps it out.
    """

    path: str
    action: Action
    show: Callable[[Ask], Response]
    ways: Ways = Ways.LOOK
    menu: str | None = None
