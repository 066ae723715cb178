"""The report of a batch: what its tablets took, why some were refused, and what hands had to do. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from provision.bench.slot_views import label_order
from provision.records.content import RunResult
from provision.records.run_end import UNIDENTIFIED, count_repeats
from provision.report.plots import Bar, draw_bars
from provision.report.spreadsheet import defuse
from provision.state.cable_history import is_named
from provision.state.run_times import NEXT_BATCH, RunTime
from provision.terms import HomeKind, Outcome, Phase
from provision.texts.catalogue import Language, say, write_number

NEAR = timedelta(seconds=30)
"""A run's record and what its station noted of it end within this time of each other."""

FEW_MINUTES = 2.0

UNTIMED = -1
"""In the place of touches that nobody counted."""


@dataclass(frozen=True)
class ModelHands:
    """One model of a batch.

    Attributes:
        minutes: median of whole runs, None where none was whole.
        touches: mean movements of a hand for a tablet; None where nobody counted.
        allow_minutes: median from the plug to Allow; None where nobody had to.
    """

    model: str
    tablets: int
    done: int
    minutes: float | None
    touches: float | None
    allow_minutes: float | None


@dataclass(frozen=True)
class BatchReport:
    """What a batch came to; a tablet counts once, by its last run.

    Attributes:
        runs: all of them, in the order of their ends.
        done, refused, failed: tablets; those lost or stopped among the failed.
        reserved: of the done, those with reservations, which nobody hands out before a person decided.
        per_hour: tablets done an hour, from the first begin to the last end.
        hours, phases, reasons, retries: bars of the plots.
    """

    runs: tuple[RunTime, ...]
    began: datetime
    ended: datetime
    done: int
    reserved: int
    refused: int
    failed: int
    per_hour: float
    hours: tuple[Bar, ...]
    phases: tuple[Bar, ...]
    reasons: tuple[Bar, ...]
    retries: tuple[Bar, ...]
    models: tuple[ModelHands, ...]


def join_runs(records: Iterable[RunResult], noted: Sequence[RunTime]) -> tuple[RunTime, ...]:
    """Each recorded run with what its station noted of it, if anything, in the order of their ends.

    The record decides about tablet, outcome and reason: it is signed.
    """
    by_asset: dict[str, list[RunTime]] = {}
    for one in noted:
        by_asset.setdefault(one.asset_id, []).append(one)
    joined = []
    for run in records:
        near = [one for one in by_asset.get(run.asset_id, ()) if abs(one.at - run.ended) <= NEAR]
        told = _read_record(run)
        if near:
            kept = min(near, key=lambda one: abs(one.at - run.ended))
            told = replace(kept, at=run.ended, outcome=run.outcome, reason=run.reason)
        joined.append(told)
    return tuple(sorted(joined, key=lambda run: run.at))


def _read_record(run: RunResult) -> RunTime:
    model = " ".join(str(run.identity.get(name) or "") for name in ("maker", "model")).strip() or "?"
    seconds = (run.ended - run.started).total_seconds()
    which = (run.asset_id, model, run.slot, "", run.outcome, run.reason)
    return RunTime(run.ended, *which, seconds, 0.0, UNTIMED, None)


def find_last_batch(runs: Sequence[RunTime]) -> tuple[RunTime, ...]:
    """The runs since the bench last rested.

    Args:
        runs: in the order of their ends.
    """
    first = len(runs) - 1
    while first > 0 and _begin(runs[first]) - runs[first - 1].at < NEXT_BATCH:
        first -= 1
    return tuple(runs[max(first, 0) :])


def make_report(runs: Sequence[RunTime], language: Language, zone: tzinfo | None = None) -> BatchReport:
    """Add up some runs, one at least.

    Args:
        runs: in the order of their ends.
        language: of what stands beside the bars.
        zone: of the hours; None for the computer's.
    """
    last = _find_last(runs)
    counts = Counter(run.outcome for run in last.values())
    began, ended = min(map(_begin, runs)), runs[-1].at
    done = sum(run.is_done for run in last.values())
    return BatchReport(
        runs=tuple(runs),
        began=began,
        ended=ended,
        done=done,
        reserved=counts[Outcome.DONE_WITH_WARNINGS],
        refused=counts[Outcome.REFUSED],
        failed=len(last) - done - counts[Outcome.REFUSED],
        per_hour=done / max((ended - began).total_seconds() / 3600, 1 / 60),
        hours=tuple(_count_hours([run for run in last.values() if run.is_done], zone)),
        phases=tuple(_time_phases(runs, language)),
        reasons=tuple(_count_reasons(last.values(), language)),
        retries=tuple(_count_retries(runs, language)),
        models=tuple(_list_models(last.values())),
    )


def _find_last(runs: Iterable[RunTime]) -> Mapping[object, RunTime]:
    """The last run of each tablet; what never said which it is counts run by run."""
    return {number if run.asset_id == UNIDENTIFIED else run.asset_id: run for number, run in enumerate(runs)}


def _begin(run: RunTime) -> datetime:
    return run.at - timedelta(seconds=run.seconds + run.waited)


