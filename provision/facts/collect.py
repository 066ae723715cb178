"""Reading facts: which questions, in which rounds, and what becomes of an answer that stays unclear.

1. Every fact is parsed by itself: an answer that broke off is asked for again (`ask`), and costs no other fact.
2. What stays unclear is unknown where the fact has a form for it (a setting with an odd value): its control does not
   hold, and its step writes it anew. Who was here before, who owns the tablet, what charge and room it has: these have
   no such form, and the run ends with the answer's own error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provision.errors import AnswerError
from provision.facts import (
    access,
    apps,
    authorisation,
    awake,
    battery,
    clock,
    in_use,
    installed,
    libraries,
    listener,
    location,
    owner,
    people,
    permissions,
    props,
    providers,
    screen,
    setup,
    shape,
    storage,
    switches,
    wifi,
)
from provision.facts.apps import InstalledApp
from provision.facts.ask import NotBooted, ask, ask_again, run_batch
from provision.facts.printed import name_speaker
from provision.facts.query import CommandOutput, Outputs, Query
from provision.transport import Transport


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
    awake: awake.Awake | None = None  # spared by battery saving; None before Android 6
    listener: listener.Listener | None = None  # of calls; None from Android 9 on
    libraries: frozenset[str] | None = None  # asked only where an app needs one that not every Android has
    permissions: Mapping[str, permissions.Owner] = field(default_factory=dict)  # of foreign names that an app defines
    providers: Mapping[str, str] = field(default_factory=dict)  # package by authority, of foreign names
    in_use: Mapping[str, str] = field(default_factory=dict)  # by package its role; asked only where one is to go
    orphaned: frozenset[str] = frozenset()  # apps this bench installed before and the app set no longer has


@dataclass
class FactCache:
    """Answers of one run that need not be asked for again; grows with each reading.

    Attributes:
        known: answers by what shows that they are still right: an app's path by its block in the dump of packages,
            the users by those that the dump of accounts names, allowed listeners by their count and who is bound. Dumps
            are printed by the running system; each of these answers is a start of Java on many releases.
        last: every output of the last reading.
        speakers: what other programs printed into the answers, each named once (`printed.name_speaker`).
    """

    known: dict[tuple[str, ...], CommandOutput] = field(default_factory=dict)
    last: Outputs = field(default_factory=dict)
    speakers: set[str] = field(default_factory=set)


def read_props(transport: Transport, *, seconds: float) -> props.Props:
    """The first reading: properties only, which adbd answers even while Android boots."""
    return ask(transport, (props.QUERY,), lambda read: props.parse(read[props.QUERY.name]), seconds=seconds)


def read_shape(transport: Transport, *, seconds: float) -> shape.Shape:
    """Read the shape of the hardware, for identity; a tool that this Android does not have says nothing.

    Raises:
        NotBooted: the package manager does not answer yet.
    """
    return shape.parse(run_batch(transport, shape.QUERIES, seconds=seconds))


@dataclass(frozen=True)
class VendorQuery:
    """A profile's question to the maker's own system: rows as `TABLE KEY`, which kinds of packages, and which ones."""

    settings: tuple[str, ...] = ()
    packages: frozenset[str] = frozenset()
    removes: bool = False
    disables: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything is to be asked at all."""
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

    def parse(read: Outputs) -> Facts:
        usable = {name for name, app in facts.apps.items() if app.usable}
        there = installed.parse(read[installed.QUERY.name], usable) if lists else None
        return replace(facts, installed=there, switches=switches.parse(read, wanted.settings) if rows else None)

    return ask(transport, (*lists, *rows), parse, seconds=seconds)


def read_in_use(transport: Transport, facts: Facts, wanted: VendorQuery, *, seconds: float) -> Mapping[str, str] | None:
    """Read what the tablet works with now; None, and nothing asked, while no package of the profile is to go.

    Args:
        facts: as `read_vendor_state` leaves them.
    """
    off = frozenset[str]() if facts.switches is None else facts.switches.disabled
    if not wanted.packages & (facts.installed or frozenset()) - off:
        return None
    return ask(transport, in_use.make_queries(facts.props.api), in_use.parse, seconds=seconds)


