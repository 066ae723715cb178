"""One of the hospital's networks as a policy names it (contract 7)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

from provision.virtual.android.agent.account_keys import find_unreadable, is_chain
from provision.virtual.android.agent.reading import Fields, Refused
from provision.virtual.android.agent.rows import SET_FROM

LINE = r"[^\x00-\x1f\x7f-\x9f]{1,60}"
NAME = r"[^\x00-\x1f\x7f-\x9f]{1,253}"
DOMAIN = r"(?=.{1,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
PASSPHRASE, PASSWORD = "[ -~]{8,63}", r"[^\x00-\x1f\x7f]{1,128}"
PHASE2 = {"peap": "mschapv2|gtc", "ttls": "pap|mschap|mschapv2|gtc"}
HOST = r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
MOST_BYTES, MOST_AUTHORITIES, MOST_DIRECT = 32, 8, 50
ON_TABLET = "tls-on-tablet"
DEMANDING_API = 24
"""The first release that takes several authorities (`setCaCertificates`), and GTC within TTLS."""

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
        password: of PEAP and TTLS, or of the key file; None as above.
        key_file: of TLS, PKCS#12; None as above.
        factory_mac: whether the tablet is to show its own address there.
        proxy: members of its web proxy; empty for none.
    """

    ssid: str
    kind: str
    hidden: bool
    place: str
    account: dict[str, object] = field(default_factory=dict)
    passphrase: str | None = None
    password: str | None = None
    key_file: bytes | None = None
    factory_mac: bool = False
    proxy: dict[str, object] = field(default_factory=dict)

    def stored(self) -> dict[str, object]:
        """The network without its secrets."""
        chosen = ({"mac": "factory"} if self.factory_mac else {}) | ({"proxy": self.proxy} if self.proxy else {})
        return {"ssid": self.ssid, "security": self.kind, "hidden": self.hidden} | self.account | chosen

    def require_supported(self, api: int) -> None:
        """Refuse a kind that this agent does not set on a release, and an account that Android would not take.

        Raises:
            Refused: `network-unsupported`; `order-invalid` for certificates and keys.
        """
        if api < SET_FROM[self.kind]:
            raise _unsupported(self.place)
        authorities = self.authorities
        if api < DEMANDING_API and len(authorities) > 1:
            detail = f"order.body.{self.place}.authorities: one only on this release"
            raise Refused("network-unsupported", detail)
        if api < DEMANDING_API and (self.kind, self.account.get("phase2")) == ("ttls", "gtc"):
            raise Refused("network-unsupported", f"order.body.{self.place}.phase2: not on this release")
        for member, expected in find_unreadable(authorities, self.key_file, self.password or ""):
            raise Refused("order-invalid", f"order.body.{self.place}.{member}: expected {expected}")
        if self.chain and not is_chain([base64.b64decode(one) for one in self.chain]):
            detail = "expected certificates, that of a tablet first"
            raise Refused("order-invalid", f"order.body.{self.place}.chain: {detail}")

    @property
    def chain(self) -> tuple[str, ...]:
        """Certificates of the key that the tablet made, its own first (DER in base64); empty for another kind."""
        return tuple(cast("list[str]", self.account.get("chain", [])))

    @property
    def authorities(self) -> tuple[bytes, ...]:
        """DER of the authorities of an account; empty without one."""
        encoded = cast("list[str]", self.account.get("authorities", []))
        return tuple(base64.b64decode(one) for one in encoded)


def read_network(network: Fields, secrets: OpenSecret | None, place: str) -> WifiNetwork:
    """Read one network; accounts are checked to the last member, whatever the release.

    Raises:
        Refused: `order-invalid` with the place, `network-unsupported` for a kind nobody knows, `session-unknown`.
    """
    ssid = read_ssid(network, f"{place}.")
    kind = network.text("security", "[a-z0-9-]{1,20}")
    if kind not in SET_FROM:
        raise _unsupported(place)
    hidden = network.flag("hidden")
    if kind == "open":
        made = WifiNetwork(ssid, kind, hidden, place)
    elif kind in {"wpa2-psk", "wpa3-sae"}:
        passphrase = _open(network, secrets, place, "passphrase", PASSPHRASE, "8 to 63 printable ASCII characters")
        made = WifiNetwork(ssid, kind, hidden, place, passphrase=passphrase)
    else:
        account, password, key_file = _read_account(network, secrets, place, kind)
        made = WifiNetwork(ssid, kind, hidden, place, account, password=password, key_file=key_file)
    factory = network.has("mac") and network.text("mac", "factory") == "factory"
    proxy = _read_proxy(network.child("proxy")) if network.has("proxy") else {}
    network.end()
    return replace(made, factory_mac=factory, proxy=proxy)


def alias_of(ssid: str) -> str:
    """Alias of the key that a tablet makes for a network: fixed by its name."""
    return f"provision-wifi-{hashlib.sha256(ssid.encode()).hexdigest()[:16]}"


def read_ssid(parent: Fields, place: str) -> str:
    """The name of a network, of at most 32 bytes.

    Args:
        place: of its parent within the body, with a dot behind; empty for the body itself.

    Raises:
        Refused: `order-invalid`.
    """
    ssid = parent.text("ssid", LINE)
    if len(ssid.encode()) > MOST_BYTES:
        raise Refused("order-invalid", f"order.body.{place}ssid: longer than 32 bytes")
    return ssid


def _read_proxy(proxy: Fields) -> dict[str, object]:
    members: dict[str, object] = {"host": proxy.text("host", HOST), "port": proxy.number("port", 1, 65535)}
    direct = proxy.texts("direct", HOST, MOST_DIRECT) if proxy.has("direct") else []
    proxy.end()
    return members | ({"direct": direct} if direct else {})


def _unsupported(place: str) -> Refused:
    return Refused("network-unsupported", f"order.body.{place}.security: network kind not supported by this agent")


def _read_account(
    network: Fields, secrets: OpenSecret | None, place: str, kind: str
) -> tuple[dict[str, object], str | None, bytes | None]:
    """The members that are no secret, the password, and the key file of TLS."""
    account: dict[str, object] = {"identity": network.text("identity", NAME)}
    if network.has("anonymous_identity"):
        account["anonymous_identity"] = network.text("anonymous_identity", NAME)
    account["authorities"] = network.base64_list("authorities", MOST_AUTHORITIES)
    account["domain"] = network.text("domain", DOMAIN)
    expected = "1 to 128 characters on one line"
    if kind == ON_TABLET:
        account["chain"] = network.base64_list("chain", MOST_AUTHORITIES)
        return account, None, None
    if kind == "tls":
        key_file = None if secrets is None else secrets(network, "certificate", f"{place}.certificate")
        return account, _open(network, secrets, place, "certificate_password", PASSWORD, expected), key_file
    account["phase2"] = network.text("phase2", PHASE2[kind])
    return account, _open(network, secrets, place, "password", PASSWORD, expected), None


def _open(network: Fields, secrets: OpenSecret | None, place: str, name: str, form: str, expected: str) -> str | None:
    if secrets is None:
        return None
    text = secrets(network, name, f"{place}.{name}").decode(errors="replace")
    if not re.fullmatch(form, text):
        raise Refused("order-invalid", f"order.body.{place}.{name}: {expected}")
    return text
