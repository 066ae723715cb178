"""The virtual tablet's owner beside Android's own lock task (tests/vectors/android/lock_task_end.json).

Compared after each step is what the model knows: the mode, and from 28 on the features. What differs on purpose stands
with its reason in tests/cases/virtual/lock_task.yaml; a difference listed there that is none any more is an error too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.state import Package
from tests.case_files import read_cases, sample
from tests.virtual.android.bench import Bench, model_for

TESTS = Path(__file__).resolve().parents[2]
TABLE = json.loads((TESTS / "vectors" / "android" / "lock_task_end.json").read_text("utf-8"))
DIFFERENCES = read_cases(TESTS / "cases" / "virtual" / "lock_task.yaml")
KNOWN = {(line, api) for one in DIFFERENCES for line in one["lines"] for api in range(one["first"], one["last"] + 1)}
FEATURES_API = 28


def cases() -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    for line, answers in TABLE["answers"].items():
        for one in answers:
            for api in one["apis"]:
                yield line, api, (line, api, one["answer"])


def make(api: int, folder: Path) -> AndroidOwner:
    """The launcher locked, it and the call app on the list."""
    device = Bench(folder, model_for(api)).tablet.device
    device.data.packages[AGENT] = Package(version_code=3)
    device.data.lock_task.packages = [AGENT, TABLE["call"]]
    device.data.lock_task.mode = "locked"
    return AndroidOwner(device)


def take(owner: AndroidOwner, step: str) -> dict[str, Any]:
    """One step and what is left after it, as the table says it."""
    match step.split():
        case ["list", *packages]:
            owner.set_lock_task_packages(packages)
        case ["stop"]:
            owner.stop_lock_task()
        case ["open"]:
            owner.start_home()
        case ["features", number] if owner.api >= FEATURES_API:
            owner.set_lock_task_features(int(number))
    return {"mode": owner.lock_task_mode} | (
        {"features": owner.lock_task_features} if owner.api >= FEATURES_API else {}
    )


def test_the_table_has_all_levels() -> None:
    assert {sum(len(one["apis"]) for one in answers) for answers in TABLE["answers"].values()} == {17}
    assert sum(len(answer) * (1 + (api >= FEATURES_API)) for _, api, (*_, answer) in cases()) > 900  # pairs compared


@pytest.mark.parametrize(("line", "api", "answer"), list(sample(cases())))
def test_lock_task_ends_as_on_android(line: str, api: int, answer: list[dict[str, Any]], tmp_path: Path) -> None:
    owner = make(api, tmp_path)
    virtual = [take(owner, step) for step in line.split("; ")]
    android = [{key: state[key] for key in ("mode", "features") if key in state} for state in answer]
    assert (virtual == android) != ((line, api) in KNOWN), (virtual, android)
