"""Which transport a smart-socket request means, and the server's words when it means none or several. Pure.

Source: reference, adb host side, section 2; packages document 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from provision.virtual.rows import HELP, Row, reason

_PREFIXED = re.compile(r"((?:usb|product|model|device):[^:]*|[^:]*:\d+(?=:)|[^:]*):(.*)", re.DOTALL)
_QUESTIONS = re.compile(
    r"get-state|get-serialno|get-devpath|features|reconnect|list-forward|killforward-all"
    r"|(?:forward|killforward|wait-for-)[:a-z].*",
    re.DOTALL,
)


class Kind(Enum):
    """How a request names its transport."""

    SERIAL = "serial"
    USB = "usb"
    LOCAL = "local"
    ANY = "any"
    ID = "transport-id"


@dataclass(frozen=True)
class Target:
    """Named tablet: a kind, and for SERIAL and ID the name itself."""

    kind: Kind
    name: str = ""


@dataclass(frozen=True)
class Request:
    """A request that names a transport.

    Attributes:
        target: the transport.
        question: the one-shot question (`get-state`), None when the socket switches to the transport.
        tells_id: the answer carries the transport id (`host:tport:`).
    """

    target: Target
    question: str | None = None
    tells_id: bool = False


class NoChoice(Exception):
    """The request means no transport, or several; the text is the server's."""


def parse_request(text: str) -> Request | None:
    """Read what a request names; None when it names no transport."""
    for prefix, parse in _FORMS:
        if text.startswith(prefix):
            return parse(text.removeprefix(prefix))
    return None


def _switch(rest: str) -> Request:
    return Request(Target(Kind.SERIAL, rest))


def _switch_id(rest: str) -> Request:
    return Request(Target(Kind.ID, rest))


def _switch_kind(rest: str) -> Request | None:
    return Request(Target(Kind(rest))) if rest in {"usb", "local", "any"} else None


def _tport(rest: str) -> Request:
    """`host:tport:` has no form by id: everything unknown counts as any."""
    if rest.startswith("serial:"):
        return Request(Target(Kind.SERIAL, rest.removeprefix("serial:")), tells_id=True)
    kind = Kind(rest) if rest in {"usb", "local"} else Kind.ANY
    return Request(Target(kind), tells_id=True)


def _by_serial(rest: str) -> Request | None:
    found = _PREFIXED.fullmatch(rest)
    return Request(Target(Kind.SERIAL, found[1]), found[2]) if found else None


def _by_id(rest: str) -> Request:
    name, _, question = rest.partition(":")
    return Request(Target(Kind.ID, name), question)


def _by_usb(rest: str) -> Request:
    return Request(Target(Kind.USB), rest)


def _by_local(rest: str) -> Request:
    return Request(Target(Kind.LOCAL), rest)


def _by_any(rest: str) -> Request | None:
    return Request(Target(Kind.ANY), rest) if _QUESTIONS.fullmatch(rest) else None


_FORMS = (
    ("host:transport:", _switch),
    ("host:transport-id:", _switch_id),
    ("host:transport-", _switch_kind),
    ("host:tport:", _tport),
    ("host-serial:", _by_serial),
    ("host-transport-id:", _by_id),
    ("host-usb:", _by_usb),
    ("host-local:", _by_local),
    ("host:", _by_any),
)
_NONE = {
    Kind.SERIAL: "device '{name}' not found",
    Kind.ID: "no device with transport id '{name}'",
    Kind.USB: "no devices found",
    Kind.LOCAL: "no emulators found",
    Kind.ANY: "no devices/emulators found",
}
_SEVERAL = {
    Kind.SERIAL: "more than one device with serial {name}",
    Kind.ID: "",
    Kind.USB: "more than one device",
    Kind.LOCAL: "more than one emulator",
    Kind.ANY: "more than one device/emulator",
}


def candidates(rows: Sequence[Row], target: Target) -> list[Row]:
    """The rows a target means, openable or not."""
    tests: dict[Kind, Callable[[Row], bool]] = {
        Kind.SERIAL: lambda row: row.matches(target.name),
        Kind.ID: lambda row: str(row.transport_id) == target.name,
        Kind.USB: lambda row: bool(row.path),
        Kind.LOCAL: lambda row: not row.path,
        Kind.ANY: lambda _row: True,
    }
    return [row for row in rows if tests[target.kind](row)]


def choose(rows: Sequence[Row], target: Target, *, modern: bool) -> Row:
    """The one row a target means.

    Raises:
        NoChoice: none (or only devices that cannot be opened), or several.
    """
    found = candidates(rows, target)
    usable = [row for row in found if row.opens]
    if len(usable) == 1:
        return usable[0]
    if found and not usable:
        raise NoChoice(f"insufficient permissions for device: {reason(modern=modern)}\nSee {HELP} for more information")
    if not usable:
        raise NoChoice(_NONE[target.kind].format(name=target.name))
    several = _SEVERAL[target.kind] if modern or target.kind is not Kind.SERIAL else "more than one device"
    raise NoChoice(several.format(name=target.name))
