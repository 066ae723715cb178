"""What a command reads from a file descriptor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pipe(content: bytes) -> Iterator[str]:
    """The number of a file descriptor from which these bytes can be read."""
    reader, writer = os.pipe()
    os.write(writer, content)
    os.close(writer)
    try:
        yield str(reader)
    finally:
        os.close(reader)
