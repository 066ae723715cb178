"""Writes the agent's `Row.java` and `NetworkKind.java` from its capability table. Standard library only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent


def write_enums(table: Path, generated: Path) -> tuple[Path, ...]:
    """Write the enums below the folder of generated sources; returns their paths."""
    capabilities = json.loads(table.read_text("utf-8"))
    rows = ",\n".join(map(_write_constant, capabilities["rows"]))
    kinds = ",\n".join(map(_write_kind, capabilities["networks"]))
    return (
        _write_enum("Row", generated, {"@ROWS@": rows, "@VERSION@": str(capabilities["version"])}),
        _write_enum("NetworkKind", generated, {"@KINDS@": kinds}),
    )


def _write_enum(name: str, generated: Path, places: Mapping[str, str]) -> Path:
    text = (FOLDER / f"{name}.java.template").read_text("utf-8")
    for place, value in places.items():
        text = text.replace(place, value)
    file = generated / "org" / "provision" / "agent" / "policy" / f"{name}.java"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def _write_kind(kind: Mapping[str, object]) -> str:
    """One constant, named for its word: `wpa2-psk` is `WPA2_PSK`."""
    word = str(kind["security"])
    return f"    {word.upper().replace('-', '_')}({json.dumps(word)}, {kind.get('set_from', 'NetworkKind.NEVER')})"


def _write_constant(row: Mapping[str, object]) -> str:
    """One constant, named for its part: `settings-page` is `SETTINGS_PAGE`."""
    levels = (row.get("set_from", "Row.NEVER"), row.get("enforced_from", "Row.NEVER"))
    names = (json.dumps(row.get("restriction")), json.dumps(row.get("member")))
    values = (row["row"], json.dumps(row["control"]), json.dumps(row["part"]), *levels, row["since"], *names)
    return f"    {str(row['part']).upper().replace('-', '_')}({', '.join(map(str, values))})"
