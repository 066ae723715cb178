"""What the bench reads of the Bluetooth radio, held against Android's own Bluetooth service of 8.0 to 12L.

Its prints: tests/vectors/android/bluetooth_print.json, written by `scripts/test_agent --services`.
"""

from __future__ import annotations

import json
from pathlib import Path

from provision.facts.bluetooth import FIRST_API, LAST_API, QUERY, parse
from provision.facts.query import CommandOutput

TABLE = json.loads((Path(__file__).parents[1] / "vectors/android/bluetooth_print.json").read_text("utf-8"))
TOLD = {"ON": "on", "OFF": "off", "BLE_ON": "off"}
"""What a bench takes each state for; the others are on their way."""


def test_the_print_of_each_release_tells_the_radio() -> None:
    read: dict[str, set[int]] = {}
    for state, entries in TABLE["answers"].items():
        for entry in entries:
            found = parse(CommandOutput(QUERY.line, entry["answer"], 0))
            assert found == TOLD.get(state), (state, entry)
            read.setdefault(state, set()).update(entry["apis"])
    levels = set(range(FIRST_API, LAST_API + 1))
    assert read == {case["line"]: levels for case in TABLE["cases"]}
