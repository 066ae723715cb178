"""How busy this computer is, read from files of the kernel's form."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provision.config.load import Load, read_load

PRESSURE = (
    "some avg10=73.86 avg60=79.21 avg300=85.16 total=10013209688\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A folder in place of /proc."""
    (tmp_path / "pressure").mkdir()
    (tmp_path / "loadavg").write_text(f"{(os.cpu_count() or 1) * 3:.2f} 7.29 7.24 9/324 7837\n")
    return tmp_path


def test_the_kernels_own_figure_counts(proc: Path) -> None:
    (proc / "pressure/cpu").write_text(PRESSURE)
    load = read_load(proc)
    assert (load.percent, load.is_high) == (73.86, True)
    (proc / "pressure/cpu").write_text(PRESSURE.replace("73.86", "12.00"))
    assert not read_load(proc).is_high, "whatever the load average says"


@pytest.mark.parametrize("pressure", [None, "", "some avg10=x"])
def test_without_it_the_load_average_by_processor_counts(proc: Path, pressure: str | None) -> None:
    if pressure is not None:
        (proc / "pressure/cpu").write_text(pressure)
    load = read_load(proc)
    assert (load.percent, load.average, load.is_high) == (None, 3.0, True)


def test_a_computer_that_tells_nothing_is_not_blamed(tmp_path: Path) -> None:
    assert read_load(tmp_path) == Load(None, 0.0)
    assert not read_load(tmp_path).is_high


def test_this_computers_own_files_are_read() -> None:
    """Between two readings the average moves by little."""
    load = read_load()
    assert (load.percent is None) != Path("/proc/pressure/cpu").exists()
    assert load.average == pytest.approx(os.getloadavg()[0] / (os.cpu_count() or 1), abs=0.5)
