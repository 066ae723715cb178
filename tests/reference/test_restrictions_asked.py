"""What the agent's table calls enforced is a restriction that a class of Android asks for, or a stated exception."""

from __future__ import annotations

import json
from typing import Any

import yaml
from android_tables import ALL, ROOT, Levels, levels_of, span, table

SECTION = "11.1"
ROWS: list[dict[str, Any]] = json.loads((ROOT / "apks/agent/capabilities.json").read_text("utf-8"))["rows"]
ENFORCED = {
    row["restriction"]: frozenset(level for level in ALL if level >= row["enforced_from"])
    for row in ROWS
    if "restriction" in row and "enforced_from" in row
}
UNREAD: dict[str, dict[str, str]] = yaml.safe_load((ROOT / "tests/cases/reference/unread.yaml").read_text("utf-8"))


def read_asked() -> dict[str, Levels]:
    """Restrictions on the levels on which a class is known to ask for them."""
    found: dict[str, Levels] = {}
    for one in table("evidence"):
        names = [word for word in one.get("has", ()) if word.startswith("no_")] if one["section"] == SECTION else []
        levels = frozenset(level for part, digest in one["levels"].items() if digest for level in levels_of(part))
        found |= {name: found.get(name, frozenset()) | levels for name in names}
    return found


def test_what_is_enforced_is_asked_for_by_a_class_or_said_not_to_be() -> None:
    asked = read_asked()
    unread = {name: span(levels - asked.get(name, frozenset())) for name, levels in ENFORCED.items()}
    assert {name: levels for name, levels in unread.items() if levels} == {
        name: line["levels"] for name, line in UNREAD.items()
    }
