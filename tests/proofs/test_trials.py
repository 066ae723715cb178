"""Attempts before and after locking, on virtual tablets of every release; time passes only when a trial waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agent_tablet import ASSET, KIOSK, SSID, AgentTablet

from provision.agent.contract import AGENT
from provision.controls.registry import ATTEMPTS, GAPS
from provision.errors import StepFailed
from provision.proofs.attempts import Attempt, Tried, find_attempts, is_proved, list_proofs
from provision.proofs.trial import DatedPace, Scene, Trial
from provision.terms import Control, ProofVerdict, Reason
from tests.case_files import read_cases, sample

FOLDER = Path(__file__).parents[1] / "cases/proofs"
CONTROLS = frozenset({Control.KIOSK_LOCK_TASK, Control.LOCATION_ON, Control.WIFI_HOSPITAL, Control.WIFI_OTHER_NETWORKS})
MOMENT = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
Case = Mapping[str, Any]


def load(stem: str) -> Iterator[Any]:
    for case in read_cases(FOLDER / f"{stem}.yaml"):
        for api in case["apis"]:
            yield pytest.param(case, api, id=f"{case.get('name', stem)} ({api})")


@dataclass
class Stand:
    """A virtual tablet, its trial, and what was asked to be restored."""

    tablet: AgentTablet
    trial: Trial
    attempts: tuple[Attempt, ...]
    restored: list[str] = field(default_factory=list)

    def rehearse(self) -> dict[str, float | None]:
        return {one.name: self.trial.rehearse(one) for one in self.attempts}

    def lock(self) -> None:
        self.tablet.client.apply(ASSET.id, self.tablet.policy, lambda _digest: None)
        self.tablet.bench.clock.advance(10)  # the join

    def attack(self, took: Mapping[str, float | None]) -> dict[str, Tried]:
        return {one.name: self.trial.attack(one, took.get(one.name), self._restore) for one in self.attempts}

    def _restore(self) -> None:
        self.restored.append("policy")
        self.lock()

    def state(self) -> dict[str, Any]:
        """What a reset loses, but the screen, the radio's memory of its toggle, and the order of providers."""
        data = self.tablet.bench.tablet.device.data
        left = data.model_dump(exclude={"app_data", "asleep", "front"})
        left["settings"]["global"].pop("wifi_on", None)
        secure = left["settings"]["secure"]
        secure["location_providers_allowed"] = sorted(secure.get("location_providers_allowed", "").split(","))
        return left


def make_stand(folder: Path, api: int, case: Case, without: str = "") -> Stand:
    tablet = AgentTablet(folder, api, case.get("answers"), without=without).enrol()
    clock = tablet.bench.clock
    scene = Scene(api, frozenset({AGENT, *KIOSK}), SSID, 5.0)
    trial = Trial(tablet.link, scene, DatedPace(clock, clock.advance, lambda: MOMENT))
    only = case.get("only")
    return Stand(
        tablet, trial, tuple(one for one in find_attempts(ATTEMPTS, api, CONTROLS) if only is None or one.name in only)
    )


@pytest.mark.parametrize(("case", "api"), list(load("attempts")))
def test_a_release_has_the_attempts_the_reference_allows_and_a_reason_for_each_other(case: Case, api: int) -> None:
    proofs = list_proofs(ATTEMPTS, GAPS, api, CONTROLS, {})
    assert [proof.name for proof in proofs if proof.gap is None] == case["tried"]
    assert {proof.name: str(proof.gap) for proof in proofs if proof.gap is not None} == case["gaps"]
    assert {proof.verdict for proof in proofs} == {ProofVerdict.NOT_TRIED}
    assert all(proof.line and proof.detail == "not tried yet" for proof in proofs if proof.gap is None)
    assert all(proof.detail.startswith(f"{proof.gap}: ") for proof in proofs if proof.gap is not None)


def test_every_release_is_told_of_once_and_every_control_somewhere() -> None:
    apis = [api for case in read_cases(FOLDER / "attempts.yaml") for api in case["apis"]]
    assert apis == list(range(21, 38))
    untried = {Control.LOCATION_ON, Control.WIFI_OTHER_NETWORKS}
    closed = {Control.BLUETOOTH_CLOSED, Control.RADIOS_CLOSED, Control.SETTINGS_CLOSED}
    assert {one.control for one in ATTEMPTS} | untried == CONTROLS | closed


