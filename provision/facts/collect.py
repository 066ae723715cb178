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
from provision.facts.query import MISSING_SERVICE, CommandOutput, Outputs, Query
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
    orphaned: frozenset[str] = frozenset()  # apps this bench installed before and the app set no longer has


@dataclass
class FactCache:
    """What a tablet told in one run and need not be asked again; grows with each reading.

    Attributes:
        known: answers by what shows that they are still right: an app's path by its block in the dump of packages,
            the users by those that the dump of accounts names. Dumps are printed by the running system; each of
            these answers is a start of Java on many releases.
        last: every output of the last reading.
    """

    known: dict[tuple[str, ...], CommandOutput] = field(default_factory=dict)
    last: Outputs = field(default_factory=dict)


class NotBooted(AnswerError):
    """A system service is not up yet: the tablet is still booting."""


def read_props(transport: Transport, *, seconds: float) -> props.Props:
    """The first reading: properties only, which adbd answers even while Android boots."""
    return props.parse(run_batch(transport, (props.QUERY,), seconds=seconds)[props.QUERY.name])


def read_shape(transport: Transport, *, seconds: float) -> shape.Shape:
    """What the hardware is, for identity; a tool that this Android does not have says nothing.

    Raises:
        NotBooted: the package manager does not answer yet.
    """
    return shape.parse(run_batch(transport, shape.QUERIES, seconds=seconds))


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
    lists = (installed.QUERY,) if wanted.removes or wanted.disables else ()
    disabled = wanted.disables or (wanted.removes and facts.props.api >= installed.KEPT_API)
    rows = switches.make_queries(wanted.settings, packages=disabled)
    outputs = run_batch(transport, (*lists, *rows), seconds=seconds)
    there = installed.parse(outputs[installed.QUERY.name]) if lists else None
    return replace(facts, installed=there, switches=switches.parse(outputs, wanted.settings) if rows else None)


def read_in_use(transport: Transport, facts: Facts, wanted: VendorQuery, *, seconds: float) -> Mapping[str, str] | None:
    """What the tablet works with now; None, and nothing asked, while no package of the profile is to go.

    Args:
        facts: as `read_vendor_state` leaves them.
    """
    off = frozenset[str]() if facts.switches is None else facts.switches.disabled
    if not wanted.packages & (facts.installed or frozenset()) - off:
        return None
    return in_use.parse(run_batch(transport, in_use.make_queries(facts.props.api), seconds=seconds))


def read_access(transport: Transport, facts: Facts, packages: Iterable[str], *, seconds: float) -> Facts:
    """The same facts with the special accesses of those packages that are installed."""
    asked = tuple(name for name in packages if name in facts.apps)
    if not asked:
        return facts
    found = access.parse(run_batch(transport, access.make_queries(asked), seconds=seconds), asked)
    allowed = {name: replace(facts.apps[name], allowed=found[name]) for name in asked}
    return replace(facts, apps={**facts.apps, **allowed})


