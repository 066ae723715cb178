"""Gate files and how a hand opens a gate."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from provision.errors import TrainingError
from provision.virtual.android.model import load_model, model_names
from provision.virtual.android.oem_gates import Gate, call_of, gates
from tests.virtual.android.bench import Bench, model_for

GATE = {"id": "x", "what": "w", "ref": "packages document 3.11", "mark": "U", "calls": ["settings put"]}


def test_every_gate_says_where_the_reference_tells_of_it() -> None:
    assert len(gates()) >= 5
    assert all("document" in gate.ref for gate in gates().values())
    assert all(" " in call for gate in gates().values() for call in gate.calls)


def test_gates_that_are_not_confirmed_are_played_both_ways() -> None:
    """A gate stands on some model, or can be shut on one, and some model of that maker comes without it."""
    unsure = {gate.id for gate in gates().values() if gate.mark == "U"}
    standing = {name: set(load_model(name).gates) for name in model_names()}
    assert all(any(gate not in shut for shut in standing.values()) for gate in unsure)


@pytest.mark.parametrize("answers", [{}, {"silent": True, "returns_false": True}])
def test_a_gate_refuses_in_exactly_one_way(answers: dict[str, bool]) -> None:
    with pytest.raises(ValidationError, match="expected one of"):
        Gate.model_validate({**GATE, **answers})


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("pm grant a.b p", "package grant"),
        ("cmd package grant a.b p", "package grant"),
        ("settings --user 0 put global a b", "settings put"),
        ("cmd settings put global a b", "settings put"),
        ("dpm set-device-owner a/b", "device_policy set-device-owner"),
        ("getprop", "getprop "),
        ("cmd", "cmd "),
    ],
)
def test_a_call_has_one_name_whichever_program_it_comes_through(line: str, call: str) -> None:
    assert call_of(line.split())[0] == call


def test_a_hand_opens_only_what_is_shut(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30).model_copy(update={"gates": ("miui-settings",)}))
    assert bench.edit("open-gate miui-settings") == "gates shut: none"
    with pytest.raises(TrainingError, match="no gate 'miui-settings' is shut"):
        bench.edit("open-gate miui-settings")
    bench.edit("factory-reset")
    assert bench.tablet.device.shut_gates == ("miui-settings",)


def test_a_gate_says_nothing_before_android_has_booted(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.edit("break miui-settings boot-stuck")
    assert "WRITE_SECURE_SETTINGS" not in bench.run("settings put global a b").err
