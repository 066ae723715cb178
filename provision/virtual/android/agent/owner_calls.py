"""What every call of a device owner has in common: it is kept, it may be missing on a release, it may be refused."""

from __future__ import annotations

from provision.virtual.android.device import Device
from provision.virtual.android.faults import parse_fault


class Threw(Exception):
    """Android threw; the message is the simple name of the exception."""


class OwnerCalls:
    """Calls on one tablet; `calls` keeps those that change something, as name and arguments."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.calls: list[list[object]] = []

    @property
    def device(self) -> Device:
        """The tablet."""
        return self._device

    @property
    def api(self) -> int:
        """API level."""
        return self._device.api

    def record_call(self, name: str, *arguments: object) -> None:
        """Keep a call that is made beside the owner's own."""
        self._record(name, *arguments)

    def refuses(self, call: str, *about: str) -> bool:
        """Tell whether the tablet's faults ask that such a call is refused."""
        return self._refused(call, *about) is not None

    def _record(self, name: str, *arguments: object) -> None:
        self.calls.append([name, *arguments])

    def _require(self, level: int) -> None:
        """A method this release lacks ends the process in real life."""
        if self.api < level:
            raise AssertionError(f"needs API {level}")

    def _refused(self, call: str, *about: str) -> int | None:
        """The status of a refusal the tablet's faults ask for, of each call or of one about a package; else None."""
        faults = (parse_fault(text) for text in self._device.state.faults)
        return next(
            (one.nth for one in faults if one.name == "owner-refuses" and one.words in {(call,), (call, *about)}), None
        )

    def _drops(self, call: str, *about: str) -> bool:
        """Tell whether Android takes the call and keeps nothing of it."""
        faults = (parse_fault(text) for text in self._device.state.faults)
        return any(one.name == "owner-drops" and one.words in {(call,), (call, *about)} for one in faults)

    def _throw_if_refused(self, call: str, *about: str) -> None:
        if self._refused(call, *about) is not None:
            raise Threw("SecurityException")
