"""An unplug is not a seal: what is seen of a port after the order, and what it means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.bench.disconnect import Ending, PortState, Watch, port_state_of
from provision.bench.slot_events import PortPlugged, PortUnplugged
from provision.bench.slots import Slot, SlotTable, advance
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/bench/disconnect.yaml")
STEP = 0.1


def port_state_at(case: dict[str, Any], now: float) -> PortState:
    """The last state that has begun; before the first one the tablet is as it was."""
    seen = [PortState(listed, interfaces) for at, listed, interfaces in case["states"] if at <= now + 1e-9]
    return seen[-1] if seen else PortState(listed=True, interfaces=":060101:ff4201:")


def play(case: dict[str, Any]) -> tuple[Ending | None, float, Watch]:
    """Look every tenth of a second, as a run does."""
    watch, tick = Watch(0.0), 0
    while tick * STEP <= case["until"]:
        now = tick * STEP
        if (ending := watch.judge(now)) is not None:
            return ending, now, watch
        watch = watch.see(port_state_at(case, now), now)
        tick += 1
    return None, case["until"], watch


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["what"]))
def test_what_is_seen_means_one_thing(case: dict[str, Any]) -> None:
    ending, at, _ = play(case)
    assert ending == (None if case["ending"] is None else Ending(case["ending"]))
    assert at == pytest.approx(case.get("at", case["until"]), abs=2 * STEP)


def test_each_change_is_told_once_with_its_time() -> None:
    _, _, watch = play(CASES[0])
    assert watch.tell() == (
        "after 0.0 s: adb lists the tablet, USB shows the tablet with debugging",
        "after 0.9 s: adb lists nothing, USB shows nothing on the port",
        "after 1.6 s: adb lists nothing, USB shows the tablet without debugging",
    )


def test_a_port_state_is_what_the_slot_table_knows() -> None:
    table = SlotTable((Slot("1", "1-1.1"),))
    assert port_state_of(table, "1-1.1") == PortState(listed=False, interfaces=None)
    table = advance(table, PortPlugged("1-1.1", ":060101:"), 1.0)
    assert port_state_of(table, "1-1.1").closed
    assert port_state_of(advance(table, PortUnplugged("1-1.1"), 2.0), "1-1.1").away
