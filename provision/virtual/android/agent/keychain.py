"""Android's KeyChain as an owner uses it for Wi-Fi (31+): keys by alias, whose private part never leaves it.

They belong to the system: clearing the agent's data leaves them, a factory reset does not (Wi-Fi document 2.5).
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import CertificateSigningRequestBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from provision.virtual.android.agent.keystore import certify, load_private, write_private
from provision.virtual.android.agent.owner_calls import OwnerCalls, Threw
from provision.virtual.android.agent.reading import write_base64
from provision.virtual.android.state import KeyPair

KEYCHAIN_API = 31
"""The first release on which a network can name a key of it."""


class Keychain:
    """The calls on it of one tablet's owner.

    Args:
        owner: keeps the calls, and what is refused.
    """

    def __init__(self, owner: OwnerCalls) -> None:
        self._owner, self._keys = owner, owner.device.data.keychain

    def exists(self, alias: str) -> bool:
        """Tell whether there is a key."""
        return alias in self._keys

    def make(self, alias: str) -> bytes:
        """Make a key on P-256 with a certificate that it signs itself; returns its public part (DER).

        Raises:
            Threw: this tablet makes none.
        """
        self._owner.record_call("generateKeyPair", alias)
        if self._owner.refuses("generateKeyPair"):
            raise Threw("KeyStoreException")
        key = ec.generate_private_key(ec.SECP256R1())
        self._keys[alias] = KeyPair(private=write_private(key), chain=[write_base64(one) for one in certify(key, None)])
        return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def request(self, alias: str, name: str, unit: str) -> bytes:
        """A request for the certificate of a key (PKCS#10, DER).

        Raises:
            Threw: it does not sign.
        """
        if self._owner.refuses("sign"):
            raise Threw("KeyStoreException")
        key = load_private(self._keys[alias].private)
        unit_name, common = (
            NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            NameAttribute(NameOID.COMMON_NAME, name),
        )
        return (
            CertificateSigningRequestBuilder(Name([unit_name, common])).sign(key, SHA256()).public_bytes(Encoding.DER)
        )

    def certify(self, alias: str, chain: Sequence[str]) -> bool:
        """Put certificates beside a key, of whatever key they are."""
        self._owner.record_call("setKeyPairCertificate", alias, len(chain))
        if self._owner.refuses("setKeyPairCertificate"):
            return False
        self._keys[alias].chain = list(chain)
        return True

    def certificates(self, alias: str) -> Sequence[str]:
        """Those beside a key, its own first."""
        return self._keys[alias].chain

    def grant(self, alias: str) -> bool:
        """Let Wi-Fi use a key."""
        self._owner.record_call("grantKeyPairToWifiAuth", alias)
        if self._owner.refuses("grantKeyPairToWifiAuth"):
            return False
        self._keys[alias].wifi = True
        return True

    def is_granted(self, alias: str) -> bool:
        """Tell whether Wi-Fi may use a key."""
        return self._keys[alias].wifi

    def remove(self, alias: str) -> bool:
        """Destroy a key."""
        self._owner.record_call("removeKeyPair", alias)
        if self._owner.refuses("removeKeyPair"):
            return False
        del self._keys[alias]
        return True
