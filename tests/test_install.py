"""Installing on one tablet: two things at once and no more, the first error kept, splits and grants read back."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from factories import make_app, make_site

from provision.appset.access import PERMISSIONS, SpecialAccess
from provision.appset.model import App, AppSet, Split
from provision.controls.apps_present import install
from provision.controls.desired import DesiredState
from provision.controls.model import InstallApp
from provision.errors import StepFailed
from provision.runs.install import Installer
from provision.runs.plan_runner import Changes, PlanRunner, Reading
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.terms import Reason
from provision.transport import Answer, Sink
from tests.upload_link import UploadLink
from tests.virtual.android.apk_maker import Recipe, make_apk
from tests.virtual.android.bench import Bench, model_for

SECONDS = 20.0
LIMITS = Limits(facts=60, step=60, package=60, boot=60)
CAMERA = "android.permission.CAMERA"


class Sessions:
    """A tablet of two sessions: the commit of the first ends only when the second one's upload has begun."""

    address, transport_id, features = "usb:1-1", 1, frozenset({"cmd"})

    def __init__(self, *verdicts: str) -> None:
        self.said: list[str] = []
        self._verdicts = list(verdicts)
        self._second = threading.Event()
        self._created = 0

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        assert seconds > 0
        assert not merged
        verb, *rest = line.split(" ")[2:]
        if verb == "install-create":
            self._created += 1
            return Answer(f"Success: created install session [{self._created}]\n", "", 0)
        if verb == "install-commit" and rest == ["1"]:
            assert self._second.wait(SECONDS), "the second upload did not begin beside the first commit"
        self.said.append(f"{verb} {rest[0]}")
        return Answer(self._verdicts.pop(0) if verb == "install-commit" else "Success\n", "", 0)

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        assert len(source.read(size)) == size
        assert seconds > 0
        self.said.append(f"install-write {line.split(' ')[-3]}")
        if self._created > 1:
            self._second.set()
        return Answer("Success: streamed\n", "", None)

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        raise AssertionError(f"{source} {size} {remote} {seconds}")

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        raise AssertionError(f"{remote} {sink} {seconds}")

    def cancel(self) -> None:
        self._second.set()


def _install_two(tablet: Sessions, folder: Path) -> list[str]:
    """What was said, in the order the tablet heard it."""
    file = folder / "a.apk"
    file.write_bytes(b"abc")
    installer = Installer(tablet, SECONDS)
    try:
        for name in ("org.example.one", "org.example.two"):
            step = install(make_app(name, path=file, sha256=hashlib.sha256(b"abc").hexdigest()), 30)
            assert isinstance(step.action, InstallApp)
            installer.install(step, step.action)
        installer.finish()
    finally:
        installer.close()
    return tablet.said


def test_the_next_app_is_uploaded_while_the_one_before_is_committed(tmp_path: Path) -> None:
    said = _install_two(Sessions("Success\n", "Success\n"), tmp_path)
    assert said[:3] == ["install-write 1", "install-write 2", "install-commit 1"]
    assert said[3:] == ["install-commit 2"]


def test_a_refused_commit_is_the_error_and_the_upload_beside_it_is_abandoned(tmp_path: Path) -> None:
    tablet = Sessions("Failure [INSTALL_FAILED_OLDER_SDK]\n")
    with pytest.raises(StepFailed) as caught:
        _install_two(tablet, tmp_path)
    assert (caught.value.step, caught.value.reason) == ("apps.present/org.example.one", Reason.APP_UNFIT)
    assert sorted(tablet.said[2:]) == ["install-abandon 1", "install-abandon 2", "install-commit 1"]


def test_a_commit_that_may_pass_is_repeated_before_the_next_one(tmp_path: Path) -> None:
    said = _install_two(Sessions("Failure [INSTALL_FAILED_INTERNAL_ERROR]\n", "Success\n", "Success\n"), tmp_path)
    assert said[2:] == [
        "install-commit 1",
        "install-abandon 1",
        "install-write 3",
        "install-commit 3",
        "install-commit 2",
    ]


def test_a_second_refusal_is_believed(tmp_path: Path) -> None:
    verdict = "Failure [INSTALL_PARSE_FAILED_NOT_APK]\n"
    with pytest.raises(StepFailed) as caught:
        _install_two(Sessions(verdict, verdict), tmp_path)
    assert caught.value.reason is Reason.UPLOAD_DAMAGED


def _make(folder: Path, **wanted: Any) -> tuple[Path, int, str]:  # noqa: ANN401 # fields of a Recipe
    raw = make_apk(Recipe(package="org.example.made", **wanted))
    file = folder / f"{wanted.get('split') or 'base'}.apk"
    file.write_bytes(raw)
    return file, len(raw), hashlib.sha256(raw).hexdigest()


def _make_split_app(folder: Path) -> App:
    file, size, digest = _make(folder)
    splits = tuple(Split(*_make(folder, split=name), name) for name in ("config.fr", "config.hdpi"))
    return make_app(
        "org.example.made", path=file, size=size, sha256=digest, version_code=1, splits=splits, grants=(CAMERA,)
    )


@pytest.mark.parametrize("api", [22, 23, 28, 34])
def test_special_accesses_are_given_and_read_back(api: int, tmp_path: Path) -> None:
    (tmp_path / "tablet").mkdir()
    link = UploadLink(Bench(tmp_path / "tablet", model_for(api)))
    file, size, digest = _make(tmp_path)
    accesses = (SpecialAccess.OVERLAY, SpecialAccess.PROJECTION)
    app = make_app("org.example.made", path=file, size=size, sha256=digest, version_code=1, special_access=accesses)
    want = DesiredState(make_site(require={"apps.present": "set"}), AppSet((app,), "0" * 64), is_tablet=True)
    work = PlanRunner(link, want, LIMITS, ShellExecutor(link, LIMITS, dict))
    last = work.apply(work.read(), Changes(), lambda *_: None)
    decision = next(each for each in last.plan.decisions if each.control == "apps.present")
    assert decision.holds, decision.observed
    allowed = frozenset() if api < 23 else {"SYSTEM_ALERT_WINDOW", "PROJECT_MEDIA"}
    assert last.facts.apps["org.example.made"].allowed == allowed


