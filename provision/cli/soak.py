"""`provision bench soak`: a station under cables, restarts, hubs and kills for a long time, judged afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click

from provision.cli import ending
from provision.cli.chaos import POLL_SECONDS, Fixture, find_unexpected, find_wrong_writes
from provision.cli.options import LARGEST_TRAINING_BENCH, language_option
from provision.cli.reach import TRAINING_SLOTS
from provision.errors import HomeError, TrainingError
from provision.home.create import Details, create_home
from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.records.run_end import UNIDENTIFIED
from provision.terms import HomeKind, Outcome
from provision.texts.catalogue import say
from provision.texts.language import Language, detect_language
from provision.virtual.chaos.soak import Blow, SoakEvent, draw_events
from provision.virtual.control import BenchClient
from provision.virtual.offline import prepare_offline
from provision.virtual.roster import Place

REST_SECONDS = 240.0
"""For every slot to come to rest once nothing happens any more."""
STOP_SECONDS = 60.0
BUSY = frozenset({"connecting", "ready", "running", "away"})
_GOOD = frozenset({Outcome.DONE, Outcome.DONE_WITH_WARNINGS})


@click.command()
@click.option(
    "--virtual",
    "count",
    type=click.IntRange(1, LARGEST_TRAINING_BENCH),
    metavar="N",
    default=24,
    show_default=True,
    help="How many virtual tablets.",
)
@click.option("--events", type=click.IntRange(1), default=500, show_default=True, help="How much happens.")
@click.option("--pace", type=click.FloatRange(0.01), default=0.2, show_default=True, help="Seconds between two events.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which tablets, what happens, and when.")
@language_option("Language of the messages  [default: the computer's].")
@click.pass_obj
def soak(home: Path | None, count: int, events: int, pace: float, seed: int, language: Language | None) -> None:
    """Pull cables and whole hubs, restart tablets, kill adb and the station at random for a long time, then judge.

    Afterwards no slot may be stuck, no tablet done that must not be, no two identities mixed, no write made twice, and
    nothing may run any more. It makes a training home of its own: the one of `bench --home`, else ./soak-SEED.

    Exit status: 0 all right, 1 not, 2 the home exists already, or wrong use.
    """
    folder = home or Path(f"soak-{seed}")
    if folder.exists():
        raise HomeError(
            f"{folder}: expected no such folder, since a soak begins on a new home; remove it, or name another one: "
            "provision bench --home FOLDER soak ..."
        )
    speech = detect_language(os.environ, language)
    create_home(folder, HomeKind.TRAINING, max(TRAINING_SLOTS, count), Details(speech))
    places = prepare_offline(folder, count, seed)
    fixture = Fixture(folder, ("--virtual", str(count), "--seed", str(seed)), speech)
    drawn = draw_events(seed, places, events, pace)
    counts = Counter(str(event.blow) for event in drawn)
    told = ", ".join(f"{name} {number}" for name, number in counts.items())
    click.echo(say(speech, "soak.begin", seed=seed, home=folder, events=told))
    wrong = [*_suffer(fixture, drawn, places), *_finish(fixture, places)]
    for line in wrong:
        click.echo(f"  {line}")
    key = "soak.wrong" if wrong else "soak.right"
    click.echo(say(speech, key, count=count, events=len(drawn), log=fixture.log))
    raise SystemExit(ending.NOT_ALL if wrong else 0)


def _suffer(fixture: Fixture, events: Sequence[SoakEvent], places: Sequence[Place]) -> Iterator[str]:
    """Let everything happen to a station that stays, then wait until all its slots are at rest, and end it."""
    station = fixture.start("--stay")
    logs = [fixture.log]
    _await_bench(fixture)
    for event in events:
        time.sleep(event.pause)
        if event.blow is Blow.KILL_STATION:
            station.kill()
            station.wait()
        else:
            _strike(fixture, event)
        if station.poll() is not None:
            if event.blow is not Blow.KILL_STATION:
                yield f"the station ended by itself, status {station.returncode}: see {fixture.log.with_suffix('.txt')}"
            station = fixture.start("--stay")
            logs.append(fixture.log)
            _await_bench(fixture)
    for place in places:
        _strike(fixture, SoakEvent(0.0, Blow.PLUG, (place.slot,)))
    for slot, state in _await_rest(fixture.log).items():
        yield f"slot {slot}: still {state} after {REST_SECONDS:.0f} s of rest"
    station.send_signal(signal.SIGTERM)
    try:
        station.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        station.kill()
        yield f"the station did not end within {STOP_SECONDS:.0f} s"


def _await_bench(fixture: Fixture) -> None:
    """Until the station's training bench answers; the one before it may have been killed with it."""
    limit = time.monotonic() + STOP_SECONDS
    while time.monotonic() < limit:
        with suppress(TrainingError, OSError):
            BenchClient.open(fixture.home).status()
            return
        time.sleep(POLL_SECONDS)
    raise TrainingError(f"no training bench answers after {STOP_SECONDS:.0f} s: see {fixture.log.with_suffix('.txt')}")


