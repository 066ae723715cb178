"""Where faults of the servers of a process are written down; it keeps none of what is asked."""

from __future__ import annotations

import logging
from pathlib import Path

LOG = logging.getLogger("uvicorn")


def open_log(file: Path) -> logging.Logger:
    """Write them to a file, which the first one makes: the terminal is the board's."""
    for before in LOG.handlers:
        before.close()
    LOG.handlers = [logging.FileHandler(file, delay=True)]
    LOG.setLevel(logging.ERROR)
    LOG.propagate = False
    return LOG
