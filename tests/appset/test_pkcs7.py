"""Signature files bent in one place: only the one encoding of DER counts, and what asn1crypto leaves open is closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from asn1crypto import parser
from v1_apks import expected_signers, sign_text

from provision.appset.signing.faults import ApkCause, SignatureFault
from provision.appset.signing.pkcs7 import verify_pkcs7
from provision.appset.signing.signed_data import read_signed_data

TEXT = b"Signature-Version: 1.0\r\n\r\n"
OCTETS, NOTHING, SEQUENCE, CONTEXT_0, CONTEXT_1, CONTEXT_2 = 0x04, 0x05, 0x30, 0xA0, 0xA1, 0xA2
CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
Tree = list[Any]
"""One element: tag, then its bytes or the elements in it, then how its length is written where it is not DER."""


def read_tree(data: bytes) -> list[Tree]:
    """Every element of a run."""
    trees: list[Tree] = []
    while data:
        size = parser.peek(data)
        class_, constructed, tag, _, content, _ = parser.parse(data[:size])
        trees.append([class_ << 6 | constructed << 5 | tag, read_tree(content) if constructed else content])
        data = data[size:]
    return trees


def write_tree(trees: list[Tree]) -> bytes:
    """The way back."""
    return b"".join(_write(tree) for tree in trees)


def _write(tree: Tree) -> bytes:
    tag, inside, form = (*tree, "der")[:3]
    content = inside if isinstance(inside, bytes) else write_tree(inside)
    size = len(content).to_bytes(5, "big").lstrip(b"\0")
    match form:
        case "der":
            return (
                bytes((tag,))
                + (bytes((len(content),)) if len(content) < 128 else bytes((128 + len(size),)) + size)
                + content
            )
        case "indefinite":
            return bytes((tag, 0x80)) + content + b"\0\0"
        case _:
            return bytes((tag, 128 + form)) + len(content).to_bytes(form, "big") + content


class File:
    """The parts of one signature file, to be changed in place."""

    def __init__(self, encoded: bytes) -> None:
        self.top = read_tree(encoded)
        self.outer = self.top[0][1]
        self.wrapper = self.outer[1]
        self.signed = self.wrapper[1][0][1]
        self.version, self.digests, self.content, self.certificates, self.signers = self.signed
        self.certificate = self.certificates[1][0][1][0][1]
        self.signer = self.signers[1][0][1]

    @property
    def attributes(self) -> list[Tree]:
        """The signed attributes of the first signer."""
        return self.signer[3][1]  # type: ignore[no-any-return]

    def attribute(self, name: bytes) -> list[Tree]:
        """Name and values of one of them."""
        return next(one[1] for one in self.attributes if one[1][0][1] == name)


def into_pieces(string: Tree) -> None:
    """BER's way to write a string."""
    string[:] = [string[0] | 0x20, [[string[0], string[1][:9]], [string[0], string[1][9:]]]]


def twice(elements: list[Tree], place: int) -> None:
    elements.insert(place, elements[place])


def name_maker(file: File) -> list[Tree]:
    """The first attribute of the name of who made the certificate."""
    return file.certificate[3][1][0][1][0][1]  # type: ignore[no-any-return]


