"""Programs of the hospital's own, started at events of a slot: a green light, a label printer, a list.

Each gets the event in its environment and nothing else: `PROVISION_EVENT`, `PROVISION_SLOT`, `PROVISION_ASSET_ID`,
`PROVISION_OUTCOME`, `PROVISION_REASON`, `PROVISION_HOME_KIND`; unknown ones are empty. No shell, no terminal, no
secrets, a bounded time. What one does wrong is a warning, never the end of a run. Those of one slot run one after the
other, so that a light is switched on before it is switched off; no slot waits for another one's.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from provision.bench.slots import SlotState, SlotTable, state_of
from provision.home.bench_settings import Hooks
from provision.records.run_end import UNIDENTIFIED, RunEnd
from provision.terms import HomeKind, Outcome

PATH = "/usr/local/bin:/usr/bin:/bin"
MOST_WAITING = 100  # in one slot
END_SECONDS = 1.0
_EVENTS = {
    Outcome.DONE: "done",
    Outcome.DONE_WITH_WARNINGS: "done",
    Outcome.REFUSED: "refused",
}


class Wrong(StrEnum):
    """How a program went wrong; sentences are `hook.<word>` of the catalogue."""

    KILLED = "killed"
    STATUS = "status"
    SIGNAL = "signal"
    NOT_STARTED = "not-started"
    DROPPED = "dropped"  # it never had its turn


@dataclass(frozen=True)
class HookFailure:
    """Failure of one program; `seen` is the seconds, the status, or the system's own words."""

    program: Path
    event: str
    slot: str
    wrong: Wrong
    seen: str = ""


@dataclass(frozen=True)
class HookCall:
    """One program to be started for one event of a slot."""

    program: Path
    event: str
    slot: str
    environment: Mapping[str, str]

    def fail(self, wrong: Wrong, seen: str = "") -> HookFailure:
        """Note what went wrong with it."""
        return HookFailure(self.program, self.event, self.slot, wrong, seen)


class HookRunner:
    """Starts the programs, each slot's in a thread of its own. Use it as a context; leaving it waits a bounded time.

    Args:
        hooks: from bench.yaml, paths absolute.
        kind: of the home.
        warn: told of each failure, from the caller's thread (`flush`).
    """

    def __init__(self, hooks: Hooks, kind: HomeKind, warn: Callable[[HookFailure], None]) -> None:
        self._hooks = hooks
        self._kind = kind
        self._warn = warn
        self._changed = threading.Condition()
        self._lanes: dict[str, deque[HookCall]] = {}  # a slot is here as long as its thread lives
        self._failures: queue.SimpleQueue[HookFailure] = queue.SimpleQueue()

    def __enter__(self) -> HookRunner:
        return self

    def __exit__(self, *_error: object) -> None:
        """Give what waits its turn for twice as long as one may take; what runs then is ended by its own deadline."""
        with self._changed:
            self._changed.wait_for(lambda: not self._lanes, self._hooks.seconds * 2)
            for lane in self._lanes.values():
                while lane:
                    self._failures.put(lane.popleft().fail(Wrong.DROPPED))
            self._changed.wait_for(lambda: not self._lanes, self._hooks.seconds + END_SECONDS)
        self.flush()

    def tell(self, event: str, slot: str, asset_id: str = "", outcome: str = "", reason: str = "") -> None:
        """Start what is asked for at this event; returns at once."""
        words = {"EVENT": event, "SLOT": slot, "ASSET_ID": asset_id, "OUTCOME": outcome, "REASON": reason}
        environment = {"PATH": PATH, "LANG": "C.UTF-8", "PROVISION_HOME_KIND": str(self._kind)}
        environment |= {f"PROVISION_{name}": value for name, value in words.items()}
        for program in getattr(self._hooks, event):
            self._add(HookCall(program, event, slot, environment))

    def tell_end(self, end: RunEnd) -> None:
        """The event that the end of a run is."""
        asset = "" if end.asset_id == UNIDENTIFIED else end.asset_id
        self.tell(_EVENTS.get(end.outcome, "failed"), end.slot, asset, str(end.outcome), str(end.reason or ""))

    def flush(self) -> None:
        """Tell the failures so far; to be called now and then."""
        with suppress(queue.Empty):
            while True:
                self._warn(self._failures.get_nowait())

    def _add(self, call: HookCall) -> None:
        with self._changed:
            lane = self._lanes.get(call.slot)
            if lane is None:
                self._lanes[call.slot] = deque([call])
                threading.Thread(target=self._work, args=(call.slot,), name=f"hooks {call.slot}", daemon=True).start()
            elif len(lane) < MOST_WAITING:
                lane.append(call)
            else:
                self._failures.put(call.fail(Wrong.DROPPED))

    def _work(self, slot: str) -> None:
        """The thread of one slot: until nothing waits there any more."""
        while (call := self._take(slot)) is not None:
            failure = run_program(call, seconds=self._hooks.seconds)
            if failure is not None:
                self._failures.put(failure)

    def _take(self, slot: str) -> HookCall | None:
        with self._changed:
            lane = self._lanes[slot]
            if lane:
                return lane.popleft()
            del self._lanes[slot]
            self._changed.notify_all()
            return None


def run_program(call: HookCall, *, seconds: float) -> HookFailure | None:
    """Run one program to its end, or end it with its children; None when nothing went wrong."""
    try:
        child = subprocess.Popen(
            [str(call.program)],
            env=dict(call.environment),
            cwd=call.program.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return call.fail(Wrong.NOT_STARTED, error.strerror or type(error).__name__)
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return call.fail(Wrong.KILLED, f"{seconds:g}")
    if status < 0:
        return call.fail(Wrong.SIGNAL, f"signal {-status}")
    return call.fail(Wrong.STATUS, str(status)) if status else None


class SlotWatch:
    """Tells attach and detach from a table that is shown again and again; a restart is neither."""

    def __init__(self, runner: HookRunner) -> None:
        self._runner = runner
        self._assets: dict[str, str] = {}
        self._there: set[str] = set()

    def show(self, table: SlotTable, now: float) -> None:
        """The table as it is now."""
        for slot in table.slots:
            there = state_of(table, slot.port, now) is not SlotState.EMPTY
            if there == (slot.label in self._there):
                continue
            if there:
                self._there.add(slot.label)
                self._runner.tell("attach", slot.label)
            else:
                self._there.discard(slot.label)
                self._runner.tell("detach", slot.label, self._assets.pop(slot.label, ""))
        self._runner.flush()

    def ended(self, end: RunEnd) -> None:
        """One run ended."""
        if end.asset_id != UNIDENTIFIED:
            self._assets[end.slot] = end.asset_id
        self._runner.tell_end(end)