@pytest.mark.parametrize("control", sorted(CONTROLS))
def test_what_a_site_does_not_want_is_not_attacked(control: Control) -> None:
    assert {proof.control for proof in list_proofs(ATTEMPTS, GAPS, 30, {control}, {})} == {control}


TRIALS = [(case["name"], api, (case, api)) for case in read_cases(FOLDER / "trials.yaml") for api in case["apis"]]


@pytest.mark.parametrize(("case", "api"), list(sample(TRIALS)))
def test_an_attempt_is_judged_by_what_android_prints(case: Case, api: int, tmp_path: Path) -> None:
    stand = make_stand(tmp_path, api, case)
    hand(stand, case.get("before", []), open_settings=case.get("open_settings", False))
    before = stand.state()
    took = stand.rehearse() if case.get("rehearsed", True) else {}
    assert stand.state() == before, "what was tried is put back"
    if case.get("policy", True):
        stand.lock()
    hand(stand, case.get("after", []))
    locked = stand.state()
    tried = stand.attack(took)
    assert {name: str(one.verdict) for name, one in tried.items() if one.verdict != "held"} == case["expect"]
    assert len(tried) == len(stand.attempts) > 0
    assert stand.restored == (["policy"] if case.get("restored") else [])
    if not stand.restored:
        assert stand.state() == locked
    broken = {name for name, word in case["expect"].items() if word == "broken"}
    assert is_proved(stand.attempts, tried) == (not broken)
    assert all("2026-11-23T02:40:00Z" in one.detail for one in tried.values())


@pytest.mark.parametrize(
    ("edits", "verdict"),
    [(["restrict {}"], "held"), (["restrict {}", "break restrictions-leak"], "broken"), ([], "broken")],
)
@pytest.mark.parametrize(
    ("name", "restriction", "api"),
    [
        ("radios.airplane", "no_airplane_mode", 28),
        ("radios.airplane", "no_airplane_mode", 37),
        ("radios.roaming", "no_data_roaming", 28),
        ("radios.roaming", "no_data_roaming", 34),
        ("bluetooth.on", "no_bluetooth", 26),
        ("bluetooth.on", "no_bluetooth", 32),
        ("settings.user", "no_add_user", 21),
        ("settings.user", "no_add_user", 25),
        ("settings.user", "no_add_user", 34),
    ],
)
def test_what_a_restriction_closes_is_tried_before_and_after(
    name: str, restriction: str, api: int, edits: list[str], verdict: str, tmp_path: Path
) -> None:
    stand = make_stand(tmp_path, api, {})
    stand.attempts = tuple(one for one in ATTEMPTS if one.name == name)
    took = stand.rehearse()
    assert (read_closed(stand), list(took)) == (AS_FOUND, [name])
    hand(stand, [edit.format(restriction) for edit in edits])
    assert {name: str(one.verdict) for name, one in stand.attack(took).items()} == {name: verdict}
    assert read_closed(stand) == AS_FOUND, "what got through is put back"


@pytest.mark.parametrize("api", [28, 36])
def test_a_row_that_forgets_what_is_written_is_no_positive_control(api: int, tmp_path: Path) -> None:
    stand = make_stand(tmp_path, api, {})
    stand.attempts = tuple(one for one in ATTEMPTS if one.name == "radios.airplane")
    hand(stand, ["break lie-settings"])
    took = stand.rehearse()
    hand(stand, ["mend lie-settings", "restrict no_airplane_mode"])
    tried = stand.attack(took)
    assert (took, str(tried["radios.airplane"].verdict)) == ({"radios.airplane": None}, "not-proven")


@pytest.mark.parametrize("api", [26, 32])
def test_a_tablet_without_bluetooth_proves_nothing_of_it_and_goes_on(api: int, tmp_path: Path) -> None:
    stand = make_stand(tmp_path, api, {}, without="android.hardware.bluetooth")
    assert "Can't find service: bluetooth_manager" in stand.tablet.bench.run("dumpsys bluetooth_manager").err
    assert "bluetooth_manager" not in stand.tablet.bench.run("dumpsys -l").out
    stand.attempts = tuple(one for one in ATTEMPTS if one.name == "bluetooth.on")
    took = stand.rehearse()
    hand(stand, ["restrict no_bluetooth"])
    tried = stand.attack(took)
    assert (took, str(tried["bluetooth.on"].verdict)) == ({"bluetooth.on": None}, "not-proven")


