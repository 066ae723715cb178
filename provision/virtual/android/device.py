"""One running virtual tablet as its commands see it: model, state, clock, files."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provision.virtual.android.faults import has_fault
from provision.virtual.android.model import Model
from provision.virtual.android.oem_gates import shut_gates
from provision.virtual.android.restrictions import BASE_API, brought, known
from provision.virtual.android.state import BLOBS, Data, Package, State, StoredFile

SERVICES_EARLY = 0.2
"""Part of the boot time in which services answer and `sys.boot_completed` is still empty."""

Clock = Callable[[], float]
"""Seconds that only go forward."""


@dataclass
class Device:
    """First argument of every command function.

    Attributes:
        model: the model file.
        state: the mutable document; whoever holds the tablet's lock may change it.
        clock: injected time in seconds.
        folder: the tablet's folder.
        ready_at: clock value at which Android has finished booting.
        linked_at: clock value at which the current association attempt ends.
        target: SSID of that attempt, None when the radio looks for nothing.
        processes: running app processes by package; what they hold in memory dies with them.
        agent_lives: processes of the agent that were started since this object was made.
        note: writes one mutating call into the journal; what apps do at the station's word goes through it.
    """

    model: Model
    state: State
    clock: Clock
    folder: Path
    ready_at: float = -math.inf
    linked_at: float = -math.inf
    target: str | None = None
    processes: dict[str, object] = field(default_factory=dict)
    agent_lives: int = 0
    note: Callable[[Sequence[str]], object] = field(default=lambda _words: None)

    @property
    def api(self) -> int:
        """API level."""
        return self.model.api

    @property
    def data(self) -> Data:
        """Part that a factory reset loses."""
        return self.state.data

    @property
    def answering(self) -> bool:
        """Tell whether the services answer, which they do some time before the boot is complete."""
        services_at = self.ready_at - self.model.timing.boot * SERVICES_EARLY
        return self.clock() >= services_at and not self.faulty("boot-stuck")

    @property
    def booted(self) -> bool:
        """Tell whether `sys.boot_completed` is 1 and user 0 runs."""
        return self.answering and self.clock() >= self.ready_at and not self.faulty("boot-half")

    @property
    def unlocked(self) -> bool:
        """Tell whether user 0 runs and nobody has to enter a PIN first."""
        return self.booted and not self.data.user_locked

    def faulty(self, name: str) -> bool:
        """Tell whether a plain fault of this name stands."""
        return has_fault(self.state.faults, name)

    @property
    def shut_gates(self) -> tuple[str, ...]:
        """Ids of the maker's gates that stand now: the model's that no hand opened, and those shut as faults."""
        return shut_gates(self.api, self.model.gates, self.data.opened_gates, self.state.faults)

    def setting(self, namespace: str, key: str) -> str | None:
        """One settings row, None when there is none."""
        return self.data.settings[namespace].get(key)

    def owns(self, name: str) -> bool:
        """Tell whether a package is the device owner."""
        return (self.data.owner or "").split("/")[0] == name

    @property
    def home(self) -> str:
        """The component HOME leads to: the owner's choice, a person's, the maker's."""
        return self.data.preferred_home or self.data.home or self.model.launcher

    @property
    def front(self) -> str:
        """The component in front of the screen."""
        return self.data.front or self.home

    def is_front(self, name: str) -> bool:
        """Tell whether a package is in front of the screen."""
        return self.front.split("/")[0] == name

    def go_home_from(self, name: str) -> None:
        """Show HOME where a package was in front."""
        if self.is_front(name):
            self.data.front = None

    def installed(self, name: str) -> Package | None:
        """The package as user 0 has it, None when it is not installed for that user."""
        package = self.data.packages.get(name)
        return package if package is not None and package.installed else None

    def restricted(self, name: str) -> bool:
        """Tell whether a user restriction stops anything; one that leaks only reads back as set."""
        enforced = name in (*self.data.restrictions, *self.base_restrictions) and known(self.api, name)
        return enforced and not self.faulty("restrictions-leak")

    @property
    def setup_complete(self) -> bool:
        """Belief of the policy service about the setup: a latch that only goes up (packages document 2.3)."""
        return self.data.setup_latched or self.setting("secure", "user_setup_complete") == "1"

    @property
    def base_restrictions(self) -> tuple[str, ...]:
        """Restrictions that an owner brings and that stand in no list of their own (packages document 11.2)."""
        return brought(self.api) if self.data.owner is not None and self.api >= BASE_API else ()

    def free_bytes(self) -> int:
        """Room left on /data."""
        if self.faulty("full-storage"):
            return 0
        stored = sum(file.size for file in self.data.files.values())
        blobs = (blob for p in self.data.packages.values() if p.blob for blob in (p.blob, *p.splits.values()))
        stored += sum(map(self.blob_size, blobs))
        return max(0, (self.model.storage.total_mb - self.model.storage.used_mb) * 1024 * 1024 - stored)

    def store_blob(self, content: bytes) -> str:
        """Keep a content on disk; returns its name (SHA-256, hexadecimal)."""
        name = hashlib.sha256(content).hexdigest()
        path = self.folder / BLOBS / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            temporary = path.with_suffix(".new")
            temporary.write_bytes(content)
            temporary.replace(path)
        return name

    def blob(self, name: str) -> bytes:
        """The content of a stored blob."""
        return (self.folder / BLOBS / name).read_bytes()

    def blob_size(self, name: str) -> int:
        """Size of a stored blob, 0 when it is gone."""
        path = self.folder / BLOBS / name
        return path.stat().st_size if path.exists() else 0

    def store_file(self, path: str, content: bytes, mode: int = 0o100660) -> None:
        """Put a file where the shell sees it; the folders above come into being."""
        self.data.files[path] = StoredFile(blob=self.store_blob(content), size=len(content), mode=mode)
        folder = path.rpartition("/")[0]
        while folder and folder not in self.data.folders:
            self.data.folders.append(folder)
            folder = folder.rpartition("/")[0]
