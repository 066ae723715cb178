"""What stands on the screen when the station ends: one table of all runs and one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from provision.bench.slot_views import label_order
from provision.board.sentences import advise, find_remedy, read_advice
from provision.board.width import cells, fit, wrap
from provision.records.content import ProofResult
from provision.runs.run_end import UNIDENTIFIED
from provision.terms import Control, Outcome, Reason
from provision.texts.catalogue import Language, printable, say, say_count
from provision.texts.wording import reword

NOTHING = "–"
GAP = "  "
NARROWEST_TEXT = 12
_TEXT_COLUMNS = 2  # the last two, why and what to do, are wrapped; the others are kept whole


@dataclass(frozen=True)
class End:
    """How one run ended.

    Attributes:
        slot: the label.
        asset_id, model: None and empty where the run ended before they were known.
        expected: the outcome the training bench knows to be right; None in a ward home.
        fault: the fault that was played on a virtual tablet, in words; None without one.
        proofs: attempts in the user's place, made or not.
        advice: what hands do about it on this model, by language.
        left: controls that are wanted and not so, where that is the reason.
        detail: what the run says of its reason, in English.
    """

    slot: str
    asset_id: str | None
    model: str
    outcome: Outcome
    reason: Reason | None
    expected: str | None = None
    fault: str | None = None
    proofs: tuple[ProofResult, ...] = ()
    advice: Mapping[str, str] | None = None
    left: tuple[Control, ...] = ()
    detail: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether it ended as it had to, or nothing was expected."""
        return self.expected in {None, self.outcome}


@dataclass(frozen=True)
class Absent:
    """A virtual tablet that was never run; `expected` None where no run can start, `fault` what keeps it away."""

    slot: str
    expected: str | None
    fault: str | None

    @property
    def as_expected(self) -> bool:
        """Whether no run could start."""
        return self.expected is None


Row = TypeVar("Row", bound=End | Absent)


def closing_sentence(language: Language, ends: Sequence[End], absent: Sequence[Absent] = ()) -> str:
    """One sentence, `8 of 8 ended as expected: 3 done, 4 refused, 1 failed (fault: full storage)`.

    Without expectations (ward) it only counts. What differs, and what was never run, is named, slot by slot.
    """
    if not ends and not absent:
        return say(language, "closing.none")
    counts = _count_all(language, ends, absent)
    judged: list[End | Absent] = [*(end for end in ends if end.expected is not None), *absent]
    if not judged:
        return say_count(language, "closing.plain", len(ends), ends=counts)
    right = sum(each.as_expected for each in judged)
    first = say(language, "closing.expected", right=right, count=len(judged), ends=counts)
    differing = [_differs(language, each) for each in _by_slot(judged) if not each.as_expected]
    if not differing:
        return first
    return f"{first} {say(language, 'closing.unexpected', list=', '.join(differing))}"


def result_table(language: Language, ends: Sequence[End], columns: int | None = None) -> list[str]:
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
    rows = [[say(language, f"table.{name}") for name in names], *(_cells(language, end) for end in _by_slot(ends))]
    widths = _share([max(cells(row[at]) for row in rows) for at in range(len(names))], columns)
    rule = GAP.join("─" * width for width in widths)
    heading, *body = ([*_lay_row(row, widths)] for row in rows)
    return [*heading, rule, *(line for row in body for line in row)]


def _cells(language: Language, end: End) -> list[str]:
    return [
        printable(end.slot),
        NOTHING if end.asset_id in {None, UNIDENTIFIED} else printable(str(end.asset_id)),
        printable(end.model or NOTHING),
        _tell_result(language, end),
        _tell_why(language, end),
        read_advice(end.advice, language) or advise(end.outcome, end.reason, end.asset_id, language),
    ]


def _tell_why(language: Language, end: End) -> str:
    """The reason, with the controls that were left or the apps that do not fit where that is the reason."""
    if end.reason is None:
        return NOTHING
    left = ", ".join(say(language, f"control.{control}") for control in end.left)
    if end.reason is Reason.APP_UNFIT:
        left = printable(reword(language, end.detail))
    title = say(language, f"reason.{end.reason}.title")
    return say(language, "table.left", title=title, left=left) if left else title


def _tell_result(language: Language, end: End) -> str:
    word = say(language, f"outcome.{end.outcome}")
    return say(language, "table.redo", outcome=word) if find_remedy(end.outcome, end.reason) else word


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


def _count_all(language: Language, ends: Sequence[End], absent: Sequence[Absent]) -> str:
    parts = [_count_ends(language, ends, outcome) for outcome in Outcome if _having(ends, outcome)]
    return ", ".join([*parts, *([_count_absent(language, absent)] if absent else [])])


def _count_ends(language: Language, ends: Sequence[End], outcome: Outcome) -> str:
    having = _having(ends, outcome)
    return _name_faults(language, say_count(language, f"ended.{outcome}", len(having)), having)


def _count_absent(language: Language, absent: Sequence[Absent]) -> str:
    slots = ", ".join(say(language, "slot.name", label=each.slot) for each in _by_slot(absent))
    return _name_faults(language, say_count(language, "closing.no-run", len(absent), slots=slots), absent)


def _name_faults(language: Language, counted: str, those: Sequence[End | Absent]) -> str:
    faults: Mapping[str, None] = dict.fromkeys(each.fault for each in those if each.fault)
    return say(language, "closing.faults", ended=counted, faults=", ".join(faults)) if faults else counted


def _having(ends: Sequence[End], outcome: Outcome) -> list[End]:
    return [end for end in ends if end.outcome is outcome]


def _differs(language: Language, end: End | Absent) -> str:
    outcome = say(language, f"outcome.{end.outcome}" if isinstance(end, End) else "closing.never-run")
    return say(
        language,
        "closing.differs",
        slot=say(language, "slot.name", label=end.slot),
        expected=say(language, f"outcome.{end.expected}"),
        outcome=outcome,
    )


def _by_slot(ends: Iterable[Row]) -> list[Row]:
    return sorted(ends, key=lambda end: label_order(end.slot))
