"""Is a records folder still as this bench left it? Compared before anything is signed.

A folder that was put back to an older state, ledger and all, is right in itself: only who remembers more can tell.
The bench remembers its runs and the head of its ledger (`runs`), the checkpoint of the last batch in its database and,
where `bench.yaml` names a second place, there. What a kill can leave, and only that, is taken without a question: the
bundle or leaf of a run that is open, and a second statement that was not noted yet. A folder that is not even right in
itself (a file deleted, torn, edited or brought along) is told by the same sentences.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provision.errors import RecordError
from provision.records.content import format_time
from provision.records.keys import DESCRIPTOR_NAME, HomeKey, HomeKeys, read_bytes
from provision.records.ledger import Leaf, ledger_root, read_unsettled
from provision.records.note import open_checkpoint
from provision.records.reader import LEDGER, Record, attempt, bundle_paths, check_complete, check_runs_once, read_bundle
from provision.records.runs import RunJournal

MOST_TOLD = 20
"""Differences that one message lists; the record of an acknowledgement lists all."""


@dataclass(frozen=True)
class Differences:
    """Differences from what the bench left; empty where there are none.

    Attributes:
        missing: statements that were signed and are gone, by bundle and number of envelopes.
        sentences: one for each difference, the missing ones among them.
    """

    missing: tuple[tuple[str, int], ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A records folder as it lies on disk; `leaves` beyond `size` are not signed."""

    records: Sequence[Record] = ()
    leaves: Sequence[Leaf] = ()
    size: int = 0


@dataclass(frozen=True)
class Examined:
    """A records folder beside what is remembered of it; `found` is None where it is not right in itself."""

    found: Found | None
    differences: Differences


def examine(folder: Path, keys: HomeKeys, journal: RunJournal, kept: Mapping[str, bytes]) -> Examined:
    """Compare a records folder with what its bench remembers; nothing is written.

    Args:
        folder: the records folder, as a kill may have left it.
        keys: of its home.
        journal: the bench's own memory.
        kept: checkpoints that were kept elsewhere, by who remembers them.
    """
    told: list[str] = []
    attempt(told, _expect_descriptor, folder, keys)
    found = _find(folder, keys.home, told)
    faults = [fault.replace(f"{folder}/", "") for fault in told]  # an auditor's record may repeat them elsewhere
    differences = Differences((), ()) if found is None else _compare(journal, found, kept, keys.home)
    if found is None or faults:
        return Examined(None, Differences(tuple(journal.signed), (*faults, *differences.sentences)))
    return Examined(found, differences)


def _expect_descriptor(folder: Path, keys: HomeKeys) -> None:
    """One that is gone is put back without a question: it says nothing that the keys do not."""
    path = folder / DESCRIPTOR_NAME
    if path.exists() and read_bytes(path) != keys.descriptor:
        raise RecordError(f"{path}: expected the descriptor of key {keys.fingerprint}, got another home's")


def _find(folder: Path, home: HomeKey, faults: list[str]) -> Found | None:
    """What lies there; each bundle that is not right, and whatever contradicts the ledger, is a fault."""
    paths = attempt(faults, bundle_paths, folder) or []
    records = [record for path in paths if (record := attempt(faults, read_bundle, path, home))]
    ledger = attempt(faults, read_unsettled, folder / LEDGER, home)
    if ledger is None:
        return None
    found = Found(records, *ledger)
    gone = {leaf.bundle for leaf in found.leaves} - {path.name for path in paths}
    faults += [f"{folder / name}: is gone, the ledger names it" for name in sorted(gone)]
    if not faults:
        attempt(faults, _check_whole, folder, found)
    return found


def _check_whole(folder: Path, found: Found) -> None:
    """Raise `RecordError` unless each leaf has its statement, and each run one record."""
    counted = Counter(leaf.bundle for leaf in found.leaves)
    check_runs_once(found.records)
    named = [_cut(record, counted[record.path.name]) for record in found.records if counted[record.path.name]]
    check_complete(folder, found.leaves, named)


def _cut(record: Record, envelopes: int) -> Record:
    """The record as far as the ledger names its statements already."""
    return replace(record, digests=record.digests[:envelopes])


