"""The way to the tablets: our own adb server, somebody else's, or the training bench."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import click

from provision.bench.adb import AdbHost, ServerAddress, TransportRow
from provision.bench.ports import PortEvents
from provision.bench.server import PrivateServer, check_server, find_adb, find_running
from provision.bench.usb import UsbPorts, is_present
from provision.cli.options import LARGEST_TRAINING_BENCH, Access
from provision.cli.process_limits import require_descriptors
from provision.cli.speech import language_of, speak, speak_to_anybody
from provision.cli.training import Training, find_training, start_training
from provision.errors import HomeError, HomeInUse, ServerGone, TrainingError
from provision.home.create import Details, create_home
from provision.home.folder import Home, load_home, lock_home, require_kind
from provision.polling import poll
from provision.terms import HomeKind, SeenThrough
from provision.texts.catalogue import say

TRAINING_ENVIRONMENT = {"ADB_USB": "0", "ADB_EMU": "0", "ADB_LOCAL_TRANSPORT_MAX_PORT": "5554"}
"""A training server sees no USB at all, so that a real tablet can never end in a training home."""

TRAINING_SLOTS = 24
"""Slots of a training home that is made on the way; more where more tablets are asked for."""

ATTACH_SECONDS = 5.0
ATTACH_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Reached:
    """An open way to tablets.

    Attributes:
        ensure: address of a living adb server; starts ours anew when it died.
        open_ports: makes the source of plug and unplug events.
        training: the training bench behind it, None for real tablets.
        guest: a station runs here, and may work on any of the tablets.
    """

    ensure: Callable[[], ServerAddress]
    open_ports: Callable[[], PortEvents]
    training: Training | None
    guest: bool = False

    def list_rows(self) -> tuple[TransportRow, ...]:
        """List the rows of the adb server right now."""
        return AdbHost(self.ensure()).list_transports()


def check_access(access: Access, home: Home) -> None:
    """Virtual tablets open training homes only, and a training home opens nothing else.

    Raises:
        HomeError: the home is of the other kind.
    """
    require_kind(home, HomeKind.TRAINING if access.virtual is not None else home.kind, "--virtual")
    if access.virtual is None and home.kind is HomeKind.TRAINING and access.server is None:
        raise HomeError(
            f"{home.path} is a training home: give --virtual N for virtual tablets, or --home with a ward home "
            "made by `provision init` for real ones"
        )


def name_seen_through(access: Access) -> SeenThrough:
    """Name what the tablets in slots are seen through, whose plugs the source of port events tells."""
    if access.virtual is not None:
        return SeenThrough.TRAINING
    return SeenThrough.USB if access.server is None else SeenThrough.ADB_SERVER


def find_seen_through(access: Access, port: str | None) -> SeenThrough:
    """Tell what one tablet is seen through, of which the adb server alone has told so far.

    Args:
        port: of this computer's USB, as that server names it; None for a tablet at none.
    """
    through = name_seen_through(access)
    here = port is not None and is_present(port)
    return SeenThrough.NETWORK if through is SeenThrough.USB and not here else through


def require_seen_through(home: Home, through: SeenThrough) -> None:
    """Refuse a record of a ward home about a tablet that this computer does not see itself.

    Raises:
        HomeError: nobody allowed it in `bench.yaml`; no tablet was touched.
    """
    allowed = home.bench.foreign_adb_server == "allow"
    if home.kind is HomeKind.WARD and through in {SeenThrough.ADB_SERVER, SeenThrough.NETWORK} and not allowed:
        raise HomeError(say(language_of(home), f"seen.refused.{through}", file=home.path / "bench.yaml"))


def open_tablets(access: Access, home: Home) -> Access:
    """The way to a tablet of a home: in a training home, whose tablets are virtual, that need not be said.

    Raises:
        HomeError: the home is of the other kind.
    """
    if home.kind is HomeKind.TRAINING and access.virtual is None and access.server is None:
        access = replace(access, virtual=_count_virtual(home))
    check_access(access, home)
    return access


def _count_virtual(home: Home) -> int:
    """As many virtual tablets as ever hung in the slots of a training home, since any of them may be meant."""
    hung = [at for at, slot in enumerate(home.slots, start=1) if (home.training / "tablets" / slot.label).is_dir()]
    return min(max(hung, default=1), LARGEST_TRAINING_BENCH)


def open_home(access: Access) -> Home:
    """Load the home and check that it is of the right kind for this access.

    A training home is made on the way; a ward home never is.

    Raises:
        HomeError: there is no ward home, none can be made, or it is of the other kind.
        ConfigurationError: the faults of its files.
    """
    if access.virtual is not None and not (access.folder / "keys").is_dir():
        _make_training_home(access, access.virtual)
    home = speak(load_home(access.folder), access.language)
    check_access(access, home)
    return home


def _make_training_home(access: Access, count: int) -> None:
    language = speak_to_anybody(access.language)
    create_home(access.folder, HomeKind.TRAINING, max(TRAINING_SLOTS, count), Details(language))
    click.echo(say(language, "home.training-made", folder=access.folder.absolute()), err=True)


@contextmanager
def reach(access: Access, home: Home) -> Iterator[Reached]:
    """Open the way; on leaving, end the processes this command started or found left behind.

    For whoever holds the home's lock only: without it those processes may be a living station's.
    """
    _check_size(access, home)
    require_descriptors(access.virtual or len(home.slots), virtual=access.virtual is not None)
    extra = TRAINING_ENVIRONMENT if home.kind is HomeKind.TRAINING else {}
    private = PrivateServer(find_adb(access.adb), home.path, extra) if access.server is None else None
    ensure = private.ensure if private is not None else _given(access.server)
    try:
        if access.virtual is None:
            yield Reached(ensure, UsbPorts, None)
        else:
            with start_training(home, access.virtual, access.seed, ensure) as training:
                yield Reached(lambda: _behind(training, ensure), training.open_ports, training)
    finally:
        if private is not None:
            private.stop()


@contextmanager
def visit(access: Access, home: Home) -> Iterator[Reached]:
    """The way for a command that only reads: beside a running station through what it runs, else as `reach`.

    As a guest it takes the station's tablets as they are, whatever number and seed were given, and
    neither starts nor ends anything.

    Raises:
        HomeError: another process holds the home, and nothing it runs answers.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(lock_home(home))
        except HomeInUse as held:
            reached = replace(_attach(access, home, held), guest=True)
        else:
            reached = stack.enter_context(reach(access, home))
        yield reached


