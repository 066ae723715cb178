"""Wi-Fi: radio, joined network, saved networks, and whether plain shell may join one.

Every source differs by release (reference, Wi-Fi and kiosk document 1.1 to 1.6). Foreign SSIDs are
kept only as long as the plan needs them; records get a count.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Outputs, Query

VERBS_API = 30
NO_ACCESS = "does not have access to"
HIDDEN_SSID = "<unknown ssid>"
_INFO = re.compile(r"^\s*mWifiInfo SSID: (?P<ssid>.*), BSSID: .*?Supplicant state: (?P<state>\w+)", re.MULTILINE)
_NO_NAME = ("", "<none>", HIDDEN_SSID)
_TYPE = (
    r"(?:open|owe|eap|wep|dpp|wpa2-psk|wpa2-enterprise|wpa2|wpa3-sae|wpa3 enterprise(?: 192-bit)?|wpa3"
    r"|wapi-psk|wapi-cert|passpoint r1/r2|passpoint r3)\^?"
)
TYPES = re.compile(rf" {_TYPE}(?:/{_TYPE})*$")
"""Security types of `list-networks` on all releases, at the end of a row (1.3)."""


@dataclass(frozen=True)
class SavedNetwork:
    """One row of `cmd wifi list-networks`; from API 31 on one network may take several rows."""

    network_id: int
    ssid: str


@dataclass(frozen=True)
class Wifi:
    """What is known of Wi-Fi.

    Attributes:
        radio_on: None when the tablet does not tell.
        ssid: joined network; None when not joined, or when the tablet hides the name.
        saved: None where uid shell cannot list (before API 30).
        shell_joins: whether `connect-network` is open to uid shell, by the harmless probe of
            `cmd wifi help` (1.1); None where there is no such verb.
        evidence: the lines that were matched, foreign names replaced.
    """

    radio_on: bool | None
    ssid: str | None
    saved: tuple[SavedNetwork, ...] | None
    shell_joins: bool | None
    evidence: tuple[str, ...]


def is_joining(here: Wifi, ssids: Collection[str]) -> bool:
    """Whether a tablet knows one of these networks, has its radio on, and is not on any network yet."""
    knows = any(row.ssid in ssids for row in here.saved or ())
    return knows and here.radio_on is True and here.ssid is None


def make_queries(api: int) -> tuple[Query, ...]:
    """`cmd wifi` from 30 on, the service dump before."""
    if api < VERBS_API:
        return (Query("wifi dump", ("dumpsys", "wifi")),)
    return (
        Query("wifi status", ("cmd", "wifi", "status")),
        Query("wifi list", ("cmd", "wifi", "list-networks")),
        Query("wifi help", ("cmd", "wifi", "help")),
    )


def parse(outputs: Outputs, api: int) -> Wifi:
    """The state by the sources of this release.

    Raises:
        AnswerError: an answer in no known form.
    """
    return _parse_dump(outputs["wifi dump"]) if api < VERBS_API else _parse_verbs(outputs)


def _parse_dump(output: CommandOutput) -> Wifi:
    """Up to 29 the name is not quoted and may hold the text of other keys: it ends at the last `, BSSID: ` (1.6)."""
    radio = re.search(r"^Wi-Fi is (\w+)", output.text, re.MULTILINE)
    if radio is None:
        raise output.unexpected("a line `Wi-Fi is enabled` or `Wi-Fi is disabled`", private=True)
    info = _INFO.search(output.text)
    state = info["state"] if info is not None else "-"
    name = info["ssid"] if info is not None and state == "COMPLETED" else ""
    on = None if radio[1] == "unknown" else radio[1] == "enabled"
    ssid = None if name in _NO_NAME else name
    return Wifi(on, ssid, None, None, (radio[0], f"Supplicant state: {state}"))


def _parse_verbs(outputs: Outputs) -> Wifi:
    status = outputs["wifi status"]
    radio = re.search(r"^Wifi is (enabled|disabled)$", status.text, re.MULTILINE)
    if radio is None:
        raise status.unexpected("a line `Wifi is enabled` or `Wifi is disabled`", private=True)
    joined = re.search(r"^Wifi is connected to (.+)$", status.text, re.MULTILINE)
    return Wifi(
        radio_on=radio[1] == "enabled",
        ssid=_plain(joined[1]) if joined else None,
        saved=_parse_saved(outputs["wifi list"]),
        shell_joins=_lists_join(outputs["wifi help"]),
        evidence=(radio[0], "Wifi is connected" if joined else "Wifi is not connected"),
    )


def _plain(text: str) -> str | None:
    """The name without the quotes the verb adds; None when hidden.

    Without quotes stand the bytes of a name that is not UTF-8, in hexadecimal digits (1.6).
    """
    if text in _NO_NAME:
        return None
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text):
        return bytes.fromhex(text).decode(errors="surrogateescape")
    return text


def _parse_saved(output: CommandOutput) -> tuple[SavedNetwork, ...]:
    lines = [line for line in output.lines if line]
    if lines[:1] == ["No networks"]:
        return ()
    if not lines or not lines[0].startswith("Network Id"):
        raise output.unexpected("`No networks` or a `Network Id` header", private=True)
    return tuple(_parse_saved_row(line, output) for line in lines[1:])


def _parse_saved_row(line: str, output: CommandOutput) -> SavedNetwork:
    """Id from the left, type from the right: an SSID may hold blanks, also at its start (1.3).

    A type this product does not know is one word.
    """
    match = re.match(r"(?=(\d+) )[\d ]{12} (.*)$", line)
    if match is None:
        raise output.unexpected("rows of id, SSID and type", private=True)
    kind = TYPES.search(match[2]) or re.search(r" \S+$", match[2])
    if kind is None:
        raise output.unexpected("rows of id, SSID and type", private=True)
    return SavedNetwork(int(match[1]), match[2][: kind.start()].rstrip())


def _lists_join(output: CommandOutput) -> bool:
    return NO_ACCESS not in output.text and re.search(r"^\s*connect-network\b", output.text, re.MULTILINE) is not None
