"""Slot views from the case files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from factories import make_end

from provision.bench.slot_run import SlotRun
from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.terms import Control, Outcome, Phase, Reason
from tests.case_files import read_cases

CASES = Path(__file__).parents[1] / "cases/board"
RUN = {"asset_id", "phase", "step", "progress"}
END = {"outcome", "reason", "advice", "doubt", "unmet"}


def make_view(members: Mapping[str, Any]) -> SlotView:
    """A view from a case's members: those of the slot, of its run and of the run's end side by side."""
    view = {name: value for name, value in members.items() if name not in RUN | END}
    seen = SlotView(**{"port": "1-1.1", **view, "state": SlotState(view["state"])})
    if not members.keys() & (RUN | END):
        return seen
    asset, phase = members.get("asset_id"), members.get("phase")
    run = SlotRun(1, asset, seen.model, Phase(phase) if phase else None)
    run = replace(run, step=members.get("step", ""), progress=members.get("progress", 0.0))
    if "outcome" in members:
        reason = Reason(members["reason"]) if members.get("reason") else None
        end = make_end(seen.label, Outcome(members["outcome"]), reason, asset_id=asset or "")
        more = {"advice": members.get("advice"), "doubt": members.get("doubt")}
        unmet = tuple(map(Control, members.get("unmet", ())))
        run = replace(run, end=replace(end, title=seen.model, unmet=unmet, **more))
    return replace(seen, run=run)


def twelve() -> list[SlotView]:
    """The bench of `twelve.yaml`."""
    return [make_view(members) for members in read_cases(CASES / "twelve.yaml")]
