"""A model of hubs and tablets for the installer alone: shared USB bandwidth, one commit at a time a tablet.

Figures of the reference (adb host side, section 4): a hub carries 35 MB/s, a commit takes 4 s + 0.08 s/MB. Time runs
`SCALE` times faster than written; sizes are those of the figures, and no byte is really sent. adb itself is not in
this model: it measures the order of work, which is the installer's, and not the protocol.
"""

from __future__ import annotations

import threading
import time
from typing import BinaryIO

from provision.errors import Cancelled
from provision.transport import Answer, Sink

SCALE = 20.0
LINK = 35e6
CHUNK = 2_000_000
SIZES = tuple(megabytes * 1_000_000 for megabytes in (20, 40, 50, 70, 100, 120))


def commit_seconds(size: int) -> float:
    """How long a tablet works on one app."""
    return 4.0 + 0.08 * size / 1e6


def bound(tablets_per_hub: int) -> float:
    """No order of work is faster (reference, "Lower bound per hub")."""
    by_link = tablets_per_hub * sum(SIZES) / LINK + min(map(commit_seconds, SIZES))
    return max(by_link, sum(map(commit_seconds, SIZES)) + SIZES[0] / LINK)


def pause(seconds: float) -> None:
    """Wait in the model's time."""
    time.sleep(max(seconds, 0.0) / SCALE)


class Hub:
    """Bandwidth that several tablets share, chunk by chunk in the order of asking."""

    def __init__(self) -> None:
        self._lock, self._free = threading.Lock(), 0.0

    def carry(self, size: int) -> None:
        """Return when `size` bytes have gone over the hub."""
        with self._lock:
            start = max(self._free, time.monotonic())
            self._free = start + size / LINK / SCALE
            until = self._free
        time.sleep(max(0.0, until - time.monotonic()))


class ModelTablet:
    """The transport of one tablet behind a hub; `hung` never takes a byte until it is cancelled."""

    transport_id, features = 1, frozenset({"shell_v2", "cmd"})

    def __init__(self, hub: Hub, *, hung: bool = False) -> None:
        self._hub, self._hung = hub, hung
        self._commits = threading.Lock()
        self._cancelled = threading.Event()
        self._sizes: dict[str, int] = {}
        self.installed: list[int] = []
        self.address = "usb:1-1"

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        """Create, commit and abandon, as the installer says them; what else it says is refused."""
        assert seconds > 0
        assert not merged
        words = line.split(" ")
        if words[2] == "install-create":
            number = str(len(self._sizes) + 1)
            self._sizes[number] = int(words[-1])
            return Answer(f"Success: created install session [{number}]\n", "", 0)
        assert words[2] == "install-commit", line
        size = self._sizes[words[3]]
        with self._commits:
            pause(commit_seconds(size))
        self.installed.append(size)
        return Answer("Success\n", "", 0)

    def feed(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        """One upload over the hub."""
        assert source.read()  # a byte stands for the file: the figures are of hubs and commits
        assert seconds > 0
        if self._hung:
            self._cancelled.wait()
            raise Cancelled(line)
        for start in range(0, size, CHUNK):
            self._hub.carry(min(CHUNK, size - start))
        return Answer(f"Success: streamed {size} bytes\n", "", None)

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        """Nothing is pushed where sessions are."""
        raise AssertionError(f"{source} {size} {remote} {seconds}")

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        """Nothing is read back in this model."""
        raise AssertionError(f"{remote} {sink} {seconds}")

    def cancel(self) -> None:
        """Let a hung upload go."""
        self._cancelled.set()
