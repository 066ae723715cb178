"""How a bench home stands on its computer: who can read its keys, and what a lost disk would take along."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote

from provision.agent.site_key import load_site_key
from provision.agent.wipe_word import FILE as WIPE_FILE
from provision.agent.wipe_word import find_standing_word
from provision.backup.last_backup import find_last_backup
from provision.doctor.finding import Finding, Level
from provision.errors import ConfigurationError, HomeError, RecordError
from provision.home.bench_settings import load_slots
from provision.home.folder import Home
from provision.records.keys import load_keys
from provision.state.cable_history import judge_runs
from provision.state.opening import open_bench_state
from provision.station.check_home import check_home
from provision.station.kept_checkpoint import name_kept_file

MEMORY = "state.sqlite"
PRIVATE = ("keys", "secrets", "state")
SHARED_BITS = stat.S_IRWXG | stat.S_IRWXO
KEPT_DAYS = 7
"""A checkpoint that was kept longer ago than this leaves a week of records to whoever can delete them."""
BACKUP_DAYS = 7
CLOCK_MARGIN = timedelta(hours=1)


def examine_home(folder: Path, now: datetime) -> tuple[list[Finding], int]:
    """Return what is to be said of a home, and the number of its slots."""
    if not (folder / "keys").is_dir():
        return [Finding("home.none", Level.WARNING, {"folder": folder})], 0
    open_files = list(_examine_modes(folder))
    try:
        setup, _captures = check_home(folder)
    except ConfigurationError as wrong:
        return [*open_files, _wrong(folder, len(wrong.faults))], _count_slots(folder)
    except (HomeError, RecordError):
        return [*open_files, _wrong(folder, 1)], _count_slots(folder)
    home, slots = setup.home, len(setup.home.slots)
    right = Finding("home", Level.RIGHT, {"folder": folder, "slots": slots})
    wipe = [] if setup.agent is None else _examine_wipe_word(home)
    kept = [examine_second_place(home, now), examine_backup(home, now)]
    return [*open_files, right, *wipe, *kept, *_examine_cables(home)], slots


def _examine_wipe_word(home: Home) -> Iterator[Finding]:
    """Name a word that lets tablets erase themselves, and that the site does not ask for."""
    outside = home.site.kiosk.outside
    days = None if outside is None else outside.wipe_after_days
    standing = find_standing_word(home.keys, load_site_key(home.keys).key_id, days)
    if standing is not None:
        yield Finding("home.wipe-stands", Level.WARNING, {"file": home.keys / WIPE_FILE, "days": standing.days})


def _examine_cables(home: Home) -> Iterator[Finding]:
    """Name slots that lost tablets; a home that no batch was worked in has no memory yet, and gets none here."""
    if not (home.state / MEMORY).is_file():
        return
    try:
        with open_bench_state(home.path) as state:
            history, ports = state.cable_history, {slot.label: slot.port for slot in home.slots}
            faults = judge_runs(history.list_runs(), history.list_present(), ports)
    except HomeError:
        return  # `provision check` says what is wrong
    for fault in faults:
        yield Finding(fault.key, Level.WARNING, vars(fault))


def _count_slots(folder: Path) -> int:
    """The slots of a home some other file of which is wrong: what they ask of the computer stays the same."""
    try:
        return len(load_slots(folder / "slots.yaml"))
    except ConfigurationError:
        return 0


def _wrong(folder: Path, faults: int) -> Finding:
    command = f"provision check --home {quote(str(folder))}"
    return Finding("home.wrong", Level.FAULT, {"folder": folder, "count": faults}, command)


def _examine_modes(folder: Path) -> Iterator[Finding]:
    """Name what other users of this computer can read or write; a folder that is closed closes what is in it."""
    for name in PRIVATE:
        place = folder / name
        if place.is_dir() and place.stat().st_mode & SHARED_BITS:
            for file in sorted(each for each in place.rglob("*") if _is_secret(each)):
                if _is_shared(file):
                    command = f"chmod 600 {quote(str(file))}"
                    yield Finding("home.open", Level.FAULT, {"file": file}, command)


def _is_shared(file: Path) -> bool:
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:  # gone since its folder was listed
        return False
    return stat.S_ISREG(mode) and bool(mode & SHARED_BITS)


def _is_secret(file: Path) -> bool:
    """Tell what opens a tablet or signs from what only describes it."""
    return file.suffix in {".pem", ".sqlite"} or "secrets" in file.parts or file.name == "adbkey"


def examine_second_place(home: Home, now: datetime) -> Finding:
    """Tell when a checkpoint was last kept where whoever takes records away does not reach it."""
    folder = home.bench.second_place
    if folder is None:
        return Finding("home.one-place", Level.WARNING, {"file": home.path / "bench.yaml"})
    file = name_kept_file(folder, load_keys(home.keys))
    try:
        kept = file.stat().st_mtime
    except OSError:
        return Finding("home.place-empty", Level.WARNING, {"folder": folder})
    days = max(0, int((now.timestamp() - kept) // 86_400))
    level = Level.WARNING if days > KEPT_DAYS else Level.RIGHT
    return Finding("home.kept", level, {"folder": folder, "count": days})


def examine_backup(home: Home, now: datetime) -> Finding:
    """Tell when the home was backed up last, keys included; a copy made by other means is not known here."""
    last = find_last_backup(home.state)
    if last is not None and last.at > now + CLOCK_MARGIN:
        last = None  # noted under a wrong clock: nobody knows how old it is
    command = f"provision backup --home {quote(str(home.path))} --with-secrets --out FILE"
    if last is None:
        return Finding("home.no-backup", Level.WARNING, {"folder": home.path}, command)
    days = max(0, (now - last.at).days)
    late = days > BACKUP_DAYS
    level = Level.WARNING if late else Level.RIGHT
    return Finding("home.backup", level, {"file": last.file, "count": days}, command if late else None)
