"""The end of a batch, for people and for programs: table and sentence or JSON, records verified, the checkpoint."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import Any

import click

from provision.board.batch import last_ends
from provision.board.closing import (
    NARROWEST_TEXT,
    ClosingRow,
    Expectation,
    closing_sentence,
    result_table,
    sort_by_slot,
)
from provision.board.proofs import list_proof_lines
from provision.board.width import wrap
from provision.cli.speech import language_of
from provision.cli.streams import log_losses, write_json
from provision.errors import RecordError
from provision.home.folder import Home
from provision.records.content import format_time
from provision.records.keys import load_keys, show_fingerprint
from provision.records.reader import FolderVerdict, verify_folder
from provision.records.run_end import RunEnd
from provision.station.ledger_writer import LedgerWriter
from provision.terms import Control, DeviceConfirmation, Outcome
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language

NO_RUN = "no-run"
"""Expected, in JSON, of a tablet where no run can start."""

_PROFILES_OWN = frozenset({Control.APPS_REMOVED, Control.MAKER_SWITCHES})
"""What a profile asks of a maker's system. A gate of the maker may refuse it, and nothing rests on it."""

CLOCK_SECONDS = 5
"""So far a clock may run away from the steady one, as when it is set by the network, without a word about it."""

HANGING = 2
"""Cells by which the further lines of a long sentence are moved in."""


OUTPUT_LOG = "output.jsonl"
"""Below `logs/`: when what a batch said could not be written."""


def close_batch(
    home: Home, ledger: LedgerWriter, ends: Sequence[RunEnd], expected: Mapping[str, Expectation], *, as_json: bool
) -> bool:
    """Print the end of a batch; returns whether every tablet came to its right end.

    Raises:
        RecordError: the records on disk are not right; nothing may be called done then. What each tablet ended with
            is told all the same.
    """
    rows, language = list_rows(ends, expected), language_of(home)
    ended = [row.end for row in rows if row.end is not None]
    try:
        verdict, checkpoint = _verify(home), ledger.checkpoint()
    except RecordError as error:
        if not as_json:
            _print_table(language, ended)
        raise RecordError(f"{error}\n{say(language, 'closing.records-wrong')}") from error
    moved = _list_clock_moves(verdict, ended)
    if as_json:
        for name, seconds in moved:
            emit({"event": "clock-moved", "record": name, "seconds": seconds})
        emit({"event": "checkpoint", "text": checkpoint, "records": len(verdict.records)})
        emit({"event": "summary", "home": str(home.kind), "tablets": [_describe_row(row) for row in rows]})
        log_losses(home.logs / OUTPUT_LOG)
        return is_all_right(rows)
    _print_table(language, ended)
    for line in list_proof_lines(language, ended):
        _tell(line)
    _tell(closing_sentence(language, rows))
    for name, seconds in moved:
        _tell(say(language, "closing.clock-moved", file=name, seconds=f"{seconds:+d}"))
    click.echo(say_count(language, "closing.verified", len(verdict.records), folder=home.path / "records"))
    click.echo(say(language, "closing.key", fingerprint=show_fingerprint(verdict.fingerprint)))
    click.echo(say(language, "closing.checkpoint"))
    click.echo(checkpoint.rstrip("\n"))
    log_losses(home.logs / OUTPUT_LOG)
    return is_all_right(rows)


def _list_clock_moves(verdict: FolderVerdict, ended: Sequence[RunEnd]) -> list[tuple[str, int]]:
    """Records of these runs during which the computer's clock was set, and by how many seconds."""
    names = {end.record for end in ended}
    moves = [(one.path.name, int(one.run.clock_moved.total_seconds())) for one in verdict.records]
    return [(name, seconds) for name, seconds in moves if name in names and abs(seconds) >= CLOCK_SECONDS]


def list_leftovers(ledger: LedgerWriter, language: Language) -> list[str]:
    """Close what a killed station left open; a sentence for each run and seal that it cut off, and what else is odd."""
    cut = [say(language, "station.cut-off", file=record.path.name) for record in ledger.close_abandoned()]
    if ledger.begins_in is not None:
        cut.append(say(language, "station.second-place-new", folder=ledger.begins_in))
    if ledger.alone is not None:
        cut.append(say(language, "register.bench-alone", why=say(language, f"register.obstacle.{ledger.alone}")))
    now, unsealed = datetime.now(UTC), ledger.list_unsealed()
    latest = ledger.find_clock_fault(now)
    if latest is not None:
        cut.append(say(language, "station.clock-behind", now=format_time(now), latest=latest))
    return cut + [say(language, "station.seal-cut-off", asset=one.run.asset_id, file=one.path.name) for one in unsealed]


