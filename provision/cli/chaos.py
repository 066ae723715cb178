"""`provision station --virtual N --chaos --seed K`: a station that is struck as a story says, and judged afterwards.

The station runs as a process of its own, so that it can be killed; this process is the hand that strikes and the judge.
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

from provision.cli import status
from provision.cli.options import Access
from provision.errors import HomeError, TrainingError
from provision.home.create import Details, create_home
from provision.records.keys import load_keys
from provision.records.reader import Record, verify_folder
from provision.terms import HomeKind, Outcome
from provision.texts.catalogue import say
from provision.texts.language import Language, detect_language
from provision.virtual.chaos.judge import find_double_writes, find_late_writes
from provision.virtual.chaos.story import Deed, Story, Strike, make_story
from provision.virtual.control import BenchClient
from provision.virtual.offline import edit_offline, mutations_of, prepare_offline, read_whole_journal
from provision.virtual.roster import Place

LOOK_SECONDS = 0.03
PULLED_SECONDS = 2.0
STATION_SECONDS = 420.0
"""A station that has not ended by then hangs; nothing in a story takes that long."""

MENDING = (("mend",), ("battery", "90"), ("set", "global", "adb_enabled", "1"))
"""What a person does with a tablet that was broken, went out, or lost USB debugging."""

STORED_TO = timedelta(seconds=1)
"""Records keep times to the second."""


def run_chaos(access: Access, slots: int) -> int:
    """One story from its first line to its judgement; the exit status of the command.

    Raises:
        HomeError: the home exists already: a story begins with tablets that nobody touched.
    """
    count = access.virtual or 0
    language = detect_language(os.environ, access.language)
    home = access.home or Path(f"chaos-{access.seed}")
    if home.exists():
        raise HomeError(
            f"{home}: expected no such folder, since a story begins on a new home; remove it, or give --home"
        )
    create_home(home, HomeKind.TRAINING, max(slots, count), Details(language))
    places = prepare_offline(home, count, access.seed)
    story = make_story(access.seed, places)
    _tell(language, "chaos.story", seed=str(story.seed), home=str(home))
    for line in story.tell():
        click.echo(f"  {line}")
    for flaw in story.flaws:
        edit_offline(home, flaw.slot, "break", [flaw.fault])
    bed = _Bed(home, ("--virtual", str(count), "--seed", str(access.seed)), language)
    _play(bed, story)
    _mend(home, places, story)
    return _judge(bed, places)


def _tell(language: Language, key: str, **words: str) -> None:
    click.echo(say(language, key, **words))


@dataclass
class _Bed:
    """The home a story happens in, and the stations that ran there so far."""

    home: Path
    words: tuple[str, ...]
    language: Language
    runs: int = 0

    def start(self) -> subprocess.Popen[bytes]:
        """Start a station; what it says goes to `logs/chaos-N.jsonl` of the home."""
        self.runs += 1
        program = (sys.executable, "-m", "provision.cli.main", "station", "--once", "--json", "--home", str(self.home))
        with self.log.open("wb") as out, self.log.with_suffix(".txt").open("wb") as err:
            return subprocess.Popen(
                (*program, *self.words), stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )

    @property
    def log(self) -> Path:
        """Events of the last station."""
        return self.home / "logs" / f"chaos-{self.runs}.jsonl"


@dataclass
class _Hand:
    """The hand that strikes; knows what is still to be done."""

    bed: _Bed
    left: list[Strike]
    pulled: dict[str, float] = field(default_factory=dict)

    def look(self, station: subprocess.Popen[bytes]) -> bool:
        """Do what is due now; True when the station was killed."""
        self._plug_again()
        for strike in [strike for strike in self.left if self._is_due(strike)]:
            self.left.remove(strike)
            with suppress(TrainingError, OSError, ValueError):  # struck before the victim was there
                self._strike(strike, station)
            _tell(self.bed.language, "chaos.struck", strike=f"{strike.slot}/{strike.writes} {strike.deed}")
            if strike.deed is Deed.KILL_STATION:
                return True
        return False

    def _is_due(self, strike: Strike) -> bool:
        return len(mutations_of(self.bed.home, strike.slot)) >= strike.writes

    def _plug_again(self) -> None:
        for slot in [slot for slot, until in self.pulled.items() if time.monotonic() >= until]:
            with suppress(TrainingError):
                BenchClient.open(self.bed.home).act("plug", slot)
                del self.pulled[slot]

    def _strike(self, strike: Strike, station: subprocess.Popen[bytes]) -> None:
        match strike.deed:
            case Deed.PULL:
                BenchClient.open(self.bed.home).act("unplug", strike.slot)
                self.pulled[strike.slot] = time.monotonic() + PULLED_SECONDS
            case Deed.RESTART:
                BenchClient.open(self.bed.home).act("reboot", strike.slot)
            case Deed.KILL_ADB:
                os.kill(json.loads((self.bed.home / "state" / "adb.json").read_text())["pid"], signal.SIGKILL)
            case Deed.KILL_STATION:
                station.kill()


def _play(bed: _Bed, story: Story) -> None:
    """Run the station until it ends by itself; start it again each time it is killed."""
    hand = _Hand(bed, list(story.strikes))
    while _watch(bed.start(), hand):
        pass
    for strike in hand.left:
        _tell(bed.language, "chaos.not-reached", strike=f"{strike.slot}/{strike.writes} {strike.deed}")


def _watch(station: subprocess.Popen[bytes], hand: _Hand) -> bool:
    """Strike until the station has ended; True when it was killed and must be started again.

    Raises:
        TrainingError: it never ends.
    """
    limit = time.monotonic() + STATION_SECONDS
    killed = False
    while station.poll() is None:
        killed = killed or hand.look(station)
        if time.monotonic() >= limit:
            station.kill()
            raise TrainingError(f"the station has not ended after {STATION_SECONDS:.0f} s: see {hand.bed.log}")
        time.sleep(LOOK_SECONDS)
    return killed


def _mend(home: Path, places: list[Place], story: Story) -> None:
    """Take the story's flaws away; what a tablet of the roster had from the start stays."""
    for place in places:
        if place.slot in {flaw.slot for flaw in story.flaws}:
            for verb, *words in MENDING:
                edit_offline(home, place.slot, verb, words)
            if place.faults:
                edit_offline(home, place.slot, "break", place.faults)


