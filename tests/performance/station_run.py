"""A whole station run at the figures' own scale: `python -m tests.performance.station_run [--hubs 6] [--tablets 24]`.

Six apps of 400 MB go to each virtual tablet over paced hubs, agent, kiosk and proofs included. Prints one JSON object:
seconds of the apps phase (first session to last commit, by the tablets' own journals), seconds of pulling the bases
back for proof after it, seconds of the whole runs, the bound of the reference, and what station, bench and adb server
took of processor and memory.

`--size` and `--time` are shares: 0.1 and 0.1 are the scale of the reference. At full size the bench plays 10 GB on the
computer that is measured, and needs as much disk (`--within`); at `--time 2` its hubs and tablets are half as fast, so
that it, and not the two cores that play it, is what takes the time. What the station waits for by its own clock does
not grow with them: `whole_run_times_bound_grown` counts as if it did (a run without bytes, `--time` times).

`--shells` installs the same apps by `adb install &` for each tablet afterwards. `--browsers 5` prints something else:
runs with pages and nobody looking, and with so many browsers open, in turn, and how much longer the slowest twentieth
of the tablets took.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from provision.home.bench_settings import Deadlines
from provision.home.create import create_home
from provision.terms import HomeKind
from provision.virtual.android.journal import Mutation
from tests.performance.listening import find_page, listen
from tests.performance.paced_bench import Figures, commit_seconds, paced, undisturbed
from tests.performance.training_bench import cpu_seconds
from tests.performance.ways_to_install import by_shells, make_steps
from tests.system.bench_runs import journal, start

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "appset")]  # makers of APKs

PREFIX = "org.example.app"
SESSION, COMMIT = "cmd package install-create", "cmd package install-commit"


@dataclass(frozen=True)
class Counted:
    """One station run.

    Attributes:
        tablets: of its summary.
        seconds: from its start to its summary.
        cpu: processor time of the station's own process. megabytes: the most memory it had.
        bench_cpu: processor time of the training bench until then.
        status: its exit status.
    """

    tablets: tuple[Mapping[str, Any], ...]
    seconds: float
    cpu: float
    megabytes: float
    bench_cpu: float
    status: int | None = None


def run_counted(home: Path, count: int, browsers: int | None = None) -> Counted:
    """Run a station to its end; its process is looked at when it has said its summary and still lives.

    Args:
        browsers: so many have its page open; None runs it without pages.
    """
    began = time.monotonic()
    pages = () if browsers is None else ("--web",)
    process = start(home, "station", "--virtual", str(count), "--seed", "1", "--once", "--json", *pages)
    assert process.stdout is not None
    assert process.stderr is not None
    counted = None
    with process.stdout, process.stderr:
        for line in process.stdout:
            said = json.loads(line)
            if browsers and (page := find_page(said)):
                listen(page, browsers)
            if said["event"] == "summary":
                bench = json.loads((home / "bench/bench.json").read_text("utf-8"))["pid"]
                counted = Counted(
                    tuple(said["tablets"]),
                    time.monotonic() - began,
                    cpu_seconds(process.pid),
                    _most_megabytes(process.pid),
                    cpu_seconds(bench),
                )
    assert counted is not None, "the station ended without its summary"
    return replace(counted, status=process.wait())


def _most_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def make_home(home: Path, figures: Figures, pull_back: str) -> None:
    """A training home with these tablets, paced, and an app set of these sizes."""
    from made_apks import app_entry, entry, make_apk  # noqa: PLC0415 # only with the folders above in the path

    create_home(home, HomeKind.TRAINING, figures.tablets)
    figures.write(home)
    apps = []
    for number, size in enumerate(figures.sizes):
        package, file = f"{PREFIX}{number}", home / f"{number}.apk"
        apps.append(app_entry(package=package, **entry(file, make_apk(package, megabytes=size))))
    (home / "apps.yaml").write_text(yaml.safe_dump({"apps": apps}), "utf-8")
    bench = home / "bench.yaml"
    settings = yaml.safe_load(bench.read_text("utf-8"))
    settings |= {"app_set": "apps.yaml", "pull_back": pull_back, "deadlines": _make_deadlines(figures)}
    bench.write_text(yaml.safe_dump(settings), "utf-8")


def _make_deadlines(figures: Figures) -> dict[str, int]:
    """A ward's, and longer where hubs and tablets are slower: those of training are for tablets that work at once."""
    slower = max(1.0, figures.time)
    return {name: round(seconds * slower) for name, seconds in Deadlines().model_dump().items()}


