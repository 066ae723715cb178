"""One of the hospital's networks as a policy names it (contract 7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from provision.virtual.android.agent.reading import Fields, Refused
from provision.virtual.android.agent.rows import SET_FROM

LINE = r"[^\x00-\x1f\x7f-\x9f]{1,60}"
NAME = r"[^\x00-\x1f\x7f-\x9f]{1,253}"
DOMAIN = r"(?=.{1,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
PASSPHRASE, PASSWORD = "[ -~]{8,63}", r"[^\x00-\x1f\x7f]{1,128}"
PHASE2 = {"peap": "mschapv2|gtc", "ttls": "pap|mschap|mschapv2|gtc"}
MOST_BYTES, MOST_AUTHORITIES = 32, 8

OpenSecret = Callable[[Fields, str, str], bytes]
"""Opens the sealed member `name` of a parent, for a place."""


@dataclass(frozen=True)
class WifiNetwork:
    """One network.

    Attributes:
        kind: in the words of the contract.
        place: of the network within the body, such as `networks.0`.
        account: members of an account that are no secret.
        passphrase: of WPA2 and WPA3; None in a policy read back from the store, which keeps no secrets.
    """

    ssid: str
    kind: str
    hidden: bool
    place: str
    account: dict[str, object] = field(default_factory=dict)
    passphrase: str | None = None

    def stored(self) -> dict[str, object]:
        """The network without its secrets."""
        return {"ssid": self.ssid, "security": self.kind, "hidden": self.hidden} | self.account

    def require_supported(self, api: int) -> None:
        """Refuse a kind that this agent does not set on a release.

        Raises:
            Refused: `network-unsupported`.
        """
        if api < SET_FROM[self.kind]:
            raise _unsupported(self.place)


def read_network(network: Fields, secrets: OpenSecret | None, place: str) -> WifiNetwork:
    """Read one network; accounts are checked to the last member, though no release of this agent sets one.

    Raises:
        Refused: `order-invalid` with the place, `network-unsupported` for a kind nobody knows, `session-unknown`.
    """
    ssid = network.text("ssid", LINE)
    if len(ssid.encode()) > MOST_BYTES:
        raise Refused("order-invalid", f"order.body.{place}.ssid: longer than 32 bytes")
    kind = network.text("security", "[a-z0-9-]{1,20}")
    if kind not in SET_FROM:
        raise _unsupported(place)
    hidden, passphrase, account = network.flag("hidden"), None, {}
    if kind in {"wpa2-psk", "wpa3-sae"}:
        passphrase = _open(network, secrets, place, "passphrase", PASSPHRASE, "8 to 63 printable ASCII characters")
    elif kind != "open":
        account = _read_account(network, secrets, place, kind)
    network.end()
    return WifiNetwork(ssid, kind, hidden, place, account, passphrase)


def _unsupported(place: str) -> Refused:
    return Refused("network-unsupported", f"order.body.{place}.security: network kind not supported by this agent")


def _read_account(network: Fields, secrets: OpenSecret | None, place: str, kind: str) -> dict[str, object]:
    account: dict[str, object] = {"identity": network.text("identity", NAME)}
    if network.has("anonymous_identity"):
        account["anonymous_identity"] = network.text("anonymous_identity", NAME)
    account["authorities"] = network.base64_list("authorities", MOST_AUTHORITIES)
    account["domain"] = network.text("domain", DOMAIN)
    expected = "1 to 128 characters on one line"
    if kind == "tls":
        if secrets is not None:
            secrets(network, "certificate", f"{place}.certificate")
        _open(network, secrets, place, "certificate_password", PASSWORD, expected)
    else:
        account["phase2"] = network.text("phase2", PHASE2[kind])
        _open(network, secrets, place, "password", PASSWORD, expected)
    return account


def _open(network: Fields, secrets: OpenSecret | None, place: str, name: str, form: str, expected: str) -> str | None:
    if secrets is None:
        return None
    text = secrets(network, name, f"{place}.{name}").decode(errors="replace")
    if not re.fullmatch(form, text):
        raise Refused("order-invalid", f"order.body.{place}.{name}: {expected}")
    return text
