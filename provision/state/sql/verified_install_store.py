"""Installations that were verified, and those that began, by tablet."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Row, func, literal_column, select

from provision.facts.apps import Witness
from provision.state.sql.database import Database, replace_rows
from provision.state.sql.schema import BEGUN_INSTALL, VERIFIED_INSTALL
from provision.state.verified_installs import InstallMemory, OrphanedApps, VerifiedInstall, VerifiedInstalls

_OURS: ColumnElement[int] = literal_column("1")
"""A literal: with a parameter in its place, SQLite does not see that the index of our installations serves."""


class VerifiedInstallStore:
    """Installs that this bench made and verified. One thread a tablet writes.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, asset: str, run: str, *, pulled_only: bool = False) -> VerifiedInstalls:
        """Return what is remembered of one tablet, for one run."""
        return VerifiedInstalls(self, asset, run, pulled_only=pulled_only)

    def load(self, asset: str) -> InstallMemory:
        """Return what is remembered of one tablet; a damaged row is forgotten, and costs a pull."""
        return self._database.read(lambda connection: _load(connection, asset))

    def save(self, asset: str, memory: InstallMemory) -> None:
        """Keep this in place of what was remembered of a tablet."""
        self._database.write(lambda connection: keep_installs(connection, asset, memory))

    def find_orphaned(self, asset: str | None = None) -> OrphanedApps:
        """Return the installations of this bench on one tablet, or on any: for apps that have left the set since."""
        if asset is None:
            packages = self._database.read(lambda connection: tuple(_list_packages(connection)))
            return OrphanedApps(packages, self._knows)
        ours = {name: one.key for name, one in self.load(asset).known.items() if one.ours}
        return OrphanedApps(ours, lambda package, key: ours[package] == key)

    def _knows(self, package: str, key: str) -> bool:
        table = VERIFIED_INSTALL.c
        query = select(table.key).where(table.ours == _OURS, table.package == package, table.key == key).limit(1)
        return self._database.read(lambda connection: connection.execute(query).first()) is not None


def keep_installs(connection: Connection, asset: str, memory: InstallMemory) -> None:
    """Write down what is remembered of a tablet in place of what was."""
    rows = [
        {
            "asset_id": asset,
            "package": package,
            "key": one.key,
            "sha256": one.sha256,
            "splits": json.dumps(dict(one.splits)),
            "run": one.run,
            "ours": int(one.ours),
            "witness": one.witness,
        }
        for package, one in memory.known.items()
    ]
    replace_rows(connection, VERIFIED_INSTALL, asset, rows)
    replace_rows(connection, BEGUN_INSTALL, asset, [{"asset_id": asset, "package": name} for name in memory.begun])


def _load(connection: Connection, asset: str) -> InstallMemory:
    known = select(VERIFIED_INSTALL).where(VERIFIED_INSTALL.c.asset_id == asset)
    begun = select(BEGUN_INSTALL.c.package).where(BEGUN_INSTALL.c.asset_id == asset)
    return InstallMemory(
        {row.package: one for row in connection.execute(known) if (one := _read(row)) is not None},
        frozenset(connection.execute(begun).scalars()),
    )


def _read(row: Row[tuple[str, str, str, str, str, str, int, str | None]]) -> VerifiedInstall | None:
    try:
        splits: object = json.loads(row.splits)
    except (ValueError, RecursionError):
        return None
    if not isinstance(splits, dict) or not all(isinstance(digest, str) for digest in splits.values()):
        return None
    witness = Witness(row.witness) if row.witness in set(Witness) else None
    return VerifiedInstall(row.key, row.sha256, splits, row.run, ours=row.ours == 1, witness=witness)


def _list_packages(connection: Connection) -> Iterator[str]:
    """Each package once, from one to the next in the index: a bench has thousands of installations of few packages."""
    table = VERIFIED_INSTALL.c
    package: str | None = ""
    while package is not None:
        query = select(func.min(table.package)).where(table.ours == _OURS, table.package > package)
        package = connection.execute(query).scalar()
        if package is not None:
            yield package
