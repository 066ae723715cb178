"""`provision bench chaos`: a station that is disturbed as a scenario says, and judged afterwards.

The station runs as a process of its own, so that it can be killed; this process injects the faults and judges.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from provision.cli import ending
from provision.cli.options import LARGEST_TRAINING_BENCH, language_option
from provision.cli.reach import TRAINING_SLOTS
from provision.errors import HomeError, TrainingError
from provision.home.create import Details, create_home
from provision.records.keys import load_keys
from provision.records.reader import Record, verify_folder
from provision.terms import HomeKind, Outcome
from provision.texts.catalogue import say
from provision.texts.language import Language, detect_language
from provision.virtual.chaos.judge import find_double_writes, find_late_writes
from provision.virtual.chaos.scenario import FaultAction, Injection, Scenario, draw_scenario
from provision.virtual.control import BenchClient
from provision.virtual.offline import edit_offline, mutations_of, prepare_offline, read_whole_journal
from provision.virtual.roster import Place

POLL_SECONDS = 0.03
PULLED_SECONDS = 2.0
STATION_SECONDS = 420.0
"""A station that has not ended by then hangs; nothing in a scenario takes that long."""

MENDING = (("mend",), ("battery", "90"), ("set", "global", "adb_enabled", "1"))
"""What a person does with a tablet that was broken, went out, or lost USB debugging."""

STORED_TO = timedelta(seconds=1)
"""Records keep times to the second."""


@click.command()
@click.option(
    "--virtual",
    "count",
    type=click.IntRange(1, LARGEST_TRAINING_BENCH),
    metavar="N",
    required=True,
    help="How many virtual tablets.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Which tablets, which faults, and when.")
@language_option("Language of the messages  [default: the computer's].")
@click.pass_obj
def chaos(home: Path | None, count: int, seed: int, language: Language | None) -> None:
    """Disturb a station as the scenario of --seed says, then let it finish in peace, and judge.

    Cables are pulled, tablets restarted, broken and lying, adb and the station killed. Then one plain run must bring
    every tablet to the end that its model asks for, with no write made twice and none after `done`.

    A scenario begins with tablets that nobody touched, so it makes a training home of its own: the one of
    `bench --home`, else ./chaos-SEED.

    Exit status: 0 all right, 1 not, 2 the home exists already, or wrong use.
    """
    raise SystemExit(run_chaos(home or Path(f"chaos-{seed}"), count, seed, detect_language(os.environ, language)))


def run_chaos(home: Path, count: int, seed: int, language: Language) -> int:
    """Play one scenario from its first line to its judgement; the exit status of the command.

    Raises:
        HomeError: the home exists already.
    """
    if home.exists():
        raise HomeError(
            f"{home}: expected no such folder, since a scenario begins on a new home; remove it, or name another one: "
            "provision bench --home FOLDER chaos ..."
        )
    create_home(home, HomeKind.TRAINING, max(TRAINING_SLOTS, count), Details(language))
    places = prepare_offline(home, count, seed)
    scenario = draw_scenario(seed, places)
    _tell(language, "chaos.scenario", seed=str(seed), home=str(home))
    for line in scenario.describe():
        click.echo(f"  {line}")
    for slot, fault in scenario.faults.items():
        edit_offline(home, slot, "break", [fault])
    fixture = Fixture(home, ("--virtual", str(count), "--seed", str(seed)), language)
    _play(fixture, scenario)
    _mend(home, places, scenario)
    return _judge(fixture, places)


def _tell(language: Language, key: str, **words: str) -> None:
    click.echo(say(language, key, **words))


@dataclass
class Fixture:
    """The home a scenario happens in, and the stations that ran there so far."""

    home: Path
    words: tuple[str, ...]
    language: Language
    runs: int = 0

    def start(self, mode: str = "--once") -> subprocess.Popen[bytes]:
        """Start a station; what it says goes to `logs/chaos-N.jsonl` of the home."""
        self.runs += 1
        program = (sys.executable, "-m", "provision.cli.main", "station", mode, "--json", "--home", str(self.home))
        with self.log.open("wb") as out, self.log.with_suffix(".txt").open("wb") as err:
            return subprocess.Popen(
                (*program, *self.words), stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )

    @property
    def log(self) -> Path:
        """Events of the last station."""
        return self.home / "logs" / f"chaos-{self.runs}.jsonl"


@dataclass
class _Injector:
    """Injects what is due; knows what is still to be injected, and which cables it pulled."""

    fixture: Fixture
    left: list[Injection]
    pulled: dict[str, float] = field(default_factory=dict)

    def inject_due(self, station: subprocess.Popen[bytes]) -> bool:
        """Do what is due now; True when the station was killed."""
        self._plug_again()
        for injection in [injection for injection in self.left if self._is_due(injection)]:
            self.left.remove(injection)
            with suppress(TrainingError, OSError, ValueError):  # it came before its victim was there
                self._inject(injection, station)
            _tell(self.fixture.language, "chaos.injected", injection=str(injection))
            if injection.action is FaultAction.KILL_STATION:
                return True
        return False

    def _is_due(self, injection: Injection) -> bool:
        return len(mutations_of(self.fixture.home, injection.slot)) >= injection.writes

    def _plug_again(self) -> None:
        for slot in [slot for slot, until in self.pulled.items() if time.monotonic() >= until]:
            with suppress(TrainingError):
                BenchClient.open(self.fixture.home).act("plug", slot)
                del self.pulled[slot]

    def _inject(self, injection: Injection, station: subprocess.Popen[bytes]) -> None:
        match injection.action:
            case FaultAction.PULL:
                BenchClient.open(self.fixture.home).act("unplug", injection.slot)
                self.pulled[injection.slot] = time.monotonic() + PULLED_SECONDS
            case FaultAction.RESTART:
                BenchClient.open(self.fixture.home).act("reboot", injection.slot)
            case FaultAction.KILL_ADB:
                os.kill(json.loads((self.fixture.home / "state" / "adb.json").read_text())["pid"], signal.SIGKILL)
            case FaultAction.KILL_STATION:
                station.kill()


def _play(fixture: Fixture, scenario: Scenario) -> None:
    """Run the station until it ends by itself; start it again each time it is killed."""
    injector = _Injector(fixture, list(scenario.injections))
    while _watch(fixture.start(), injector):
        pass
    for injection in injector.left:
        _tell(fixture.language, "chaos.not-reached", injection=str(injection))


def _watch(station: subprocess.Popen[bytes], injector: _Injector) -> bool:
    """Inject until the station has ended; True when it was killed and must be started again.

    Raises:
        TrainingError: it never ends.
    """
    limit = time.monotonic() + STATION_SECONDS
    killed = False
    while station.poll() is None:
        killed = killed or injector.inject_due(station)
        if time.monotonic() >= limit:
            station.kill()
            raise TrainingError(f"the station has not ended after {STATION_SECONDS:.0f} s: see {injector.fixture.log}")
        time.sleep(POLL_SECONDS)
    return killed


def _mend(home: Path, places: list[Place], scenario: Scenario) -> None:
    """Take the scenario's faults away; what a tablet of the roster had from the start stays."""
    for place in places:
        if place.slot in scenario.faults:
            for verb, *words in MENDING:
                edit_offline(home, place.slot, verb, words)
            if place.faults:
                edit_offline(home, place.slot, "break", place.faults)


