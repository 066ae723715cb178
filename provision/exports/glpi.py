"""Tablets in GLPI's inventory format 1.2.3, one document a tablet. Pure.

GLPI takes two documents for one device where their `deviceid`, `hardware.uuid` or serial number (`bios.ssn`) are equal.
The first two are made of the site's id and the tablet's number, and stay the same over resets, names and site keys. A
serial number that two tablets have, or that whole series share, is left out: it would make one device of them. There is
no date in a document, so that an export of the same tablets is the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from provision.identity.shared_serials import is_placeholder
from provision.register.lives import TabletLife
from provision.register.moves import Life

ITEM_TYPES = ("Phone", "Computer")
"""Of GLPI's kinds of devices, those that a tablet may be entered as; it has none for tablets."""

_GONE = frozenset({Life.ANNOUNCED, Life.RETURNED, Life.DESTROYED})
_SITE_DIGITS = 16


@dataclass(frozen=True)
class GlpiDevices:
    """How a site enters its tablets.

    Attributes:
        site: id of the site, 64 hexadecimal digits: of the key beside which its offline key was made, else of its key.
        itemtype: one of `ITEM_TYPES`.
        version: of this program.
    """

    site: str
    itemtype: str
    version: str

    def name_device(self, number: str) -> str:
        """Return the `deviceid` of a tablet."""
        return f"provision-{self.site[:_SITE_DIGITS]}-{number}"

    def describe(self, lives: Iterable[TabletLife]) -> dict[str, dict[str, Any]]:
        """Return the document of each tablet by its number: of those in the house that a run has seen.

        Left out are announced, returned and destroyed ones, and numbers that became another one.

        Args:
            lives: every tablet of the register, also those left out: they may share a serial number.
        """
        known = list(lives)
        here = [life for life in known if life.runs and not life.became and life.state not in _GONE]
        # a number that became another one is the same tablet: its serial number is not a second tablet's
        serials = Counter(_fold(life.serial) for life in known if not life.became)
        return {life.number: self._describe(life, single=serials[_fold(life.serial)] == 1) for life in here}

    def _describe(self, life: TabletLife, *, single: bool) -> dict[str, Any]:
        bios = {"assettag": life.number, "smanufacturer": life.maker, "smodel": life.model}
        if single and not is_placeholder(life.serial):
            bios["ssn"] = life.serial
        system = {"name": "Android", "version": life.release}
        return {
            "action": "inventory",
            "deviceid": self.name_device(life.number),
            "itemtype": self.itemtype,
            "content": {
                "versionclient": f"provision_v{self.version}",
                "hardware": {"name": life.number, "uuid": str(uuid5(NAMESPACE_URL, self.name_device(life.number)))},
                "bios": _drop_empty(bios),
                "operatingsystem": _drop_empty(system),
            },
        }


def write_document(document: Mapping[str, Any]) -> bytes:
    """Return a document as the bytes of its file."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def list_stale(files: Mapping[str, str], devices: GlpiDevices, numbers: Sequence[str]) -> list[str]:
    """Return the names of files of an earlier export whose tablets are in it no more; files of others are not named.

    Args:
        files: `deviceid` of each document in a folder, by the file's name without its ending.
    """
    return sorted(name for name, device in files.items() if name not in numbers and device == devices.name_device(name))


def _fold(serial: str) -> str:
    return serial.strip().casefold()


def _drop_empty(members: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}
