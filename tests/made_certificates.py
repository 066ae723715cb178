"""Makes certificates and keys for tests from short descriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

TODAY = datetime(2030, 6, 15, tzinfo=UTC)
PASSWORD = b"opens"
PURPOSES = {
    "server": x509.ExtendedKeyUsageOID.SERVER_AUTH,
    "client": x509.ExtendedKeyUsageOID.CLIENT_AUTH,
    "code": x509.ExtendedKeyUsageOID.CODE_SIGNING,
}
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey = CertificatePublicKeyTypes


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    key: Key
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def make_key(kind: str) -> Key:
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key(ec.SECP256R1())


def make_certificate(
    words: Mapping[str, Any], issuer: Made | None, today: datetime = TODAY, public: PublicKey | None = None
) -> Made:
    """One certificate; without issuer its own; `public` is of a key that somebody else has.

    `name`; `authority`: bool, absent for no basic constraint; `depth`: authorities allowed below it; `days`: first and
    last, from today; `purposes`; `dns`; `usage`: what its key may do, in the words of the extension; `key`: `ec`,
    `rsa2048`, `ed25519`; `key_name`: its subject key identifier; `authority_key_name`: that of its issuer.
    """
    key = make_key(words.get("key", "ec"))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, words["name"])])
    first, last = words.get("days", [-30, 30])
    builder = x509.CertificateBuilder(
        issuer.certificate.subject if issuer else name, name, public or key.public_key(), x509.random_serial_number(),
        today + timedelta(days=first), today + timedelta(days=last),
    )  # fmt: skip
    for extension in _list_extensions(words):
        builder = builder.add_extension(extension, critical=False)
    signer = issuer.key if issuer else key
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else SHA256()
    return Made(key, builder.sign(signer, digest))


def _list_extensions(words: Mapping[str, Any]) -> list[x509.ExtensionType]:
    found: list[x509.ExtensionType] = []
    if "authority" in words:
        found.append(x509.BasicConstraints(words["authority"], words.get("depth")))
    if "key_name" in words:
        found.append(x509.SubjectKeyIdentifier(words["key_name"]))
    if "authority_key_name" in words:
        found.append(x509.AuthorityKeyIdentifier(words["authority_key_name"], None, None))
    if "purposes" in words:
        found.append(x509.ExtendedKeyUsage([PURPOSES[word] for word in words["purposes"]]))
    if "dns" in words:
        found.append(x509.SubjectAlternativeName([x509.DNSName(name) for name in words["dns"]]))
    if "usage" in words:
        bits = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
        found.append(x509.KeyUsage(**{bit: bit in words["usage"] for bit in bits}))
    return found


def make_all(described: Mapping[str, Mapping[str, Any]], today: datetime = TODAY) -> dict[str, Made]:
    """All certificates of a description, by label; `issuer` is the label of another one, absent for its own."""
    made: dict[str, Made] = {}

    def make(label: str) -> Made:
        words = described[label]
        if label not in made:
            issuer = make(words["issuer"]) if "issuer" in words else None
            made[label] = make_certificate({"name": label} | words, issuer, today)
        return made[label]

    for label in described:
        make(label)
    return made


def make_bundle(key: Made, certificate: Made, others: Sequence[Made] = (), password: bytes = PASSWORD) -> bytes:
    """A PKCS#12 file; a certificate of another key stands beside its key there, as in every such file."""
    own = certificate.certificate if key is certificate else None
    rest = [one.certificate for one in (() if own else (certificate,))] + [one.certificate for one in others]
    return serialize_key_and_certificates(b"x", key.key, own, rest or None, BestAvailableEncryption(password))
