"""Writes the agent's `Row.java` from its capability table. Standard library only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

TEMPLATE = Path(__file__).with_name("Row.java.template")


def write_row(table: Path, generated: Path) -> Path:
    """Write the enum below the folder of generated sources; returns its path."""
    capabilities = json.loads(table.read_text("utf-8"))
    rows = ",\n".join(map(_write_constant, capabilities["rows"]))
    text = TEMPLATE.read_text("utf-8").replace("@ROWS@", rows).replace("@VERSION@", str(capabilities["version"]))
    file = generated / "org" / "provision" / "agent" / "policy" / "Row.java"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def _write_constant(row: Mapping[str, object]) -> str:
    """One constant, named for its part: `settings-page` is `SETTINGS_PAGE`."""
    levels = (row.get("set_from", "Row.NEVER"), row.get("enforced_from", "Row.NEVER"))
    restriction = json.dumps(row.get("restriction"))
    values = (row["row"], json.dumps(row["control"]), json.dumps(row["part"]), *levels, row["since"], restriction)
    return f"    {str(row['part']).upper().replace('-', '_')}({', '.join(map(str, values))})"