def read_access(transport: Transport, facts: Facts, packages: Iterable[str], *, seconds: float) -> Facts:
    """The same facts with the special accesses of those packages that are installed."""
    asked = tuple(name for name in packages if name in facts.apps)
    if not asked:
        return facts
    found = ask(transport, access.make_queries(asked), lambda read: access.parse(read, asked), seconds=seconds)
    allowed = {name: replace(facts.apps[name], allowed=found[name]) for name in asked}
    return replace(facts, apps={**facts.apps, **allowed})


def read_libraries(transport: Transport, *, seconds: float) -> frozenset[str] | None:
    """The shared libraries it has, the same until another system is installed; None where it does not tell them.

    Raises:
        NotBooted: the package manager does not answer yet.
    """
    return libraries.parse(run_batch(transport, (libraries.QUERY,), seconds=seconds)[libraries.QUERY.name])


def read_owners(
    transport: Transport, api: int, wanted: Iterable[str], *, seconds: float
) -> Mapping[str, permissions.Owner]:
    """Who defines each of these permissions; those that nobody does are left out.

    Raises:
        NotBooted: the package manager does not answer yet.
    """
    listed = run_batch(transport, (permissions.QUERY,), seconds=seconds)[permissions.QUERY.name]
    packages = permissions.parse_packages(listed, wanted)
    questions = [permissions.ask_signer(package) for package in sorted(set(packages.values()))]
    return permissions.parse_owners(packages, run_batch(transport, questions, seconds=seconds), api)


def read_providers(transport: Transport, wanted: Iterable[str], *, seconds: float) -> Mapping[str, str]:
    """Who holds each of these authorities; those that nobody does are left out.

    Raises:
        NotBooted: the package manager does not answer yet.
    """
    answer = run_batch(transport, (providers.QUERY,), seconds=seconds)[providers.QUERY.name]
    return providers.parse(answer, wanted)


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
    if not known.booted:  # also where the list broke off: it is sorted, and this name comes behind all of the device
        raise NotBooted("getprop", "sys.boot_completed: 1", known.get("sys.boot_completed"))
    cache = cache or FactCache()
    kept = {query.name: cache.last[query.name] for query in keep if query.name in cache.last}
    queries = [query for fact in FACTS for query in fact.queries(known.api, packages) if query.name not in kept]
    outputs = {**kept, **run_batch(transport, queries, seconds=seconds)}
    outputs.update(_ask_changed(transport, outputs, known.api, packages, cache, seconds))
    read: dict[str, Any] = {}
    for fact in FACTS:
        read[fact.name] = _read_fact(fact, known.api, packages, outputs, transport, seconds)
    cache.last = outputs
    cache.speakers |= {name_speaker(line) for output in outputs.values() for line in output.noise}
    for query, key in _find_keys(outputs, known.api, packages).items():
        if query != listener.LIST or read["listener"] != listener.UNKNOWN:  # what was not understood is asked again
            cache.known[key] = outputs[query.name]
    return Facts(props=known, **read)


def _read_fact(
    fact: FactReader,
    api: int,
    packages: Packages,
    outputs: dict[str, CommandOutput],
    transport: Transport,
    seconds: float,
) -> object:
    """One fact; answers that were asked for again take the place of the first ones."""
    questions = (*fact.queries(api, packages), *fact.beside(api, packages))

    def parse(answers: Outputs) -> object:
        outputs.update(answers)
        return fact.parse(outputs, api, packages)

    try:
        return ask_again(outputs, transport, questions, parse, seconds=seconds)
    except NotBooted:
        raise
    except AnswerError:
        if fact.unknown is None:
            raise
        return fact.unknown(outputs, api)


def _find_keys(outputs: Outputs, api: int, packages: Packages) -> dict[Query, tuple[str, ...]]:
    """Find what is asked only where the dump beside it is another than before, and the part of the dump that tells."""
    keys: dict[Query, tuple[str, ...]]
    keys = {apps.ask_path(name): ("path", name, apps.find_block(outputs, name)) for name in packages}
    keys[people.USERS] = ("users", *people.list_users(outputs))
    mark = listener.find_mark(outputs, api)
    return keys if mark is None else {**keys, listener.LIST: ("listeners", *mark)}


