"""What the product and its agent say of names and API levels, read from their sources."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from android_tables import ALL, ROOT, Levels, read, since, table
from claims_reference import SERVICES, earliest, methods
from claims_virtual import permissions, real_restrictions

from provision.agent.rows import BY_PART
from provision.appset.access import SpecialAccess, is_known
from provision.appset.grants import INTRODUCED
from provision.controls import clock_zone
from provision.facts import location, owner

AGENT = ROOT / "apks" / "agent" / "src" / "org" / "provision" / "agent"
PRODUCT = ROOT / "provision"
TABLES = ("global", "secure", "system")
CODE = re.compile(r"\b(?:INSTALL_(?:FAILED|PARSE_FAILED)|DELETE_FAILED)_[A-Z_]+[A-Z]\b")


def agent_restrictions() -> dict[str, Levels]:
    """Restrictions the agent sets, from the first level on which their row is supported."""
    table = json.loads((ROOT / "apks/agent/capabilities.json").read_text("utf-8"))["rows"]
    kinds = {row["restriction"]: BY_PART[row["part"]] for row in table if "restriction" in row}
    return {name: since(min(kind.set_from, kind.enforced_from)) for name, kind in kinds.items()}


DECIDING = {
    "location-permission": "setPermissionGrantState", "radio": "setWifiEnabled", "network": "addNetwork",
    "networks": "removeNetwork", "lockdown": "wifi_device_owner_configs_lockdown", "settings-page": "no_config_wifi",
    "new-networks": "no_add_wifi_config", "allow-list": "setWifiSsidPolicy", "radio-lock": "no_change_wifi_state",
    "frozen": "no_config_location", "configuration": "setApplicationRestrictions",
    "home": "addPersistentPreferredActivity", "packages": "setLockTaskPackages", "features": "setLockTaskFeatures",
    "update-window": "setSystemUpdatePolicy", "update-freezes": "setFreezePeriods",
    "running": "startLockTask", "joined": "getConnectionInfo",
}  # fmt: skip
"""What of Android each row of a report needs: a method, a setting an owner may write, or a restriction."""


def rows() -> dict[str, Levels]:
    """Rows from the first level on which they are supported."""
    return {part: since(min(kind.set_from, kind.enforced_from)) for part, kind in BY_PART.items() if part in DECIDING}


def real_rows() -> dict[str, Levels]:
    """Rows on the levels on which Android has what they need."""
    names = methods() | read("owner_settings", "global") | real_restrictions()
    return {part: names[name] for part, name in DECIDING.items()}


def agent_methods() -> dict[str, Levels]:
    """Android's methods that the agent calls, from the level of the class that calls them (`Api30`: 30)."""
    known = methods()
    return earliest((name, first) for first, name in _called() if name in known)


def _called() -> Iterator[tuple[int, str]]:
    for file in sorted((AGENT / "device").glob("*.java")):
        level = re.fullmatch(r"Api(\d\d)", file.stem)
        for name in re.findall(r"\.(\w+)\(", file.read_text()):
            yield int(level[1]) if level else 37, name


def agent_owner_settings() -> dict[str, Levels]:
    """Settings the agent writes as owner, `TABLE KEY`; it decides by level, so any level will do."""
    text = "".join(file.read_text() for file in sorted((AGENT / "policy").glob("*.java")))
    constants = dict(re.findall(r"String ([A-Z_]+) = \"(\w+)\";", text))
    found = re.findall(r"set(Global|Secure|System)Setting\(\"?(\w+)\"?,", text)
    return {f"{part.lower()} {constants.get(key, key)}": frozenset(ALL) for part, key in found if key != "String"}


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(PRODUCT.rglob("*.py")):
        if "virtual" not in file.relative_to(PRODUCT).parts:
            yield file, ast.parse(file.read_text())


def settings() -> dict[str, Levels]:
    """Settings that the product reads or writes, `TABLE KEY`: pairs of words in its sources, and its command lines."""
    found = set()
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Tuple | ast.List | ast.Call):
                words = [_text(one) for one in (node.args if isinstance(node, ast.Call) else node.elts)]
                found |= {f"{part} {key}" for part, key in pairwise(words) if part in TABLES and key}
            text = _text(node) if isinstance(node, ast.expr) else ""
            found |= {" ".join(pair) for pair in re.findall(r"settings (?:put|get|delete) (\w+) (\w+)", text)}
    return {name: frozenset(ALL) for name in found if re.fullmatch(r"\w+ [a-z_]+", name)}


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def failure_names() -> dict[str, Levels]:
    """Names of failures of installing and uninstalling in the sources of product and virtual tablets."""
    texts = [file.read_text() for kind in ("*.py", "*.yaml") for file in sorted(PRODUCT.rglob(kind))]
    return {name: frozenset(ALL) for text in texts for name in CODE.findall(text)}


def real_failure_names() -> dict[str, Levels]:
    """The same of Android."""
    return {name.split(" ")[1]: at for name, at in read("codes", "android.content.pm.PackageManager").items()}


def verbs() -> dict[str, Levels]:
    """Verbs that the product gives to a service whose words are in the jars, as `SERVICE VERB`."""
    found = set()
    for _, tree in _trees():
        for node in ast.walk(tree):
            words = [_text(one) for one in node.elts] if isinstance(node, ast.Tuple) else []
            words = words[1:] if words[:1] == ["cmd"] else [SERVICES.get(words[0], ""), *words[1:]] if words else []
            if len(words) > 1 and words[0] in table("shell") and words[1]:
                found.add(f"{words[0]} {words[1]}")
    return {name: frozenset(ALL) for name in found}


def gated_verbs() -> dict[str, Levels]:
    """Verbs that the product uses on certain levels only."""
    asked = {
        "location is-location-enabled": (location.make_query, ("cmd", "location", "is-location-enabled")),
        "device_policy list-owners": (owner.make_query, ("dpm", "list-owners")),
    }
    found = {name: frozenset(api for api in ALL if query(api).words == words) for name, (query, words) in asked.items()}
    return found | {"alarm set-timezone": since(clock_zone.VERB_API)}


def special_accesses() -> dict[str, Levels]:
    """App ops that the product gives, on the levels on which it does."""
    return {str(one): frozenset(level for level in ALL if is_known(one, level)) for one in SpecialAccess}


def grants() -> dict[str, Levels]:
    """Android's own permissions that the product gives one by one, on the levels on which it does."""
    return {name: since(first) for name, first in INTRODUCED.items()}


def missing_grants() -> dict[str, Levels]:
    """Those that the newest release gives and the product does not know: claimed on no level."""
    names = (name for name, levels in real_grants().items() if max(ALL) in levels)
    return {name: frozenset() for name in names if name.startswith("android.") and name not in INTRODUCED}


def real_grants() -> dict[str, Levels]:
    """Permissions that are asked for at run time or given by the shell alone."""
    found = dict(permissions("dangerous"))
    for name, levels in permissions("development").items():
        found[name] = found.get(name, frozenset()) | levels
    return found


def agent_permissions() -> dict[str, Levels]:
    """Permissions that the agent's manifest and sources name."""
    files = [AGENT.parents[3] / "AndroidManifest.xml", *sorted(AGENT.rglob("*.java"))]
    found = {name for file in files for name in re.findall(r"permission\.([A-Z][A-Z_]+)", file.read_text())}
    return {f"android.permission.{name}": frozenset(ALL) for name in found}
