"""The end of a batch: the table, the one sentence, records verified from disk, the checkpoint."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size

import click

from provision.board.closing import NARROWEST_TEXT, Absent, End, closing_sentence, result_table
from provision.board.proofs import list_proof_lines
from provision.board.width import wrap
from provision.cli.speech import language_of
from provision.cli.summary import (
    NO_RUN,
    Expectation,
    emit,
    expectation_of,
    find_absent,
    find_left,
    last_ends,
    summarise,
)
from provision.errors import RecordError
from provision.home.folder import Home
from provision.records.keys import load_keys, show_fingerprint
from provision.records.reader import FolderVerdict, verify_folder
from provision.runs.run_end import RunEnd
from provision.station.bookkeeping import Bookkeeper
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language

HANGING = 2
"""Cells by which the further lines of a long sentence are moved in."""


def close_batch(
    home: Home, books: Bookkeeper, ends: Sequence[RunEnd], expected: Mapping[str, Expectation], *, as_json: bool
) -> None:
    """Print the end of a batch.

    Raises:
        RecordError: the records on disk are not right; nothing may be called done then. What each tablet ended with
            is told all the same.
    """
    try:
        verdict, checkpoint = _verify(home), books.checkpoint()
    except RecordError as error:
        language = language_of(home)
        if not as_json:
            _print_table(language, list_ends(ends, expected))
        raise RecordError(f"{error}\n{say(language, 'closing.records-wrong')}") from error
    if as_json:
        emit({"event": "checkpoint", "text": checkpoint, "records": len(verdict.records)})
        emit(summarise(home.kind, ends, expected))
        return
    rows = list_ends(ends, expected)
    language = language_of(home)
    _print_table(language, rows)
    for line in list_proof_lines(language, rows):
        _tell(line)
    _tell(closing_sentence(language, rows, list_absent(ends, expected)))
    click.echo(say_count(language, "closing.verified", len(verdict.records), folder=home.path / "records"))
    click.echo(say(language, "closing.key", fingerprint=show_fingerprint(verdict.fingerprint)))
    click.echo(say(language, "closing.checkpoint"))
    click.echo(checkpoint.rstrip("\n"))


def _print_table(language: Language, rows: Sequence[End]) -> None:
    for line in result_table(language, rows, _measure()):
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


def list_ends(ends: Sequence[RunEnd], expected: Mapping[str, Expectation]) -> list[End]:
    """One row a tablet that was run."""
    return [_row(end, expectation_of(end, expected)) for end in last_ends(ends)]


def list_absent(ends: Sequence[RunEnd], expected: Mapping[str, Expectation]) -> list[Absent]:
    """Virtual tablets that were never run."""
    absent = {slot: expected[slot] for slot in find_absent(ends, expected)}
    return [
        Absent(slot, None if wanted.outcome == NO_RUN else wanted.outcome, wanted.fault)
        for slot, wanted in absent.items()
    ]


def _row(end: RunEnd, wanted: Expectation | None) -> End:
    expected = wanted.match(end) if wanted else None
    return End(
        slot=end.slot,
        asset_id=end.asset_id,
        model=end.title,
        outcome=end.outcome,
        reason=end.reason,
        expected=expected.outcome if expected else None,
        fault=expected.fault if expected else None,
        proofs=end.proofs,
        advice=end.advice,
        left=find_left(end),
        detail=end.detail,
    )


def _verify(home: Home) -> FolderVerdict:
    verdict = verify_folder(home.path / "records", load_keys(home.path / "keys").fingerprint)
    if verdict.faults:
        raise RecordError("\n".join(verdict.faults))
    return verdict