AS_FOUND: dict[str, object] = {"airplane_mode_on": "0", "bluetooth_on": "0", "data_roaming": "0", "users": {}}


def read_closed(stand: Stand) -> dict[str, object]:
    """What the attempts on closed parts change; a row that was never written is off."""
    data = stand.tablet.bench.tablet.device.data
    rows = {key: data.settings["global"].get(key, "0") for key in AS_FOUND if key != "users"}
    return {**rows, "users": dict(data.users)}


@pytest.mark.parametrize("api", [21, 30])
def test_a_user_left_by_a_run_that_was_cut_is_removed_by_the_next(api: int, tmp_path: Path) -> None:
    stand = make_stand(tmp_path, api, {})
    stand.attempts = tuple(one for one in ATTEMPTS if one.name == "settings.user")
    stand.tablet.bench.run("pm create-user provision-proof")
    assert stand.rehearse()["settings.user"] is not None
    assert "provision-proof" not in stand.tablet.bench.run("pm list users").out


@pytest.mark.parametrize(("case", "api"), list(load("closed")))
def test_what_of_closed_parts_is_not_tried_is_told(case: Case, api: int) -> None:
    proofs = list_proofs(ATTEMPTS, GAPS, api, {Control(case["control"])}, {})
    assert {proof.name: str(proof.gap) for proof in proofs if proof.gap is not None} == case["gaps"]
    assert [proof.name for proof in proofs if proof.gap is None] == case["tried"]


def hand(stand: Stand, edits: list[str], *, open_settings: bool = False) -> None:
    for line in edits:
        stand.tablet.bench.edit(line)
    if open_settings:
        stand.tablet.bench.run("am start -a android.settings.SETTINGS")


@pytest.mark.parametrize("api", [30, 36])
def test_a_network_left_by_a_run_that_was_cut_is_tidied_by_the_next(api: int, tmp_path: Path) -> None:
    stand = make_stand(tmp_path, api, {"only": ["wifi.forget"]})
    stand.tablet.bench.run("cmd wifi add-network provision-proof open -d")
    assert stand.rehearse()["wifi.forget"] is not None
    assert "provision-proof" not in stand.tablet.bench.run("cmd wifi list-networks").out


def test_a_change_that_cannot_be_put_back_ends_the_run(tmp_path: Path) -> None:
    stand = make_stand(tmp_path, 33, {"only": ["wifi.off"]})
    stuck = replace(stand.attempts[0], undo=(("cmd", "wifi", "start-scan"),))
    with pytest.raises(StepFailed) as caught:
        stand.trial.rehearse(stuck)
    assert (caught.value.step, caught.value.reason) == ("proof wifi.off", Reason.READ_BACK_DIFFERS)


@pytest.mark.parametrize("api", [23, 30])
def test_a_screen_that_shows_nothing_proves_nothing(api: int, tmp_path: Path) -> None:
    stand = make_stand(tmp_path, api, {"only": ["kiosk.settings"]})
    took = stand.rehearse()["kiosk.settings"]
    stand.lock()
    stand.tablet.bench.tablet.device.data.asleep = True
    unwoken = replace(stand.attempts[0], wake=())
    assert stand.trial.attack(unwoken, took, stand.lock).verdict is ProofVerdict.NOT_PROVEN


def test_what_was_not_looked_up_is_not_said_to_be_left() -> None:
    attempts = find_attempts(ATTEMPTS, 30, CONTROLS)
    assert is_proved(attempts, None)
    assert not is_proved(attempts, {})


@pytest.mark.parametrize("api", range(21, 38))
def test_attempts_stay_short_of_the_line_limit_and_hold_no_secret(api: int) -> None:
    for one in find_attempts(ATTEMPTS, api, CONTROLS):
        for words in (*one.wake, *one.start, *one.act, *one.undo):
            assert len(" ".join(words)) < 200
        assert one.undo or one.name in {"kiosk.home", "wifi.forget"}
