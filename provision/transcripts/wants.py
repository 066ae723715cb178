"""Wants of a run, as far as they decide which commands a tablet gets: so that a transcript can be replayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provision.appset.model import App, AppSet
from provision.site.model import Site

_SECTIONS = ("location", "screen", "clock", "prepare", "require")
"""Of the site; its name, its network and its telephone number stay at the bench."""


def describe_wants(site: Site, appset: AppSet, agent: App | None, *, accept_draft: bool) -> Mapping[str, Any]:
    """JSON: sections of the site, apps with their pins' sizes, the agent's app or null."""
    data = site.model_dump(mode="json")
    return {
        **{name: data[name] for name in _SECTIONS},
        "wifi": {"security": site.networks[0].security, "other_networks": data["wifi"]["other_networks"]},
        "kiosk": {"lock_task": site.kiosk.lock_task},
        "debugging": data["seal"]["debugging"],
        "apps": [_describe(app) for app in appset.apps],
        "agent": None if agent is None else _describe(agent),
        "accept_draft": accept_draft,
    }


def _describe(app: App) -> Mapping[str, Any]:
    return {
        "package": app.package,
        "version_code": app.version_code,
        "size": app.size,
        "min_sdk": app.min_sdk,
        "max_sdk": app.max_sdk,
        "target_sdk": app.target_sdk,
        "abis": sorted(app.abis),
        "schemes": sorted(app.schemes),
        "splits": [{"name": split.name, "size": split.size} for split in app.splits],
        "grants": list(app.grants),
        "special_access": [str(each) for each in app.special_access],
        **({"calls": True} if app.calls else {}),
        "configured": bool(app.configuration),
        "variants": [_describe(each) for each in app.variants],
    }
