"""Slot views from the case files."""

from __future__ import annotations

from pathlib import Path

import yaml

from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.terms import Outcome, Phase, Reason

CASES = Path(__file__).parents[1] / "cases/board"
KINDS = {"state": SlotState, "phase": Phase, "outcome": Outcome, "reason": Reason}


def make_view(members: dict[str, str]) -> SlotView:
    """A view from a case's members."""
    known = {name: KINDS[name](value) if name in KINDS else value for name, value in members.items()}
    return SlotView(**{"port": "1-1.1", **known})  # type: ignore[arg-type]  # checked by the case itself


def twelve() -> list[SlotView]:
    """The bench of `twelve.yaml`."""
    return [make_view(members) for members in yaml.safe_load((CASES / "twelve.yaml").read_text())]