@pytest.mark.parametrize("api", [22, 23, 34])
def test_an_app_that_takes_calls_is_kept_awake_and_read_back(api: int, tmp_path: Path) -> None:
    (tmp_path / "tablet").mkdir()
    link = UploadLink(Bench(tmp_path / "tablet", model_for(api)))
    file, size, digest = _make(tmp_path)
    app = make_app("org.example.made", path=file, size=size, sha256=digest, version_code=1, calls=True)
    want = DesiredState(make_site(), AppSet((app,), "0" * 64), is_tablet=True)
    work = PlanRunner(link, want, LIMITS, ShellExecutor(link, LIMITS, dict))
    last = work.apply(work.read(), Changes(), lambda *_: None)
    awake = [(each.holds, str(each.observed)) for each in last.plan.decisions if each.control == "calls.awake"]
    assert awake == ([] if api < 23 else [(True, "awake: org.example.made")])


@pytest.mark.parametrize("api", [22, 23, 34])
def test_an_app_that_takes_no_calls_any_more_loses_what_it_got_for_them(api: int, tmp_path: Path) -> None:
    (tmp_path / "tablet").mkdir()
    link = UploadLink(Bench(tmp_path / "tablet", model_for(api)))
    full = SpecialAccess.FULL_SCREEN
    file, size, digest = _make(tmp_path, permissions=(PERMISSIONS[full],))
    plain = make_app(
        "org.example.made",
        path=file,
        size=size,
        sha256=digest,
        version_code=1,
        permissions=frozenset({PERMISSIONS[full]}),
    )

    def work(app: App) -> tuple[list[str], Reading]:
        want = DesiredState(make_site(), AppSet((app,), "0" * 64), is_tablet=True)
        runner, changes = PlanRunner(link, want, LIMITS, ShellExecutor(link, LIMITS, dict)), Changes()
        last = runner.apply(runner.read(), changes, lambda *_: None)
        return [step for step in changes.steps if step.startswith(("calls", "apps"))], last

    work(replace(plain, calls=True, special_access=(full,)))
    steps, last = work(plain)
    taken = ["calls.awake/org.example.made/sleeps"] if api >= 23 else []
    assert sorted(steps) == sorted([*taken, *([f"apps.present/org.example.made/{full}"] if api >= 34 else [])])
    assert not {"calls.awake", "apps.present"} & {each.control for each in last.plan.unmet}
    assert last.facts.awake is None or last.facts.awake.added == frozenset()
    assert work(plain)[0] == []


@pytest.mark.parametrize("api", [22, 23, 24, 28, 34])
def test_splits_and_grants_are_installed_and_read_back(api: int, tmp_path: Path) -> None:
    (tmp_path / "tablet").mkdir()
    link = UploadLink(Bench(tmp_path / "tablet", model_for(api)))
    appset = AppSet((_make_split_app(tmp_path),), "0" * 64)
    want = DesiredState(make_site(require={"apps.present": "set"}), appset, is_tablet=True)
    work = PlanRunner(link, want, LIMITS, ShellExecutor(link, LIMITS, dict))
    last = work.apply(work.read(), Changes(), lambda *_: None)
    decision = next(each for each in last.plan.decisions if each.control == "apps.present")
    assert decision.holds, decision.observed
    if api < 23:  # every permission came with the installation
        return
    assert CAMERA in last.facts.apps["org.example.made"].granted
    link.bench.call(["pm", "revoke", "org.example.made", CAMERA])
    again = next(each for each in work.read().plan.decisions if each.control == "apps.present")
    assert [step.name for step in again.steps] == [f"apps.present/org.example.made/{CAMERA}"]
    assert str(again.observed) == f"org.example.made 1 without {CAMERA}"


def _swap(file: Path) -> None:
    raw = file.read_bytes()
    file.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))


def _make_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize(("api", "name"), [(22, "base"), (23, "base"), (30, "base"), (30, "config.hdpi")])
@pytest.mark.parametrize(
    ("change", "got"),
    [
        (_swap, "another file"),
        (lambda file: file.write_bytes(file.read_bytes()[:-9]), r"got \d+ bytes"),
        (Path.unlink, "No such file"),
        (_make_pipe, "not a regular file"),
    ],
)
def test_a_file_that_changes_after_its_check_is_never_installed(
    api: int, change: Callable[[Path], object], got: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / "tablet").mkdir()
    link = UploadLink(Bench(tmp_path / "tablet", model_for(api)))
    app = _make_split_app(tmp_path)
    appset = AppSet((app if api >= 24 else replace(app, splits=()),), "0" * 64)
    want = DesiredState(make_site(require={"apps.present": "set"}), appset, is_tablet=True)
    work = PlanRunner(link, want, LIMITS, ShellExecutor(link, LIMITS, dict))
    first = work.read()
    change(tmp_path / f"{name}.apk")
    with pytest.raises(StepFailed, match=got) as caught:
        work.apply(first, Changes(), lambda *_: None)
    assert caught.value.reason is Reason.BENCH_FILE_WRONG
    assert f"{name}.apk: expected the file that was checked" in str(caught.value.detail)
    assert "org.example.made" not in link.bench.call(["pm", "list", "packages"]).out
    assert "provision-" not in link.bench.call(["ls", "/data/local/tmp"]).out
