"""Programs of the hospital's own, started at events of a slot: a green light, a label printer, a list.

Each gets the event in its environment and nothing else: `PROVISION_EVENT`, `PROVISION_SLOT`, `PROVISION_ASSET_ID`,
`PROVISION_OUTCOME`, `PROVISION_REASON`, `PROVISION_HOME_KIND`; unknown ones are empty. No shell, no terminal, no
secrets, a bounded time. What one does wrong is a warning, never the end of a run. They run one after the other, so
that a light is switched on before it is switched off.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from provision.bench.slots import SlotState, SlotTable, state_of
from provision.bench_settings import Hooks
from provision.run import UNIDENTIFIED, RunEnd
from provision.terms import HomeKind, Outcome

PATH = "/usr/local/bin:/usr/bin:/bin"
MOST_WAITING = 1000
_EVENTS = {
    Outcome.DONE: "done",
    Outcome.DONE_WITH_WARNINGS: "done",
    Outcome.REFUSED: "refused",
}


class HookRunner:
    """Starts the programs, in a thread of its own. Use it as a context; leaving it waits a bounded time.

    Args:
        hooks: from bench.yaml, paths absolute.
        kind: of the home.
        warn: told of each failure, from the caller's thread (`flush`).
    """

    def __init__(self, hooks: Hooks, kind: HomeKind, warn: Callable[[Path, str], None]) -> None:
        self._hooks = hooks
        self._kind = kind
        self._warn = warn
        self._waiting: queue.Queue[tuple[Path, Mapping[str, str]] | None] = queue.Queue(MOST_WAITING)
        self._failures: queue.SimpleQueue[tuple[Path, str]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="hooks", daemon=True)
        self._thread.start()

    def __enter__(self) -> HookRunner:
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(self._hooks.seconds * 2)
        self.flush()

    def tell(self, event: str, slot: str, asset_id: str = "", outcome: str = "", reason: str = "") -> None:
        """Start what is asked for at this event; returns at once."""
        words = {"EVENT": event, "SLOT": slot, "ASSET_ID": asset_id, "OUTCOME": outcome, "REASON": reason}
        environment = {"PATH": PATH, "LANG": "C.UTF-8", "PROVISION_HOME_KIND": str(self._kind)}
        environment |= {f"PROVISION_{name}": value for name, value in words.items()}
        for program in getattr(self._hooks, event):
            try:
                self._waiting.put_nowait((program, environment))
            except queue.Full:
                self._failures.put((program, f"{MOST_WAITING} wait already"))

    def tell_end(self, end: RunEnd) -> None:
        """The event that the end of a run is."""
        asset = "" if end.asset_id == UNIDENTIFIED else end.asset_id
        self.tell(_EVENTS.get(end.outcome, "failed"), end.slot, asset, str(end.outcome), str(end.reason or ""))

    def flush(self) -> None:
        """Tell the failures so far; to be called now and then."""
        with suppress(queue.Empty):
            while True:
                self._warn(*self._failures.get_nowait())

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            failure = run_program(*item, seconds=self._hooks.seconds)
            if failure is not None:
                self._failures.put((item[0], failure))


def run_program(program: Path, environment: Mapping[str, str], *, seconds: float) -> str | None:
    """Run one program to its end, or end it; what went wrong in a few words, None when nothing did."""
    try:
        child = subprocess.Popen(
            [str(program)],
            env=dict(environment),
            cwd=program.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return error.strerror or "it cannot be started"
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return f"ended after {seconds:g} s"
    return None if status == 0 else f"status {status}"


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
