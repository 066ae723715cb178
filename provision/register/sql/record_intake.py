"""Signed records of a bench on their way into its register: each is verified, and what is left out is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from provision.identity.number import read_number
from provision.identity.which import UNREAD, Asset
from provision.records.keys import HomeKey
from provision.records.ledger import LEAVES_NAME, Leaf, read_unsettled
from provision.records.reader import LEDGER, attempt, bundle_paths, check_membership, read_bundle
from provision.register.events import Event, EventKind, Told, find_bench
from provision.register.identities import BENCH as WHO
from provision.register.identities import tell_number, tell_retired
from provision.register.runs import RunFacts, read_run
from provision.register.sql.event_rows import add_events, find_events, read_events
from provision.register.sql.merging import find_last_leaf
from provision.register.sql.projections import keep_runs, refresh
from provision.register.sql.schema import BENCH, EVENT, RUN
from provision.register.sql.tablet_rows import find_life

_PAGE = 500


@dataclass(frozen=True)
class Taken:
    """What came of a records folder: the runs of its records, what was left out and why, and the ledger's size."""

    runs: tuple[RunFacts, ...]
    left_out: tuple[str, ...]
    ledger: int


def measure_ledger(folder: Path) -> int:
    """Return the bytes of a folder's ledger; 0 where there is none."""
    leaves = folder / LEDGER / LEAVES_NAME
    return leaves.stat().st_size if leaves.exists() else 0


def read_records(folder: Path, home: HomeKey, after: int) -> Taken:
    """Verify the records whose last leaf is behind `after` (-1 for all), against the bench's own key.

    Raises:
        RecordError: the ledger is not whole, or not this bench's; nothing in the folder can be trusted then.
    """
    size = measure_ledger(folder)  # before it is read: what comes meanwhile is for the next time
    leaves, signed = read_unsettled(folder / LEDGER, home)
    last: dict[str, list[Leaf]] = {}
    for leaf in leaves[:signed]:
        last.setdefault(leaf.bundle, []).append(leaf)
    left_out: list[str] = []
    wanted = {bundle: named for bundle, named in last.items() if named[-1].index > after}
    found = (attempt(left_out, _read_one, folder, home, bundle, named) for bundle, named in wanted.items())
    runs = tuple(run for run in found if run is not None)
    if after < 0:
        left_out += _name_strangers(folder, home, {leaf.bundle for leaf in leaves})
    return Taken(runs, tuple(left_out), size)


def _read_one(folder: Path, home: HomeKey, bundle: str, leaves: list[Leaf]) -> RunFacts:
    record = read_bundle(folder / bundle, home)
    check_membership(leaves, [record])
    return read_run(home.origin, leaves[-1].index, record)


def _name_strangers(folder: Path, home: HomeKey, named: set[str]) -> Iterator[str]:
    """Say of each record in the folder that the ledger does not name why it is left out."""
    for path in bundle_paths(folder):
        if path.name not in named:
            faults: list[str] = []
            attempt(faults, read_bundle, path, home)
            yield faults[0] if faults else f"{path}: is not in the ledger of this bench"


def find_known_end(bench: str, connection: Connection) -> tuple[int, int]:
    """Return how many bytes of its ledger a bench has projected, and the last leaf of a run."""
    size = connection.execute(select(BENCH.c.ledger).where(BENCH.c.name == bench)).scalar()
    return size or 0, find_last_leaf(bench, connection)


def keep_taken(connection: Connection, writer: str, bench: str, taken: Taken) -> None:
    """Write down runs, with an event for each that has none, which gives it its place in the order."""
    keep_runs(connection, taken.runs)
    _tell_runs(connection, writer, taken.runs)
    refresh(connection, {run.tablet for run in taken.runs if _is_numbered(run)})
    connection.execute(update(BENCH).where(BENCH.c.name == bench).values(ledger=taken.ledger))


def keep_all(connection: Connection, writer: str, bench: str, taken: Taken) -> None:
    """Write down all runs of a bench in place of those that were known; what follows from them is for the caller."""
    connection.execute(delete(RUN).where(RUN.c.bench == bench))
    keep_runs(connection, taken.runs)
    _tell_runs(connection, writer, taken.runs)
    connection.execute(update(BENCH).where(BENCH.c.name == bench).values(ledger=taken.ledger))