def read_facts(
    transport: Transport,
    packages: tuple[str, ...],
    *,
    seconds: float,
    cache: FactCache | None = None,
    keep: Collection[Query] = (),
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
    kept = {query.name: cache.last[query.name] for query in keep if query.name in cache.last}
    queries = tuple(query for query in _queries(known.api, packages) if query.name not in kept)
    outputs = {**kept, **run_batch(transport, queries, seconds=seconds)}
    cache.last = {**outputs, **_ask_changed(transport, outputs, packages, cache, seconds)}
    return parse_facts(known, cache.last, packages)


def _ask_changed(
    transport: Transport, outputs: Outputs, packages: tuple[str, ...], cache: FactCache, seconds: float
) -> Outputs:
    """The users, and where each package is: asked only where the dump beside it is another than before."""
    beside: dict[Query, tuple[str, ...]]
    beside = {apps.ask_path(name): ("path", name, apps.find_block(outputs, name)) for name in packages}
    beside[people.USERS] = ("users", *people.list_users(outputs))
    fresh = [query for query, key in beside.items() if key not in cache.known]
    answered = run_batch(transport, fresh, seconds=seconds)
    cache.known |= {beside[query]: answered[query.name] for query in fresh}
    return {query.name: cache.known[key] for query, key in beside.items()}


Packages = tuple[str, ...]


@dataclass(frozen=True)
class FactReader:
    """How one member of `Facts` is asked for and read.

    Attributes:
        name: of the member.
        queries: its questions on a release, about the packages of the app set; none where the release has no answer.
        parse: the answers; None where nothing was asked.
    """

    name: str
    queries: Callable[[int, Packages], tuple[Query, ...]]
    parse: Callable[[Outputs, int, Packages], object]


def _one(name: str, query: Query, parse: Callable[[CommandOutput], object], since: int = 0) -> FactReader:
    """A fact with one question, the same on every release that has it."""

    def read(outputs: Outputs, _api: int, _packages: Packages) -> object:
        return parse(outputs[query.name]) if query.name in outputs else None

    return FactReader(name, lambda api, _packages: (query,) if api >= since else (), read)


def _several(name: str, queries: tuple[Query, ...], parse: Callable[[Outputs], object]) -> FactReader:
    """A fact with some questions, the same on every release."""
    return FactReader(name, lambda _api, _packages: queries, lambda outputs, _api, _packages: parse(outputs))


FACTS: tuple[FactReader, ...] = (
    _several("setup", setup.QUERIES, setup.parse),
    _one("battery", battery.QUERY, battery.parse),
    _one("storage", storage.QUERY, storage.parse),
    _several("people", people.QUERIES, people.parse),
    FactReader("owner", lambda api, _: (owner.make_query(api),), lambda read, api, _: owner.parse(read["owner"], api)),
    FactReader(
        "apps", lambda _, packages: apps.make_queries(packages), lambda read, _, packages: apps.parse(read, packages)
    ),
    FactReader(
        "location",
        lambda api, _: (location.make_query(api),),
        lambda read, api, _: location.parse(read["location"], api),
    ),
    FactReader("wifi", lambda api, _: wifi.make_queries(api), lambda read, api, _: wifi.parse(read, api)),
    _one("screen", screen.QUERY, screen.parse),
    _one("clock", clock.QUERY, clock.parse),
    _one("authorisation", authorisation.QUERY, authorisation.parse, authorisation.LAPSES_API),
)
"""What every reading asks, in this order; other members of `Facts` are asked only where somebody wants them."""


def _queries(api: int, packages: Packages) -> tuple[Query, ...]:
    return tuple(query for fact in FACTS for query in fact.queries(api, packages))


def parse_facts(known: props.Props, outputs: Outputs, packages: Packages) -> Facts:
    """Pure: all facts from the outputs of one round."""
    read: dict[str, Any] = {fact.name: fact.parse(outputs, known.api, packages) for fact in FACTS}
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


def run_batch(transport: Transport, questions: Sequence[Query], *, seconds: float) -> Outputs:
    """Query all questions in as few shell calls as the line limit of old releases allows."""
    mark = secrets.token_hex(8)
    outputs: dict[str, CommandOutput] = {}
    for batch in _batches(questions, mark):
        line = "; ".join(f"{query.line}; echo {mark}:$?" for query in batch)
        answer = transport.shell(line, seconds=seconds, merged=True)
        outputs.update(_split(answer.out, batch, mark))
    return outputs


def _batches(questions: Sequence[Query], mark: str) -> Iterator[list[Query]]:
    batch: list[Query] = []
    used = 0
    for query in questions:
        cost = len(query.line.encode()) + len(mark) + 12
        if batch and used + cost > LINE_BYTES:
            yield batch
            batch, used = [], 0
        batch.append(query)
        used += cost
    if batch:
        yield batch


def _split(text: str, batch: Sequence[Query], mark: str) -> dict[str, CommandOutput]:
    parts = re.split(rf"{mark}:(\d+)\n?", text)
    texts, statuses = parts[0::2], parts[1::2]
    if len(statuses) < len(batch):
        _raise_if_booting(batch[len(statuses)], parts[-1])
        raise TabletGone(f"the answer ended at `{batch[len(statuses)].line}`")
    outputs = {
        query.name: CommandOutput(query.line, body, int(status))
        for query, body, status in zip(batch, texts, statuses, strict=False)
    }
    for query in batch:
        _raise_if_booting(query, outputs[query.name].text)
    return outputs


def _raise_if_booting(query: Query, text: str) -> None:
    missing = MISSING_SERVICE.match(text.strip())
    if missing is not None:
        raise NotBooted(query.line, "an answer of a booted Android", missing[0])