def _strike(fixture: Fixture, event: SoakEvent) -> None:
    """Let one event happen; what cannot be done now, as plugging in what is in, is left out."""
    verb = {Blow.HUB_OUT: "unplug", Blow.HUB_IN: "plug"}.get(event.blow, str(event.blow))
    with suppress(TrainingError, OSError, ValueError, KeyError):
        if event.blow is Blow.KILL_ADB:
            os.kill(json.loads((fixture.home / "state" / "adb.json").read_text())["pid"], signal.SIGKILL)
    for slot in event.slots:
        with suppress(TrainingError, OSError):
            BenchClient.open(fixture.home).act(verb, slot)


def _await_rest(log: Path) -> Mapping[str, str]:
    """Wait until no slot is on its way; those that still are, with their states."""
    limit, since, before = time.monotonic() + REST_SECONDS, time.monotonic(), b""
    while True:
        said = log.read_bytes()
        if said != before:
            before, since = said, time.monotonic()
        busy = {slot: state for slot, state in _read_states(said).items() if state in BUSY}
        quiet = time.monotonic() - since
        if (not busy and quiet > 3.0) or time.monotonic() > limit:
            return busy
        time.sleep(0.5)


def _read_states(said: bytes) -> dict[str, str]:
    """The last state of each slot; a line that is being written counts with the next look."""
    states: dict[str, str] = {}
    for line in said.splitlines():
        with suppress(ValueError, KeyError):
            event = json.loads(line)
            if event["event"] == "slot":
                states[event["slot"]] = event["state"]
    return states


def _finish(fixture: Fixture, places: Sequence[Place]) -> Iterator[str]:
    """One plain run, then everything that is on disk and in the process table."""
    station = fixture.start("--once")
    try:
        station.wait(2 * REST_SECONDS)
    except subprocess.TimeoutExpired:
        station.kill()
        yield "the last, undisturbed run did not end"
        return
    yield from find_unexpected(fixture.log)
    yield from find_wrong_writes(fixture.home, list(places))
    yield from _find_mixed(fixture)
    yield from _find_left_running(fixture.home)


def _find_mixed(fixture: Fixture) -> Iterator[str]:
    """Numbers given to two tablets, tablets with two numbers, and a `done` of one that must not be."""
    expected = _read_expected(fixture.log)
    assets: dict[str, set[str]] = defaultdict(set)
    records = verify_folder(fixture.home / "records", load_keys(fixture.home / "keys").fingerprint).records
    for run in (record.run for record in records):
        if run.asset_id != UNIDENTIFIED:
            assets[run.slot].add(run.asset_id)
        if run.outcome in _GOOD and expected.get(run.slot, "done") not in _GOOD:
            yield f"slot {run.slot}: {run.outcome} in {run.run_id}, where {expected[run.slot]} was expected"
    for slot, numbers in assets.items():
        if len(numbers) > 1:
            yield f"slot {slot}: one tablet with the numbers {', '.join(sorted(numbers))}"
    owners = Counter(number for numbers in assets.values() for number in numbers)
    yield from (f"{number}: given to {count} tablets" for number, count in owners.items() if count > 1)


def _read_expected(log: Path) -> dict[str, str]:
    """What the last run's summary says that each tablet had to end as."""
    for line in log.read_text("utf-8").splitlines():
        event = json.loads(line)
        if event["event"] == "summary":
            return {tablet["slot"]: tablet["expected"] or "done" for tablet in event["tablets"]}
    return {}


def _find_left_running(home: Path) -> Iterator[str]:
    """Processes that name this home in their words, but for this one and those that started it."""
    ours, process = set(), os.getpid()
    while process > 1:
        ours.add(process)
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if int(folder.name) not in ours and any(str(home.absolute()).encode() in word for word in words):
                yield f"left running: {folder.name} {b' '.join(words).decode(errors='replace')[:120]}"
