"""What the package manager of a virtual tablet does over several calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import TrainingError
from provision.virtual.android.state import Session
from tests.virtual.android.apk_maker import apk
from tests.virtual.android.bench import Bench, model_for

A, B = "/data/local/tmp/a.apk", "/data/local/tmp/b.apk"


def bench_of(folder: Path, api: int, **files: str) -> Bench:
    bench = Bench(folder, model_for(api))
    for path, name in {A: files.get("a"), B: files.get("b")}.items():
        if name:
            bench.tablet.write_file(path, apk(name), 0o644)
    return bench


def session_with(bench: Bench, path: str) -> str:
    number = bench.run("pm install-create -r").out.partition("[")[2].partition("]")[0]
    assert bench.run(f"pm install-write {number} base.apk {path}").status == 0
    return number


@pytest.mark.parametrize("api", [23, 30, 34])
def test_uid_2000_has_1024_sessions_at_most(tmp_path: Path, api: int) -> None:
    """Packages document 3.3, 11.6."""
    bench = bench_of(tmp_path, api)
    bench.tablet.device.data.sessions.update({str(number): Session() for number in range(1024)})
    assert (
        "java.lang.IllegalStateException: Too many active sessions for UID 2000"
        in bench.run("pm install-create -r").err
    )
    bench.run("pm install-abandon 7")
    assert "Success: created install session [" in bench.run("pm install-create -r").out


def test_one_refused_child_takes_its_brothers_back(tmp_path: Path) -> None:
    """A parent session is committed whole or not at all."""
    bench = bench_of(tmp_path, 30, a="mail", b="x86-only")
    parent = bench.run("pm install-create --multi-package").out.partition("[")[2].partition("]")[0]
    children = [session_with(bench, A), session_with(bench, B)]
    bench.run(f"pm install-add-session {parent} {' '.join(children)}")
    assert "INSTALL_FAILED_NO_MATCHING_ABIS" in bench.run(f"pm install-commit {parent}").out
    assert bench.run("pm list packages -3").out == ""


def test_splits_take_room_and_can_be_pulled(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, 34, a="chat", b="split-fr")
    free = bench.tablet.device.free_bytes()
    number = session_with(bench, A)
    bench.run(f"pm install-write {number} fr.apk {B}")
    assert bench.run(f"pm install-commit {number}").out == "Success\n"
    paths = [line.removeprefix("package:") for line in bench.run("pm path org.provision.fixture.chat").out.split()]
    assert [bench.tablet.read_file(path) for path in paths] == [apk("chat"), apk("split-fr")]
    assert free - bench.tablet.device.free_bytes() == len(apk("chat")) + len(apk("split-fr"))


def test_a_verifier_that_nobody_answers_holds_the_call(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, 30, a="chat")
    bench.edit("break verifier-waits")
    assert bench.run(f"pm install -r {A}").delay == bench.model.timing.verifier


@pytest.mark.parametrize(("content", "said"), [(None, "push the APK first"), (b"no zip", "expected an APK")])
def test_only_a_pushed_apk_becomes_part_of_the_system_image(tmp_path: Path, content: bytes | None, said: str) -> None:
    bench = bench_of(tmp_path, 30)
    if content is not None:
        bench.tablet.write_file(A, content, 0o644)
    with pytest.raises(TrainingError, match=said):
        bench.edit(f"preinstall {A}")
