"""The run of one life of a slot, as its events tell it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provision.bench.phase_shares import share_done
from provision.bench.slot_events import RunAsked, RunEnded, RunEvent, RunProgressed, RunStarted
from provision.records.run_end import RunEnd
from provision.terms import Outcome, Phase


@dataclass(frozen=True)
class SlotRun:
    """The run of this life.

    Attributes:
        asset_id: None until it is known. model: from adb at first, then with its maker, as people look for it.
        phase, step: where it is; what people are told of it.
        progress: 0.0 to 1.0 of the whole run.
        asks: it waits for a person's confirmation, or ended while it did.
        began: when it was said to have started, by the clock of the table's events, in seconds.
        end: None while it is under way. ended_at: when that was said.
    """

    transport_id: int
    asset_id: str | None
    model: str
    phase: Phase | None = None
    step: str = ""
    progress: float = 0.0
    asks: bool = False
    began: float = 0.0
    end: RunEnd | None = None
    ended_at: float = 0.0

    @property
    def outcome(self) -> Outcome | None:
        """Of a run that has ended."""
        return None if self.end is None else self.end.outcome


def make_run(run: SlotRun | None, event: RunEvent) -> SlotRun | None:
    """The run of a life after one event; None where none is under way that the event could be of."""
    if isinstance(event, RunStarted):
        run = replace(run or SlotRun(0, None, ""), transport_id=event.transport_id)
        return _name(run, event.asset_id, event.model)
    if run is None:
        return None
    if isinstance(event, RunEnded):
        return replace(_name(run, event.end.asset_id, event.end.title), end=event.end)
    return replace(run, asks=True) if isinstance(event, RunAsked) else _progress(run, event)


def _name(run: SlotRun, asset_id: str | None, model: str) -> SlotRun:
    """The run with what is known of its tablet by now; what was known is not forgotten."""
    return replace(run, asset_id=asset_id or run.asset_id, model=model or run.model)


def _progress(run: SlotRun, event: RunProgressed) -> SlotRun:
    progress = max(run.progress, share_done(event.phase, event.fraction))  # a phase done again runs no bar back
    return replace(run, phase=event.phase, step=event.step, progress=progress, asks=False)
