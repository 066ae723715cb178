"""The unit of a station, judged by systemd's own reader, and what it leaves open."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from provision.errors import HomeError
from provision.service.unit import NAME, Service, write_account, write_unit
from tests import program

MOST_EXPOSED = 25
"""Tenths: systemd-analyze calls up to 49 "OK". USB, the network and udev have to stay open."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd (.ci/packages)")


def judge(file: Path, *words: str) -> tuple[int, str]:
    """The exit status of systemd-analyze, and what it says on standard error."""
    ended = subprocess.run(["systemd-analyze", *words, file], capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


def write(folder: Path, name: str) -> Path:
    """A unit whose program and home have that name."""
    there = folder / name
    (there / "home").mkdir(parents=True)
    tool = there / "provision"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    unit = folder / NAME
    unit.write_text(write_unit(Service(tool, there / "home", "provision", web=True)))
    return unit


@needs_systemd
@pytest.mark.parametrize("name", ["plain", "two words", "100%n", "$HOME", "semi;colon", "été"])
def test_systemd_reads_what_was_meant(name: str, tmp_path: Path) -> None:
    """It looks for the program of the unit, so a path that is quoted wrong is not found."""
    assert judge(write(tmp_path, name), "verify") == (0, "")


@needs_systemd
def test_a_program_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    unit = write(tmp_path, "gone")
    (tmp_path / "gone/provision").unlink()
    assert judge(unit, "verify")[0] != 0


@needs_systemd
def test_the_unit_leaves_little_open(tmp_path: Path) -> None:
    status, errors = judge(write(tmp_path, "plain"), "security", "--offline=true", f"--threshold={MOST_EXPOSED}")
    assert (status, errors) == (0, "")


@needs_systemd
def test_the_account_is_made_in_a_tree(tmp_path: Path) -> None:
    line = tmp_path / "provision.conf"
    line.write_text(write_account("provision"))
    (tmp_path / "etc").mkdir()
    words = ["systemd-sysusers", f"--root={tmp_path}", line]
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    users = (tmp_path / "etc/passwd").read_text().splitlines()
    assert [each.split(":")[6] for each in users if each.startswith("provision:")] == ["/usr/sbin/nologin"]
    assert "plugdev:" in (tmp_path / "etc/group").read_text()


@pytest.mark.parametrize("name", ["a\nUser=root", 'quo"te', "quo'te", "back\\slash"])
def test_a_path_no_unit_can_hold_is_refused(name: str) -> None:
    for program_file, home in ((f"/opt/{name}", "/srv/ward"), ("/opt/provision", f"/srv/{name}")):
        with pytest.raises(HomeError, match="control letters"):
            write_unit(Service(Path(program_file), Path(home), "provision", web=False))


def test_it_is_shown_without_root_and_without_a_home(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    shown = program.run(["install-service", "--print", "--home", str(tmp_path / "ward")], env)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f" station --home {tmp_path}/ward --yes --no-web\n" in shown.stdout
    assert list(tmp_path.iterdir()) == []
