"""What a home asks of its virtual tablets, and which of them it has finished: by its records, without its keys.

Whether those records are right is the station's business; here a damaged one only says nothing.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

from provision.site.model import digest_site
from provision.station.setup import Loaded
from provision.terms import Outcome
from provision.virtual.oracle.model import SiteRequirements

_BUNDLE = re.compile(r"(.+)-(\d{8}T\d{6}Z)(?:-(\d+))?\.intoto\.jsonl")


def read_requirements(loaded: Loaded) -> SiteRequirements:
    """Collect what the training bench has to know of a home to say how each of its tablets must end."""
    home, site, appset = loaded.home, loaded.home.site, loaded.appset
    assets = _read_assets(home.state / "assets.json")
    return SiteRequirements(
        required=site.require,
        battery_percent=site.prepare.battery_min_percent,
        storage_mb=site.prepare.storage_min_mb,
        agent=loaded.agent is not None,
        zone=site.clock.zone,
        seals=site.seals,
        grants=bool(appset.grants),
        configurations=appset.configurations,
        known=_list_known(assets),
        apps={app.package: app.version_code for app in appset.apps},
        screen_seconds=site.screen.timeout_seconds,
        ssids=site.ssids,
        finished=frozenset(_list_finished(home.records, assets, digest_site(site))),
    )


def _read_assets(file: Path) -> list[tuple[str, str, frozenset[str]]]:
    """Asset id, serial and digests of the installations of every tablet the home knows."""
    try:
        rows = json.loads(file.read_text("utf-8"))["assets"]
        return [(row["asset_id"], row["serial"], frozenset(row["installations"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _list_known(assets: list[tuple[str, str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    """Digests of installations by serial, which several tablets may have."""
    known: dict[str, frozenset[str]] = {}
    for _, serial, installations in assets:
        known[serial] = known.get(serial, frozenset()) | installations
    return known


def _list_finished(records: Path, assets: list[tuple[str, str, frozenset[str]]], site: str) -> Iterator[str]:
    """Installations whose last record ended well and was about the site with this digest."""
    names = (_BUNDLE.fullmatch(file.name) for file in records.glob("*.intoto.jsonl"))
    found = sorted((match[1], match[2], int(match[3] or 1), match[0]) for match in names if match)
    newest = {asset: records / name for asset, _time, _number, name in found}
    for asset, _, installations in assets:
        if asset in newest and _ended_well(newest[asset], site):
            yield from installations


def _ended_well(record: Path, site: str) -> bool:
    """Whether the last statement of a bundle says so, and the first one is about this site."""
    try:
        lines = record.read_text("utf-8").splitlines()
        first, last = (json.loads(base64.b64decode(json.loads(lines[n])["payload"]))["predicate"] for n in (0, -1))
        about = {entry["name"]: entry["digest"]["sha256"] for entry in first["configuration"]}
        outcome = last.get("provision", last)["outcome"]  # a sealing statement has it at the top
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return False
    return about.get("site") == site and outcome in {Outcome.DONE, Outcome.DONE_WITH_WARNINGS}
