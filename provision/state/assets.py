"""The bench's list of known tablets: `state/assets.json`, written only by the ledger thread."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from provision.errors import HomeError
from provision.files import read_json, write_atomically
from provision.identity.which import UNREAD, Asset, Certainty, Match, match_asset

VERSION = 1
_ASSET_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*-[0-9]{1,9}")


class AssetBook:
    """Known tablets and the next free number of this bench's prefix."""

    def __init__(self, file: Path, prefix: str) -> None:
        """Read the list; a missing file is an empty one.

        Raises:
            HomeError: the file is damaged or of another version.
        """
        self._file = file
        self._prefix = prefix
        self.is_new = not file.exists()
        self._assets = _read(file)
        self._on_bench: set[str] = set()

    def restore(self, recorded: Iterable[tuple[str, str]]) -> None:
        """Known tablets from the ledger's records, when the list itself was lost.

        Args:
            recorded: asset id and serial of each record. Installations are not in records, so these
                tablets are candidates at their next plug, and their numbers are never given twice.
        """
        known = {asset_id: serial for asset_id, serial in recorded if _ASSET_ID.fullmatch(asset_id)}
        for asset_id, serial in sorted(known.items()):
            self._keep(Asset(asset_id, serial, (UNREAD,)))

    def check_in(self, serial: str, installation: str | None) -> tuple[Asset, Match]:
        """The tablet that starts a run: found or newly numbered, and written down before anything else.

        Args:
            installation: its digest, `UNREAD` for a tablet that has none to tell, None for one that never answered.
        """
        match = match_asset(serial, installation, self._assets, frozenset(self._on_bench))
        asset = match.asset
        if asset is None:
            asset = Asset(self._next_id(), serial, () if installation is None else (installation,))
            self._keep(asset)
        elif match.certainty is Certainty.CERTAIN and installation is not None and not asset.installations:
            asset = replace(asset, installations=(installation,))
            self._keep(asset)
        self._on_bench.add(asset.asset_id)
        return asset, match

    def check_out(self, asset_id: str) -> None:
        """The run of this tablet is over."""
        self._on_bench.discard(asset_id)

    def _next_id(self) -> str:
        split = [asset.asset_id.rpartition("-") for asset in self._assets]
        numbers = [int(number) for prefix, _, number in split if prefix == self._prefix]
        return f"{self._prefix}-{max(numbers, default=0) + 1:04d}"

    def _keep(self, asset: Asset) -> None:
        others = [known for known in self._assets if known.asset_id != asset.asset_id]
        assets = sorted([*others, asset], key=lambda known: known.asset_id)
        document = {"version": VERSION, "assets": [asdict(known) for known in assets]}
        write_atomically(self._file, json.dumps(document, indent=1).encode())
        self._assets = assets  # only now: what is not on disk must not be handed out


def _read(file: Path) -> list[Asset]:
    try:
        document: Any = read_json(file)
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise _damage(file, "JSON with known tablets", str(error)) from error
    try:
        if document["version"] != VERSION:
            raise _damage(file, f"version {VERSION}", repr(document["version"])[:40])
        assets = [_read_asset(row) for row in document["assets"]]
    except (KeyError, TypeError) as error:
        raise _damage(file, "`version` and `assets` with their members", repr(error)[:200]) from error
    twice = [asset_id for asset_id, count in Counter(asset.asset_id for asset in assets).items() if count > 1]
    if twice:
        raise _damage(file, "each asset id once", f"{', '.join(twice)} more than once")
    return assets


def _damage(file: Path, expected: str, got: str) -> HomeError:
    way_out = "put its backup back, or move it away: the list is then made anew from the records"
    return HomeError(f"{file}: expected {expected}, got {got}; {way_out}")


def _read_asset(row: dict[str, object]) -> Asset:
    asset_id, serial, installations = row["asset_id"], row["serial"], row["installations"]
    if not isinstance(asset_id, str) or not _ASSET_ID.fullmatch(asset_id):
        raise TypeError(f"asset_id {asset_id!r}")
    if not isinstance(serial, str) or not isinstance(installations, list):
        raise TypeError(f"serial or installations of {asset_id}")
    return Asset(asset_id, serial, tuple(str(item) for item in installations))
