"""The word to run a tablet once more counts where its run did not end well and it is still there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from factories import make_end

from provision.bench.slot_events import (
    AgainGranted,
    Event,
    PortPlugged,
    PortUnplugged,
    RunEnded,
    RunStarted,
    TransportsListed,
)
from provision.bench.slots import Slot, SlotState, SlotTable, advance, may_run_again, startable, state_of
from provision.terms import Outcome

PORT = "1-1.2"


@dataclass(frozen=True)
class Row:
    """A row of the adb server."""

    transport_id: int = 7
    serial: str = "R52"
    state: str = "device"
    port: str | None = PORT
    model: str = "SM_T510"


def table_after(outcome: Outcome, *more: Event) -> SlotTable:
    table = SlotTable((Slot("2", PORT),))
    ended = RunEnded(PORT, make_end("2", outcome, None, asset_id="A-1"))
    events = (PortPlugged(PORT, ":ff4201:"), TransportsListed((Row(),)), RunStarted(PORT, 7, "A-1", "SM T510"), ended)
    for at, event in enumerate((*events, *more)):
        table = advance(table, event, float(at))
    return table


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.REFUSED, Outcome.STOPPED])
def test_it_starts_once_more_without_a_second_word(outcome: Outcome) -> None:
    table = table_after(outcome)
    assert startable(table, 9.0) == ()
    table = advance(table, AgainGranted(PORT), 9.0)
    assert (state_of(table, PORT, 9.0), startable(table, 9.0)) == (SlotState.READY, ((PORT, 7),))


NOT = {
    "a finished one": table_after(Outcome.DONE),
    "one that was pulled": table_after(Outcome.FAILED, PortUnplugged(PORT)),
    "one that runs": table_after(Outcome.FAILED, AgainGranted(PORT), RunStarted(PORT, 7, "A-1", "SM T510")),
}


@pytest.mark.parametrize("which", NOT)
def test_it_changes_nothing_for(which: str) -> None:
    assert not may_run_again(NOT[which], PORT)
    assert advance(NOT[which], AgainGranted(PORT), 9.0) == NOT[which]
