"""The machine-readable side: events and the summary, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from provision.bench.slot_views import label_order
from provision.bench.slots import Slot, SlotState, SlotTable, state_of
from provision.runs.run_end import UNIDENTIFIED, RunEnd
from provision.terms import Control, DeviceConfirmation, HomeKind, Outcome, Reason
from provision.texts.catalogue import say
from provision.texts.language import Language

NO_RUN = "no-run"
"""Expected of a tablet where no run can start: adb refuses it, is off, or was never allowed."""


@dataclass(frozen=True)
class Expectation:
    """How the run of one virtual tablet must end: an outcome, or `NO_RUN`.

    `after_word`: where somebody says that it is a tablet, and it does not.
    """

    outcome: str
    fault: str | None
    after_word: Expectation | None = None

    def match(self, end: RunEnd) -> Expectation:
        """The one that counts for an end."""
        return self.after_word if self.after_word is not None and end.word is DeviceConfirmation.TABLET else self


_PROFILES_OWN = frozenset({Control.APPS_REMOVED, Control.MAKER_SWITCHES})
"""What a profile asks of a maker's system. A gate of the maker may refuse it, and nothing rests on it."""


def find_left(end: RunEnd) -> tuple[Control, ...]:
    """The controls whose deviations a run ended with; none where it ended for another reason."""
    if end.reason is not Reason.DEVIATIONS_LEFT:
        return ()
    return tuple(Control(line.partition(":")[0]) for line in end.deviations)


def describe_end(end: RunEnd, expected: Expectation | None) -> dict[str, Any]:
    """One tablet of the summary; `seconds` of work, without those it waited for a person's word."""
    return {
        "slot": end.slot,
        "asset_id": end.asset_id,
        "api": end.api,
        "model": end.model,
        "profile": end.profile,
        "road": end.road,
        "outcome": end.outcome,
        "expected": expected.outcome if expected else None,
        "reason": end.reason,
        "detail": end.detail,
        "changes": list(end.changes),
        "deviations": list(end.deviations),
        "proofs": {proof.name: proof.result for proof in end.proofs},
        "record": end.record,
        "sealed": end.sealed,
        "word": end.word,
        "seconds": round(end.seconds, 2),
        "waited_seconds": round(end.waited, 2),
    }


def describe_absent(slot: str, expected: Expectation) -> dict[str, Any]:
    """A virtual tablet that was never run, as it had to be or not; its outcome is null."""
    unknown = ("asset_id", "api", "model", "profile", "road", "outcome", "reason", "detail", "record", "word")
    blank = dict.fromkeys(unknown)
    return {
        "slot": slot,
        **blank,
        "expected": expected.outcome,
        "sealed": False,
        "changes": [],
        "deviations": [],
        "proofs": {},
        "seconds": 0.0,
        "waited_seconds": 0.0,
    }


def last_ends(ends: Sequence[RunEnd]) -> tuple[RunEnd, ...]:
    """The last end of each tablet: one that was lost may have gone on after a new plug.

    Runs of tablets that never said who they are stay one by one.
    """
    latest: dict[object, RunEnd] = {}
    for number, end in enumerate(ends):
        key = number if end.asset_id == UNIDENTIFIED else end.asset_id
        latest.pop(key, None)
        latest[key] = end
    return tuple(sorted(latest.values(), key=lambda end: label_order(end.slot)))


def summarise(kind: HomeKind, ends: Sequence[RunEnd], expected: Mapping[str, Expectation]) -> dict[str, Any]:
    """The last line of `--json`."""
    tablets = [describe_end(end, expectation_of(end, expected)) for end in last_ends(ends)]
    tablets += [describe_absent(slot, expected[slot]) for slot in find_absent(ends, expected)]
    tablets.sort(key=lambda tablet: label_order(str(tablet["slot"])))
    return {"event": "summary", "home": str(kind), "tablets": tablets}


def expectation_of(end: RunEnd, expected: Mapping[str, Expectation]) -> Expectation | None:
    """What was expected of a run; None where a hand let a tablet in that could not start one before.

    The training bench does not know profiles, so what a gate refuses of their wishes may stand beside its `done`.
    """
    known, left = expected.get(end.slot), find_left(end)
    found = None if known is None else known.match(end)
    if found is not None and found.outcome == Outcome.DONE and left and _PROFILES_OWN.issuperset(left):
        return Expectation(Outcome.DONE_WITH_WARNINGS, found.fault)
    return None if found is None or found.outcome == NO_RUN else found


def find_absent(ends: Sequence[RunEnd], expected: Mapping[str, Expectation]) -> list[str]:
    """Slots with a virtual tablet that was never run."""
    seen = {end.slot for end in last_ends(ends)}
    return [slot for slot in expected if slot not in seen]


def is_as_expected(summary: Mapping[str, Any]) -> bool:
    """Every tablet ended as it must: as its model says, or `done` where nothing else is expected."""
    tablets = summary["tablets"]
    return bool(tablets) and all(map(_is_right, tablets))


def _is_right(tablet: Mapping[str, Any]) -> bool:
    if tablet["expected"] == NO_RUN:
        return tablet["outcome"] is None
    return bool(tablet["outcome"] == (tablet["expected"] or "done") and tablet["record"])


class JsonSink:
    """Writes one event a line to standard output; slots only when their state changed."""

    def __init__(self, language: Language) -> None:
        """`language`: of what a person is asked."""
        self._language = language
        self._states: dict[str, SlotState] = {}

    def show(self, table: SlotTable, now: float) -> None:
        """One line for each slot whose state is another than before; with the question where one is asked."""
        for slot in table.slots:
            state = state_of(table, slot.port, now)
            if self._states.get(slot.label, SlotState.EMPTY) != state:
                asked = self._ask(table, slot) if state is SlotState.WAITS_FOR_WORD else {}
                emit({"event": "slot", "slot": slot.label, "port": slot.port, "state": state, **asked})
            self._states[slot.label] = state

    def _ask(self, table: SlotTable, slot: Slot) -> dict[str, str | None]:
        run = table.entry(slot.port).run
        known = {"asset_id": run.asset_id, "model": run.model} if run is not None else {}
        text = {"question": "identity.question.is-tablet", "now": "slot.waits-for-word.now"}
        return {**known, **{name: say(self._language, key, label=slot.label) for name, key in text.items()}}

    def ended(self, end: RunEnd) -> None:
        """One line a finished run."""
        emit({"event": "end", **describe_end(end, None)})

    def warn(self, text: str) -> None:
        """One line a warning."""
        emit({"event": "warning", "text": text})


def emit(event: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own, at once."""
    click.echo(json.dumps(event, ensure_ascii=False))
