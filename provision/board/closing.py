"""Last words on the screen when the station ends: one table of all runs and one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from provision.bench.slot_views import label_order
from provision.board.sentences import advise, find_remedy, name_number
from provision.board.width import cells, fit, wrap
from provision.records.run_end import RunEnd
from provision.terms import Outcome, Reason
from provision.texts.catalogue import Language, printable, say, say_count
from provision.texts.message import tell

NOTHING = "–"
GAP = "  "
NARROWEST_TEXT = 12
_TEXT_COLUMNS = 2  # the last two, why and what to do, are wrapped; the others are kept whole


@dataclass(frozen=True)
class Expectation:
    """The right end of one virtual tablet; nothing is known of real ones.

    Attributes:
        outcome: None where no run can start: adb refuses it, is off, or was never allowed.
        fault: the fault that is played on it, in words; None without one.
        after_word: where somebody says that it is a tablet, and it does not say so itself.
    """

    outcome: Outcome | None
    fault: str | None = None
    after_word: Expectation | None = None


@dataclass(frozen=True)
class ClosingRow:
    """One tablet of a batch; without an end it was never run, without an expectation nothing is known of it."""

    slot: str
    end: RunEnd | None
    expected: Expectation | None = None

    @property
    def as_expected(self) -> bool:
        """Tell whether it ended as it had to, or nothing was expected."""
        return self.expected is None or self.expected.outcome == (self.end and self.end.outcome)

    @property
    def is_right(self) -> bool:
        """Tell whether nothing is left to do: the right end, `done` where nothing else is expected, with its record."""
        if self.end is None:
            return self.as_expected
        wanted = self.expected.outcome if self.expected is not None else Outcome.DONE
        return self.end.outcome is wanted and self.end.record is not None


def closing_sentence(language: Language, rows: Sequence[ClosingRow]) -> str:
    """One sentence, `8 of 8 ended as expected: 3 done, 4 refused, 1 failed (fault: full storage)`.

    Without expectations (ward) it only counts. What differs, and what was never run, is named, slot by slot.
    """
    if not rows:
        return say(language, "closing.none")
    counts = _count_all(language, rows)
    judged = [row for row in rows if row.expected is not None]
    if not judged:
        return say_count(language, "closing.plain", len(rows), ends=counts)
    right = sum(row.as_expected for row in judged)
    first = say(language, "closing.expected", right=right, count=len(judged), ends=counts)
    differing = [_differs(language, row) for row in sort_by_slot(judged) if not row.as_expected]
    if not differing:
        return first
    return f"{first} {say(language, 'closing.unexpected', list=', '.join(differing))}"


def result_table(language: Language, ends: Sequence[RunEnd], columns: int | None = None) -> list[str]:
    """All runs with aligned columns, in the order of the labels.

    Args:
        language: of the headings and texts.
        ends: the runs; a slot that was used twice has two rows.
        columns: width of the terminal in cells, the last two columns are wrapped into it; None
            (a file, a pipe) keeps every row on one line.
    """
    if not ends:
        return []
    names = ("slot", "asset_id", "model", "outcome", "why", "now")
    rows = [[say(language, f"table.{name}") for name in names], *(_cells(language, end) for end in sort_by_slot(ends))]
    widths = _share([max(cells(row[at]) for row in rows) for at in range(len(names))], columns)
    rule = GAP.join("─" * width for width in widths)
    heading, *body = ([*_lay_row(row, widths)] for row in rows)
    return [*heading, rule, *(line for row in body for line in row)]


def _cells(language: Language, end: RunEnd) -> list[str]:
    return [
        printable(end.slot),
        name_number(end.asset_id, end, language) or NOTHING,
        printable(end.title or NOTHING),
        _tell_result(language, end),
        _tell_why(language, end),
        advise(end, language),
    ]


def _tell_why(language: Language, end: RunEnd) -> str:
    """The reason, with the controls that were left or the apps that do not fit where that is the reason."""
    if end.reason is None:
        return NOTHING
    left = ", ".join(say(language, f"control.{control}") for control in end.deviating)
    if end.reason is Reason.APP_UNFIT:
        left = tell(language, end.detail)
    title = say(language, f"reason.{end.reason}.title")
    return say(language, "table.left", title=title, left=left) if left else title


def _tell_result(language: Language, end: RunEnd) -> str:
    word = say(language, f"outcome.{end.outcome}")
    return say(language, "table.redo", outcome=word) if find_remedy(end) else word


def _share(widths: list[int], columns: int | None) -> list[int]:
    """Widths of the columns; where they are too many cells, the two texts share what is left."""
    fixed, (why, now) = widths[:-_TEXT_COLUMNS], widths[-_TEXT_COLUMNS:]
    if columns is None:
        return widths
    left = columns - sum(fixed) - len(GAP) * (len(widths) - 1)
    if why + now <= left:
        return widths
    short = max(min(why, left * 2 // 5), NARROWEST_TEXT)
    return [*fixed, short, max(min(now, left - short), NARROWEST_TEXT)]


def _lay_row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    columns = [wrap(text, width) for text, width in zip(row, widths, strict=True)]
    height = max(len(lines) for lines in columns)
    padded = [[*lines, *[""] * (height - len(lines))] for lines in columns]
    return [
        GAP.join(fit(text, width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*padded, strict=True)
    ]


def _count_all(language: Language, rows: Sequence[ClosingRow]) -> str:
    ended = {
        outcome: [row for row in rows if row.end is not None and row.end.outcome is outcome] for outcome in Outcome
    }
    parts = [_count_ends(language, outcome, having) for outcome, having in ended.items() if having]
    absent = [row for row in rows if row.end is None]
    return ", ".join([*parts, *([_count_absent(language, absent)] if absent else [])])


def _count_ends(language: Language, outcome: Outcome, having: Sequence[ClosingRow]) -> str:
    return _name_faults(language, say_count(language, f"ended.{outcome}", len(having)), having)


def _count_absent(language: Language, absent: Sequence[ClosingRow]) -> str:
    slots = ", ".join(say(language, "slot.name", label=row.slot) for row in sort_by_slot(absent))
    return _name_faults(language, say_count(language, "closing.no-run", len(absent), slots=slots), absent)


def _name_faults(language: Language, counted: str, rows: Sequence[ClosingRow]) -> str:
    faults = dict.fromkeys(row.expected.fault for row in rows if row.expected is not None and row.expected.fault)
    return say(language, "closing.faults", ended=counted, faults=", ".join(faults)) if faults else counted


def _differs(language: Language, row: ClosingRow) -> str:
    wanted = row.expected.outcome if row.expected is not None else None
    return say(
        language,
        "closing.differs",
        slot=say(language, "slot.name", label=row.slot),
        expected=say(language, f"outcome.{wanted}" if wanted is not None else "closing.never-run"),
        outcome=say(language, f"outcome.{row.end.outcome}" if row.end is not None else "closing.never-run"),
    )


class _InSlot(Protocol):
    @property
    def slot(self) -> str: ...


InSlot = TypeVar("InSlot", bound=_InSlot)


def sort_by_slot(those: Iterable[InSlot]) -> list[InSlot]:
    """In the order of the labels as people count."""
    return sorted(those, key=lambda one: label_order(one.slot))
