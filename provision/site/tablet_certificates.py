"""Certificates of the keys that tablets made for an 802.1X network: a folder of requests and of what was signed.

1. Of each tablet the folder holds its request, `A-0042.csr`, and its certificate, `A-0042.pem`: PEM, no secret.
2. A bench with the authority's key signs and puts the certificate there; without it the hospital's authority does.
3. Whatever lies there is judged each time by what a RADIUS server would refuse, and by the key it must be of.
4. A certificate that the bench signed is signed anew in the last quarter of its time; one of the hospital stays until
   it ends, or another one lies there.
5. Nothing in it depends on the tablet's clock: a certificate is judged by the server's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    AuthorityKeyIdentifier,
    BasicConstraints,
    Certificate,
    CertificateBuilder,
    CertificateSigningRequest,
    ExtendedKeyUsage,
    ExtensionNotFound,
    KeyUsage,
    Name,
    SubjectKeyIdentifier,
    load_pem_x509_certificates,
    load_pem_x509_csr,
    random_serial_number,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from provision.errors import ConfigurationError
from provision.files import write_atomically
from provision.site.certificates import (
    find_authority_faults,
    find_client_faults,
    is_authority,
    list_between,
    name_tablet,
)
from provision.site.secret import read_public_file

BACKDATED = timedelta(days=1)
"""A server whose clock is late takes a new certificate all the same."""

SigningKey = EllipticCurvePrivateKey | RSAPrivateKey


class CertificateAwaited(Exception):
    """The hospital's authority has not signed the request yet; the message says what lies where."""


class CertificateUnfit(Exception):
    """What lies in the folder cannot be used; the message says what is wrong with it."""


def find_first_end(folder: Path, now: datetime) -> tuple[str, datetime] | None:
    """The tablet of a folder whose certificate ends first, and when; None where none is in force.

    What ended already, or cannot be read, is of a tablet that was given up, or is told when that is run again.
    """
    ends = []
    for file in sorted(folder.glob("*.pem")):
        try:
            last = _read_own_first(file)[0].not_valid_after_utc
        except (ConfigurationError, ValueError, IndexError):
            continue
        ends += [(last, file.stem)] if last > now else []
    last, number = min(ends, default=(now, ""))
    return (number, last) if number else None


def _read_own_first(file: Path) -> tuple[Certificate, ...]:
    """The certificates of a file, those of authorities last: whoever exports them puts them in any order."""
    return tuple(sorted(load_pem_x509_certificates(read_public_file(file)), key=is_authority))


def _put_first(chain: Sequence[Certificate], request: CertificateSigningRequest) -> tuple[Certificate, ...]:
    """The certificate of a request's key before all others."""
    return tuple(sorted(chain, key=lambda one: one.public_key() != request.public_key()))


def _name_key(issuer: Certificate) -> AuthorityKeyIdentifier:
    """The name of an authority's key as its certificate has it: there is more than one way to make one (RFC 7093)."""
    try:
        named = issuer.extensions.get_extension_for_class(SubjectKeyIdentifier).value
    except ExtensionNotFound:
        public = issuer.public_key()
        assert isinstance(public, EllipticCurvePublicKey | RSAPublicKey)  # noqa: S101 # checked when its key was read
        return AuthorityKeyIdentifier.from_issuer_public_key(public)
    return AuthorityKeyIdentifier.from_issuer_subject_key_identifier(named)


