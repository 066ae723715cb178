"""A whole station run at the figures' own scale: `python -m tests.performance.station_run [--hubs 6] [--tablets 24]`.

Six apps of 400 MB go to each virtual tablet over paced hubs, agent, kiosk and proofs included. Prints one JSON object:
seconds of the apps phase (first session to last commit, by the tablets' own journals), seconds of pulling the bases
back for proof after it, seconds of the whole runs, the bound of the reference, and what station, bench and adb server
took of processor and memory. `--size` and `--time` are shares: 0.1 and 0.1 are the scale of the reference. At full
size the bench plays 10 GB up and 10 GB down on the computer that is measured, and needs as much disk (`--within`).
"""

from __future__ import annotations

import argparse
import json
import os
import re
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

from provision.home.create import create_home
from provision.terms import HomeKind
from provision.virtual.android.journal import Mutation
from tests.performance.listening import find_page, listen
from tests.performance.paced_bench import Figures, commit_seconds
from tests.performance.training_bench import cpu_seconds
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
    bench.write_text(bench.read_text("utf-8") + f"\napp_set: apps.yaml\npull_back: {pull_back}\n", "utf-8")


def measure(home: Path, figures: Figures, pull_back: str = "sample", browsers: int | None = None) -> dict[str, object]:
    """One run in a new home, with so many browsers open; None runs it without pages."""
    make_home(home, figures, pull_back)
    run = run_counted(home, figures.tablets, browsers)
    spans = [_find_spans(journal(home, str(tablet["slot"])), figures) for tablet in run.tablets]
    apps, proof = (round(max(column), 1) for column in zip(*spans, strict=True))
    seconds = [float(tablet["seconds"]) for tablet in run.tablets]
    bound = figures.bound * figures.time
    return {
        "outcomes": sorted({str(tablet["outcome"]) for tablet in run.tablets}),
        "hubs": figures.hubs,
        "size": figures.size,
        "time": figures.time,
        "bound_s": round(bound, 1),
        "apps_s": apps,
        "apps_times_bound": round(apps / bound, 2),
        "pulled_back_s": proof,
        "whole_run_s": {
            "median": round(statistics.median(seconds), 1),
            "p95": round(statistics.quantiles(seconds, n=20)[-1], 1),
            "most": round(max(seconds), 1),
        },
        "whole_run_times_bound": round(max(seconds) / bound, 2),
        "station": {"cpu_s": round(run.cpu, 1), "cpu_s_a_tablet": round(run.cpu / figures.tablets, 2)},
        "station_megabytes": round(run.megabytes),
        "bench_cpu_s": round(run.bench_cpu, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def _find_spans(calls: Sequence[Mutation], figures: Figures) -> tuple[float, float]:
    """Seconds of the apps phase, and from its end to the next change."""
    commits = [number for number, call in enumerate(calls) if call.verb == COMMIT][-len(figures.sizes) :]
    first = [number for number, call in enumerate(calls) if call.verb == SESSION][-len(figures.sizes)]
    begin, last, after = (datetime.fromisoformat(calls[number].at) for number in (first, commits[-1], commits[-1] + 1))
    end = last + timedelta(seconds=commit_seconds(120) * figures.time)  # the largest app is the last one
    return (end - begin).total_seconds(), (after - end).total_seconds()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hubs", type=int, default=6)
    parser.add_argument("--tablets", type=int, default=24)
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--time", type=float, default=1.0)
    parser.add_argument("--within", type=Path, help="folder for the home; a usual temporary one without it")
    parser.add_argument("--pull-back", choices=("sample", "every", "none"), default="sample")
    parser.add_argument("--browsers", type=int, help="with pages, and so many open; without it no pages are served")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.within) as folder:
        figures = Figures(given.hubs, given.tablets, given.time, given.size)
        sys.stdout.write(
            json.dumps(measure(Path(folder) / "home", figures, given.pull_back, given.browsers), indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
