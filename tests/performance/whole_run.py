"""One whole run of one virtual tablet in this process, and what its shell lines cost the tablet.

Programs that are Java (`pm`, `settings` ...: scripts of app_process on Android 5 to 7, of which some only call `cmd`
later), and `cmd`, which is native and asks the same services (packages document 3.1).
"""

from __future__ import annotations

import hashlib
import re
import shlex
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from factories import make_app, make_site

from provision.appset.model import App, AppSet
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.records.run_end import RunEnd
from provision.runs.job import Job
from provision.runs.run import TabletRun
from provision.state.opening import open_bench_state
from provision.station.setup import SecretReader, load_setup, open_ledger
from provision.terms import HomeKind
from provision.transport import Answer
from provision.virtual.android.model import load_model
from tests.upload_link import UploadLink
from tests.virtual.android.apk_maker import Recipe, make_apk
from tests.virtual.android.bench import Bench, model_for

APPS, JAVA_SECONDS = 6, 0.3
JAVA = frozenset({"am", "appops", "bmgr", "content", "dpm", "ime", "input", "monkey", "pm", "settings", "svc", "wm"})
_MARK = re.compile(r"; echo [0-9a-f]{16}:\$\?(?:; )?")


class CountingLink(UploadLink):
    """Counts every command, and lets each Java start take its time on the tablet's clock."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.said: Counter[tuple[str, ...]] = Counter()

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        """One that only looks at a setting takes its real time: a proof watches for some real seconds."""
        parts = [part for part in _MARK.split(line) if part]
        for part in parts:
            self._note(part)
        if merged and len(parts) == 1 and parts[0].startswith("settings get"):
            time.sleep(JAVA_SECONDS)
        return super().shell(line, seconds=seconds, merged=merged)

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        self._note(line)
        return super().exec_with_stdin(line, source, size, seconds=seconds)

    def _note(self, line: str) -> None:
        words = tuple(shlex.split(line))
        self.said[words] += 1
        self.bench.clock.advance(JAVA_SECONDS if words[0] in JAVA else 0.02)


@dataclass(frozen=True)
class Costs:
    """The commands of one run by their kind."""

    said: Counter[tuple[str, ...]]

    def count(self, *programs: str) -> int:
        """Starts of some programs; `cmd package` is one of them, too."""
        return sum(count for words, count in self.said.items() if {words[0], " ".join(words[:2])} & {*programs})

    def count_calls(self, method: str) -> int:
        """Calls of one method of the agent: each starts Java, on every release."""
        return sum(count for words, count in self.said.items() if words[:2] == ("content", "call") and method in words)

    @property
    def old_seconds(self) -> float:
        """What a tablet that takes `JAVA_SECONDS` for each `pm` and `settings` spends on them."""
        return self.count("pm", "settings") * JAVA_SECONDS

    def histogram(self) -> str:
        """The commands that count, most frequent first."""
        rows = [(count, shlex.join(words)) for words, count in self.said.items() if words[0] in {*JAVA, "cmd"}]
        return "\n".join(f"{count:4} {line[:110]}" for count, line in sorted(rows, reverse=True))


class Bed:
    """A training home and one tablet of a release, on one road."""

    def __init__(self, folder: Path, api: int, *, agent: bool) -> None:
        """Made anew; the app set has six apps, and nothing is on the tablet."""
        create_home(folder / "home", HomeKind.TRAINING, 1)
        (folder / "tablet").mkdir()
        (folder / "apks").mkdir()
        setup = load_setup(load_home(folder / "home"))
        self.setup = replace(
            setup,
            appset=AppSet(tuple(_make_apps(folder / "apks")), "0" * 64),
            agent=setup.agent if agent else None,
        )
        air = load_model("samsung-sm-t510").air
        self.bench = Bench(folder / "tablet", model_for(api).model_copy(update={"air": air}))
        self.bench.edit("zone Europe/Paris")
        self.agent = agent

    def run(self) -> tuple[RunEnd, Costs]:
        """A whole run as a station makes it."""
        link = CountingLink(self.bench)
        home = self.setup.home
        with open_bench_state(home.path) as state, open_ledger(home, state) as books:
            job = self._make_job(self.setup.make_job(books, SecretReader(home), None, state))
            run = TabletRun(job, link, "1", "R52N00000001", lambda _told: None)
            return run.run(), Costs(link.said)

    def _make_job(self, job: Job) -> Job:
        """By plain shell a site may require only what plain shell can give."""
        return job if self.agent else replace(job, site=make_site(require={"apps.present": "set"}))


def _make_apps(folder: Path) -> Iterator[App]:
    for number in range(APPS):
        raw, file = make_apk(Recipe(package=f"org.example.app{number}")), folder / f"{number}.apk"
        file.write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        yield make_app(f"org.example.app{number}", path=file, size=len(raw), sha256=digest, version_code=1)
