"""The keys that a tablet made for 802.1X networks, one a network (contract 15)."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from provision.virtual.android.agent import rows
from provision.virtual.android.agent.keychain import KEYCHAIN_API, Keychain
from provision.virtual.android.agent.owner_calls import OwnerCalls
from provision.virtual.android.agent.reading import write_base64, write_json
from provision.virtual.android.agent.results import Results
from provision.virtual.android.agent.wifi_network import WifiNetwork, alias_of

_MADE = "wifi.keys"


class KeyKept(Exception):
    """Android keeps a key that is to go."""

    def __init__(self) -> None:
        super().__init__("Android keeps the key of a network")


class NetworkKeys:
    """Keys of one tablet's networks.

    Args:
        owner: Android.
        store: the agent's private storage.
    """

    def __init__(self, owner: OwnerCalls, store: dict[str, str]) -> None:
        self._api, self._keychain, self._store = owner.api, Keychain(owner), store

    def make(self, ssid: str) -> bool:
        """Make the key of a network where there is none, or none whose public part is known; tells whether it did.

        Raises:
            Threw: this tablet makes none.
        """
        alias = alias_of(ssid)
        if self._keychain.exists(alias):
            if self._made.get(ssid):
                return False
            self._keychain.remove(alias)
        self._keep(self._made | {ssid: ""})
        self._keep(self._made | {ssid: write_base64(self._keychain.make(alias))})
        return True

    def request(self, ssid: str, name: str, unit: str) -> bytes:
        """The request for its certificate, signed by the key.

        Raises:
            Threw: it does not sign.
        """
        return self._keychain.request(alias_of(ssid), name, unit)

    def prepare(self, network: WifiNetwork, results: Results) -> str | None:
        """Put certificate and grant of a network beside its key; returns what is in the way."""
        alias = alias_of(network.ssid)
        own = load_der_x509_certificate(base64.b64decode(network.chain[0])).public_key()
        public = write_base64(own.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        if not self._keychain.exists(alias) or self._made.get(network.ssid) != public:
            return "no key of this certificate"
        if not self._is_certified(network):
            results.calling(rows.NETWORK, "setKeyPairCertificate")
            if not self._keychain.certify(alias, network.chain):
                return "certificate refused"
        if not self._keychain.is_granted(alias):
            results.calling(rows.NETWORK, "grantKeyPairToWifiAuth")
            if not self._keychain.grant(alias):
                return "key not granted to Wi-Fi"
        return None

    def list_differing(self, network: WifiNetwork) -> list[str]:
        """What of the key of a network is not as the policy has it."""
        alias = alias_of(network.ssid)
        if not self._keychain.exists(alias):
            return ["key"]
        certified, granted = self._is_certified(network), self._keychain.is_granted(alias)
        return ([] if certified else ["certificate"]) + ([] if granted else ["grant"])

    def forget_others(self, kept: Collection[str]) -> None:
        """Destroy the keys of all other networks.

        Raises:
            KeyKept: Android keeps one.
        """
        if self._api < KEYCHAIN_API:
            return
        for ssid in sorted(self._made.keys() - set(kept)):
            if self._keychain.exists(alias_of(ssid)) and not self._keychain.remove(alias_of(ssid)):
                raise KeyKept
            self._keep({name: public for name, public in self._made.items() if name != ssid})

    def _is_certified(self, network: WifiNetwork) -> bool:
        held = self._keychain.certificates(alias_of(network.ssid))
        return tuple(held[: len(network.chain)]) == network.chain

    @property
    def _made(self) -> dict[str, str]:
        """Public part by the name of the network; empty for one whose making was begun."""
        return dict(json.loads(self._store.get(_MADE, "{}")))

    def _keep(self, made: dict[str, str]) -> None:
        self._store[_MADE] = write_json(made)
        if not made:
            del self._store[_MADE]
