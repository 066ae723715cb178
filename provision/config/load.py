"""How busy this computer is: whether a deadline that passed may be its own fault and not the tablet's.

The kernel counts how long work waited for a processor (pressure stall information, `/proc/pressure/cpu`, since Linux
4.20). Where it does not, the load average a processor stands for it: what runs, waits for a processor, or for a disk.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

HIGH_PERCENT = 50.0
"""A bench that keeps up is far below: 24 tablets take some tenths of a second of processor each."""

HIGH_LOAD = 2.0


@dataclass(frozen=True)
class Load:
    """One measurement.

    Attributes:
        percent: share of the last ten seconds in which work waited for a processor; None where the kernel is silent.
        average: load average of the last minute by processor.
    """

    percent: float | None
    average: float

    @property
    def is_high(self) -> bool:
        """Tell whether answers may have been late because of this computer."""
        return self.percent >= HIGH_PERCENT if self.percent is not None else self.average >= HIGH_LOAD


def read_load(proc: Path = Path("/proc")) -> Load:
    """The load now; without any figures it counts as none."""
    return Load(_read_percent(proc / "pressure" / "cpu"), _read_average(proc / "loadavg"))


def _read_percent(file: Path) -> float | None:
    try:
        found = re.search(r"^some avg10=(\d+(?:\.\d+)?) ", file.read_text(), re.MULTILINE)
    except OSError:  # an older kernel, or one that was told not to count
        return None
    return float(found[1]) if found else None


def _read_average(file: Path) -> float:
    try:
        return float(file.read_text().split()[0]) / (os.cpu_count() or 1)
    except (OSError, ValueError, IndexError):
        return 0.0
