"""Switches of shipped profiles on virtual tablets: taken, refused out loud, forgotten without a word; cases as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_site

from provision.appset.model import AppSet
from provision.controls.desired import DesiredState, with_vendor_tweaks
from provision.controls.model import Step
from provision.facts.props import Props
from provision.identity.identify import identify
from provision.profiles.match import choose
from provision.runs.observed import list_controls, list_deviations
from provision.runs.plan_runner import Changes, PlanRunner, Reading
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.runs.verdict import outcome_from_reading
from provision.terms import Control, Phase
from provision.virtual.android.model import Network, load_model
from tests.case_files import load_shipped, read_cases
from tests.upload_link import UploadLink
from tests.virtual.android.bench import Bench

CASES = read_cases(Path(__file__).parent / "cases/switches.yaml")
SHIPPED = load_shipped()
LIMITS = Limits(facts=60, step=60, package=60, boot=60)
PASSPHRASE = "hopital-seulement"  # noqa: S105 # of a network that does not exist
WIFI = {"ssid": "HOPITAL", "security": "wpa2", "passphrase": {"file": "x"}, "other_networks": "keep"}
PREFIX = f"{Control.MAKER_SWITCHES}/"
Case = Mapping[str, Any]


@dataclass
class Run:
    """One tablet that is joined and on time already, so that its switches are all that is left."""

    bench: Bench
    drafts: bool = True
    changes: Changes = field(default_factory=Changes)
    phases: list[tuple[Phase, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.link = UploadLink(self.bench)
        profile = identify(Props(self.bench.model.props), lambda values: choose(values, SHIPPED)).profile
        want = DesiredState(make_site(wifi=WIFI), AppSet((), "0" * 64), is_tablet=True)
        own = with_vendor_tweaks(want, profile, self.bench.model.api, drafts=self.drafts)
        self.want = replace(own, removals=())  # tried elsewhere
        self.work = PlanRunner(self.link, self.want, LIMITS, ShellExecutor(self.link, LIMITS, lambda: None))

    def run(self) -> Reading:
        return self.work.apply(self.work.read(), self.changes, self._tell)

    def _tell(self, phase: Phase, step: Step, _fraction: float) -> None:
        self.phases.append((phase, step.name))

    @property
    def switched(self) -> list[str]:
        return sorted(name.removeprefix(PREFIX) for name in self.changes.steps if name.startswith(PREFIX))


def make_bench(folder: Path, case: Case) -> Bench:
    model = load_model(case["model"])
    bench = Bench(folder, model.model_copy(update={"air": (Network(ssid="HOPITAL", passphrase=PASSPHRASE),)}))
    for line in ("zone Europe/Paris", f"save-network HOPITAL wpa2 {PASSPHRASE}", *case.get("edits", ())):
        bench.edit(line)
    bench.clock.advance(10)
    return bench


def list_disabled(bench: Bench) -> list[str]:
    return sorted(name for name, each in bench.tablet.device.data.packages.items() if each.enabled == 3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_switch_is_taken_or_ends_as_a_warning_and_never_as_a_failure(case: Case, tmp_path: Path) -> None:
    run = Run(make_bench(tmp_path, case))
    last = run.run()
    verdict = outcome_from_reading(last)
    assert [str(verdict.outcome), verdict.reason and str(verdict.reason)] == case["ends"], list_deviations(last.plan)
    assert run.switched == case["switched"]
    assert {phase for phase, name in run.phases if name.startswith(PREFIX)} <= {Phase.APPS}
    assert list_disabled(run.bench) == case.get("disabled", [])
    for row, value in case.get("settings", {}).items():
        assert run.bench.run(f"settings get {row}").out == f"{value}\n"
    observed = [each.observed for each in list_controls(last.plan) if each.control is Control.MAKER_SWITCHES]
    assert case.get("observed") in (None, *observed)
    assert [line for line in list_deviations(last.plan) if not str(line).startswith("maker.switches: ")] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_second_run_writes_only_what_the_tablet_refused_or_forgot(case: Case, tmp_path: Path) -> None:
    bench = make_bench(tmp_path, case)
    first = Run(bench).run()
    left = sorted(step.name.removeprefix(PREFIX) for step in first.plan.all_steps)
    again = Run(bench)
    assert outcome_from_reading(again.run()) == outcome_from_reading(first)
    assert again.switched == left
    assert (left == []) == (case["ends"][0] == "done")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_without_a_word_drafts_switch_nothing_and_ask_nothing(case: Case, tmp_path: Path) -> None:
    run = Run(make_bench(tmp_path, case), drafts=False)
    last = run.run()
    assert (run.switched, list_disabled(run.bench)) == ([], [])
    assert not [each for each in last.plan.decisions if each.control is Control.MAKER_SWITCHES]
    assert not [line for line in run.link.lines if "pm list packages" in line or "protect_battery" in line]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_way_back_that_a_plan_names_leaves_the_tablet_as_it_was(case: Case, tmp_path: Path) -> None:
    bench = make_bench(tmp_path, case)
    before = bench.tablet.device.data.model_copy(deep=True)
    run = Run(bench)
    undo = {step.name: str(step.undo) for step in run.work.read().plan.all_steps if step.name.startswith(PREFIX)}
    run.run()
    bench.edit("mend")
    for line in reversed(undo.values()):
        assert bench.run(line).status == 0
    after = bench.tablet.device.data
    rows = {switch.setting for switch in run.want.switches if switch.setting}
    assert all(after.settings[row.table].get(row.key) == before.settings[row.table].get(row.key) for row in rows)
    assert list_disabled(bench) == []
