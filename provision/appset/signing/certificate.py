"""Members of a signer's certificate that Android looks at, as they stand: who issued it, its key, its extensions.

Nobody verifies the certificate itself: it signs for itself, and which one it is decides. Names, dates and serial
numbers of any form are therefore nobody's concern; a strict reader of X.509 refuses good old apps for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import parser

from provision.appset.signing.elements import split_elements
from provision.appset.signing.faults import SignatureFault

_UNIVERSAL, _CONTEXT = 0, 2
_BOOLEAN, _INTEGER, _BITS, _OCTETS, _OBJECT_ID, _SEQUENCE = 1, 2, 3, 4, 6, 16
_KEY_USAGE = b"\x55\x1d\x0f"
_SIGNING = 0b1100_0000
"""The bits digitalSignature and nonRepudiation of KeyUsage (RFC 5280, 4.2.1.3)."""
_KNOWN = {bytes((0x55, 0x1D, last)) for last in (14, 15, 17, 18, 19, 30, 31, 32, 33, 35, 36, 37, 54)}
"""Extensions of RFC 5280 (2.5.29.x)."""
_MOST_EXTENSIONS = 200


@dataclass(frozen=True)
class Certificate:
    """One certificate.

    Attributes:
        encoded: all of it, as it stands in the file.
        issuer: an encoded Name.
        serial: of any size and sign.
        public_key: SubjectPublicKeyInfo as it stands in it.
    """

    encoded: bytes
    issuer: bytes
    serial: int
    public_key: bytes
    _extensions: tuple[tuple[bytes, bool, bytes], ...]

    def check_use(self) -> None:
        """Check what Android asks of it beside its key: it may sign, and nothing critical in it is unknown.

        Raises:
            SignatureFault: one of them.
        """
        for name, critical, value in self._extensions:
            if name == _KEY_USAGE and not _may_sign(value):
                raise SignatureFault("its certificate may not be used for signatures")
            if critical and name not in _KNOWN:
                raise SignatureFault("its certificate has a critical extension that Android does not know")


def read_certificate(encoded: bytes) -> Certificate:
    """The parts of one certificate.

    Raises:
        SignatureFault: it is none, or has an extension twice.
    """
    try:
        signed, *_ = split_elements(_open(encoded, _UNIVERSAL, _SEQUENCE), _MOST_EXTENSIONS)
        fields = split_elements(_open(signed, _UNIVERSAL, _SEQUENCE), _MOST_EXTENSIONS)
        versioned = _tag(fields[0]) == (_CONTEXT, 0)
        serial, _, issuer, _, _, public_key, *more = fields[1:] if versioned else fields
        if versioned and _open(_open(fields[0], _CONTEXT, 0), _UNIVERSAL, _INTEGER) > b"\x02":
            raise SignatureFault("its certificate is of a version that Android does not know")
        number = int.from_bytes(_open(serial, _UNIVERSAL, _INTEGER), signed=True)
        return Certificate(encoded, issuer, number, public_key, tuple(_read_extensions(more)))
    except (ValueError, TypeError, IndexError) as error:
        raise SignatureFault("its certificate has another form than a certificate") from error


def _read_extensions(fields: Sequence[bytes]) -> list[tuple[bytes, bool, bytes]]:
    """(name, critical, value) of each: [3] holds a sequence of them."""
    found: list[tuple[bytes, bool, bytes]] = []
    for field in fields:
        if _tag(field) != (_CONTEXT, 3):
            continue
        for each in split_elements(_open(_open(field, _CONTEXT, 3), _UNIVERSAL, _SEQUENCE), _MOST_EXTENSIONS):
            name, *rest = split_elements(_open(each, _UNIVERSAL, _SEQUENCE), _MOST_EXTENSIONS)
            critical = len(rest) > 1 and _open(rest[0], _UNIVERSAL, _BOOLEAN) != b"\0"
            found.append((_open(name, _UNIVERSAL, _OBJECT_ID), critical, _open(rest[-1], _UNIVERSAL, _OCTETS)))
    names = [name for name, *_ in found]
    if len(set(names)) != len(names):
        raise SignatureFault("its certificate has an extension twice")
    return found


def _may_sign(value: bytes) -> bool:
    unused, *octets = _open(value, _UNIVERSAL, _BITS)
    return unused < 8 and bool(octets) and bool(octets[0] & _SIGNING)


def _tag(element: bytes) -> tuple[int, int]:
    class_, _, tag, *_ = parser.parse(element)
    return class_, tag


def _open(element: bytes, class_: int, tag: int) -> bytes:
    """The content of one element that must have this tag."""
    found_class, _, found_tag, _, content, _ = parser.parse(element, strict=True)
    if (found_class, found_tag) != (class_, tag):
        raise ValueError("another element than the format has there")
    return bytes(content)
