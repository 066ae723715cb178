"""The QR code on a tablet's label, and what a person typed or a scanner read: a number, and whose it is.

`provision:tablet/5c7df652355adc01/A-0009/CHU%20Exemple`: the first letters of the key id of the site's key, which is
the site's id, then the number, then the hospital's name for whoever finds a foreign label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from provision.identity.number import read_number

NEW = "new"
"""In the place of a number: the tablet never had a label."""
SITE_DIGITS = 16
MOST_NAME = 40
"""Letters of the hospital's name in a code, so that it stays coarse enough for a small label."""
_CODE = re.compile(r"provision:tablet/([0-9a-f]{16})/([^/]{1,20})/(.{0,500})", re.IGNORECASE)


@dataclass(frozen=True)
class Label:
    """What a label says.

    Attributes:
        number: in the spelling of records.
        site: first digits of the site's key id; empty where a person typed the number alone.
        hospital: its name on the label; empty likewise.
    """

    number: str
    site: str = ""
    hospital: str = ""

    def is_of(self, site_keys: Iterable[str]) -> bool:
        """Tell whether it may be this site's, by its key ids of now and before."""
        return not self.site or any(key.startswith(self.site) for key in site_keys)


@dataclass(frozen=True)
class LabelHeard:
    """What came of a word on a label: the key and values of the sentence about it, and whether it was taken.

    Attributes:
        retired: numbers that the tablet was given meanwhile.
        twins: known tablets with its serial, where it was refused.
    """

    key: str
    values: Mapping[str, str]
    taken: bool
    retired: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()


def write_label_code(site_key: str, number: str, hospital: str) -> str:
    """What the QR code on the label of a tablet says."""
    return f"provision:tablet/{site_key[:SITE_DIGITS]}/{number}/{quote(hospital[:MOST_NAME], safe='')}"


def read_label(said: str) -> Label | None:
    """A number as a person types it (`a-9`), or the content of a label's code; None for anything else."""
    found = _CODE.fullmatch(said.strip())
    number = read_number(unquote(found[2]) if found else said)
    if number is None:
        return None
    return Label(number, found[1].lower(), unquote(found[3])) if found else Label(number)
