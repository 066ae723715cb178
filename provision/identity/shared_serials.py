"""Serial numbers that whole series of tablets share, out of `shared_serials.yaml` (reference, packages document 1.4).

They tell one tablet from another as little as no serial number does.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pydantic import Field

from provision.config.faults import FileModel
from provision.config.source import load

SHARED_SERIALS = Path(__file__).with_name("shared_serials.yaml")
_LEAST_COUNTED = 4  # fewer signs in a row may be chance


class _Known(FileModel):
    """Whose default it is, and how that is known."""

    of: str = Field(min_length=1)
    source: str = Field(min_length=1)


class SharedSerial(_Known):
    """One serial number."""

    serial: str = Field(min_length=1)


class SharedForm(_Known):
    """A form of serial numbers, as a regular expression for the whole of it."""

    form: str


class SharedSerials(FileModel):
    """`shared_serials.yaml`."""

    values: tuple[SharedSerial, ...]
    forms: tuple[SharedForm, ...]
    counted: tuple[str, ...]


def is_placeholder(serial: str) -> bool:
    """See whether a serial number says nothing of one tablet: none, a shared default, or digits as they are counted."""
    serial, known = serial.strip(), _load_known()
    if serial.casefold() in {each.serial.casefold() for each in known.values}:
        return True
    if any(re.fullmatch(each.form, serial, re.IGNORECASE) for each in known.forms):
        return True
    return len(serial) >= _LEAST_COUNTED and any(_counts_along(serial.upper(), row) for row in known.counted)


def _counts_along(serial: str, row: str) -> bool:
    rounds = row * (len(serial) // len(row) + 2)
    return rounds.startswith(serial) or rounds.startswith(serial, 1)


@cache
def _load_known() -> SharedSerials:
    return load(SHARED_SERIALS, SharedSerials)
