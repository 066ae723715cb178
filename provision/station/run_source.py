"""Where a station gets the runs of its tablets from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from provision.records.run_end import RunEnd
from provision.runs.close_debugging import PortProbe
from provision.runs.job import Progress
from provision.terms import Reason
from provision.transport import Transport


class Run(Protocol):
    """One run of one tablet; `runs.run.TabletRun` is one."""

    def run(self) -> RunEnd:
        """The whole run, in a thread of its own; every end leaves a record."""
        ...

    def cancel(self, cause: Reason) -> None:
        """Make it end soon, from the station's loop; the first cause counts."""
        ...

    def stop(self) -> bool:
        """Stop its work by the operator's word, from any thread; False where its end is decided already."""
        ...


class MakeRun(Protocol):
    """Makes the run of a tablet; `TabletRun` with the job of its bench."""

    def __call__(
        self, transport: Transport, slot: str, serial: str, on_progress: Callable[[Progress], None], probe: PortProbe
    ) -> Run:
        """Nothing is asked of the tablet before `run`.

        Args:
            transport: the way to it, for this run alone.
            slot: label of its slot.
            serial: as the adb server lists it.
            on_progress: to be called at each step, from the run's thread.
            probe: sees the tablet's port.
        """
        ...
