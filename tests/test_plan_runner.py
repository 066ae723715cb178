"""Phase by phase against a tablet that answers from data: nothing counts but what is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from factories import Time, make_app, make_appset, make_site
from scripted import AnsweringTransport

from provision.controls.desired import DesiredState
from provision.controls.model import Step
from provision.controls.wifi_hospital import JOIN_SECONDS
from provision.errors import StepFailed
from provision.facts.ask import NotBooted
from provision.runs.plan_runner import AUTO_JOIN_SECONDS, Changes, PlanRunner, Reading
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.site.secret import Secret
from provision.terms import Phase, Reason
from tests.case_files import read_cases

TABLET = read_cases(Path(__file__).parent / "cases/apply/tablet.yaml")
LIMITS = Limits(facts=1, step=1, package=1, boot=0)
TIMEOUT = "settings get system screen_off_timeout"
ZONE = "getprop persist.sys.timezone"
PUT_TIMEOUT = "settings put system screen_off_timeout 1800000"
SET_ZONE = "cmd alarm set-timezone Europe/Paris"
NETWORKS = "cmd wifi list-networks"
FOREIGN = (
    "Network Id      SSID                         Security type\n4            Livebox                          wpa2\n"
)
EFFECTS = {
    PUT_TIMEOUT: {TIMEOUT: "1800000\n"},
    SET_ZONE: {ZONE: "Europe/Paris\n"},
    "cmd wifi forget-network 4": {NETWORKS: "No networks\n"},
}


@dataclass
class Bench:
    """One tablet, its work, and everything that was told on the way."""

    tablet: AnsweringTransport
    work: PlanRunner
    clock: Time
    changes: Changes = field(default_factory=Changes)
    told: list[tuple[Phase, str, float]] = field(default_factory=list)

    def run(self) -> Reading:
        return self.work.apply(self.work.read(), self.changes, self._tell)

    def _tell(self, phase: Phase, step: Step, fraction: float) -> None:
        self.told.append((phase, step.name, fraction))


def make_bench(
    answers: Mapping[str, str],
    effects: Mapping[str, Mapping[str, str]] | None = None,
    limits: Limits = LIMITS,
    **site: object,
) -> Bench:
    files = {path: text.encode() for path, text in TABLET["files"].items()}
    tablet = AnsweringTransport(TABLET["answers"] | answers, files, EFFECTS if effects is None else effects)
    app = make_app(sha256=hashlib.sha256(b"abc").hexdigest())
    want = DesiredState(make_site(**site), make_appset(app), is_tablet=True)
    clock = Time()
    shell = ShellExecutor(tablet, limits, lambda: {"networks.0.passphrase": Secret(b"a passphrase")})
    return Bench(tablet, PlanRunner(tablet, want, limits, shell, pace=clock.pace), clock)


def test_a_finished_tablet_is_read_once_and_left_alone() -> None:
    bench = make_bench({})
    reading = bench.run()
    assert (reading.plan.unmet, bench.changes.steps, bench.told, bench.tablet.lines) == ((), [], [], [])
    assert len(bench.tablet.rounds) == 3


def test_steps_run_in_the_order_of_phases_with_facts_read_anew_after_each() -> None:
    bench = make_bench({TIMEOUT: "null\n", ZONE: "\n", NETWORKS: FOREIGN})
    reading = bench.run()
    assert reading.plan.unmet == ()
    assert bench.tablet.lines == [PUT_TIMEOUT, SET_ZONE, "cmd wifi forget-network 4"]
    assert bench.changes.steps == ["screen.timeout", "clock.zone", "wifi.other_networks/4"]
    assert bench.told == [
        (Phase.PREPARE, "screen.timeout", 0.0),
        (Phase.PREPARE, "clock.zone", 0.5),
        (Phase.RESTRICT, "wifi.other_networks/4", 0.0),
    ]
    assert len(bench.tablet.rounds) == 3 + 2 * 2


def test_a_second_run_changes_nothing() -> None:
    bench = make_bench({TIMEOUT: "null\n", ZONE: "\n", NETWORKS: FOREIGN})
    bench.run()
    before = list(bench.tablet.lines)
    assert bench.run().plan.unmet == ()
    assert bench.tablet.lines == before


def test_a_required_control_that_lies_ends_the_run_and_names_both_sides() -> None:
    bench = make_bench({TIMEOUT: "60000\n"}, effects={}, require={"screen.timeout": "set"})
    with pytest.raises(StepFailed) as caught:
        bench.run()
    assert (caught.value.step, caught.value.reason) == ("screen.timeout", Reason.READ_BACK_DIFFERS)
    assert str(caught.value.detail) == "wanted 1800000 ms; the tablet says 60000 ms"
    assert bench.changes.steps == ["screen.timeout"]


def test_a_control_nobody_requires_that_lies_is_a_deviation_and_the_run_goes_on() -> None:
    bench = make_bench(
        {TIMEOUT: "60000\n", NETWORKS: FOREIGN}, effects={"cmd wifi forget-network 4": {NETWORKS: "No networks\n"}}
    )
    reading = bench.run()
    assert [str(decision.control) for decision in reading.plan.unmet] == ["screen.timeout"]
    assert bench.changes.steps == ["screen.timeout", "wifi.other_networks/4"]


def test_a_control_that_falls_back_in_a_later_phase_is_seen_by_the_last_reading() -> None:
    undo = {"cmd wifi forget-network 4": {NETWORKS: "No networks\n", TIMEOUT: "60000\n"}}
    bench = make_bench({NETWORKS: FOREIGN}, effects=undo)
    assert [str(decision.control) for decision in bench.run().plan.unmet] == ["screen.timeout"]


def test_a_tablet_that_still_boots_after_the_limit_is_no_finished_tablet() -> None:
    bench = make_bench({"pm list users": "cmd: Can't find service: user\n"})
    with pytest.raises(NotBooted, match="pm list users"):
        bench.work.read()


STATUS = "cmd wifi status"
JOINED, ALONE = TABLET["answers"][STATUS], "Wifi is enabled\nWifi is not connected\n"
NOBODY_KNOWN = "No networks\n"


def lose_wifi(saved: str, **site: object) -> Bench:
    """A tablet that has its radio on and is on no network."""
    return make_bench({STATUS: ALONE, NETWORKS: saved}, **site)


def test_a_tablet_that_joins_by_itself_is_waited_for_and_not_told_to() -> None:
    bench = lose_wifi(TABLET["answers"][NETWORKS])
    bench.clock.due[3.0] = lambda: bench.tablet.answers.update({STATUS: JOINED})
    reading = bench.work.read_steady()
    assert (reading.plan.all_steps, bench.clock.passed) == ((), 3.0)


def test_a_tablet_that_does_not_join_by_itself_is_told_to() -> None:
    bench = lose_wifi(TABLET["answers"][NETWORKS])
    reading = bench.work.read_steady()
    assert [step.name for step in reading.plan.all_steps] == ["wifi.hospital/join"]
    assert bench.clock.passed == AUTO_JOIN_SECONDS


def test_a_tablet_that_knows_no_network_of_ours_is_not_waited_for() -> None:
    bench = lose_wifi(NOBODY_KNOWN)
    assert [step.name for step in bench.work.read_steady().plan.all_steps] == ["wifi.hospital/join"]
    assert bench.clock.passed == 0


def test_a_control_that_comes_late_is_waited_for_as_long_as_its_step_may_take() -> None:
    bench = lose_wifi(NOBODY_KNOWN)
    bench.clock.due[JOIN_SECONDS - 1] = lambda: bench.tablet.answers.update({STATUS: JOINED})
    assert bench.run().plan.unmet == ()
    assert JOIN_SECONDS - 1 <= bench.clock.passed < JOIN_SECONDS
    assert bench.tablet.lines == ["cmd wifi connect-network HOPITAL wpa2 'a passphrase'"]


def test_a_control_that_never_comes_is_a_deviation_where_nobody_requires_it() -> None:
    bench = lose_wifi(NOBODY_KNOWN)
    assert [str(decision.control) for decision in bench.run().plan.unmet] == ["wifi.hospital"]
    assert JOIN_SECONDS <= bench.clock.passed < JOIN_SECONDS + 1


def test_a_required_control_that_never_comes_fails_by_its_own_reason() -> None:
    bench = lose_wifi(NOBODY_KNOWN, require={"wifi.hospital": "set"})
    with pytest.raises(StepFailed) as caught:
        bench.run()
    assert caught.value.reason is Reason.WIFI_NOT_JOINED


def test_a_person_who_comes_in_between_ends_the_run_before_its_next_step() -> None:
    account = {"dumpsys account": "User UserInfo{0:Owner:c13}:\n  Accounts: 1\n", TIMEOUT: "1800000\n"}
    bench = make_bench({TIMEOUT: "null\n", NETWORKS: FOREIGN}, effects={PUT_TIMEOUT: account})
    with pytest.raises(StepFailed) as caught:
        bench.run()
    assert caught.value.reason is Reason.NOT_RESET_ACCOUNTS
    assert bench.tablet.lines == [PUT_TIMEOUT]


def test_a_service_that_starts_late_is_waited_for_until_the_boots_deadline() -> None:
    bench = make_bench({"pm list users": "cmd: Can't find service: user\n"}, limits=replace(LIMITS, boot=20))
    users = TABLET["answers"]["pm list users"]
    bench.clock.due[19.0] = lambda: bench.tablet.answers.update({"pm list users": users})
    assert bench.work.read().plan.unmet == ()
    assert bench.clock.passed == 19.0