@dataclass(frozen=True)
class TabletCertificates:
    """Those of one network.

    Attributes:
        folder: of requests and certificates; it need not be there yet.
        authority: the signing authority's certificate, then those above it up to the root.
        key: of that authority, where the bench signs.
        days: how long what the bench signs is valid.
    """

    folder: Path
    authority: tuple[Certificate, ...]
    key: SigningKey | None
    days: int

    def find(self, number: str, unit: str, now: datetime) -> tuple[bytes, ...]:
        """The chain (DER) that a tablet with this number is to have; empty where another one is to be made.

        Of whatever key it is: that tells the tablet alone.

        Args:
            unit: key id of the site; what the bench signs names it beside the number.
        """
        try:
            chain = self._read(number)
        except CertificateUnfit:
            return ()
        if not chain or not self._is_current(chain, name_tablet(number, unit), now):
            return ()
        return self._list_sent(chain)

    def obtain(self, number: str, request: CertificateSigningRequest, now: datetime) -> tuple[bytes, ...]:
        """The chain (DER) for a key, read or signed now; certificate and request are on disk when this returns.

        Args:
            request: of the key, checked.

        Raises:
            CertificateAwaited: nobody signed it yet; the request is on disk.
            CertificateUnfit: the certificate in the folder is none for a tablet of this network, or the authority's
                vouches for none.
            OSError: the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._is_asked(number, request):
            write_atomically(self._name(number, "csr"), request.public_bytes(Encoding.PEM))
        if self.key is not None:
            return self._sign_unless_there(number, request, self.key, now)
        chain = _put_first(self._read(number), request)
        told = f"the request is {self._tell(number, 'csr')}, its certificate belongs into {self._tell(number, 'pem')}"
        if not chain:
            raise CertificateAwaited(told)
        if chain[0].public_key() != request.public_key():
            raise CertificateAwaited(f"{told}; the one that is there is of another key")
        fault = self._find_fault(chain, now)
        if fault is not None:
            raise CertificateUnfit(f"{self._tell(number, 'pem')}: {fault}")
        return self._list_sent(chain)

    def _is_asked(self, number: str, request: CertificateSigningRequest) -> bool:
        """Whether a request of the same key and subject lies there: somebody may be at work on it."""
        try:
            there = load_pem_x509_csr(read_public_file(self._name(number, "csr")))
            told, valid = (there.public_key(), there.subject), there.is_signature_valid
        except (ConfigurationError, ValueError, UnsupportedAlgorithm):
            return False
        return valid and told == (request.public_key(), request.subject)

    def _sign_unless_there(
        self, number: str, request: CertificateSigningRequest, key: SigningKey, now: datetime
    ) -> tuple[bytes, ...]:
        try:
            chain = _put_first(self._read(number), request)
        except CertificateUnfit:
            chain = ()
        there = bool(chain) and chain[0].public_key() == request.public_key()
        if not there or not self._is_current(chain, request.subject, now):
            chain = (self._sign_judged(request, key, now),)
            write_atomically(self._name(number, "pem"), chain[0].public_bytes(Encoding.PEM))
        return self._list_sent(chain)

    def _sign_judged(self, request: CertificateSigningRequest, key: SigningKey, now: datetime) -> Certificate:
        """What a server will take: an authority may have ended since it was judged, while a station ran."""
        faults = [*find_authority_faults(self.authority, now, of_tablets=True)]
        if faults:
            raise CertificateUnfit(f"authority.certificate: expected {faults[0].expected}, got {faults[0].got}")
        signed = self._sign(request, key, now)
        fault = self._find_fault((signed,), now)
        if fault is not None:
            raise CertificateUnfit(f"authority.certificate: what it signs is of no use: {fault}")
        return signed

    def _sign(self, request: CertificateSigningRequest, key: SigningKey, now: datetime) -> Certificate:
        issuer, public = self.authority[0], request.public_key()
        first = max(now - BACKDATED, issuer.not_valid_before_utc)
        last = min(now + timedelta(days=self.days), issuer.not_valid_after_utc)
        builder = CertificateBuilder(issuer.subject, request.subject, public, random_serial_number(), first, last)
        uses = {"content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
                "crl_sign", "encipher_only", "decipher_only"}  # fmt: skip
        builder = (
            builder.add_extension(BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(KeyUsage(digital_signature=True, **dict.fromkeys(sorted(uses), False)), critical=True)
            .add_extension(ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(_name_key(issuer), critical=False)
        )
        return builder.sign(key, SHA256())

    def _is_current(self, chain: Sequence[Certificate], subject: Name, now: datetime) -> bool:
        """Whether a certificate needs no other; only the hospital's authority may name a tablet as it likes."""
        if self.key is not None and chain[0].subject != subject:
            return False
        return self._find_fault(chain, now) is None and not self._is_due(chain[0], now)

    def _is_due(self, own: Certificate, now: datetime) -> bool:
        """Whether the bench is to sign another one: in the last quarter, unless the authority ends no later."""
        first, last = own.not_valid_before_utc, own.not_valid_after_utc
        late = now > last - (last - first) / 4
        return self.key is not None and late and self.authority[0].not_valid_after_utc > last

    def _read(self, number: str) -> tuple[Certificate, ...]:
        """The tablet's certificate first; empty where none lies there."""
        file = self._name(number, "pem")
        if not file.exists():
            return ()
        try:
            return _read_own_first(file)
        except (ConfigurationError, ValueError):
            raise CertificateUnfit(f"{self._tell(number, 'pem')}: no certificate in PEM that can be read") from None

    def _find_fault(self, chain: Sequence[Certificate], now: datetime) -> str | None:
        """What a server would refuse, or would take of an authority that is none of tablets."""
        faults = [*find_client_faults(chain, self.authority, now, "authority.certificate")]
        if faults:
            return f"expected {faults[0].expected}, got {faults[0].got}"
        if self.authority[0] not in list_between(chain[0], (*self.authority, *chain[1:])):
            return f"of another authority than {self.authority[0].subject.rfc4514_string()}"
        return None

    def _list_sent(self, chain: Sequence[Certificate]) -> tuple[bytes, ...]:
        """The certificate and those between it and the root, which a server has."""
        between = list_between(chain[0], (*self.authority, *chain[1:]))
        sent = [one for one in between if one.issuer != one.subject]
        return tuple(one.public_bytes(Encoding.DER) for one in (chain[0], *sent))

    def _name(self, number: str, kind: str) -> Path:
        return self.folder / f"{number}.{kind}"

    def _tell(self, number: str, kind: str) -> str:
        """The file as records may name it: where homes lie on a computer is nobody's to read there."""
        return f"{self.folder.name}/{number}.{kind}"
