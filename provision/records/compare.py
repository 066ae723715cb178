"""Is a records folder still as this bench left it? Compared before anything is signed.

A folder that was put back to an older state, ledger and all, is right in itself: only who remembers more can tell.
The bench remembers its runs and the head of its ledger (`runs`), the checkpoint of the last batch in its database and,
where `bench.yaml` names a second place, there. What a kill can leave, and only that, is taken without a question: the
bundle or leaf of a run that is open, and a second statement that was not noted yet.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.errors import RecordError
from provision.records.content import format_time
from provision.records.keys import HomeKey
from provision.records.ledger import Leaf, ledger_root, read_unsettled
from provision.records.note import Checkpoint, open_checkpoint
from provision.records.reader import LEDGER, Record, bundle_paths, read_bundle
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

    records: Sequence[Record]
    leaves: Sequence[Leaf]
    size: int


def find_records(folder: Path, home: HomeKey) -> Found:
    """Read all bundles and the ledger of a records folder, as a kill may have left them.

    Raises:
        RecordError: a bundle is not right, or the signed part of the ledger is not whole.
    """
    leaves, size = read_unsettled(folder / LEDGER, home)
    return Found([read_bundle(path, home) for path in bundle_paths(folder)], leaves, size)


def open_kept(kept: Mapping[str, bytes], home: HomeKey) -> dict[str, Checkpoint]:
    """Return the checkpoints that were kept, by who remembers them; `RecordError` where one is not of this home."""
    return {who: open_checkpoint(note, home.origin, home.public, f"checkpoint of {who}") for who, note in kept.items()}


def compare(journal: RunJournal, found: Found, kept: Mapping[str, Checkpoint]) -> Differences:
    """Return what of the folder is not as `journal` says, and the checkpoints kept by who remembers them."""
    named = {(leaf.bundle, leaf.envelopes): leaf.sha256 for leaf in found.leaves}
    missing = tuple(place for place, signed in journal.signed.items() if named.get(place) != signed.sha256)
    sentences = [
        f"{_name(*place)} of run {journal.signed[place].run_id} was signed here and is gone" for place in missing
    ]
    sentences += _list_cuts(journal, found, kept)
    sentences += _list_strangers(journal, found)
    if found.leaves and not journal.knows_runs:
        sentences.append(f"{journal.path} is gone: nothing tells whether {len(found.leaves)} statements are all")
    return Differences(missing, tuple(sentences))


def _list_cuts(journal: RunJournal, found: Found, kept: Mapping[str, Checkpoint]) -> Iterator[str]:
    """Heads that the signed part of the ledger does not continue."""
    heads = [] if journal.head is None else [("this bench", journal.head.size, base64.b64decode(journal.head.root))]
    heads += [(who, checkpoint.size, checkpoint.root) for who, checkpoint in kept.items()]
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


def refuse(differences: Differences, folder: Path) -> None:
    """Raise `RecordError` with every difference and the two ways on, where there is one."""
    if not differences.sentences:
        return
    more = len(differences.sentences) - MOST_TOLD
    told = (*differences.sentences[:MOST_TOLD], *([f"and {more} more, in the same way"] if more > 0 else []))
    lines = "\n".join(f"  - {sentence}" for sentence in told)
    raise RecordError(
        f"{folder}: not as this bench left it, so nothing is signed over it:\n{lines}\n"
        "Put the folder back from its newest copy. What cannot be put back is for whoever audits this bench to decide: "
        f"`provision record acknowledge --home {folder.parent} --by NAME --why TEXT` records what is missing, and the "
        "bench goes on without it"
    )
