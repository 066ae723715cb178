"""A bench home: the folder that holds everything of one bench, of kind training or ward.

    site.yaml     what every tablet gets          slots.yaml   labels of the hub ports
    bench.yaml    this bench's own settings       secrets/     what site.yaml refers to
    keys/         signing key and its descriptor, which says the kind
    records/  state/                              logs/        of each run (runs/), adb
    wipes/        statements of wipes (`provision.wipes`)
    witnessed/    what this bench cosigned of the ledgers of others (`records.witness`)
    bench/        the training bench's own files

The kind is read from the signed key descriptor, never from a file a person edits.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provision.bench.slots import Slot
from provision.config.findings import Findings
from provision.errors import HomeError, HomeInUse
from provision.files import give_all_to_owner
from provision.home.bench_settings import BenchSettings, load_bench_settings, load_slots
from provision.records.keys import load_keys
from provision.site.model import Site, load_site
from provision.state.station_lock import LOCK_NAME, read_holder, try_lock
from provision.terms import HomeKind

_NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@dataclass(frozen=True)
class Home:
    """One bench home, loaded and checked; secrets are not fetched.

    Attributes:
        path: the folder, absolute.
        kind: from the key descriptor.
        site: the one configuration.
        slots: labelled hub ports, in the order of slots.yaml.
        bench: bench.yaml with its defaults filled in.
    """

    path: Path
    kind: HomeKind
    site: Site
    slots: tuple[Slot, ...]
    bench: BenchSettings

    @property
    def records(self) -> Path:
        """Records and ledger."""
        return self.path / "records"

    @property
    def state(self) -> Path:
        """Memory of the bench (`state.opening`), what a killed station needs at its next start, and the lock."""
        return self.path / "state"

    @property
    def witnessed(self) -> Path:
        """Checkpoints of other benches that this one cosigned; in `state` no backup would pack them."""
        return self.path / "witnessed"

    @property
    def logs(self) -> Path:
        """Folder of what adb and the training bench left, and of one log a run in `runs`; see `runs.run_log`."""
        return self.path / "logs"

    @property
    def keys(self) -> Path:
        """The signing key and its descriptor."""
        return self.path / "keys"

    @property
    def training(self) -> Path:
        """State of the virtual tablets; training homes only."""
        return self.path / "bench"


def load_home(path: Path) -> Home:
    """Read and check all files of a home.

    Raises:
        HomeError: there is no home at `path`; none is ever made implicitly.
        ConfigurationError: the faults of all its files.
        RecordError: its key or descriptor is damaged.
    """
    path = path.absolute()
    kind = read_kind(path)
    found = Findings()
    site = found.read(lambda: load_site(path / "site.yaml"))
    slots = found.read(lambda: load_slots(path / "slots.yaml"))
    bench = found.read(lambda: load_bench_settings(path / "bench.yaml"))
    if site is None or slots is None or bench is None:
        raise found.error
    return Home(path, kind, site, slots, bench)


def read_kind(path: Path) -> HomeKind:
    """Read the kind of a home alone, whatever stands in its files.

    Raises:
        HomeError: there is no home at `path`.
        RecordError: its key or descriptor is damaged.
    """
    if not (path / "keys").is_dir():
        raise HomeError(f"{path}: no bench home here; make one with `provision init`, or name another with --home")
    return load_keys(path / "keys").kind


def require_kind(home: Home, kind: HomeKind, command: str) -> None:
    """Refuse a training command on a ward home and the reverse.

    Raises:
        HomeError: with what to do instead.
    """
    if home.kind is kind:
        return
    raise HomeError(
        f"{home.path}: this is a {home.kind} home, and `{command}` works on {kind} homes only; "
        f"the kind of a home never changes: name a {kind} home with --home, "
        f"or make one with `provision init --kind {kind} FOLDER`"
    )


@contextmanager
def lock_home(home: Home) -> Iterator[None]:
    """Keep every other station out of a home until the block ends; the kernel ends it with the process.

    What root made meanwhile in somebody's home is theirs afterwards.

    Raises:
        HomeInUse: another process holds it; the message names its process id.
        HomeError: this account cannot write there.
    """
    file, began = home.state / LOCK_NAME, time.time()
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        advice = (
            f". Tablets are reached from a home that this account ({os.geteuid()}) can write: start it as the owner "
            f"of {home.path}, or from a copy on a disk that takes writes"
        )
        raise HomeError(
            f"{file}: the lock cannot be opened: {error.strerror}{advice if error.errno in _NOT_OURS else ''}"
        ) from error
    try:
        if not try_lock(handle):
            raise HomeInUse(
                f"{home.path}: in use by another station, process {read_holder(handle)}; "
                "end that one first, or wait for it"
            )
        try:
            yield
        finally:
            give_all_to_owner(home.path, began)  # `sudo` once must not lock the home's own user out
    finally:
        os.close(handle)
