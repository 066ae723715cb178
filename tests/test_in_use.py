"""What a virtual tablet works with stays, whatever it is called and whichever profile means it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from factories import make_site

from provision.appset.model import AppSet
from provision.controls.desired import DesiredState
from provision.profiles.schema import Removal, Safety, Switch
from provision.runs.observed import list_deviations
from provision.runs.plan_runner import Changes, PlanRunner, Reading
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.runs.verdict import outcome_from_reading
from provision.terms import Control, Outcome
from provision.virtual.android.journal import mutations
from provision.virtual.android.model import Network
from tests.case_files import first_quick
from tests.upload_link import UploadLink
from tests.virtual.android.bench import Bench, model_for

LIMITS = Limits(facts=60, step=60, package=60, boot=60)
SECRET = "hopital-seulement"  # noqa: S105 # of a network that does not exist
WIFI = {"ssid": "HOPITAL", "security": "wpa2", "passphrase": {"file": "x"}, "other_networks": "keep"}
GAME, NEEDED = "org.example.game", "org.example.plain"
ROWS = {
    "keyboard": f"secure default_input_method {NEEDED}/.Keys",
    "accessibility": f"secure enabled_accessibility_services org.example.x/.A:{NEEDED}/.B",
    "calls": f"secure dialer_default_application {NEEDED}",
    "pages": f"global webview_provider {NEEDED}",
}
SAID = {"pages": "pages in apps"}


def make_removal(package: str) -> Removal:
    """As a profile could have it whose family nobody knows by name."""
    return Removal.model_construct(package=package, safety=Safety.SAFE, why="a game", source="a list")


@dataclass
class Desk:
    """One tablet, joined and on time already, with two packages of its maker."""

    bench: Bench
    removals: tuple[str, ...] = (NEEDED, GAME)
    switches: tuple[Switch, ...] = ()

    def run(self) -> Reading:
        link = UploadLink(self.bench)
        want = replace(
            DesiredState(make_site(wifi=WIFI), AppSet((), "0" * 64), is_tablet=True),
            removals=tuple(map(make_removal, self.removals)),
            switches=self.switches,
        )
        work = PlanRunner(link, want, LIMITS, ShellExecutor(link, LIMITS, lambda: None))
        return work.apply(work.read(), Changes(), lambda *_: None)

    @property
    def changed(self) -> list[str]:
        calls = [" ".join(one.argv) for one in mutations(self.bench.folder)]
        return [call for call in calls if "uninstall" in call or "disable" in call]


def make_bench(folder: Path, api: int) -> Bench:
    model = model_for(api)
    air = (Network(ssid="HOPITAL", passphrase=SECRET),)
    packages = (*model.system_packages, GAME, NEEDED)
    bench = Bench(folder, model.model_copy(update={"air": air, "system_packages": packages}))
    for line in ("zone Europe/Paris", f"save-network HOPITAL wpa2 {SECRET}"):
        bench.edit(line)
    bench.clock.advance(10)
    return bench


@pytest.mark.parametrize("api", first_quick([28, 23, 34]))
@pytest.mark.parametrize("role", ROWS)
def test_a_package_that_the_tablet_works_with_is_not_removed_and_the_run_says_so(
    role: str, api: int, tmp_path: Path
) -> None:
    desk = Desk(make_bench(tmp_path, api))
    desk.bench.edit(f"set {ROWS[role]}")
    last = desk.run()
    assert desk.changed == [f"pm uninstall -k --user 0 {GAME}"]
    assert desk.bench.tablet.device.installed(NEEDED) is not None
    verdict = outcome_from_reading(last)
    assert (verdict.outcome, tuple(map(str, list_deviations(last.plan)))) == (
        Outcome.DONE_WITH_WARNINGS,
        (f"{Control.APPS_REMOVED}: wanted none left, observed {NEEDED} is in use: {SAID.get(role, role)}",),
    )


@pytest.mark.parametrize("api", [24, 28, 34])
def test_the_home_screen_stays(api: int, tmp_path: Path) -> None:
    bench = make_bench(tmp_path, api)
    home = _home(bench)
    desk = Desk(bench, removals=(home, GAME, NEEDED))
    last = desk.run()
    assert desk.changed == [f"pm uninstall -k --user 0 {name}" for name in (GAME, NEEDED)]
    assert last.facts.in_use[home] == "home"


def test_a_switch_does_not_disable_what_the_tablet_works_with(tmp_path: Path) -> None:
    desk = Desk(make_bench(tmp_path, 34), (), (Switch.model_construct(disable=NEEDED, setting=None, source="a list"),))
    desk.bench.edit(f"set {ROWS['keyboard']}")
    desk.run()
    assert desk.changed == []
    desk.bench.edit("set secure default_input_method org.example.other/.Keys")
    assert outcome_from_reading(desk.run()).outcome is Outcome.DONE
    assert desk.changed == [f"pm disable-user --user 0 {NEEDED}"]


@pytest.mark.parametrize("api", [22, 28, 34])
def test_an_active_admin_stays(api: int, tmp_path: Path) -> None:
    desk = Desk(make_bench(tmp_path, api))
    desk.bench.tablet.device.data.admins.append(f"{NEEDED}/.Admin")
    assert desk.run().facts.in_use == {NEEDED: "admin"} | ({} if api < 24 else {_home(desk.bench): "home"})
    assert desk.changed == [f"pm uninstall -k --user 0 {GAME}"]


def _home(bench: Bench) -> str:
    return bench.tablet.device.home.partition("/")[0]


@pytest.mark.parametrize(("package", "asked"), [(GAME, True), ("org.example.gone", False)])
def test_nothing_is_asked_where_nothing_is_to_go(package: str, asked: bool, tmp_path: Path) -> None:  # noqa: FBT001 # of the table above
    link = UploadLink(make_bench(tmp_path, 34))
    want = DesiredState(make_site(wifi=WIFI), AppSet((), "0" * 64), is_tablet=True)
    want = replace(want, removals=(make_removal(package),))
    PlanRunner(link, want, LIMITS, ShellExecutor(link, LIMITS, lambda: None)).read()
    assert any("default_input_method" in line for line in link.lines) is asked
