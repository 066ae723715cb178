"""Tablets that were deployed before: only what differs is changed, counted by each tablet's own journal."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from factories import make_app, make_site

from provision.appset.model import App, AppSet
from provision.controls.desired import DesiredState
from provision.errors import TabletGone
from provision.runs.plan_runner import Changes, PlanRunner, Reading
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.state.sql.bench_state import BenchState
from provision.terms import Control
from provision.transport import Answer
from provision.virtual.android.journal import mutations
from tests.case_files import first_quick
from tests.upload_link import UploadLink
from tests.virtual.android.apk_maker import Recipe, make_apk
from tests.virtual.android.bench import Bench, model_for

LIMITS = Limits(facts=60, step=60, package=60, boot=60)
CAMERA, AUDIO = "android.permission.CAMERA", "android.permission.RECORD_AUDIO"
APIS = first_quick([28, 23, 34])
VERBS = ("install", "uninstall", "grant", "revoke", "push", "rm")


class LostLink(UploadLink):
    """The tablet is unplugged during one upload: `lost_at` counts from 1, 0 for never."""

    lost_at = 0

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        self._count(line)
        return super().exec_with_stdin(line, source, size, seconds=seconds)

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        super().push(source, size, remote, seconds=seconds)
        self._count(remote)

    def _count(self, what: str) -> None:
        self.lost_at -= 1
        if self.lost_at == 0:
            raise TabletGone(what[:40])


class Ward:
    """One tablet that comes back to its bench, and what the bench remembers of it."""

    def __init__(self, folder: Path, api: int, state: BenchState) -> None:
        self.folder, self.runs, self.state = folder, 0, state
        (folder / "tablet").mkdir()
        self.bench = Bench(folder / "tablet", model_for(api))
        self.link = LostLink(self.bench)
        self.book = state.verified_installs

    def app(self, name: str, code: int = 1, **changes: Any) -> App:  # noqa: ANN401 # fields of App
        """An app whose file is there."""
        package = f"org.example.{name}"
        file = self.folder / f"{name}-{code}.apk"
        if not file.exists():  # its signature is another one each time
            file.write_bytes(make_apk(Recipe(package=package, version=code, permissions=(CAMERA, AUDIO))))
        raw = file.read_bytes()
        digest = hashlib.sha256(raw).hexdigest()
        return make_app(package, version_code=code, path=file, size=len(raw), sha256=digest, **changes)

    def work(self, *apps: App) -> PlanRunner:
        """One run's work, with the memory of the runs before it."""
        self.runs += 1
        uploads = self.state.pending_uploads.open("A-0001")
        shell = ShellExecutor(self.link, LIMITS, dict, uploads)
        want = DesiredState(make_site(require={"apps.present": "set"}), AppSet(apps, "0" * 64), is_tablet=True)
        proved = self.book.open("A-0001", f"run{self.runs}")
        return PlanRunner(self.link, want, LIMITS, shell, proved=proved, orphaned=self.book.find_orphaned("A-0001"))

    def run(self, *apps: App) -> tuple[list[str], Reading]:
        """A whole run: what the tablet wrote down about apps; this tablet never joins the hospital's network."""
        before = len(mutations(self.bench.folder))
        work = self.work(*apps)
        last = work.apply(work.read(), Changes(), lambda *_: None)
        self.bench.clock.advance(60)
        calls = [" ".join(one.argv[one.argv[0] == "cmd" :]) for one in mutations(self.bench.folder)[before:]]
        said = [call.removeprefix("package ").removeprefix("pm ") for call in calls]
        return [call for call in said if call.startswith(VERBS)], last


def _installs(calls: list[str]) -> int:
    return sum(call.startswith(("install-commit", "install ")) for call in calls)


@pytest.fixture(params=APIS)
def ward(request: pytest.FixtureRequest, tmp_path: Path, bench_state: BenchState) -> Ward:
    ward = Ward(tmp_path, request.param, bench_state)
    ward.run(ward.app("chat"), ward.app("visio", grants=(CAMERA,)))
    return ward


def test_a_tablet_that_has_everything_is_not_written_to(ward: Ward) -> None:
    assert ward.run(ward.app("chat"), ward.app("visio", grants=(CAMERA,)))[0] == []


def test_a_new_version_of_one_app_installs_that_app_only(ward: Ward) -> None:
    calls, last = ward.run(ward.app("chat", 2), ward.app("visio", grants=(CAMERA,)))
    assert (_installs(calls), last.facts.apps["org.example.chat"].version_code) == (1, 2)
    assert not [call for call in calls if "grant" in call or "example.visio" in call]


def test_a_new_grant_grants_and_installs_nothing(ward: Ward) -> None:
    calls, _ = ward.run(ward.app("chat"), ward.app("visio", grants=(CAMERA, AUDIO)))
    assert calls == [f"grant org.example.visio {AUDIO}"]


def test_a_new_app_installs_that_app_only(ward: Ward) -> None:
    assert _installs(ward.run(ward.app("chat"), ward.app("visio", grants=(CAMERA,)), ward.app("browser"))[0]) == 1