def _ask_changed(
    transport: Transport, outputs: Outputs, api: int, packages: Packages, cache: FactCache, seconds: float
) -> Outputs:
    """The answers to those questions, from the cache where the dump is as it was."""
    keys = _find_keys(outputs, api, packages)
    fresh = [query for query, key in keys.items() if key not in cache.known]
    answered = run_batch(transport, fresh, seconds=seconds)
    return {query.name: answered.get(query.name) or cache.known[key] for query, key in keys.items()}


Packages = tuple[str, ...]


def _nothing(_api: int, _packages: Packages) -> tuple[Query, ...]:
    return ()


@dataclass(frozen=True)
class FactReader:
    """How one member of `Facts` is asked for and read.

    Attributes:
        name: of the member.
        queries: its questions on a release, about the packages of the app set; none where the release has no answer.
        parse: the answers; None where nothing was asked.
        unknown: the fact where no answer was understood, from what they said all the same; None where a run cannot
            go on without it.
        beside: questions asked only where the answers to `queries` are others than before.
    """

    name: str
    queries: Callable[[int, Packages], tuple[Query, ...]]
    parse: Callable[[Outputs, int, Packages], object]
    unknown: Callable[[Outputs, int], object] | None = None
    beside: Callable[[int, Packages], tuple[Query, ...]] = _nothing


def _one(
    name: str, query: Query, parse: Callable[[CommandOutput], object], unknown: object = None, since: int = 0
) -> FactReader:
    """A fact with one question, the same on every release that has it."""

    def read(outputs: Outputs, _api: int, _packages: Packages) -> object:
        return parse(outputs[query.name]) if query.name in outputs else None

    told = None if unknown is None else lambda _outputs, _api: unknown
    return FactReader(name, lambda api, _packages: (query,) if api >= since else (), read, told)


FACTS: tuple[FactReader, ...] = (
    FactReader("setup", lambda _api, _: setup.QUERIES, lambda read, _api, _: setup.parse(read), setup.read_partly),
    _one("battery", battery.QUERY, battery.parse),
    _one("storage", storage.QUERY, storage.parse),
    FactReader(
        "people",
        lambda _api, _: people.QUERIES,
        lambda read, _api, _: people.parse(read),
        beside=lambda _api, _: (people.USERS,),
    ),
    FactReader("owner", lambda api, _: (owner.make_query(api),), lambda read, api, _: owner.parse(read["owner"], api)),
    FactReader(
        "apps",
        lambda _, packages: apps.make_queries(packages),
        lambda read, _, packages: apps.parse(read, packages),
        beside=lambda _, packages: tuple(map(apps.ask_path, packages)),
    ),
    FactReader(
        "location",
        lambda api, _: (location.make_query(api),),
        lambda read, api, _: location.parse(read["location"], api),
        lambda read, _: location.tell_unknown(read["location"]),
    ),
    FactReader(
        "wifi",
        lambda api, _: wifi.make_queries(api),
        lambda read, api, _: wifi.parse(read, api),
        wifi.read_partly,
    ),
    _one("screen", screen.QUERY, screen.parse, screen.UNKNOWN),
    _one("clock", clock.QUERY, clock.parse, clock.UNKNOWN),
    _one(
        "authorisation",
        authorisation.QUERY,
        authorisation.parse,
        authorisation.UNKNOWN,
        since=authorisation.LAPSES_API,
    ),
    _one("awake", awake.QUERY, awake.parse, since=awake.FIRST_API),
    FactReader(
        "listener",
        lambda api, _: listener.make_queries(api),
        lambda read, _api, _: listener.parse(read),
        lambda _read, _api: listener.UNKNOWN,
        beside=lambda api, _: listener.make_switch_queries(api),
    ),
)
"""What every reading asks, in this order; other members of `Facts` are asked only where somebody wants them."""