Edit = Callable[[File], object]
REFUSED: dict[str, Edit] = {
    "a byte after the end": lambda file: file.top.append([NOTHING, b""]),
    "an indefinite length": lambda file: file.wrapper.append("indefinite"),
    "an indefinite length inside": lambda file: file.certificates.append("indefinite"),
    "a length in five bytes": lambda file: file.signers.append(5),
    "a length in more bytes than it needs": lambda file: file.version.append(1),
    "a signature in pieces": lambda file: into_pieces(file.signer[-1]),
    "a second signature beside it": lambda file: twice(file.wrapper[1], 0),
    "something beside it": lambda file: file.wrapper[1].append([OCTETS, b"x"]),
    "a field after the signers": lambda file: file.signed.append([CONTEXT_1, []]),
    "a field after the signature": lambda file: file.signer.append([CONTEXT_2, []]),
    "another content type": lambda file: file.outer[0].__setitem__(1, CONTENT_TYPE),
    "a content of no type": lambda file: file.content[1][0].__setitem__(1, b""),
    "digests with another tag": lambda file: file.digests.__setitem__(0, CONTEXT_0),
    "a version that is text": lambda file: file.version.__setitem__(0, OCTETS),
    "a signer named by its key": lambda file: file.signer.__setitem__(1, [0x80, b"x" * 20]),
    "two thousand certificates": lambda file: file.certificates[1].extend([[SEQUENCE, []]] * 2000),
}
"""Without signed attributes, and with them."""
UNSOUND: dict[str, Edit] = {
    "no signer": lambda file: file.signers.__setitem__(1, []),
    "no certificate": lambda file: file.signed.remove(file.certificates),
    "a serial number of nobody": lambda file: file.signer[1][1][1].__setitem__(1, b"\x08"),
    "a certificate of X.509 version 4": lambda file: file.certificate[0][1][0].__setitem__(1, b"\x03"),
    "something inside the name of its maker": lambda file: name_maker(file).append([NOTHING, b""]),
}
"""Of the right form, and what is in them is wrong."""
REFUSED_ATTRIBUTES: dict[str, Edit] = {
    "none of them": lambda file: file.attributes.clear(),
    "one twice": lambda file: twice(file.attributes, 0),
    "one with two values": lambda file: twice(file.attribute(CONTENT_TYPE)[1][1], 0),
    "one without a value": lambda file: file.attribute(CONTENT_TYPE)[1][1].clear(),
    "one left out": lambda file: file.attributes.remove([SEQUENCE, file.attribute(CONTENT_TYPE)]),
    "an indefinite length": lambda file: file.signer[3].append("indefinite"),
}
TAKEN: dict[str, Edit] = {
    "nothing changed": lambda _file: None,
    "unsigned attributes, whatever they are": lambda file: file.signer.append(
        [CONTEXT_1, [[SEQUENCE, [], "indefinite"]]]
    ),
    "revocation lists, whatever they are": lambda file: file.signed.insert(4, [CONTEXT_1, [[SEQUENCE, [], 3]]]),
}


@cache
def original(name: str, *, attributes: bool) -> bytes:
    """The file of a signer of this name."""
    return sign_text(name, {"attributes": attributes}, TEXT)


def bent(edit: Edit, *, attributes: bool, name: str = "rsa") -> bytes:
    """A file with one change."""
    file = File(original(name, attributes=attributes))
    edit(file)
    return write_tree(file.top)


@pytest.mark.parametrize("attributes", [False, True])
@pytest.mark.parametrize("case", list(REFUSED))
def test_a_file_of_another_form_is_refused(case: str, attributes: bool) -> None:  # noqa: FBT001 # a case
    encoded = bent(REFUSED[case], attributes=attributes)
    with pytest.raises(SignatureFault, match=r"another form|is not a signature"):
        read_signed_data(encoded)


@pytest.mark.parametrize("case", list(REFUSED_ATTRIBUTES))
def test_signed_attributes_of_another_form_are_refused(case: str) -> None:
    encoded = bent(REFUSED_ATTRIBUTES[case], attributes=True)
    with pytest.raises(SignatureFault, match=r"another form|attribute twice"):
        read_signed_data(encoded)


@pytest.mark.parametrize("case", list(UNSOUND))
def test_a_file_with_a_wrong_part_is_refused_and_ends_no_command(case: str) -> None:
    encoded = bent(UNSOUND[case], attributes=True)
    with pytest.raises(SignatureFault):
        verify_pkcs7(encoded, TEXT)


def test_a_certificate_with_an_extension_twice_ends_no_command() -> None:
    encoded = bent(lambda file: twice(file.certificate[7][1][0][1], 0), attributes=True, name="no-signing")
    with pytest.raises(SignatureFault, match="an extension twice"):
        verify_pkcs7(encoded, TEXT)


def test_a_certificate_is_read_as_it_stands_whatever_its_length() -> None:
    """asn1crypto writes some of them anew, and what nobody signed would then be verified."""
    for size in range(256):
        encoded = bent(lambda file, size=size: name_maker(file).append([NOTHING, bytes(size)]), attributes=True)  # type: ignore[misc]
        [certificate] = read_signed_data(encoded).certificates
        assert certificate in encoded


@pytest.mark.parametrize("attributes", [False, True])
@pytest.mark.parametrize("case", list(TAKEN))
def test_what_no_release_looks_at_changes_nothing(case: str, attributes: bool) -> None:  # noqa: FBT001 # a case
    assert verify_pkcs7(bent(TAKEN[case], attributes=attributes), TEXT) == (expected_signers("rsa"), 0)


def rename(file: File, name: bytes) -> None:
    """Other words for who made the certificate, in it and where the signer names it."""
    for place in (name_maker(file), file.signer[1][1][0][1][0][1][0][1]):
        place[1][1] = name


def renumber(file: File, serial: bytes) -> None:
    file.certificate[1][1] = file.signer[1][1][1][1] = serial


