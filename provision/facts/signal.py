"""How strongly a tablet hears the network that it is in, for people who test its radio; no control rests on it."""

from __future__ import annotations

import re

from provision.facts.ask import ask_alone
from provision.facts.query import CommandOutput
from provision.facts.wifi import make_queries
from provision.transport import Transport

_LEVEL = re.compile(
    r"^[ \t]*(?:mWifiInfo|WifiInfo:) SSID: .{0,1000}Supplicant state: COMPLETED.{0,1000}, RSSI: (-\d{1,3}),",
    re.MULTILINE,
)
"""By key, the last one of the line: a name may hold the text of other keys (Wi-Fi document 1.6)."""


def read_signal(transport: Transport, api: int, *, seconds: float) -> int | None:
    """Return the level in dBm; None where the tablet is in no network, or does not say.

    Raises:
        TransportError: the way to the tablet failed.
    """
    return parse(ask_alone(transport, make_queries(api)[0], seconds=seconds))


def parse(output: CommandOutput) -> int | None:
    """Return the level of `mWifiInfo` (dump, to 10) or `WifiInfo:` (status, from 11 on)."""
    found = _LEVEL.search(output.body)
    return None if found is None else int(found[1])
