"""A transport straight into a virtual tablet: no adb between, the same texts, statuses and faults."""

from __future__ import annotations

import io
import math
import re
import shlex
from typing import BinaryIO

from provision.errors import DeadlinePassed, TabletGone
from provision.transport import Answer, Sink
from provision.virtual.android.contract import Effect, Reply
from tests.virtual.android.bench import Bench

_PART = re.compile(r"(?P<line>.*?); echo (?P<mark>[0-9a-f]{16}):\$\?(?:; |$)")
LINE_MOST = 4000


class TabletLink:
    """Runs the station's lines on one bench tablet; `lines` and `printed` keep what was said."""

    address = "usb:1-1.2"
    transport_id = 7
    features: frozenset[str] = frozenset()

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.lines: list[str] = []
        self.printed: list[str] = []

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        assert seconds > 0
        assert len(line.encode()) < LINE_MOST
        self.lines.append(line)
        if merged:
            parts = [(part["mark"], self._run(part["line"])) for part in _PART.finditer(line)]
            return Answer("".join(f"{reply.out}{reply.err}{mark}:{reply.status}\n" for mark, reply in parts), "", None)
        reply = self._run(line)
        self.printed.append(reply.out + reply.err)
        if self.bench.model.api < 24:
            return Answer(reply.out + reply.err, "", None)
        return Answer(reply.out, reply.err, reply.status)

    def _run(self, line: str) -> Reply:
        reply = self.bench.tablet.call(shlex.split(line), io.BytesIO().read)
        if reply.delay == math.inf:
            raise DeadlinePassed(f"{self.address}: {line[:40]}")
        if reply.effect is not Effect.NONE:
            raise TabletGone(f"{self.address}: {line[:40]}")
        self.bench.clock.advance(reply.delay)
        return reply

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        raise AssertionError(f"no uploads here: {line} {source} {size} {seconds}")

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        raise AssertionError(f"no uploads here: {remote} {source} {size} {seconds}")

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        assert seconds > 0
        found = self.bench.tablet.read_file(remote)
        assert found is not None, remote
        sink(found)

    def cancel(self) -> None:
        self.lines.clear()
