"""The extension of a certificate in which Android describes the key: OID 1.3.6.1.4.1.11129.2.1.17; pure.

Form after the schema that Android publishes (source.android.com, Key and ID attestation): a SEQUENCE of version,
level of the attestation, version and level of the key's home, challenge, unique id, and two lists of tagged
properties, the second one enforced by hardware.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from asn1crypto import core, parser

OID = "1.3.6.1.4.1.11129.2.1.17"
_OID_CONTENTS = core.ObjectIdentifier(OID).contents
_ROOT_OF_TRUST, _APPLICATION = 704, 709
_MEMBERS = 8
_SEQUENCE, _SET, _INTEGER, _ENUM, _OCTETS, _BOOLEAN = 16, 17, 2, 10, 4, 1
_UNIVERSAL, _CONTEXT = 0, 2
E = TypeVar("E", bound=StrEnum)


class Level(StrEnum):
    """Places a key lives in, and that vouch for it; in the order of their numbers."""

    SOFTWARE = "software"
    TEE = "tee"
    STRONGBOX = "strongbox"


class Boot(StrEnum):
    """States of verified boot, in the order of their numbers."""

    VERIFIED = "verified"
    SELF_SIGNED = "self-signed"
    UNVERIFIED = "unverified"
    FAILED = "failed"


@dataclass(frozen=True)
class KeyDescription:
    """One key as its home describes it.

    Attributes:
        attested_in: the home that says so; all below is worth no more than it.
        lives_in: the home of the key.
        challenge: given when the key was made.
        boot, locked: verified boot and the lock of the boot loader, as the hardware tells; None where it does not.
        packages: of the app that had it made, as Android tells.
    """

    attested_in: Level
    lives_in: Level
    challenge: bytes
    boot: Boot | None
    locked: bool | None
    packages: tuple[str, ...]


@dataclass(frozen=True)
class _Value:
    kind: int
    tag: int
    contents: bytes


def read_key_description(data: bytes) -> KeyDescription:
    """The extension's value.

    Raises:
        ValueError: another form.
    """
    members = list(_list_values(_only(data, _SEQUENCE)))
    kinds = [(_UNIVERSAL, tag) for tag in (_INTEGER, _ENUM, _INTEGER, _ENUM, _OCTETS, _OCTETS, _SEQUENCE, _SEQUENCE)]
    if [(one.kind, one.tag) for one in members[:_MEMBERS]] != kinds:
        raise ValueError("no key description")
    software, hardware = (_read_list(member.contents) for member in members[6:8])
    boot, locked = _read_root_of_trust(hardware)
    return KeyDescription(
        _read_level(members[1]),
        _read_level(members[3]),
        members[4].contents,
        boot,
        locked,
        _read_packages(software.get(_APPLICATION)),
    )


def _list_values(data: bytes) -> Iterator[_Value]:
    while data:
        kind, _method, tag, header, contents, trailer = parser.parse(data)
        yield _Value(kind, tag, contents)
        data = data[len(header) + len(contents) + len(trailer) :]


def _only(data: bytes, tag: int) -> bytes:
    """Contents of the only value of some bytes."""
    values = list(_list_values(data))
    if [(one.kind, one.tag) for one in values] != [(_UNIVERSAL, tag)]:
        raise ValueError(f"no value of tag {tag} alone")
    return values[0].contents


def _read_list(data: bytes) -> dict[int, bytes]:
    """Properties by their number; one that stands twice would be read by others in another way."""
    values = list(_list_values(data))
    found = {one.tag: one.contents for one in values}
    if len(found) != len(values) or any(one.kind != _CONTEXT for one in values):
        raise ValueError("no list of properties")
    return found


def _read_level(value: _Value) -> Level:
    return _pick(tuple(Level), value.contents)


def _pick(words: tuple[E, ...], contents: bytes) -> E:
    number = int.from_bytes(contents, signed=True)
    if not 0 <= number < len(words):
        raise ValueError(f"no number below {len(words)}: {number}")
    return words[number]


def _read_root_of_trust(properties: dict[int, bytes]) -> tuple[Boot | None, bool | None]:
    if _ROOT_OF_TRUST not in properties:
        return None, None
    members = list(_list_values(_only(properties[_ROOT_OF_TRUST], _SEQUENCE)))
    if [(one.kind, one.tag) for one in members[:3]] != [(_UNIVERSAL, tag) for tag in (_OCTETS, _BOOLEAN, _ENUM)]:
        raise ValueError("no root of trust")
    return _pick(tuple(Boot), members[2].contents), any(members[1].contents)


def _read_packages(value: bytes | None) -> tuple[str, ...]:
    if value is None:
        return ()
    members = list(_list_values(_only(_only(value, _OCTETS), _SEQUENCE)))
    if not members or (members[0].kind, members[0].tag) != (_UNIVERSAL, _SET):
        raise ValueError("no application id")
    return tuple(_read_name(info.contents) for info in _list_values(members[0].contents))


def _read_name(info: bytes) -> str:
    name = next(_list_values(info), None)
    if name is None or name.tag != _OCTETS:
        raise ValueError("no package name")
    return name.contents.decode()


def find_extension(certificate: bytes) -> bytes | None:
    """The extension's value in a certificate (DER), None where it has none.

    Raises:
        ValueError: no certificate, or one that has it twice.
    """
    found = [
        one.contents
        for one in _list_extensions(certificate)
        if next((value.contents for value in _list_values(one.contents)), b"") == _OID_CONTENTS
    ]
    if len(found) > 1:
        raise ValueError("two key descriptions")
    return list(_list_values(found[0]))[-1].contents if found else None


def _list_extensions(certificate: bytes) -> Iterator[_Value]:
    """The extensions as they stand: libraries refuse or reorder what old tablets write."""
    body = next(_list_values(_only(certificate, _SEQUENCE)), None)
    if body is None:
        raise ValueError("no certificate")
    for member in _list_values(body.contents):
        if (member.kind, member.tag) == (_CONTEXT, 3):
            yield from _list_values(_only(member.contents, _SEQUENCE))
