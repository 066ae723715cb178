"""What the station itself costs: processor time and memory a tablet, and the time of a run that finds nothing to do.

The training bench is a process of its own, and the station's is looked at when it has said its summary: its account
is the station's alone. The sums differ by the tablets that are more; what the program costs once is left out.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from provision.home.create import create_home
from provision.terms import HomeKind
from provision.virtual.pace import FILE
from tests.performance.station_run import run_counted
from tests.system.bench_runs import count_writes, run_station

sys.path.insert(0, str(Path(__file__).parents[2] / "tests/appset"))  # its makers of APKs

pytestmark = [pytest.mark.later, pytest.mark.front]
FEW, MANY = 8, 64
MEGABYTES = 100
JAVA_SECONDS, LEAST_JAVA, MOST_JAVA = 0.3, 5.0, 15.0
MOST_CPU_SECONDS, MOST_MEGABYTES, MOST_RUN_SECONDS = 1.0, 3.0, 3.0


def test_cost_a_tablet_stays_small(tmp_path: Path) -> None:
    few, many = (run_counted(tmp_path / f"training-{count}", count) for count in (FEW, MANY))
    assert (few.status, many.status) == (0, 0)
    cpu, memory = (many.cpu - few.cpu) / (MANY - FEW), (many.megabytes - few.megabytes) / (MANY - FEW)
    wholes = [f"{run.cpu:.1f} s and {run.megabytes:.0f} MB" for run in (few, many)]
    figure = (
        f"a tablet more, from {FEW} to {MANY}: {cpu:.2f} s of processor, {memory:.2f} MB (in all {', '.join(wholes)})"
    )
    print(f"\n{figure}")  # noqa: T201 - what this is run for
    assert cpu <= MOST_CPU_SECONDS
    assert memory <= MOST_MEGABYTES


def _use_large_app(home: Path) -> None:
    """An app set of one app of 100 MB, as real ones are."""
    from test_shows import write_set  # noqa: PLC0415 # only with the folder above in the path

    file = write_set({"make": {"megabytes": MEGABYTES}}, home)
    bench = home / "bench.yaml"
    bench.write_text(bench.read_text("utf-8") + f"\napp_set: {file.name}\n", "utf-8")


def test_a_tablet_whose_java_starts_slowly_waits_for_few_of_them(tmp_path: Path) -> None:
    """Live, on Android 6 and 11: what 300 ms for each `pm` and `settings` add to a whole run.

    The better of two looks: a computer that was busy for a moment in one of the two runs is no start of Java.
    """
    looks = [_look_at_java(tmp_path / "first")]
    if not all(LEAST_JAVA < value <= MOST_JAVA for value in looks[0]):
        looks.append(_look_at_java(tmp_path / "second"))
    print(f"\nwhole runs, {JAVA_SECONDS} s more for each pm and settings: added {looks}")  # noqa: T201 - as above
    assert all(LEAST_JAVA < value <= MOST_JAVA for value in looks[-1])


def _look_at_java(folder: Path) -> tuple[float, ...]:
    """Seconds that slow starts add, on Android 6 and 11."""
    seconds = {}
    for name, starts in (("quick", {}), ("slow", dict.fromkeys(("pm", "settings"), JAVA_SECONDS))):
        home = folder / name
        create_home(home, HomeKind.TRAINING, 3)
        (home / FILE).parent.mkdir(exist_ok=True)
        (home / FILE).write_text(yaml.safe_dump({"starts": starts}), "utf-8")
        ended = run_station(home, 3)
        assert {tablet["outcome"] for tablet in ended.tablets.values()} == {"done"}
        seconds[name] = {slot: float(tablet["seconds"]) for slot, tablet in ended.tablets.items()}
    return tuple(seconds["slow"][slot] - seconds["quick"][slot] for slot in ("1", "3"))


@pytest.mark.parametrize("large", [False, True], ids=["fixtures", "large"])
def test_a_run_on_a_done_tablet_is_short_and_writes_nothing(tmp_path: Path, large: bool) -> None:  # noqa: FBT001 # which
    home = tmp_path / "training"
    assert {tablet["outcome"] for tablet in run_station(home, 1).tablets.values()} == {"done"}
    if large:
        _use_large_app(home)
        assert {tablet["outcome"] for tablet in run_station(home, 1).tablets.values()} == {"done"}
    before = count_writes(home, ["1"])
    ends = [run_station(home, 1).tablets["1"] for _ in range(5)]
    seconds = statistics.median(float(end["seconds"]) for end in ends)
    with closing(sqlite3.connect(home / "state" / "state.sqlite")) as state, state:
        assert state.execute("DELETE FROM verified_install").rowcount > 0
    pulled = float(run_station(home, 1).tablets["1"]["seconds"])
    said = f"a done tablet again: {seconds:.2f} s, {pulled:.2f} s where every app is pulled"
    print(f"\n{said}")  # noqa: T201 - what this is run for
    assert {end["outcome"] for end in ends} == {"done"}
    assert count_writes(home, ["1"]) == before
    assert seconds <= MOST_RUN_SECONDS
