"""Reading facts: one script a round, each command followed by an unguessable mark.

The old `shell:` service is used on every release because it merges the streams in order; the mark
carries each command's status, so that one road serves Android 5 to 17. A mark that is missing means
the connection ended in the middle of the answer.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from provision.errors import AnswerError, TabletGone
from provision.facts import (
    access,
    apps,
    authorisation,
    battery,
    clock,
    in_use,
    installed,
    location,
    owner,
    people,
    props,
    screen,
    setup,
    shape,
    storage,
    switches,
    wifi,
)
from provision.facts.apps import InstalledApp
from provision.facts.ask import MISSING_SERVICE, Ask, Section, Sections
from provision.transport import Transport

LINE_BYTES = 3500


@dataclass(frozen=True)
class Facts:
    """Everything a plan is made from; one reading."""

    props: props.Props
    setup: setup.Setup
    battery: battery.Battery
    storage: storage.Storage
    people: people.People
    owner: owner.Owner
    apps: Mapping[str, InstalledApp]
    location: location.Location
    wifi: wifi.Wifi
    screen: screen.Screen
    clock: clock.Clock
    authorisation: authorisation.Authorisation | None = None  # None where no key is ever forgotten
    installed: frozenset[str] | None = None  # asked only where a profile removes or disables packages
    switches: switches.Switches | None = None  # asked only where a profile has some
    in_use: Mapping[str, str] = field(default_factory=dict)  # by package its role; asked only where one is to go
    left: frozenset[str] = frozenset()  # apps this bench installed before and the app set no longer has


@dataclass
class FactCache:
    """What a tablet told in one run and need not be asked again; grows with each reading.

    Attributes:
        known: answers by what shows that they are still right: an app's path by its block in the dump of packages,
            the users by those that the dump of accounts names. Dumps are printed by the running system; each of
            these answers is a start of Java on many releases.
        last: every section of the last reading.
    """

    known: dict[tuple[str, ...], Section] = field(default_factory=dict)
    last: Sections = field(default_factory=dict)


class NotBooted(AnswerError):
    """A system service is not up yet: the tablet is still booting."""


def read_props(transport: Transport, *, seconds: float) -> props.Props:
    """The first reading: properties only, which adbd answers even while Android boots."""
    return props.parse(ask_round(transport, (props.ASK,), seconds=seconds)[props.ASK.name])


def read_shape(transport: Transport, *, seconds: float) -> shape.Shape:
    """What the hardware is, for identity; a tool that this Android does not have says nothing.

    Raises:
        NotBooted: the package manager does not answer yet.
    """
    return shape.parse(ask_round(transport, shape.ASKS, seconds=seconds))


@dataclass(frozen=True)
class VendorQuery:
    """What a profile asks of the maker's own system: rows as `TABLE KEY`, which kinds of packages, and which ones."""

    settings: tuple[str, ...] = ()
    packages: frozenset[str] = frozenset()
    removes: bool = False
    disables: bool = False

    def __bool__(self) -> bool:
        """Whether anything is to be asked at all."""
        return bool(self.settings) or self.removes or self.disables


def read_vendor_state(transport: Transport, facts: Facts, wanted: VendorQuery, *, seconds: float) -> Facts:
    """The same facts with the user's packages, and with what the switches are set to.

    Raises:
        NotBooted: a service does not answer yet.
        AnswerError: the list of packages is none.
    """
    lists = (installed.ASK,) if wanted.removes or wanted.disables else ()
    disabled = wanted.disables or (wanted.removes and facts.props.api >= installed.KEPT_API)
    rows = switches.asks(wanted.settings, packages=disabled)
    sections = ask_round(transport, (*lists, *rows), seconds=seconds)
    there = installed.parse(sections[installed.ASK.name]) if lists else None
    return replace(facts, installed=there, switches=switches.parse(sections, wanted.settings) if rows else None)


def read_in_use(transport: Transport, facts: Facts, wanted: VendorQuery, *, seconds: float) -> Mapping[str, str] | None:
    """What the tablet works with now; None, and nothing asked, while no package of the profile is to go.

    Args:
        facts: as `read_vendor_state` leaves them.
    """
    off = frozenset[str]() if facts.switches is None else facts.switches.disabled
    if not wanted.packages & (facts.installed or frozenset()) - off:
        return None
    return in_use.parse(ask_round(transport, in_use.asks(facts.props.api), seconds=seconds))


