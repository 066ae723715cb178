"""The virtual tablet's `dpm set-device-owner` beside what Android's own services answered, condition by condition.

`tests/vectors/android/set_device_owner.json` is written by `scripts/test_agent --services --write-answers` from the
real services; `conditions.json` says how each condition is made, `differences.yaml` where the virtual tablet is
known to answer otherwise, and why. A condition that the virtual tablet has no state for is counted as not played.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bench import Bench, model_for

from provision.virtual.android.contract import Reply
from tests.case_files import read_cases, thin_out

ROOT = Path(__file__).resolve().parents[3]
TABLES = ROOT / "tests" / "vectors" / "android"
AGENT = "org.provision.agent"
ADMIN = f"{AGENT}/.AdminReceiver"
LEVELS = range(21, 38)
CONDITIONS = json.loads((TABLES / "conditions.json").read_text())["conditions"]
ANSWERS = json.loads((TABLES / "set_device_owner.json").read_text())["answers"]
KNOWN = read_cases(TABLES / "differences.yaml")

NOT_PLAYED = (
    "user 10 guest",
    "user 10 profile",
    "installed com.other/.Admin",
    "admin without meta-data",
    "shell untrusted",
    "accounts not counted",
    "user 0 booting",
    "user 0 unlocking",
    "user 0 stopping",
    "user 0 shut down",
)
"""Steps the virtual tablet has no state for."""


def _is_played(condition: dict[str, Any]) -> bool:
    steps = {*condition["before"], *condition["steps"]}
    owners = {"owner com.other/.Admin", "profile-owner com.other/.Admin"}
    return not steps & set(NOT_PLAYED) or bool(steps & owners)


def _bench(folder: Path, api: int, condition: dict[str, Any]) -> Bench:
    model = model_for(api)
    absent = [step.removeprefix("no feature ") for step in condition["before"] if step.startswith("no feature ")]
    model = model.model_copy(update={"features": [one for one in model.features if one not in absent]})
    bench = Bench(folder, model)
    bench.clock.advance(10_000)
    bench.tablet.write_file("/data/local/tmp/a.apk", (ROOT / "apks" / "agent.apk").read_bytes(), 0o644)
    installed = bench.run("pm install /data/local/tmp/a.apk")
    assert "Success" in installed.out, installed
    bench.tablet._device.data.settings["secure"]["user_setup_complete"] = "0"
    bench.tablet._device.data.setup_latched = False
    for step in condition["steps"]:
        _carry_out(bench, step)
    bench.tablet._device.data.user_locked = "user 0 locked" in condition["before"]
    return bench


def _carry_out(bench: Bench, step: str) -> None:
    """One step of `conditions.json` as an edit of the virtual tablet's state."""
    data = bench.tablet._device.data
    word, *rest = step.split()
    if step == "setup complete":
        data.settings["secure"]["user_setup_complete"] = "1"
        data.setup_latched = True
    elif word == "account":
        bench.edit(f"add-account com.google {rest[0]}{' allowed' if rest[1:] == ['allowed'] else ''}")
    elif step == "user 10 secondary":
        bench.edit("add-user Two")
    elif step == "agent testOnly":
        data.packages[AGENT].test_only = True
    elif step == "agent target 23":
        data.packages[AGENT].target_sdk = 23
    elif step == "admin unprotected":
        data.packages[AGENT].receivers[f"{AGENT}.AdminReceiver"] = ""
    elif step == "owner gives up":
        bench.tablet._device.data.owner = None
    elif word == "owner":
        bench.run(f"dpm set-device-owner {ADMIN}") if rest[0] == ADMIN else bench.edit(f"foreign-owner {rest[0]}")
    elif word == "admin":
        data.admins.append(f"{AGENT}/{AGENT}.AdminReceiver")
    elif word == "profile-owner":
        bench.edit(f"profile-owner {rest[0]}")
    elif word == "removed":
        bench.run(f"dpm remove-active-admin {rest[0]}")
    else:
        assert word == "installed", step


def _lines(text: str | Sequence[str]) -> list[str]:
    """What a print says: no stack, no usage, no empty lines."""
    lines = text.splitlines() if isinstance(text, str) else text
    return [one for one in lines if one.strip() and not one.startswith(("\tat ", "usage:"))]


def _said(reply: Reply) -> list[Any]:
    return [reply.status, _lines(reply.out), _lines(reply.err)]


def _compare(folder: Path, condition: dict[str, Any]) -> dict[int, str]:
    """Levels on which the virtual tablet answers otherwise, with both answers."""
    different = {}
    for entry in ANSWERS[condition["name"]]:
        real = entry["answer"]
        for api in entry["apis"]:
            if api not in LEVELS:
                continue
            bench = _bench(folder / str(api), api, condition)
            said = _said(bench.run(f"dpm set-device-owner {condition['target']}"))
            want = [real["status"], _lines(real["out"]), _lines(real["err"])]
            if said != want:
                different[api] = f"Android {want}, virtual {said}"
    return different


def _known(name: str) -> set[int]:
    return {api for one in KNOWN if one["condition"] == name for api in one["apis"]}


@pytest.mark.parametrize("condition", list(thin_out(((one["name"], one) for one in CONDITIONS if _is_played(one)), 3)))
def test_virtual_dpm_answers_as_android(condition: dict[str, Any], tmp_path: Path) -> None:
    different = _compare(tmp_path, condition)
    assert set(different) == _known(condition["name"]), different
