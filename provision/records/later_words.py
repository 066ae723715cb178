"""Words of a later version in statements: reasons and controls that this program does not know.

They are the two vocabularies that grow. Everything else of such a record is checked as ever; only what the word means
is not known here, so the record is neither right nor wrong: whoever judges it needs the later program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from provision.terms import Control, Reason

Json = Any
_REASON, _CONTROL = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"), re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
_REASONS, _CONTROLS = frozenset(each.value for each in Reason), frozenset(each.value for each in Control)
MOST_LETTERS = 64
_TEST_LISTS = ("passedTests", "warnedTests", "failedTests")


def replace_later_words(statements: Sequence[Json]) -> tuple[list[Json], tuple[str, ...]]:
    """Put known words that occur nowhere in the statements in the place of unknown ones, so that the rest can be read.

    Returns:
        Copies of the statements, and the unknown words, sorted; statements of another form are left as they are.
    """
    reasons = _collect(_list_reasons(statements), _REASONS, _REASON)
    controls = _collect(_list_controls(statements), _CONTROLS, _CONTROL)
    if not reasons and not controls:
        return list(statements), ()
    told = json.dumps(statements)
    free = [_find_free(words, told, len(later)) for words, later in ((Reason, reasons), (Control, controls))]
    if None in free:
        return list(statements), ()
    for_reasons, for_controls = (
        dict(zip(later, known or (), strict=True)) for later, known in zip((reasons, controls), free, strict=True)
    )
    copies = [_replace(each, for_reasons, for_controls) for each in statements]
    return copies, (*reasons, *controls)


def _collect(words: Iterable[Json], known: frozenset[str], form: re.Pattern[str]) -> list[str]:
    return sorted({
        word
        for word in words
        if isinstance(word, str) and word not in known and len(word) <= MOST_LETTERS and form.fullmatch(word)
    })  # fmt: skip


def _find_free(words: Iterable[str], told: str, count: int) -> list[str] | None:
    """Known words that stand nowhere in a text; None where there are too few."""
    free = [str(word) for word in words if str(word) not in told][:count]
    return free if len(free) == count else None


def _members(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _list_reasons(statements: Sequence[Json]) -> Iterator[Json]:
    for each in statements:
        predicate = _members(each, "predicate")
        yield from (_members(predicate, "reason"), _members(_members(predicate, "provision"), "reason"))


def _list_controls(statements: Sequence[Json]) -> Iterator[Json]:
    for each in statements:
        said = _members(_members(each, "predicate"), "provision")
        for name in ("controls", "proofs"):
            rows = _members(said, name)
            yield from (_members(row, "control") for row in rows) if isinstance(rows, list) else ()


def _replace(statement: Json, reasons: Mapping[str, str], controls: Mapping[str, str]) -> Json:
    copy = json.loads(json.dumps(statement))
    predicate = _members(copy, "predicate")
    said = _members(predicate, "provision")
    for place in (predicate, said):
        if isinstance(place, dict) and isinstance(place.get("reason"), str):
            place["reason"] = reasons.get(place["reason"], place["reason"])
    for name in ("controls", "proofs"):
        rows = _members(said, name)
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and isinstance(row.get("control"), str):
                row["control"] = controls.get(row["control"], row["control"])
    tests = {f"control:{later}": f"control:{known}" for later, known in controls.items()}
    for name in _TEST_LISTS:
        listed = _members(predicate, name)
        if isinstance(listed, list):
            predicate[name] = [tests.get(each, each) if isinstance(each, str) else each for each in listed]
    return copy