def _judge(fixture: Fixture, places: list[Place]) -> int:
    """The plain run that finishes everything, then the journals."""
    station = fixture.start()
    _watch(station, _Injector(fixture, []))
    wrong = [*find_unexpected(fixture.log), *find_wrong_writes(fixture.home, places)]
    for line in wrong:
        click.echo(f"  {line}")
    if station.returncode != 0:
        click.echo(fixture.log.with_suffix(".txt").read_text("utf-8", "replace"), err=True)
    right = station.returncode == 0 and not wrong
    _tell(fixture.language, "chaos.right" if right else "chaos.wrong", count=str(len(places)), log=str(fixture.log))
    return 0 if right else ending.NOT_ALL


def find_unexpected(log: Path) -> Iterator[str]:
    """Tablets of the last run that did not end as their model must."""
    for line in log.read_text("utf-8").splitlines():
        event: dict[str, Any] = json.loads(line)
        for tablet in event.get("tablets", []) if event["event"] == "summary" else []:
            if tablet["outcome"] != (tablet["expected"] or "done"):
                why = f"{tablet['reason']} {tablet['detail']}"
                yield f"slot {tablet['slot']}: expected {tablet['expected']}, got {tablet['outcome']} ({why})"


def find_wrong_writes(home: Path, places: list[Place]) -> Iterator[str]:
    """Writes done twice, and writes after `done`, by the tablets' own journals."""
    verdict = verify_folder(home / "records", load_keys(home / "keys").fingerprint)
    yield from (*verdict.faults, *verdict.unjudged)
    for place in places:
        journal = read_whole_journal(home, place.slot)
        ends = [record.run.ended for record in verdict.records if _is_done(record, place.slot)]
        late = find_late_writes(journal.calls, min(ends) + STORED_TO) if ends else ()
        for line in (*find_double_writes(journal), *late):
            yield f"slot {place.slot}: {line}"


def _is_done(record: Record, slot: str) -> bool:
    return record.run.slot == slot and record.run.outcome is Outcome.DONE
