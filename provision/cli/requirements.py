"""Demands of a home on its virtual tablets, and which of them it has finished: by its records, without its keys.

Whether those records are right is the station's business; here a damaged one only says nothing.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from provision.agent.rows import AGENT_CONTROLS
from provision.files import list_folder, read_file
from provision.identity.which import UNREAD, Asset
from provision.site.model import digest_site
from provision.site.network import Network, Tls
from provision.site.network_secrets import list_demanding
from provision.station.setup import BenchSetup
from provision.terms import Outcome
from provision.virtual.oracle.model import SiteRequirements

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState

_BUNDLE = re.compile(r"(.+)-(\d{8}T\d{6}Z)(?:-(\d+))?\.intoto\.jsonl")


def read_requirements(setup: BenchSetup, state: BenchState) -> SiteRequirements:
    """Collect what the training bench has to know of a home to say how each of its tablets must end."""
    home, site, appset = setup.home, setup.home.site, setup.appset
    assets = tuple(state.open_registry(home.bench.asset_prefix).list_assets())
    return SiteRequirements(
        required=site.require,
        battery_percent=site.prepare.battery_min_percent,
        storage_mb=site.prepare.storage_min_mb,
        agent=setup.agent is not None,
        zone=site.clock.zone,
        seals=site.seals,
        grants=bool(appset.grants),
        configurations=appset.configurations,
        known=_list_known(assets),
        apps={app.package: app.version_code for app in appset.apps},
        screen_seconds=site.screen.timeout_seconds,
        ssids=site.ssids,
        networks=tuple((network.kind.value, network.hidden) for network in site.networks),
        demanding=list_demanding(site.wifi, home.path),
        unsigned=any(_is_unsigned(network, home.path) for network in site.networks),
        finished=frozenset(_list_finished(home.records, assets, digest_site(site))),
        wanted=frozenset(control for control in AGENT_CONTROLS if site.asks_for(control)),
    )


def _is_unsigned(network: Network, home: Path) -> bool:
    """Whether the hospital's authority is to sign, and no certificate lies there yet."""
    key = network.key if isinstance(network, Tls) else None
    waits = key is not None and key.authority.key is None
    return waits and key is not None and not any((home / key.folder).glob("*.pem"))


def _list_known(assets: Iterable[Asset]) -> dict[str, frozenset[str]]:
    """Digests of installations by serial, which several tablets may have; those still asked about are not known."""
    known: dict[str, frozenset[str]] = {}
    for asset in assets:
        told = (frozenset(asset.installations) - asset.asked) | asset.confirmed | ({UNREAD} if asset.asked else set())
        known[asset.serial] = known.get(asset.serial, frozenset()) | told
    return known


def _list_finished(records: Path, assets: Iterable[Asset], site: str) -> Iterator[str]:
    """Installations whose last record ended well and was about the site with this digest."""
    if not records.is_dir():
        return
    names = (_BUNDLE.fullmatch(file.name) for file in list_folder(records, ".intoto.jsonl"))
    found = sorted((match[1], match[2], int(match[3] or 1), match[0]) for match in names if match)
    newest = {asset_id: records / name for asset_id, _time, _number, name in found}
    for asset in assets:
        if asset.asset_id in newest and _ended_well(newest[asset.asset_id], site):
            yield from asset.installations


def _ended_well(record: Path, site: str) -> bool:
    """Tell whether the last statement of a bundle says so, and the first one is about this site."""
    try:
        lines = read_file(record).decode("utf-8").splitlines()
        first, last = (json.loads(base64.b64decode(json.loads(lines[n])["payload"]))["predicate"] for n in (0, -1))
        about = {entry["name"]: entry["digest"]["sha256"] for entry in first["configuration"]}
        outcome = last.get("provision", last)["outcome"]  # a sealing statement has it at the top
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return False
    return about.get("site") == site and outcome in {Outcome.DONE, Outcome.DONE_WITH_WARNINGS}
