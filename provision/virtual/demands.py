"""What a home asks of its virtual tablets, and which of them it has finished: read from its files, without its keys.

Whether those files are right is the station's business; here a damaged one only says nothing.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provision.home.bench_settings import load_bench_settings
from provision.site.model import digest_site, load_site
from provision.terms import Outcome
from provision.virtual.android.documents import read_document
from provision.virtual.expected import Demands

_BUNDLE = re.compile(r"(.+)-(\d{8}T\d{6}Z)(?:-(\d+))?\.intoto\.jsonl")


def demands_of(home: Path) -> Demands:
    """What the home asks of a tablet.

    Raises:
        ConfigurationError: the site or the bench's settings are wrong.
    """
    site = load_site(home / "site.yaml")
    bench = load_bench_settings(home / "bench.yaml")
    apps, assets = _read_apps(bench.app_set), _read_assets(home / "state" / "assets.json")
    return Demands(
        required=site.require,
        battery_percent=site.prepare.battery_min_percent,
        storage_mb=site.prepare.storage_min_mb,
        agent=bench.agent is not None,
        zone=site.clock.zone,
        seals=site.seals,
        grants=any(bool(app.get("grants")) for app in apps),
        configurations={str(app.get("package")): app["configuration"] for app in apps if app.get("configuration")},
        known=_list_known(assets),
        apps={str(app.get("package")): int(app.get("version_code", 0)) for app in apps},
        screen_seconds=site.screen.timeout_seconds,
        ssid=site.wifi.ssid,
        finished=frozenset(_list_finished(home / "records", assets, digest_site(site))),
    )


def _read_apps(app_set: Path) -> list[Mapping[str, Any]]:
    content = read_document(app_set)
    apps = content.get("apps") if isinstance(content, dict) else None
    return [app for app in apps or () if isinstance(app, dict)]


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
