"""One tablet out of those that are plugged in, by slot or by serial."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

import click

from provision.bench.adb import AdbHost, TransportRow
from provision.bench.link import AdbTransport
from provision.bench.slot_views import label_order
from provision.cli.reach import Reached
from provision.cli.speech import language_of, tell_udev_rule
from provision.errors import AnswerError, ProvisionError, TransportError
from provision.facts.collect import read_props
from provision.home.folder import Home
from provision.polling import poll
from provision.texts.catalogue import say

WAIT_SECONDS = 15.0
POLL_SECONDS = 0.2
ASK_SECONDS = 6.0
UDEV_SECONDS = 1.0
NO_SLOT = "-"


class NoTablet(ProvisionError):
    """The tablet that was asked for is not there, not unique, or not ready."""


@dataclass(frozen=True)
class Picked:
    """One tablet: the slot's label (`-` where there is none), its row, and a transport to it."""

    label: str
    row: TransportRow
    transport: AdbTransport


def pick(home: Home, reached: Reached, slot: str | None, serial: str | None) -> Picked:
    """Wait for the one tablet that was asked for.

    Raises:
        click.UsageError: both or none of slot and serial, or no such slot.
        NoTablet: it is not there, not ready, or several have this serial.
    """
    if (slot is None) == (serial is None):
        raise click.UsageError(say(language_of(home), "pick.slot-or-serial"))
    port = _port_of(home, slot) if slot is not None else None
    locked_since: list[float] = []

    def is_final(rows: list[TransportRow]) -> bool:
        """Twins will not become fewer; and udev needs a moment for a tablet just plugged in, and no longer."""
        if [row.opens for row in rows] != [False]:
            locked_since.clear()
            return len(rows) > 1 or [row.state for row in rows] == ["device"]
        locked_since.append(time.monotonic())
        return locked_since[-1] - locked_since[0] >= UDEV_SECONDS

    serials = _Serials(home, reached)
    rows = poll(
        lambda: [row for row in reached.list_rows() if row.port == port] if serial is None else serials.find(serial),
        is_final,
        seconds=WAIT_SECONDS,
        every=POLL_SECONDS,
    )
    if len(rows) != 1 or rows[0].state != "device":
        raise NoTablet(_explain(home, rows, slot, serial))
    return _picked(home, reached, rows[0])


def pick_all(home: Home, reached: Reached, settle_seconds: float = 3.0) -> tuple[Picked, ...]:
    """Every tablet that is in a slot and answers."""
    ports = {slot.port for slot in home.slots}
    rows = poll(
        lambda: _list_ready(reached, ports),
        lambda _rows: False,  # the whole time: how many there are to be is not known
        seconds=settle_seconds,
        every=POLL_SECONDS,
    )
    picked = [_picked(home, reached, row) for row in rows]
    return tuple(sorted(picked, key=lambda one: label_order(one.label)))


def _list_ready(reached: Reached, ports: Collection[str]) -> tuple[TransportRow, ...]:
    return tuple(row for row in reached.list_rows() if row.state == "device" and row.port in ports)


def _picked(home: Home, reached: Reached, row: TransportRow) -> Picked:
    label = next((slot.label for slot in home.slots if slot.port == row.port), NO_SLOT)
    return Picked(label, row, AdbTransport(AdbHost(reached.ensure()), row))


def _port_of(home: Home, slot: str) -> str:
    for known in home.slots:
        if known.label == slot:
            return known.port
    names = ", ".join(known.label for known in home.slots)
    file = home.path / "slots.yaml"
    raise click.UsageError(say(language_of(home), "pick.no-slot", slot=slot, file=file, names=names))


class _Serials:
    """Tablets by the serial number that adb lists, else by the one that they say themselves, as records name them.

    Blanks around one are not to be seen in a list. Only tablets in slots are asked, no other device on this computer.
    """

    def __init__(self, home: Home, reached: Reached) -> None:
        self._ports, self._reached = {slot.port for slot in home.slots}, reached
        self._said: dict[int, str] = {}

    def find(self, serial: str) -> list[TransportRow]:
        """The rows of this serial number now."""
        rows = self._reached.list_rows()
        named = [row for row in rows if row.serial.strip() == serial.strip()]
        ready = [row for row in rows if row.state == "device" and row.port in self._ports]
        return named or [row for row in ready if self._ask(row) == serial.strip()]

    def _ask(self, row: TransportRow) -> str:
        """Ask a tablet, once; empty where it does not answer."""
        if row.transport_id not in self._said:
            transport = AdbTransport(AdbHost(self._reached.ensure()), row)
            self._said[row.transport_id] = ""
            with suppress(TransportError, AnswerError):
                self._said[row.transport_id] = read_props(transport, seconds=ASK_SECONDS).serial
        return self._said[row.transport_id]


def _explain(home: Home, rows: list[TransportRow], slot: str | None, serial: str | None) -> str:
    language = language_of(home)
    what = say(language, "slot.name", label=slot) if slot else say(language, "tablet.serial", serial=serial)
    if not rows:
        return say(language, "pick.absent", what=what)
    if len(rows) > 1:
        return say(language, "pick.twins", what=what, count=len(rows))
    if rows[0].state == "unauthorized":
        return say(language, "pick.unauthorized", what=what, now=say(language, "slot.unauthorized.now"))
    if not rows[0].opens and rows[0].port is not None:
        return say(language, "pick.no-permission", what=what, now=tell_udev_rule(home, rows[0].port))
    return say(language, "pick.not-ready", what=what, state=rows[0].state)
