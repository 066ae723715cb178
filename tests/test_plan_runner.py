"""Phase by phase against a tablet that answers from data: nothing counts but what is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from factories import make_app, make_appset, make_site
from scripted import AnsweringTransport

from provision.controls.model import Step
from provision.errors import StepFailed
from provision.facts.collect import NotBooted
from provision.runs.plan import Want
from provision.runs.plan_runner import Changes, PlanRunner, Reading
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.terms import Phase, Reason

TABLET = yaml.safe_load((Path(__file__).parent / "cases/apply/tablet.yaml").read_text("utf-8"))
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
    changes: Changes = field(default_factory=Changes)
    told: list[tuple[Phase, str, float]] = field(default_factory=list)

    def run(self) -> Reading:
        return self.work.apply(self.work.read(), self.changes, self._tell)

    def _tell(self, phase: Phase, step: Step, fraction: float) -> None:
        self.told.append((phase, step.name, fraction))


def make_bench(
    answers: Mapping[str, str], effects: Mapping[str, Mapping[str, str]] | None = None, **site: object
) -> Bench:
    files = {path: text.encode() for path, text in TABLET["files"].items()}
    tablet = AnsweringTransport(TABLET["answers"] | answers, files, EFFECTS if effects is None else effects)
    app = make_app(sha256=hashlib.sha256(b"abc").hexdigest())
    want = Want(make_site(**site), make_appset(app), is_tablet=True)
    return Bench(tablet, PlanRunner(tablet, want, LIMITS, ShellExecutor(tablet, LIMITS, lambda: None)))


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
    assert caught.value.detail == "wanted 1800000 ms; the tablet says 60000 ms"
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