def list_rows(ends: Sequence[RunEnd], expected: Mapping[str, Expectation]) -> list[ClosingRow]:
    """One row a tablet, those of the training bench that were never run among them, in the order of the labels."""
    last = last_ends(ends)
    rows = [ClosingRow(end.slot, end, _expectation_of(end, expected)) for end in last]
    run = {end.slot for end in last}
    rows += [ClosingRow(slot, None, wanted) for slot, wanted in expected.items() if slot not in run]
    return sort_by_slot(rows)


def is_all_right(rows: Sequence[ClosingRow]) -> bool:
    """Tell whether there was a tablet, and every one came to its right end."""
    return bool(rows) and all(row.is_right for row in rows)


def _expectation_of(end: RunEnd, expected: Mapping[str, Expectation]) -> Expectation | None:
    """Find what was expected of a run; None where a hand let a tablet in that could not start one before.

    The training bench does not know profiles, so what a gate refuses of their wishes may stand beside its `done`.
    """
    found = expected.get(end.slot)
    if found is not None and found.after_word is not None and end.confirmation is DeviceConfirmation.TABLET:
        found = found.after_word
    if found is None or found.outcome is None:
        return None
    if found.outcome is Outcome.DONE and end.deviating and _PROFILES_OWN.issuperset(end.deviating):
        return Expectation(Outcome.DONE_WITH_WARNINGS, found.fault)
    return found


def describe_end(end: RunEnd) -> dict[str, Any]:
    """One run for programs; `seconds` of work, without those it waited for a person's word."""
    return {
        "slot": end.slot,
        "asset_id": end.asset_id,
        "api": end.api,
        "model": end.model,
        "profile": end.profile,
        "road": end.road,
        "outcome": end.outcome,
        "expected": None,
        "reason": end.reason,
        "detail": str(end.detail),
        "changes": list(end.changes),
        "deviations": list(map(str, end.deviations)),
        "proofs": {proof.name: proof.result for proof in end.proofs},
        "record": end.record,
        "sealed": end.sealed,
        "word": end.confirmation,
        "hand_said": list(end.hand_said),
        "seconds": round(end.seconds, 2),
        "waited_seconds": round(end.waited, 2),
    }


_NO_END: Mapping[str, Any] = {
    **dict.fromkeys(("asset_id", "api", "model", "profile", "road", "outcome", "reason", "detail", "record", "word")),
    "sealed": False,
    "changes": [],
    "deviations": [],
    "proofs": {},
    "hand_said": [],
    "seconds": 0.0,
    "waited_seconds": 0.0,
}
"""A virtual tablet that was never run, as it had to be or not."""


def _describe_row(row: ClosingRow) -> dict[str, Any]:
    expected = None if row.expected is None else row.expected.outcome or NO_RUN
    return {"slot": row.slot, **(_NO_END if row.end is None else describe_end(row.end)), "expected": expected}


def emit(event: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own, at once."""
    write_json(event)


def _print_table(language: Language, ends: Sequence[RunEnd]) -> None:
    for line in result_table(language, ends, _measure()):
        click.echo(line)


def _tell(line: str) -> None:
    """A sentence, wrapped between words where it is longer than the terminal; what is to be copied is never wrapped."""
    columns, indent = _measure(), len(line) - len(line.lstrip(" "))
    if columns is None:
        click.echo(line)
        return
    first, *others = wrap(line.strip(), max(columns - indent - HANGING, NARROWEST_TEXT))
    for each in (" " * indent + first, *(" " * (indent + HANGING) + more for more in others)):
        click.echo(each)


def _measure() -> int | None:
    """Columns of the terminal; None in a file or a pipe."""
    return get_terminal_size().columns if sys.stdout.isatty() else None


def _verify(home: Home) -> FolderVerdict:
    verdict = verify_folder(home.path / "records", load_keys(home.path / "keys").fingerprint)
    if verdict.faults or verdict.unjudged:
        raise RecordError("\n".join((*verdict.faults, *verdict.unjudged)))
    return verdict