def read_access(transport: Transport, facts: Facts, packages: Iterable[str], *, seconds: float) -> Facts:
    """The same facts with the special accesses of those packages that are installed."""
    asked = tuple(name for name in packages if name in facts.apps)
    if not asked:
        return facts
    found = access.parse(ask_round(transport, access.asks(asked), seconds=seconds), asked)
    allowed = {name: replace(facts.apps[name], allowed=found[name]) for name in asked}
    return replace(facts, apps={**facts.apps, **allowed})


def read_facts(
    transport: Transport,
    packages: tuple[str, ...],
    *,
    seconds: float,
    cache: FactCache | None = None,
    keep: Collection[Ask] = (),
) -> Facts:
    """One reading.

    Args:
        packages: the app set's packages.
        seconds: total deadline of each shell call.
        cache: before in this run; None for a reading of its own.
        keep: questions that nothing since the last reading can have changed the answer of.

    Raises:
        NotBooted: the package manager or another service does not answer yet.
        AnswerError: an answer in no known form.
        TransportError: the way to the tablet failed.
    """
    known = read_props(transport, seconds=seconds)
    cache = cache or FactCache()
    kept = {ask.name: cache.last[ask.name] for ask in keep if ask.name in cache.last}
    asks = tuple(ask for ask in _asks(known.api, packages) if ask.name not in kept)
    sections = {**kept, **ask_round(transport, asks, seconds=seconds)}
    cache.last = {**sections, **_ask_changed(transport, sections, packages, cache, seconds)}
    return parse_facts(known, cache.last, packages)


def _ask_changed(
    transport: Transport, sections: Sections, packages: tuple[str, ...], cache: FactCache, seconds: float
) -> Sections:
    """The users, and where each package is: asked only where the dump beside it is another than before."""
    beside: dict[Ask, tuple[str, ...]]
    beside = {apps.ask_path(name): ("path", name, apps.find_block(sections, name)) for name in packages}
    beside[people.USERS] = ("users", *people.list_users(sections))
    fresh = [ask for ask, key in beside.items() if key not in cache.known]
    answered = ask_round(transport, fresh, seconds=seconds)
    cache.known |= {beside[ask]: answered[ask.name] for ask in fresh}
    return {ask.name: cache.known[key] for ask, key in beside.items()}


Packages = tuple[str, ...]


@dataclass(frozen=True)
class FactReader:
    """How one member of `Facts` is asked for and read.

    Attributes:
        name: of the member.
        asks: its questions on a release, about the packages of the app set; none where the release has no answer.
        parse: the answers; None where nothing was asked.
    """

    name: str
    asks: Callable[[int, Packages], tuple[Ask, ...]]
    parse: Callable[[Sections, int, Packages], object]


def _one(name: str, ask: Ask, parse: Callable[[Section], object], since: int = 0) -> FactReader:
    """A fact with one question, the same on every release that has it."""

    def read(sections: Sections, _api: int, _packages: Packages) -> object:
        return parse(sections[ask.name]) if ask.name in sections else None

    return FactReader(name, lambda api, _packages: (ask,) if api >= since else (), read)


def _several(name: str, asks: tuple[Ask, ...], parse: Callable[[Sections], object]) -> FactReader:
    """A fact with some questions, the same on every release."""
    return FactReader(name, lambda _api, _packages: asks, lambda sections, _api, _packages: parse(sections))