def _judge(bed: _Bed, places: list[Place]) -> int:
    """The plain run that finishes everything, then the journals."""
    station = bed.start()
    _watch(station, _Hand(bed, []))
    wrong = [*_find_unexpected(bed.log), *_find_wrong_writes(bed.home, places)]
    for line in wrong:
        click.echo(f"  {line}")
    if station.returncode != 0:
        click.echo(bed.log.with_suffix(".txt").read_text("utf-8", "replace"), err=True)
    right = station.returncode == 0 and not wrong
    _tell(bed.language, "chaos.right" if right else "chaos.wrong", count=str(len(places)), log=str(bed.log))
    return 0 if right else status.NOT_ALL


def _find_unexpected(log: Path) -> Iterator[str]:
    """Tablets of the last run that did not end as their model must."""
    for line in log.read_text("utf-8").splitlines():
        event: dict[str, Any] = json.loads(line)
        for tablet in event.get("tablets", []) if event["event"] == "summary" else []:
            if tablet["outcome"] != (tablet["expected"] or "done"):
                why = f"{tablet['reason']} {tablet['detail']}"
                yield f"slot {tablet['slot']}: expected {tablet['expected']}, got {tablet['outcome']} ({why})"


def _find_wrong_writes(home: Path, places: list[Place]) -> Iterator[str]:
    """Writes done twice, and writes after `done`, by the tablets' own journals."""
    verdict = verify_folder(home / "records", load_keys(home / "keys").fingerprint)
    yield from verdict.faults
    for place in places:
        journal = read_whole_journal(home, place.slot)
        ends = [record.run.ended for record in verdict.records if _is_done(record, place.slot)]
        late = find_late_writes(journal.calls, min(ends) + STORED_TO) if ends else ()
        for line in (*find_double_writes(journal), *late):
            yield f"slot {place.slot}: {line}"


def _is_done(record: Record, slot: str) -> bool:
    return record.run.slot == slot and record.run.outcome is Outcome.DONE