def _compare(journal: RunJournal, found: Found, kept: Mapping[str, bytes], home: HomeKey) -> Differences:
    """What of the folder is not as `journal` says, and the checkpoints kept by who remembers them."""
    named = {(leaf.bundle, leaf.envelopes): leaf.sha256 for leaf in found.leaves}
    missing = tuple(place for place, signed in journal.signed.items() if named.get(place) != signed.sha256)
    sentences = [
        f"{_name(*place)} of run {journal.signed[place].run_id} was signed here and is gone" for place in missing
    ]
    sentences += _list_cuts(journal, found, kept, home)
    sentences += _list_strangers(journal, found)
    if found.leaves and not journal.knows_runs:
        sentences.append(f"{journal.path} is gone: nothing tells whether {len(found.leaves)} statements are all")
    return Differences(missing, tuple(sentences))


def _list_cuts(journal: RunJournal, found: Found, kept: Mapping[str, bytes], home: HomeKey) -> Iterator[str]:
    """Heads that the signed part of the ledger does not continue."""
    heads = [] if journal.head is None else [("this bench", journal.head.size, base64.b64decode(journal.head.root))]
    for who, note in kept.items():
        try:
            checkpoint = open_checkpoint(note, home.origin, home.public, f"checkpoint of {who}")
        except RecordError as error:
            yield str(error)
        else:
            heads.append((who, checkpoint.size, checkpoint.root))
    for who, size, root in heads:
        if found.size < size:
            yield f"the ledger is signed for {found.size} statements, {who} remembers {size}: an older one was put back"
        elif ledger_root(found.leaves[:size]) != root:
            yield f"the first {size} statements of the ledger are not those that {who} remembers: it was made anew"


def _list_strangers(journal: RunJournal, found: Found) -> Iterator[str]:
    """Bundles and leaves that are not signed for, and that no kill of this bench can have left."""
    opened = {run.run_id for run in journal.open_runs}
    sealable = {signed.run_id for (_, envelopes), signed in journal.signed.items() if envelopes == 1} | opened
    signed = {(leaf.bundle, leaf.envelopes) for leaf in found.leaves[: found.size]}
    for record in found.records:
        for envelopes in range(1, len(record.digests) + 1):
            place, expected = (record.path.name, envelopes), opened if envelopes == 1 else sealable
            if not {place} & (signed | journal.signed.keys()) and record.run.run_id not in expected:
                yield f"{_name(*place)} of run {record.run.run_id} appeared: this bench has not made it"
    ends = {
        (record.path.name, at): format_time(end) for record in found.records for at, end in enumerate(record.times, 1)
    }
    for leaf in found.leaves[found.size :]:
        end = ends.get((leaf.bundle, leaf.envelopes))
        if leaf.time != end:
            yield f"leaf {leaf.index} of the ledger appeared: it says {leaf.time}, its statement {end or 'is gone'}"


def _name(bundle: str, envelopes: int) -> str:
    return bundle if envelopes == 1 else f"{bundle}, second statement"


def expect_unchanged(examined: Examined, folder: Path) -> Found:
    """Return what lies there, where it is as the bench left it.

    Raises:
        RecordError: every difference, and the two ways on.
    """
    sentences, found = examined.differences.sentences, examined.found
    if found is not None and not sentences:
        return found
    more = len(sentences) - MOST_TOLD
    told = (*sentences[:MOST_TOLD], *([f"and {more} more, in the same way"] if more > 0 else []))
    lines = "\n".join(f"  - {sentence}" for sentence in told)
    how = (
        "sets the folder aside as it is, records why, and the bench begins a new one"
        if found is None
        else "records what is missing, and the bench goes on without it"
    )
    raise RecordError(
        f"{folder}: not as this bench left it, so nothing is signed over it:\n{lines}\n"
        "Take away what was brought there by hand, and put what is missing or changed back from the newest copy of the "
        "folder. What cannot be put back is for whoever audits this bench to decide: "
        f"`provision record acknowledge --home {folder.parent} --by NAME --why TEXT` {how}"
    )
