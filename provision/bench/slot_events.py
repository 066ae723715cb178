"""Events of a slot: words from USB, from the adb server, from the runs and from the operator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from provision.bench.cable import Cable
from provision.bench.kernel_words import Complaint
from provision.records.run_end import RunEnd
from provision.terms import Phase


class ListedTransport(Protocol):
    """One row of the adb server's device list (`bench.adb.TransportRow` is one)."""

    @property
    def transport_id(self) -> int:
        """The adb server's number of this connection."""
        ...

    @property
    def serial(self) -> str:
        """As listed, empty when there is none; two white-box tablets may share one."""
        ...

    @property
    def state(self) -> str:
        """`device`, `offline`, `unauthorized`, `no permissions (...)` (reference, adb host side, section 2)."""
        ...

    @property
    def port(self) -> str | None:
        """USB port path `1-1.2`; None for a TCP connection, which belongs to no slot."""
        ...

    @property
    def model(self) -> str:
        """Model as adb writes it (`SM_T510`), empty before the tablet's banner."""
        ...


class Rung(StrEnum):
    """A rung of the recovery ladder, gentlest first; sentences for people are `ladder.<rung>.now` of the catalogue."""

    WAIT = "wait"
    RECONNECT = "reconnect"
    RESET = "usb-reset"
    POWER = "port-power"
    HAND = "hand"
    HELD = "held"
    """A hand, at this computer: another program works on the tablet."""


HANDS = frozenset({Rung.HAND, Rung.HELD})
"""Rungs on which the bench does nothing more."""

CLIMBING = frozenset({Rung.RECONNECT, Rung.RESET, Rung.POWER})
"""Rungs on which the bench does something itself."""


@dataclass(frozen=True)
class PortPlugged:
    """USB sees a device on a port; `interfaces` in udev's form `:060101:ff4201:`, `cable` what it is by them."""

    port: str
    interfaces: str
    cable: Cable | None = None


@dataclass(frozen=True)
class PortUnplugged:
    """USB sees nothing on a port any more; a restarting tablet causes this too."""

    port: str


@dataclass(frozen=True)
class KernelComplained:
    """The kernel of this computer complains of a port."""

    port: str
    complaint: Complaint


@dataclass(frozen=True)
class TransportsListed:
    """The FULL list of the adb server (`host:track-devices-l`).

    `lives`: False when the server is gone; the list is empty then, and says nothing of what is there.
    """

    rows: tuple[ListedTransport, ...]
    lives: bool = True


@dataclass(frozen=True)
class StartGranted:
    """The operator's word to start.

    `ports`: these ports, as far as they are ready now, each for this life of its slot. None: all
    labelled slots, now and later (`--yes`).
    """

    ports: frozenset[str] | None


@dataclass(frozen=True)
class AgainGranted:
    """The operator's word to run the tablet on a port once more, in the life that its slot is in."""

    port: str


@dataclass(frozen=True)
class RunStarted:
    """A run was started; sent at once, and again when identity is read, with asset id and model."""

    port: str
    transport_id: int
    asset_id: str | None
    model: str


@dataclass(frozen=True)
class RunProgressed:
    """Where a run is; `fraction` (0.0 to 1.0) counts within the phase, `step` is a text for people."""

    port: str
    phase: Phase
    step: str
    fraction: float


@dataclass(frozen=True)
class RunAsked:
    """A run waits for a person's word about its model; the next `RunProgressed` says that it goes on."""

    port: str


@dataclass(frozen=True)
class RunEnded:
    """A run ended and its record is on disk."""

    port: str
    end: RunEnd


RunEvent = RunStarted | RunProgressed | RunAsked | RunEnded
Event = PortPlugged | PortUnplugged | KernelComplained | TransportsListed | StartGranted | AgainGranted | RunEvent