def measure(home: Path, figures: Figures, pull_back: str = "sample") -> dict[str, object]:
    """One run in a new home."""
    make_home(home, figures, pull_back)
    run = run_counted(home, figures.tablets)
    short = [tablet for tablet in run.tablets if tablet["outcome"] != "done"]
    assert not short, f"no figure of a run in which tablets did not end done: {short}"
    spans = [_find_spans(journal(home, str(tablet["slot"])), figures) for tablet in run.tablets]
    apps, proof = (round(max(column), 1) for column in zip(*spans, strict=True))
    bound, whole = figures.bound * figures.time, figures.whole_bound * figures.time
    return {
        "outcomes": sorted({str(tablet["outcome"]) for tablet in run.tablets}),
        "hubs": figures.hubs,
        "size": figures.size,
        "time": figures.time,
        "bound_s": round(bound, 1),
        "apps_s": apps,
        "apps_times_bound": round(apps / bound, 2),
        "pulled_back_s": proof,
        "whole_bound_s": round(whole, 1),
        "whole_run_s": _describe(run),
        "whole_run_times_bound": round(max(_list_seconds(run)) / whole, 3),
        "station": {"cpu_s": round(run.cpu, 1), "cpu_s_a_tablet": round(run.cpu / figures.tablets, 2)},
        "station_megabytes": round(run.megabytes),
        "bench_cpu_s": round(run.bench_cpu, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def _list_seconds(run: Counted) -> list[float]:
    return [float(tablet["seconds"]) for tablet in run.tablets]


def _describe(run: Counted) -> dict[str, float]:
    seconds = _list_seconds(run)
    figures = {"median": statistics.median(seconds), "p95": find_p95(seconds), "most": max(seconds)}
    return {name: round(value, 1) for name, value in figures.items()}


def find_p95(seconds: Sequence[float]) -> float:
    """The seconds that only the slowest twentieth needs."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def measure_own_waits(home: Path) -> float:
    """Seconds of a run whose apps weigh nothing and whose tablets take no time: what no scale of time changes."""
    few = Figures(hubs=2, tablets=2, time=0.001, size=0.001)
    make_home(home, few, "none")
    return min(_list_seconds(run_counted(home, few.tablets)))


def measure_shells(folder: Path, figures: Figures) -> float:
    """Seconds of `adb install &` for each tablet, until the last has all apps."""
    folder.mkdir()
    steps = make_steps(folder, figures.sizes)
    with paced(figures) as bench:
        return max(by_shells(bench, steps).values()) * figures.time


def compare_browsers(folder: Path, figures: Figures, browsers: int, turns: int) -> dict[str, object]:
    """Whole runs with pages and nobody looking, and with browsers open, in turn: the slowest twentieth of each."""
    found: dict[int, list[float]] = {0: [], browsers: []}
    for turn in range(turns):
        for count in found if turn % 2 else reversed(found):  # each goes first as often
            home = folder / f"home-{turn}-{count}"
            make_home(home, figures, "none")
            found[count].append(find_p95(_list_seconds(run_counted(home, figures.tablets, count))))
            shutil.rmtree(home)
    alone, beside = (statistics.median(found[count]) for count in found)
    return {
        "tablets": figures.tablets,
        "hubs": figures.hubs,
        "browsers": browsers,
        "p95_s_without": [round(each, 2) for each in found[0]],
        "p95_s_with": [round(each, 2) for each in found[browsers]],
        "slower_by": f"{beside / alone - 1:+.1%}",
        "load": round(os.getloadavg()[0], 1),
    }


def _find_spans(calls: Sequence[Mutation], figures: Figures) -> tuple[float, float]:
    """Seconds of the apps phase, and from its end to the next change."""
    commits = [number for number, call in enumerate(calls) if call.verb == COMMIT][-len(figures.sizes) :]
    first = [number for number, call in enumerate(calls) if call.verb == SESSION][-len(figures.sizes)]
    begin, last, after = (datetime.fromisoformat(calls[number].at) for number in (first, commits[-1], commits[-1] + 1))
    end = last + timedelta(seconds=commit_seconds(120) * figures.time)  # the largest app is the last one
    return (end - begin).total_seconds(), (after - end).total_seconds()


def measure_whole(folder: Path, figures: Figures, pull_back: str, *, shells: bool) -> dict[str, object]:
    """One run, what no scale of time changes in it, and a shell beside it."""
    told = measure(folder / "home", figures, pull_back)
    shutil.rmtree(folder / "home")
    whole = figures.whole_bound * figures.time
    waits = measure_own_waits(folder / "waits")
    ratio = float(str(told["whole_run_times_bound"]))
    told["own_waits_s"] = round(waits, 1)
    told["whole_run_times_bound_grown"] = round(ratio + max(0.0, figures.time - 1) * waits / whole, 3)
    if shells:
        told["shells_s"] = round(seconds := measure_shells(folder / "apks", figures), 1)
        told["shells_times_bound"] = round(seconds / (figures.bound * figures.time), 2)
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hubs", type=int, default=6)
    parser.add_argument("--tablets", type=int, default=24, help="two at least")
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--time", type=float, default=1.0)
    parser.add_argument("--within", type=Path, help="folder for the home; a usual temporary one without it")
    parser.add_argument("--pull-back", choices=("sample", "every", "none"), default="sample")
    parser.add_argument("--shells", action="store_true", help="`adb install &` as well")
    parser.add_argument("--browsers", type=int, help="compare runs with so many browsers open and without")
    parser.add_argument("--turns", type=int, default=3, help="of that comparison")
    given = parser.parse_args()
    figures = Figures(given.hubs, given.tablets, given.time, given.size)
    with tempfile.TemporaryDirectory(dir=given.within) as name, undisturbed():
        folder = Path(name)
        told = (
            compare_browsers(folder, figures, given.browsers, given.turns)
            if given.browsers
            else measure_whole(folder, figures, given.pull_back, shells=given.shells)
        )
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