def keep_numbers(connection: Connection, writer: str, assets: Sequence[Asset], successors: Mapping[str, str]) -> int:
    """Tell of the numbers that a bench gave or retired and the register does not know so; returns how many events.

    Args:
        successors: the number that each number became, the same one where it counts.
    """
    living = [asset for asset in assets if successors[asset.asset_id] == asset.asset_id]
    shared = Counter((asset.serial, each) for asset in living for each in _list_installations(asset))
    new: list[Told] = []
    for asset in assets:
        successor = successors[asset.asset_id]
        became = "" if successor == asset.asset_id else successor
        life = find_life(connection, asset.asset_id)
        # what two have, a copied system, tells neither from the other
        own = [each if shared[asset.serial, each] < 2 else UNREAD for each in _list_installations(asset)]
        events = [tell_number(asset.asset_id, asset.serial, each) for each in own or (None,)]
        new += _list_new(connection, asset.asset_id, events)
        if became != ("" if life is None else life.became):
            new.append(tell_retired(asset.asset_id, became))
    add_events(connection, writer, new)
    refresh(connection, {event.tablet for event in new})
    return len(new)


def keep_assignments(connection: Connection, writer: str, bench: str, events: Sequence[Told], *, is_now: bool) -> int:
    """Tell of the wards that a bench heard of and no event tells of; returns how many.

    What another bench said since is not said again, so that two benches never take a tablet from each other in turn;
    what was said before another bench's last word, by both their clocks, is not told behind it. Words of one bench keep
    their order, whatever its clock says.

    Args:
        is_now: the words are being said by somebody who may know the last one: only those are told that their clock
            puts before it. The others are told in the order in which they were said.
    """
    new = [event for event in events if _is_new(connection, bench, event, is_now=is_now)]
    add_events(connection, writer, new)
    refresh(connection, {event.tablet for event in new})
    return len(new)


def _is_new(connection: Connection, bench: str, event: Told, *, is_now: bool) -> bool:
    words = [one for one in find_events(connection, event.tablet) if one.told.kind is event.kind]
    is_overtaken = _is_overtaken(words[-1:], bench, event)
    return is_overtaken if is_now else not is_overtaken and not _is_told(words, bench, event)


def _is_overtaken(last: Sequence[Event], bench: str, event: Told) -> bool:
    """Tell whether the last word, if any, is another bench's and later, by both their clocks."""
    return any(not _is_own(one, bench) and one.told.body["said"] > event.body["said"] for one in last)


def _is_told(words: Sequence[Event], bench: str, event: Told) -> bool:
    """Tell whether a word was told, here or by another bench.

    Times are of whole seconds, in which somebody may say two wards and then the first again: the last one counts.
    """
    then = [one for one in words if one.told.body["said"] == event.body["said"]]
    own = [one for one in then if _is_own(one, bench)]
    return any(one.told.body["ward"] == event.body["ward"] for one in own[-1:] or then)


def _is_own(event: Event, bench: str) -> bool:
    return find_bench(event.position.writer) == bench


def _list_installations(asset: Asset) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*asset.installations, *sorted(asset.confirmed))))


def _list_new(connection: Connection, tablet: str, events: Iterable[Told]) -> list[Told]:
    """Those of some numberings of a tablet that no event tells of, each once."""
    told = [event.told.body for event in find_events(connection, tablet) if event.told.kind is EventKind.NUMBERED]
    found: list[Told] = []
    for event in events:
        if event.body not in told:
            found.append(event)
            told.append(event.body)
    return found


def _tell_runs(connection: Connection, writer: str, runs: Iterable[RunFacts]) -> None:
    """Tell of the records that no event tells of, in the order of their ledger."""
    numbered = sorted(filter(_is_numbered, runs), key=lambda run: run.leaf)
    told = _list_told(connection, sorted({run.tablet for run in numbered}))
    new = [run for run in numbered if (run.tablet, run.bench, run.bundle) not in told]
    add_events(connection, writer, list(map(_tell_record, new)))


def _tell_record(run: RunFacts) -> Told:
    body: Mapping[str, str] = {"bench": run.bench, "bundle": run.bundle, "sha256": run.sha256}
    return Told(run.tablet, EventKind.RECORDED, WHO, "", body)


def _is_numbered(run: RunFacts) -> bool:
    """Tell whether a run is of a tablet that has a number; the others are of nobody the register knows."""
    return read_number(run.tablet) is not None


def _list_told(connection: Connection, tablets: Sequence[str]) -> set[tuple[str, str, str]]:
    """Tablet, bench and bundle of each record of some tablets that an event tells of, whoever wrote it."""
    found = set[tuple[str, str, str]]()
    for first in range(0, len(tablets), _PAGE):
        some = EVENT.c.tablet.in_(tablets[first : first + _PAGE])
        query = select(EVENT).where(some, EVENT.c.kind == EventKind.RECORDED.value)
        told = (event.told for event in read_events(connection, query))
        found |= {(one.tablet, one.body["bench"], one.body["bundle"]) for one in told}
    return found
