"""SignedData of RFC 5652 as the v1 signature of an APK uses it, read and not judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, parser

from provision.appset.signing.elements import split_elements
from provision.appset.signing.faults import SignatureFault

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_UNIVERSAL, _CONTEXT = 0, 2
_SET = 17
_MOST_ELEMENTS = 1000  # side by side


@dataclass(frozen=True)
class SignedAttributes:
    """Attributes signed in the text's place: its digest, the kind of content, and the bytes of the whole set."""

    digest: bytes
    content_type: str
    encoded: bytes


@dataclass(frozen=True)
class SignerInfo:
    """One signer as the file describes it; algorithms by their object identifiers.

    Attributes:
        issuer, serial: name its certificate; `issuer` is an encoded Name.
        attributes: None for a signature over the text itself.
    """

    issuer: bytes
    serial: int
    hash_name: str
    attributes: SignedAttributes | None
    algorithm: str
    signature: bytes


@dataclass(frozen=True)
class SignedData:
    """One signature file: its certificates in DER, the kind of its content, its signers."""

    certificates: Sequence[bytes]
    content_type: str
    signers: Sequence[SignerInfo]


def read_signed_data(encoded: bytes) -> SignedData:
    """Read one signature file.

    Raises:
        SignatureFault: it is none, or is not encoded as DER asks.
    """
    try:
        _refuse_ber(encoded)
        signed = _find_signed_data(encoded)
        return SignedData(
            split_elements(signed["certificates"].contents or b"", _MOST_ELEMENTS),
            _read_object_id(signed["encap_content_info"]["content_type"]),
            [_read_signer(_check_fields(each)) for each in signed["signer_infos"]],
        )
    except (ValueError, TypeError, KeyError) as error:
        raise SignatureFault("its PKCS #7 file has another form than a signature's") from error


def _find_signed_data(encoded: bytes) -> cms.SignedData:
    outer = cms.ContentInfo.load(encoded, strict=True)
    if outer["content_type"].dotted != _SIGNED_DATA:
        raise SignatureFault("its PKCS #7 file is not a signature")
    signed = _check_fields(outer["content"])
    *_, wrapper = split_elements(outer.contents, _MOST_ELEMENTS)
    if len(split_elements(parser.parse(wrapper)[4], _MOST_ELEMENTS)) != 1:
        raise ValueError("something stands beside the signed data")
    return signed


def _refuse_ber(data: bytes) -> None:
    """Refuse every length that is not written as DER asks.

    asn1crypto takes them; older releases of Android do, too, and later ones do not (`DerInputStream.getLength`).
    What stands under [1], revocation lists and unsigned attributes, is nobody's concern.
    """
    for element in split_elements(data, _MOST_ELEMENTS):
        class_, constructed, tag, _, content, _ = parser.parse(element)
        if parser.emit(class_, constructed, tag, content) != element:
            raise ValueError("a length that DER does not allow")
        if constructed and (class_, tag) != (_CONTEXT, 1):
            _refuse_ber(content)


def _check_fields(sequence: Any) -> Any:  # noqa: ANN401 - asn1crypto has no types
    """The sequence itself, when every field has its type and none follows: asn1crypto looks at neither by itself."""
    if len(sequence) != len(type(sequence)()):
        raise ValueError("more fields than the format has")
    for name in sequence:
        sequence[name]  # parses it
    return sequence


def _read_object_id(identifier: Any) -> str:  # noqa: ANN401 - asn1crypto has no types
    dotted: str = identifier.dotted
    if not dotted:
        raise ValueError("an empty object identifier")
    return dotted


def _read_signer(signer: Any) -> SignerInfo:  # noqa: ANN401 - asn1crypto has no types
    if signer["sid"].name != "issuer_and_serial_number":
        raise ValueError("a signer is named by something else than its certificate")
    certificate, attributes = signer["sid"].chosen, signer["signed_attrs"]
    return SignerInfo(
        issuer=split_elements(certificate.contents, _MOST_ELEMENTS)[0],
        serial=certificate["serial_number"].native,
        hash_name=signer["digest_algorithm"]["algorithm"].dotted,
        attributes=_read_attributes(attributes) if isinstance(attributes, cms.CMSAttributes) else None,
        algorithm=signer["signature_algorithm"]["algorithm"].dotted,
        signature=signer["signature"].native,
    )


def _read_attributes(attributes: cms.CMSAttributes) -> SignedAttributes:
    values: dict[str, Any] = {}
    for attribute in attributes:
        name = attribute["type"].dotted
        if name in values:
            raise SignatureFault("its PKCS #7 file names a signed attribute twice")
        values[name] = attribute["values"]
        if len(values[name]) != 1:
            raise ValueError("a signed attribute has not exactly one value")
    digest, kind = values[_MESSAGE_DIGEST][0].native, values[_CONTENT_TYPE][0].dotted
    return SignedAttributes(digest, kind, parser.emit(_UNIVERSAL, 1, _SET, attributes.contents))
