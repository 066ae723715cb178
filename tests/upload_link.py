"""A transport straight into a virtual tablet that takes uploads, too."""

from __future__ import annotations

import shlex
from typing import BinaryIO

from provision.transport import Answer
from tests.agent.tablet_link import TabletLink


class UploadLink(TabletLink):
    """`TabletLink` with both ways to send an app."""

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        assert seconds > 0
        self.lines.append(line)
        reply = self.bench.call(shlex.split(line), _read_exactly(source, size))
        return Answer(reply.out + reply.err, "", None)

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        assert seconds > 0
        self.bench.tablet.write_file(remote, _read_exactly(source, size), 0o100644)


def _read_exactly(source: BinaryIO, size: int) -> bytes:
    """As the real ways read it."""
    data = source.read(size)
    if len(data) < size:
        raise EOFError(f"the source ended {size - len(data)} bytes early")
    return data