def _count_hours(done: Iterable[RunTime], zone: tzinfo | None) -> Iterable[Bar]:
    counts = Counter(run.at.astimezone(zone).replace(minute=0, second=0, microsecond=0) for run in done)
    hour = min(counts, default=None)
    while hour is not None and hour <= max(counts):
        yield Bar(f"{hour:%d/%m %H:00}", counts[hour], str(counts[hour]))
        hour += timedelta(hours=1)


def _time_phases(runs: Iterable[RunTime], language: Language) -> Iterable[Bar]:
    timed = [run.phases for run in runs if run.is_done and run.phases]
    for phase in Phase:
        taken = [phases[phase] / 60 for phases in timed if phase in phases]
        if taken:
            mean = statistics.fmean(taken)
            told = f"{write_number(language, f'{mean:.1f}')} min" if mean >= FEW_MINUTES else f"{mean * 60:.0f} s"
            yield Bar(say(language, f"phase.{phase}"), mean, told)


def _count_reasons(last: Iterable[RunTime], language: Language) -> Iterable[Bar]:
    counts = Counter(run.reason for run in last if run.reason is not None and not run.is_done)
    for reason, many in counts.most_common():
        yield Bar(say(language, f"reason.{reason}.title"), many, str(many))


def _count_retries(runs: Iterable[RunTime], language: Language) -> Iterable[Bar]:
    """Runs beyond the first of a tablet, and losses, by slot and its cable where that has a name."""
    again = count_repeats(
        (run.asset_id, run.outcome, (run.slot, run.cable if is_named(run.cable) else "")) for run in runs
    )
    for (slot, cable), many in sorted(again.items(), key=lambda pair: label_order(pair[0][0])):
        key = "report.slot-cable" if cable else "report.slot"
        yield Bar(say(language, key, slot=slot, cable=cable), many, str(many))


def _list_models(last: Iterable[RunTime]) -> Iterable[ModelHands]:
    models: dict[str, list[RunTime]] = {}
    for run in last:
        models.setdefault(run.model, []).append(run)
    for model, runs in sorted(models.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        whole = [run.seconds / 60 for run in runs if run.is_done]
        touched = [run.touches for run in runs if run.touches != UNTIMED]
        allowed = [run.allow_seconds / 60 for run in runs if run.allow_seconds is not None]
        yield ModelHands(
            model,
            len(runs),
            len(whole),
            statistics.median(whole) if whole else None,
            statistics.fmean(touched) if touched else None,
            statistics.median(allowed) if allowed else None,
        )


def describe_report(
    report: BatchReport, bench: str, kind: HomeKind, language: Language, zone: tzinfo | None = None
) -> Mapping[str, object]:
    """Everything a page or a paper says of a batch, as plain data; plots as SVG, empty where there is nothing.

    Args:
        kind: of the bench's home; a training home's stands on the report, lest it be taken for a hospital's batch.
    """

    def text(key: str, **placeholders: object) -> str:
        return say(language, f"report.{key}", **placeholders)

    plots = {"hours": report.hours, "phases": report.phases, "reasons": report.reasons, "retries": report.retries}
    columns = ("model", "tablets", "done", "minutes", "touches", "allow")
    times = {"began": report.began, "ended": report.ended}
    said = {name: f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for name, at in times.items()}
    return {
        "language": str(language),
        "title": text("title", bench=bench),
        "training": text("training") if kind is HomeKind.TRAINING else "",
        "span": text("span", **said),
        "totals": text(
            "totals",
            done=report.done,
            reserved=text("reserved", count=report.reserved) if report.reserved else "",
            refused=report.refused,
            failed=report.failed,
            rate=write_number(language, f"{report.per_hour:.1f}"),
            runs=len(report.runs),
        ),
        "plots": [
            {"title": text(f"plot.{name}"), "svg": draw_bars(bars) if bars else "", "none": text("none")}
            for name, bars in plots.items()
        ],
        "models": text("models"),
        "columns": [text(f"column.{name}") for name in columns],
        "rows": [_describe_model(one, language) for one in report.models],
    }


def _describe_model(one: ModelHands, language: Language) -> Sequence[str]:
    figures = ("–" if each is None else f"{each:.1f}" for each in (one.minutes, one.touches, one.allow_minutes))
    return [one.model, str(one.tablets), str(one.done), *(write_number(language, told) for told in figures)]


_HANDS = ("touches", "allow_seconds")
COLUMNS = ("end", "asset", "model", "slot", "cable", "outcome", "reason", "seconds", "waited", *_HANDS)
"""Of the table for other programs, before a column a phase."""


def list_rows(runs: Iterable[RunTime]) -> Iterable[Sequence[str]]:
    """The head, then a row a run; no text in it is a formula to a spreadsheet."""
    yield [*COLUMNS, *(f"{phase}_seconds" for phase in Phase)]
    for run in runs:
        hands = ("", "") if run.touches == UNTIMED else (str(run.touches), _number(run.allow_seconds))
        texts = (run.at.isoformat(), run.asset_id, run.model, run.slot, run.cable, run.outcome, run.reason or "")
        numbers = (_number(run.seconds), _number(run.waited), *hands, *_list_seconds(run.phases))
        yield [*map(defuse, map(str, texts)), *numbers]


def _list_seconds(phases: Mapping[Phase, float]) -> Iterable[str]:
    return [_number(phases.get(phase)) for phase in Phase]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
