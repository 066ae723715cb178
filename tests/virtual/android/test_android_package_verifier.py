"""What follows from a package verifier's answer, beside Android's own (tests/vectors/android/package_verifier.json).

The virtual tablet plays a required verifier that allows, refuses, or does not answer.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.virtual.android.apk_maker import apk
from tests.virtual.android.bench import Bench, model_for

TABLE = Path(__file__).resolve().parents[2] / "vectors" / "android" / "package_verifier.json"
ANSWERS = json.loads(TABLE.read_text("utf-8"))["answers"]
LEVELS = range(21, 38)
BYPASS_API = 34


def android(question: str, api: int) -> dict[str, bool]:
    (answer,) = [one["answer"] for one in ANSWERS[question] if api in one["apis"]]
    return dict(answer)


@pytest.mark.parametrize(
    ("question", "edits"),
    [
        ("required says 1", []),
        ("required says -1", ["break verifier-refuses"]),
        ("required is silent", ["break verifier-waits"]),
    ],
)
@pytest.mark.parametrize("api", LEVELS)
def test_an_install_goes_on_as_on_android(question: str, edits: list[str], api: int, tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.tablet.write_file("/data/local/tmp/a.apk", apk("chat"), 0o644)
    for line in edits:
        bench.edit(line)
    asked = "--bypass-low-target-sdk-block " if api >= BYPASS_API else ""
    bench.run(f"pm install -r {asked}/data/local/tmp/a.apk")
    installed = bench.tablet.device.installed("org.provision.fixture.chat") is not None
    assert installed == android(question, api)["installs"]
