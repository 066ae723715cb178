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
LONGEST_ROW = 400
"""Characters of a saved network's row, over all its lines."""
LONGEST_INFO = 2000
"""Characters of the line of the network in use, of which a name has 32 at most."""
NO_ACCESS = "does not have access to"
HIDDEN_SSID = "<unknown ssid>"
_INFO = re.compile(r"^[ \t]*mWifiInfo SSID: (?P<ssid>.*), BSSID: .*?Supplicant state: (?P<state>\w+)", re.MULTILINE)
_NO_NAME = ("", "<none>", HIDDEN_SSID)
_TYPE = (
    r"(?:open|owe|eap|wep|dpp|wpa2-psk|wpa2-enterprise|wpa2|wpa3-sae|wpa3 enterprise(?: 192-bit)?|wpa3"
    r"|wapi-psk|wapi-cert|passpoint r1/r2|passpoint r3)\^?"
)
TYPES = re.compile(rf" {_TYPE}(?:/{_TYPE})*$")
"""Security types of `list-networks` on all releases, at the end of a row (1.3)."""
_ROW_BEGINS = re.compile(r"(?=(\d+) )[\d ]{12} ")
"""The number is in the digits of the tablet's language."""


@dataclass(frozen=True)
class SavedNetwork:
    """One row of `cmd wifi list-networks`; from API 31 on one network may take several rows."""

    network_id: int
    ssid: str


@dataclass(frozen=True)
class Wifi:
    """State of Wi-Fi, as far as it is known.

    Attributes:
        radio_on: None when the tablet does not tell.
        ssid: joined network; None when not joined, or when the tablet hides the name.
        saved: None where uid shell cannot list (before API 30).
        shell_joins: whether `connect-network` is open to uid shell, by the harmless probe of
            `cmd wifi help` (1.1); None where there is no such verb.
        evidence: the lines that were matched, foreign names replaced.
        unread: rows of the list in no known form: they may be networks, too.
        tells_joined: whether the answer got as far as the network in use.
    """

    radio_on: bool | None
    ssid: str | None
    saved: tuple[SavedNetwork, ...] | None
    shell_joins: bool | None
    evidence: tuple[str, ...]
    unread: int = 0
    tells_joined: bool = True


def is_joining(here: Wifi, ssids: Collection[str]) -> bool:
    """Tell whether a tablet knows one of these networks, has its radio on, and is not on any network yet."""
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
        AnswerCut: one that ends before it says whether the tablet is joined.
    """
    told = _parse_dump(outputs["wifi dump"]) if api < VERBS_API else _parse_verbs(outputs)
    if told.radio_on and not told.tells_joined:
        broken = outputs["wifi dump" if api < VERBS_API else "wifi status"]
        raise broken.ended_early("whether Wi-Fi is connected", private=True)
    return told


def read_partly(outputs: Outputs, api: int) -> Wifi:
    """As `parse`, where the radio stays on and nothing is said of a join: not joined, as far as is known.

    Raises:
        AnswerError: as for `parse`, in everything else.
    """
    return _parse_dump(outputs["wifi dump"]) if api < VERBS_API else _parse_verbs(outputs)


def _parse_dump(output: CommandOutput) -> Wifi:
    """Up to 29 the name is not quoted and may hold the text of other keys: it ends at the last `, BSSID: ` (1.6)."""
    radio = re.search(r"^Wi-Fi is (\w+)", output.body, re.MULTILINE)
    if radio is None:
        raise output.unexpected("a line `Wi-Fi is enabled` or `Wi-Fi is disabled`", private=True)
    line = re.search(r"^[ \t]*mWifiInfo .*$", output.body, re.MULTILINE)  # the first: a name may hold a second one
    info = _INFO.match(line[0][:LONGEST_INFO]) if line is not None else None
    state = info["state"] if info is not None else "-"
    name = info["ssid"] if info is not None and state == "COMPLETED" else ""
    on = None if radio[1] == "unknown" else radio[1] == "enabled"
    ssid = None if name in _NO_NAME else name
    return Wifi(on, ssid, None, None, (radio[0], f"Supplicant state: {state}"), tells_joined=info is not None)


def _parse_verbs(outputs: Outputs) -> Wifi:
    status = outputs["wifi status"]
    radio = re.search(r"^Wifi is (enabled|disabled)$", status.body, re.MULTILINE)
    if radio is None:
        raise status.unexpected("a line `Wifi is enabled` or `Wifi is disabled`", private=True)
    joined = re.search(r"^Wifi is connected to (.+)$", status.body, re.MULTILINE)
    saved, unread = _parse_saved(outputs["wifi list"])
    return Wifi(
        radio_on=radio[1] == "enabled",
        ssid=_plain(joined[1]) if joined else None,
        saved=saved,
        shell_joins=_lists_join(outputs["wifi help"]),
        evidence=(radio[0], "Wifi is connected" if joined else "Wifi is not connected"),
        unread=unread,
        tells_joined=joined is not None or "Wifi is not connected" in status.lines,
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


def _parse_saved(output: CommandOutput) -> tuple[tuple[SavedNetwork, ...], int]:
    """The networks, and how many rows are in no known form: a bad row costs itself and no other.

    A name may hold line feeds: what begins with no number goes on with the row before, as far as that has no type yet
    (1.3). Lines behind a whole row that end in no type are none of the list's.
    """
    lines = [line for line in output.lines if line]
    head = next((place for place, line in enumerate(lines) if line.startswith("Network Id")), None)
    if output.broke or (head is None and "No networks" not in lines):
        raise output.unexpected("`No networks` or a `Network Id` header", private=True)
    if head is not None and len(lines) == head + 1:  # Android prints no header where there is no network
        raise output.ended_early("a row behind the `Network Id` header", private=True)
    rows: list[str] = []
    for line in lines[head + 1 :] if head is not None else ():
        if _ROW_BEGINS.match(line) or not rows:
            rows.append(line)
        elif len(rows[-1]) < LONGEST_ROW and not TYPES.search(rows[-1]):
            rows[-1] += f"\n{line[:LONGEST_ROW]}"
        elif TYPES.search(line):
            rows.append(line)
    found = {row: _parse_saved_row(row) for row in rows}  # a row that stands twice is one
    return tuple(network for network in found.values() if network is not None), list(found.values()).count(None)


def _parse_saved_row(row: str) -> SavedNetwork | None:
    """Id from the left, type from the right: an SSID may hold blanks, also at its start (1.3).

    A type this product does not know is one word, on the row's only line.
    """
    match = _ROW_BEGINS.match(row)
    rest = row[match.end() :] if match is not None else ""
    kind = TYPES.search(rest) or (re.search(r" \S+$", rest) if "\n" not in rest else None)
    if match is None or kind is None:
        return None
    return SavedNetwork(int(match[1]), rest[: kind.start()].rstrip())


def _lists_join(output: CommandOutput) -> bool:
    if output.cut:
        raise output.unexpected("the whole list of commands")
    return (
        NO_ACCESS not in output.said and re.search(r"^[ \t]*connect-network\b", output.body, re.MULTILINE) is not None
    )
