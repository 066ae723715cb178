"""The bundle for a bench without internet: built here, installed without a network, and the first run there."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "scripts/bundle"
INSTALL_SECONDS = 300
RUN_SECONDS = 180

pytestmark = pytest.mark.later


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `scripts/bundle` makes, once for all workers of this session; only read."""
    base = tmp_path_factory.getbasetemp()
    session = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = session / "bundle"
    with (session / "bundle.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (session / "bundle.made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([BUNDLE, folder], check=True, timeout=INSTALL_SECONDS)
            (session / "bundle.made").touch()
    return folder


def environment(home: Path) -> Mapping[str, str]:
    home.mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}


def install(bundle: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Install as a person on a computer without any network, not even with itself, where this account may do so."""
    apart = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-r", "-n"]
    words = [*apart, str(bundle / "install.sh"), str(target)]
    env = environment(target.parent / "home")
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)


def list_files(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if "__pycache__" not in file.parts}


def test_a_bench_without_internet_installs_and_runs(bundle: Path, tmp_path: Path) -> None:
    target = tmp_path / "program"
    ended = install(bundle, target)
    assert ended.returncode == 0, ended.stderr
    assert re.match(r"provision [0-9.]+, commit [0-9a-f]{12}(-dirty)?, agent [0-9a-f]{64}\n", ended.stdout)
    before = list_files(target)
    work, env = tmp_path / "work", environment(tmp_path / "home")
    work.mkdir()
    words = [target / "bin/provision", "station", "--virtual", "3"]
    ran = subprocess.run(words, cwd=work, env=env, capture_output=True, text=True, check=False, timeout=RUN_SECONDS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"3 records verified from disk ({work}/training/records)" in ran.stdout
    assert list_files(target) == before
    assert list(tmp_path.joinpath("home").iterdir()) == []


def test_pipx_installs_the_wheel_and_it_runs(bundle: Path, tmp_path: Path) -> None:
    """By its own release on PyPI, in folders of its own; what the wheel needs comes from there, too."""
    env = {**environment(tmp_path / "home"), "PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "tool"], env=env, check=True, timeout=INSTALL_SECONDS)
    tool = tmp_path / "tool/bin"
    subprocess.run([tool / "pip", "install", "-q", "pipx"], env=env, check=True, timeout=INSTALL_SECONDS)
    (wheel,) = (bundle / "wheels").glob("provision-*.whl")
    words = [tool / "pipx", "install", "--python", sys.executable, wheel]
    subprocess.run(words, env=env, check=True, timeout=INSTALL_SECONDS)
    work = tmp_path / "work"
    work.mkdir()
    words = [tmp_path / "bin/provision", "station", "--virtual", "2"]
    ran = subprocess.run(words, cwd=work, env=env, capture_output=True, text=True, check=False, timeout=RUN_SECONDS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"2 records verified from disk ({work}/training/records)" in ran.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a root of its own")
def test_a_debian_package_is_installed_run_and_removed(bundle: Path, tmp_path: Path) -> None:
    subprocess.run([ROOT / "scripts/debian_package", bundle, tmp_path], check=True, timeout=INSTALL_SECONDS)
    (package,) = tmp_path.glob("provision_*.deb")
    (tmp_path / "root").mkdir()
    words = ["unshare", "-m", "-n", Path(__file__).with_name("package_root.sh"), package, tmp_path / "root"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    version, groups, page, *_ = lines = ended.stdout.splitlines()
    assert re.fullmatch(r"provision [0-9.]+, commit [0-9a-f]{12}(-dirty)?, agent [0-9a-f]{64}", version)
    assert groups.split() == ["provision", "plugdev"]
    assert page.startswith("/usr/share/man/man1/provision.1")
    assert "2 of 2 ended as expected: 2 done." in lines
    last = "ExecStart=/usr/lib/provision/bin/provision station --home /srv/ward --yes --no-web"
    assert lines[-1] == last, "dpkg finds nothing changed, and nothing is left after the removal"


def test_a_changed_bundle_is_not_installed(bundle: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copied"
    shutil.copytree(bundle, copied)
    wheel = next(copied.glob("wheels/click-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1])
    ended = install(copied, tmp_path / "program")
    assert (ended.returncode, ended.stdout) == (1, f"./wheels/{wheel.name}: FAILED\n")
    assert "Nothing was installed" in ended.stderr
    assert not (tmp_path / "program").exists()
