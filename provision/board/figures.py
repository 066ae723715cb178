"""Figures of a batch for its plots: tablets an hour, seconds by phase, reasons of refusal, retries by cable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

from provision.bench.slot_views import label_order
from provision.board.batch import Batch, last_ends
from provision.records.run_end import count_repeats
from provision.terms import Outcome, Phase
from provision.texts.catalogue import Language, printable, say

MOST_POINTS = 500
"""Of a plot over time: no screen shows more steps, and each page gets them at each change."""


@dataclass(frozen=True)
class Bar:
    """One bar of a plot: what it counts, and how much."""

    name: str
    value: float


@dataclass(frozen=True)
class Figures:
    """What a batch came to so far.

    Attributes:
        times: of each end, at most some hundred of them, by the Unix clock in seconds.
        done, others: runs that had ended well by then, and otherwise.
        per_hour: tablets an hour that are through, done or refused, over the whole batch; None before the first.
        phases: mean seconds of each phase over runs that ended well.
        reasons: tablets by why they were refused or failed, most frequent first.
        retries: runs beyond the first of a tablet, and losses, by slot.
    """

    times: tuple[float, ...]
    done: tuple[int, ...]
    others: tuple[int, ...]
    per_hour: float | None
    phases: tuple[Bar, ...]
    reasons: tuple[Bar, ...]
    retries: tuple[Bar, ...]


def describe_figures(batch: Batch, now: float, at: float, language: Language) -> Figures:
    """The figures of a batch; `now` by the station's clock is `at` by the Unix clock."""
    ends = sorted(batch.ends, key=lambda one: one.at)
    good = [one.end.outcome.is_good for one in ends]
    last = last_ends([one.end for one in batch.ends])
    through = sum(end.outcome.is_good or end.outcome is Outcome.REFUSED for end in last)
    hours = (now - batch.began) / 3600
    # Every so many ends one point, the last end always among them.
    points = slice((len(good) - 1) % (step := len(good) // MOST_POINTS + 1), None, step)
    return Figures(
        times=tuple(round(at - now + one.at, 1) for one in ends[points]),
        done=tuple(accumulate(map(int, good)))[points],
        others=tuple(accumulate(int(not one) for one in good))[points],
        per_hour=round(through / hours, 1) if through and hours > 0 else None,
        phases=tuple(_list_phases(batch, language)),
        reasons=tuple(
            Bar(say(language, f"reason.{reason}.title"), many)
            for reason, many in Counter(
                end.reason for end in last if end.reason and not end.outcome.is_good
            ).most_common()
        ),
        retries=tuple(_list_retries(batch)),
    )


def _list_phases(batch: Batch, language: Language) -> list[Bar]:
    good = [one.phases for one in batch.ends if one.end.outcome.is_good]
    taken = {phase: [each[phase] for each in good if phase in each] for phase in Phase}
    return [
        Bar(say(language, f"phase.{phase}"), round(fmean(seconds), 1)) for phase, seconds in taken.items() if seconds
    ]


def _list_retries(batch: Batch) -> list[Bar]:
    again = count_repeats((one.end.asset_id, one.end.outcome, one.end.slot) for one in batch.ends)
    return [Bar(printable(slot), many) for slot, many in sorted(again.items(), key=lambda pair: label_order(pair[0]))]