FACTS: tuple[FactReader, ...] = (
    _several("setup", setup.ASKS, setup.parse),
    _one("battery", battery.ASK, battery.parse),
    _one("storage", storage.ASK, storage.parse),
    _several("people", people.ASKS, people.parse),
    FactReader("owner", lambda api, _: (owner.ask(api),), lambda read, api, _: owner.parse(read["owner"], api)),
    FactReader("apps", lambda _, packages: apps.asks(packages), lambda read, _, packages: apps.parse(read, packages)),
    FactReader(
        "location", lambda api, _: (location.ask(api),), lambda read, api, _: location.parse(read["location"], api)
    ),
    FactReader("wifi", lambda api, _: wifi.asks(api), lambda read, api, _: wifi.parse(read, api)),
    _one("screen", screen.ASK, screen.parse),
    _one("clock", clock.ASK, clock.parse),
    _one("authorisation", authorisation.ASK, authorisation.parse, authorisation.LAPSES_API),
)
"""What every reading asks, in this order; other members of `Facts` are asked only where somebody wants them."""


def _asks(api: int, packages: Packages) -> tuple[Ask, ...]:
    return tuple(ask for fact in FACTS for ask in fact.asks(api, packages))


def parse_facts(known: props.Props, sections: Sections, packages: Packages) -> Facts:
    """Pure: all facts from the sections of one round."""
    read: dict[str, Any] = {fact.name: fact.parse(sections, known.api, packages) for fact in FACTS}
    return Facts(props=known, **read)


def hash_apps(
    transport: Transport,
    facts: Facts,
    wanted: Mapping[str, int],
    known: dict[tuple[str, ...], str],
    *,
    seconds: float,
) -> Facts:
    """The same facts with the digests of base and splits of each app whose version is the wanted one.

    An app whose digests are there already is not pulled.

    The pull is the only proof without root that what is installed is what was sent
    (reference, packages document 4.4).

    Args:
        transport: to the tablet the facts were read from.
        facts: of this reading.
        wanted: version code by package.
        known: digests pulled before in this run, by package, version, time of update and path; grows here.
        seconds: total deadline of each pull.
    """
    hashed = dict(facts.apps)
    for name, app in facts.apps.items():
        if wanted.get(name) != app.version_code or app.sha256 is not None:
            continue
        here = (name, str(app.version_code), app.updated or "")
        for path in (app.path, *app.split_paths.values()):
            if (*here, path) not in known:
                known[*here, path] = _hash_file(transport, path, seconds)
        digests = {split: known[*here, path] for split, path in app.split_paths.items()}
        hashed[name] = replace(app, sha256=known[*here, app.path], splits=digests)
    return replace(facts, apps=hashed)


def _hash_file(transport: Transport, path: str, seconds: float) -> str:
    digest = hashlib.sha256()
    transport.pull(path, digest.update, seconds=seconds)
    return digest.hexdigest()


def ask_round(transport: Transport, questions: Sequence[Ask], *, seconds: float) -> Sections:
    """Ask all questions in as few shell calls as the line limit of old releases allows."""
    mark = secrets.token_hex(8)
    sections: dict[str, Section] = {}
    for batch in _batches(questions, mark):
        line = "; ".join(f"{ask.line}; echo {mark}:$?" for ask in batch)
        answer = transport.shell(line, seconds=seconds, merged=True)
        sections.update(_split(answer.out, batch, mark))
    return sections


def _batches(questions: Sequence[Ask], mark: str) -> Iterator[list[Ask]]:
    batch: list[Ask] = []
    used = 0
    for ask in questions:
        cost = len(ask.line.encode()) + len(mark) + 12
        if batch and used + cost > LINE_BYTES:
            yield batch
            batch, used = [], 0
        batch.append(ask)
        used += cost
    if batch:
        yield batch


def _split(text: str, batch: Sequence[Ask], mark: str) -> dict[str, Section]:
    parts = re.split(rf"{mark}:(\d+)\n?", text)
    texts, statuses = parts[0::2], parts[1::2]
    if len(statuses) < len(batch):
        _raise_if_booting(batch[len(statuses)], parts[-1])
        raise TabletGone(f"the answer ended at `{batch[len(statuses)].line}`")
    sections = {
        ask.name: Section(ask.line, body, int(status))
        for ask, body, status in zip(batch, texts, statuses, strict=False)
    }
    for ask in batch:
        _raise_if_booting(ask, sections[ask.name].text)
    return sections


def _raise_if_booting(ask: Ask, text: str) -> None:
    missing = MISSING_SERVICE.match(text.strip())
    if missing is not None:
        raise NotBooted(ask.line, "an answer of a booted Android", missing[0])