def extend(file: File, *extension: Tree) -> None:
    """One extension of a name that nobody knows."""
    file.certificate[7][1][0][1].append([SEQUENCE, [[0x06, b"\x2a\x03\x04"], *extension]])


ODD: dict[str, Edit] = {
    "a certificate of X.509 version 2": lambda file: file.certificate[0][1][0].__setitem__(1, b"\x01"),
    "a maker without a name": lambda file: rename(file, b""),
    "a maker's name of 200 letters": lambda file: rename(file, b"x" * 200),
    "a maker's name that is no UTF-8": lambda file: rename(file, b"\xff\xfe"),
    "a serial number of zero": lambda file: renumber(file, b"\0"),
    "a negative serial number": lambda file: renumber(file, b"\xf0\x01"),
    "a serial number of 40 bytes": lambda file: renumber(file, b"\x11" * 40),
    "dates that are none": lambda file: file.certificate[4][1][0].__setitem__(1, b"never"),
    "a signature of its own that is none": lambda file: file.certificates[1][0][1][2].__setitem__(1, b"\0"),
}
"""Odd, and as good as any other: which certificate it is decides, and not what it says of itself."""
ODD_EXTENSIONS: dict[str, Edit] = {
    "an extension that is no ASN.1": lambda file: extend(file, [OCTETS, b"\xff"]),
    "an extension that says it is not critical": lambda file: extend(file, [0x01, b"\0"], [OCTETS, b""]),
}


@pytest.mark.parametrize("case", list(ODD))
def test_a_certificate_may_say_of_itself_what_it_likes(case: str) -> None:
    certificate, _ = verify_pkcs7(bent(ODD[case], attributes=True), TEXT)
    assert len(certificate) == 64
    assert certificate != expected_signers("rsa")


@pytest.mark.parametrize("case", list(ODD_EXTENSIONS))
def test_what_is_in_an_extension_that_may_be_unknown_is_not_read(case: str) -> None:
    encoded = bent(ODD_EXTENSIONS[case], attributes=True, name="signing")
    assert len(verify_pkcs7(encoded, TEXT)[0]) == 64


ALGORITHMS: dict[str, tuple[str, str, ApkCause]] = {
    "MD5 with RSA": ("2a864886f70d0205", "2a864886f70d010104", ApkCause.SIGNATURE_WEAK),
    "MD5, with a key of RSA": ("2a864886f70d0205", "2a864886f70d010101", ApkCause.SIGNATURE_WEAK),
    "MD2 with RSA": ("2a864886f70d0202", "2a864886f70d010102", ApkCause.SIGNATURE_WEAK),
    "MD4 with RSA": ("2a864886f70d0204", "2a864886f70d010103", ApkCause.SIGNATURE_WEAK),
    "a digest of SHA-256 and MD5 with RSA": ("608648016503040201", "2a864886f70d010104", ApkCause.SIGNATURE_WEAK),
    "SHA3-256 with RSA": ("608648016503040208", "60864801650304030e", ApkCause.SIGNATURE_UNFIT),
    "RSA with PSS": ("608648016503040201", "2a864886f70d01010a", ApkCause.SIGNATURE_UNFIT),
    "a digest of RIPEMD": ("2b24030201", "2a864886f70d010101", ApkCause.SIGNATURE_UNFIT),
    "SHA-1 with DSA by a key of RSA": ("2b0e03021a", "2a8648ce380403", ApkCause.SIGNATURE_UNFIT),
    "Ed25519 by a key of RSA": ("608648016503040203", "2b6570", ApkCause.SIGNATURE_UNFIT),
    "another digest than the signed one": ("2b0e03021a", "2a864886f70d010101", ApkCause.SIGNATURE_BROKEN),
}
"""Object identifiers of the digest and of the signature, and what is said of them."""


@pytest.mark.parametrize("case", list(ALGORITHMS))
def test_only_a_signature_that_contradicts_the_bytes_is_an_accusation(case: str) -> None:
    digest, algorithm, cause = ALGORITHMS[case]

    def edit(file: File) -> None:
        file.signer[2][1][0][1] = bytes.fromhex(digest)
        file.signer[-2][1][0][1] = bytes.fromhex(algorithm)

    with pytest.raises(SignatureFault) as caught:
        verify_pkcs7(bent(edit, attributes=False), TEXT)
    assert caught.value.cause is cause


@pytest.mark.parametrize("name", ["rsa", "ec"])
def test_the_form_survives_the_way_through_the_tree(name: str) -> None:
    encoded = original(name, attributes=True)
    assert write_tree(read_tree(encoded)) == encoded
