"""Bringing a register to the newest revision."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

HERE = Path(__file__).parent
_ALONE = threading.Lock()
"""alembic keeps the connection of a command in a place of its module: one at a time in a process."""


def is_known(revision: str) -> bool:
    """Tell whether a revision is one of this program's."""
    return revision in {script.revision for script in ScriptDirectory(str(HERE)).walk_revisions()}


def upgrade(connection: Connection) -> None:
    """Bring the register of an open transaction, which may have no table yet, to the newest revision."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _ALONE:
        command.upgrade(config, "head")
