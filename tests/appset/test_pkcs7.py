"""Signature files bent in one place: only the one encoding of DER counts, and what asn1crypto leaves open is closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from asn1crypto import parser
from v1_apks import expected_signers, sign_text

from provision.appset.signing.faults import DAMAGED, SignatureFault
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
    "a certificate of X.509 version 2": lambda file: file.certificate[0][1][0].__setitem__(1, b"\x01"),
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
    with pytest.raises((SignatureFault, *DAMAGED)):
        verify_pkcs7(encoded, TEXT)


def test_a_certificate_with_an_extension_twice_ends_no_command() -> None:
    encoded = bent(lambda file: twice(file.certificate[7][1][0][1], 0), attributes=True, name="no-signing")
    with pytest.raises(DAMAGED):
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


@pytest.mark.parametrize("name", ["rsa", "ec"])
def test_the_form_survives_the_way_through_the_tree(name: str) -> None:
    encoded = original(name, attributes=True)
    assert write_tree(read_tree(encoded)) == encoded
