"""Steps of a folder, each from one revision of a database to the next, as alembic carries them out."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_ALONE = threading.Lock()
"""alembic keeps the connection of a command in a place of its module: one at a time in a process."""


@dataclass(frozen=True)
class Steps:
    """The steps of one database's tables; `folder` has alembic's `env.py` and `versions`."""

    folder: Path

    def is_known(self, revision: str | None) -> bool:
        """Tell whether a revision is one of this program's."""
        return revision in {script.revision for script in ScriptDirectory(str(self.folder)).walk_revisions()}

    def upgrade(self, connection: Connection, revision: str = "head") -> None:
        """Bring the database of an open transaction, which may have no table yet, to a revision, else to the newest."""
        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        with _ALONE:
            command.upgrade(config, revision)