def test_an_app_that_left_the_set_is_uninstalled_once(ward: Ward) -> None:
    calls, last = ward.run(ward.app("visio", grants=(CAMERA,)))
    assert calls == ["uninstall org.example.chat"]
    removed = next(each for each in last.plan.decisions if each.control is Control.APPS_REMOVED)
    assert removed.holds
    assert ward.bench.tablet.device.installed("org.example.chat") is None
    calls, last = ward.run(ward.app("visio", grants=(CAMERA,)))
    assert (calls, last.facts.orphaned) == ([], frozenset())


def test_an_app_that_came_from_elsewhere_stays(ward: Ward) -> None:
    """The same package, installed anew since by somebody else; and one this bench never saw."""
    for name in ("chat", "other"):
        raw = ward.app(name).path.read_bytes()
        ward.bench.clock.advance(3600)
        ward.bench.tablet.write_file("/data/local/tmp/x.apk", raw, 0o100644)
        assert "Success" in ward.bench.call(["pm", "install", "-r", "/data/local/tmp/x.apk"]).out
    assert ward.run(ward.app("visio", grants=(CAMERA,)))[0] == []
    assert ward.bench.tablet.device.installed("org.example.chat") is not None


def test_an_app_of_another_tablet_stays(ward: Ward) -> None:
    """The memory of one tablet says nothing about another one."""
    other = ward.book.find_orphaned("A-0002")
    assert other.names(()) == ()
    assert ward.book.find_orphaned().names(("org.example.visio",)) == ("org.example.chat",)


def test_the_owner_of_the_tablet_is_never_uninstalled(ward: Ward) -> None:
    facts = ward.work(ward.app("visio")).read().facts
    assert facts.orphaned == facts.apps.keys() - {"org.example.visio"} == {"org.example.chat"}
    owned = type(facts.owner)("org.example.chat", known=True)
    unknown = type(facts.owner)(None, known=False)
    for owner in (owned, unknown):
        changed = type(facts)(**{**vars(facts), "owner": owner})
        assert "org.example.chat" not in ward.book.find_orphaned().sort_out(changed, ("org.example.visio",)).apps


@pytest.mark.parametrize("api", APIS)
def test_what_a_lost_run_left_is_taken_back_and_only_the_rest_is_installed(
    api: int, tmp_path: Path, bench_state: BenchState
) -> None:
    ward = Ward(tmp_path, api, bench_state)
    apps = (ward.app("chat"), ward.app("visio"))
    ward.link.lost_at = 2
    with pytest.raises(TabletGone):
        ward.run(*apps)
    ward.link.lost_at = 0
    assert any(_find_left(ward))
    calls, last = ward.run(*apps)
    assert calls[0].startswith(("install-abandon", "rm /data/local/tmp/provision-")), calls
    assert _installs(calls) == 1
    assert Control.APPS_PRESENT not in {each.control for each in last.plan.unmet}
    assert not any(_find_left(ward))
    assert ward.run(*apps)[0] == []


def _find_left(ward: Ward) -> tuple[list[str], list[str]]:
    """Open sessions and pushed files."""
    data = ward.bench.tablet.device.data
    return list(data.sessions), [path for path in data.files if "provision-" in path]


def test_an_app_that_was_there_before_the_bench_stays_when_it_leaves_the_set(
    tmp_path: Path, bench_state: BenchState
) -> None:
    """Its bytes are the pinned ones and were proved; a donor, a maker or another bench installed it."""
    ward = Ward(tmp_path, 28, bench_state)
    ward.bench.tablet.write_file("/data/local/tmp/x.apk", ward.app("chat").path.read_bytes(), 0o100644)
    assert "Success" in ward.bench.call(["pm", "install", "-r", "/data/local/tmp/x.apk"]).out
    ward.bench.clock.advance(3600)
    both = (ward.app("chat"), ward.app("visio"))
    assert _installs(ward.run(*both)[0]) == 1
    assert ward.run(*both)[0] == []
    assert ward.run(ward.app("visio"))[0] == []
    assert ward.bench.tablet.device.installed("org.example.chat") is not None


@pytest.mark.parametrize("api", APIS)
def test_an_app_whose_run_was_lost_after_its_installation_is_this_benchs_own(
    api: int, tmp_path: Path, bench_state: BenchState
) -> None:
    ward = Ward(tmp_path, api, bench_state)
    work = ward.work(ward.app("chat"), ward.app("visio"))
    first = work.read()
    ward.link.lost_at = 2
    with pytest.raises(TabletGone):
        work.apply(first, Changes(), lambda *_: None)
    ward.bench.clock.advance(60)
    assert ward.bench.tablet.device.installed("org.example.chat") is not None
    ward.run(ward.app("chat"), ward.app("visio"))
    assert ward.run(ward.app("visio"))[0] == ["uninstall org.example.chat"]


def test_a_failed_update_does_not_hide_whose_the_old_version_is(ward: Ward) -> None:
    work = ward.work(ward.app("chat", 2), ward.app("visio", grants=(CAMERA,)))
    first = work.read()
    ward.link.lost_at = 1
    with pytest.raises(TabletGone):
        work.apply(first, Changes(), lambda *_: None)
    assert ward.run(ward.app("visio", grants=(CAMERA,)))[0][-1] == "uninstall org.example.chat"
