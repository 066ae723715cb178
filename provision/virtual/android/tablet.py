"""One virtual tablet: the `Tablet` seam over model, state, journal and faults.

Every method may be called from any thread; one lock a tablet keeps its state whole. Standard input
is read before the lock is taken, so a stalled upload does not stop other commands.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provision.virtual.android import edits, faults, words
from provision.virtual.android.agent.process import close_door_if_due, lock_again
from provision.virtual.android.banner import banner_of
from provision.virtual.android.boot import lose_and_note
from provision.virtual.android.commands import files
from provision.virtual.android.commands.link import auto_join
from provision.virtual.android.commands.sessions import apply_staged
from provision.virtual.android.contract import Banner, ReadInput, Reply, SyncRefused
from provision.virtual.android.device import Clock, Device
from provision.virtual.android.effects import find_changes, properties
from provision.virtual.android.journal import Journal
from provision.virtual.android.model import Model, Network, Timing, load_model
from provision.virtual.android.mutating import mutates
from provision.virtual.android.state import fresh_state, load_state, save_state

if TYPE_CHECKING:
    from provision.virtual.roster import Place

FOLDER_MODE, FILE_KIND = 0o40771, 0o100000
PUSH = "push"


class VirtualTablet:
    """A tablet on disk in `folder`; implements `provision.virtual.android.contract.Tablet`."""

    def __init__(self, folder: Path, place: Place, model: Model, clock: Clock = time.monotonic) -> None:
        """Open a tablet, or make it at its first plug.

        Raises:
            TrainingError: its state file is damaged, or a fault or edit of the place does not exist.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # a tablet's storage is private, its apps' secrets too
        state = load_state(folder)
        new = state is None
        if state is None:
            state = fresh_state(model, place.model, place.serial, place.slot)
        self._journal = Journal(folder)
        self._device = Device(model, state, clock, folder, note=self._journal.append)
        self._tap = model.tap_allow if place.tap_allow is None else place.tap_allow
        self._lock = threading.RLock()
        self._waiting_key: str | None = None
        self._stored = ""
        if new:
            self._set_up(place)
        auto_join(self._device)

    def _set_up(self, place: Place) -> None:
        """Do what the donor left and break what is broken, then store it."""
        for line in place.setup:
            verb, *arguments = line.split()
            edits.edit(self._device, verb, arguments)
        if place.faults:
            edits.edit(self._device, "break", place.faults)
        self._save()

    @property
    def banner(self) -> Banner:
        """Give adbd's account of itself on this release."""
        return banner_of(self._device.model, self._device.state.identity.serial)

    @property
    def words(self) -> frozenset[str]:
        """Command words of this release."""
        return words.words_of(self._device.api)

    @property
    def adb_enabled(self) -> bool:
        """Tell whether USB debugging is on; off after a factory reset."""
        return self._device.setting("global", "adb_enabled") == "1"

    @property
    def usb_silent(self) -> bool:
        """Tell whether USB shows nothing of it: debugging is off, and the maker offers no other function then."""
        return not self.adb_enabled and self._device.model.answers.closed_usb == "nothing"

    @property
    def device(self) -> Device:
        """Model and state, for expectations and tests; change them through `edit` only."""
        return self._device

    def call(self, argv: Sequence[str], read_input: ReadInput) -> Reply:
        """Run one Android command; a write is journalled before anything acts."""
        with self._lock:
            seq = self._journal.append(argv) if mutates(argv) else None
            reply = self._reply_of_a_fault(argv)
        if reply is not None:
            return reply
        stdin = _read_all(read_input, wanted_input(argv))
        with self._lock:
            close_door_if_due(self._device)
            had = self._properties(seq)
            reply = words.run(self._device, argv, stdin)
            reply = faults.speak_strangely(self._device.state.faults, argv, self._device.state.fault_hits, reply)
            reply = faults.add_noise(self._device.state.faults, self._device.api, reply)
            self._save()
            if seq is not None:
                self._journal.close(seq, reply.status, find_changes(had, self._properties(seq)))
            reply = faults.hold_back(self._device.state.faults, argv, reply)
        start = self._device.model.timing.starts.get(argv[0], 0.0)
        return replace(reply, delay=reply.delay + start) if start else reply

    def _save(self) -> None:
        """Store the state, where it is another than the one stored last."""
        self._stored = save_state(self._device.folder, self._device.state, unless=self._stored)

    def _properties(self, seq: int | None) -> dict[str, str]:
        """List what counts as changed; nothing for a call that only reads."""
        return {} if seq is None else properties(self._device.data)

    def _reply_of_a_fault(self, argv: Sequence[str]) -> Reply | None:
        """The reply of a fault that keeps a call from acting; its count, and what it does to the tablet, are stored."""
        state = self._device.state
        before = dict(state.fault_hits)
        hit = faults.find_hit(state.faults, argv, state.fault_hits)
        if hit is not None and hit.name == "adb-off":
            state.data.settings["global"]["adb_enabled"] = "0"
        if hit is not None and hit.name == "battery-dies":
            state.battery_level = 0
        if state.fault_hits != before:
            self._save()
        return None if hit is None else faults.reply_of(hit)

    def read_file(self, remote: str) -> bytes | None:
        """Content of a file the shell may read."""
        with self._lock:
            try:
                return files.read_path(self._device, remote)
            except PermissionError:
                return None

    def stat_file(self, remote: str) -> tuple[int, int, int] | None:
        """Mode, size, mtime of a file or folder."""
        with self._lock:
            place = files.canonical(remote)
            stored = self._device.data.files.get(place)
            if stored:
                return stored.mode, stored.size, stored.mtime
            if place in self._device.data.folders:
                return FOLDER_MODE, 4096, 1767225600
        content = self.read_file(remote)
        return None if content is None else (FILE_KIND | 0o644, len(content), 1767225600)

    def list_folder(self, remote: str) -> list[tuple[str, int, int, int]] | None:
        """Entries of a folder the shell may list."""
        with self._lock:
            names = files.entries(self._device, remote)
            if names is None:
                return None
            place = files.canonical(remote)
            found = ((name, self.stat_file(f"{place}/{name}")) for name in names)
            return [(name, *stat) for name, stat in found if stat is not None]

    def write_file(self, remote: str, content: bytes, mode: int) -> None:
        """Store a pushed file.

        Raises:
            SyncRefused: no room, or not a place of the shell.
        """
        place = files.canonical(remote)
        with self._lock:
            self._journal.append((PUSH, remote, str(len(content))))
            if not files.writable(place):
                raise SyncRefused("couldn't create file: Permission denied")
            if len(content) > self._device.free_bytes():
                raise SyncRefused("couldn't write: No space left on device")
            self._device.store_file(place, content, FILE_KIND | (mode & 0o777))
            self._save()

    def knows_key(self, public_key: str) -> bool:
        """Tell whether a key passes without a dialog: stored, or a build without authorisation."""
        with self._lock:
            return not self.banner.secure or public_key in self._device.data.keys

    def offer_key(self, public_key: str) -> float | None:
        """Show the dialog; seconds until the hand taps Allow, None if nobody will."""
        with self._lock:
            if self._device.faulty("taps-deny"):  # the dialog is gone before anybody else sees it
                self._waiting_key = None
                return None
            self._waiting_key = public_key
            return None if self._tap == "never" else float(self._tap)

    def accept_key(self, public_key: str) -> None:
        """Store a key ("always allow")."""
        with self._lock:
            if public_key not in self._device.data.keys:
                self._device.data.keys.append(public_key)
                self._save()
            self._waiting_key = None

    def wire_fault(self) -> str | None:
        """The fault the wire plays; debugging switched off looks like a refused connection."""
        with self._lock:
            return faults.wire_fault(self._device.state.faults) or (None if self.adb_enabled else "refuse-connect")

    def reboot(self, mode: str) -> float:
        """Restart; seconds until adbd answers. Recovery and bootloader do not come back by themselves."""
        with self._lock:
            device = self._device
            lose_and_note(device)
            timing = device.model.timing
            device.ready_at = device.clock() + timing.reboot + timing.boot
            apply_staged(device)
            lock_again(device)
            self._save()
            auto_join(device)
            device.linked_at = device.ready_at + timing.join
            stays_out = mode in {"recovery", "bootloader"} or device.state.battery_level == 0
            return math.inf if stays_out else timing.reboot

    def edit(self, verb: str, arguments: Sequence[str]) -> str:
        """Carry out one edit of a hand (`edits.EDITS`, and `allow`); returns what is so now.

        Raises:
            TrainingError: unknown verb or words that do not fit.
        """
        with self._lock:
            if verb == "allow":
                return self._allow()
            try:
                return edits.edit(self._device, verb, arguments)
            finally:  # a wrong code is an error, and is counted
                self._save()

    def _allow(self) -> str:
        """Tap Allow in the dialog that is shown, and for every later one."""
        self._tap = 0.0
        if self._waiting_key is None:
            return "no dialog is shown; the next one will be allowed"
        self.accept_key(self._waiting_key)
        return "allowed"


def wanted_input(argv: Sequence[str]) -> int:
    """How many bytes of standard input a call reads: the value of -S of an install from a stream."""
    if not {"install", "install-write"} & set(argv[1:3]) or "-S" not in argv[:-1]:
        return 0
    if any(word.startswith("/") for word in argv):
        return 0
    size = argv[list(argv).index("-S") + 1]
    return int(size) if size.isdecimal() else 0


def _read_all(read_input: ReadInput, size: int) -> bytes:
    """Read up to size bytes; less when the stream ends."""
    pieces: list[bytes] = []
    left = size
    while left > 0 and (piece := read_input(min(left, 1 << 20))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def open_tablet(
    folder: Path,
    place: Place,
    clock: Clock = time.monotonic,
    adjust: Callable[[Timing], Timing] = lambda own: own,
    air: tuple[Network, ...] | None = None,
) -> VirtualTablet:
    """The tablet of one place, from its folder; `adjust` gives its model other durations, `air` other access points.

    Raises:
        TrainingError: no such model, or a damaged state file.
    """
    model = load_model(place.model)
    given = {"timing": adjust(model.timing)} | ({} if air is None else {"air": air})
    return VirtualTablet(folder, place, model.model_copy(update=given), clock)