def _attach(access: Access, home: Home, held: HomeError) -> Reached:
    """Wait for what the holder runs; it may have only begun to start it."""
    reached = poll(
        lambda: _find_way(access, home),
        lambda reached: reached is not None,
        seconds=ATTACH_SECONDS,
        every=ATTACH_POLL_SECONDS,
    )
    if reached is None:
        raise HomeError(
            f"{held}. Reading tablets beside it was tried: no adb server or training bench of this home answers; "
            "if it was started with --adb-server or --virtual, give the same here"
        ) from held
    return reached


def _find_way(access: Access, home: Home) -> Reached | None:
    """The way a running station goes, None while nothing answers."""
    if access.virtual is not None:
        training = find_training(home.path)
        return None if training is None else Reached(lambda: training.front, training.open_ports, training)
    if access.server is not None:
        return Reached(_given(access.server), UsbPorts, None)
    return None if find_running(home.path) is None else Reached(lambda: _find_server(home), UsbPorts, None)


def _find_server(home: Home) -> ServerAddress:
    address = find_running(home.path)
    if address is None:
        raise ServerGone(f"{home.path}: the running station's adb server does not answer any more; try again")
    return address


def _check_size(access: Access, home: Home) -> None:
    """Every virtual tablet needs a slot."""
    if access.virtual is not None and access.virtual > len(home.slots):
        raise HomeError(
            f"{home.path / 'slots.yaml'}: names {len(home.slots)} slots, not enough for --virtual {access.virtual}; "
            "name another --home, and a new training home gets as many as it needs"
        )


def _given(address: ServerAddress | None) -> Callable[[], ServerAddress]:
    if address is None:
        raise TrainingError("no adb server")

    def ensure() -> ServerAddress:
        check_server(address)
        return address

    return ensure


def _behind(training: Training, ensure: Callable[[], ServerAddress]) -> ServerAddress:
    """The front's address, once the real server behind it lives."""
    ensure()
    return training.front
