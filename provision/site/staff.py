"""Staff mode of a tablet: a PIN of the ward, by reference; what it lets staff do is the agent's (contract 13)."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field

from provision.config.faults import FileModel
from provision.errors import ConfigurationError, ConfigurationFault
from provision.site.secret import Secret, SecretFileRef, read_secret_file

_PIN = re.compile(rb"[0-9]{6,8}")
_RUNS = ("0123456789012345", "9876543210987654")


class Staff(FileModel):
    """Short ways for staff without a telephone call."""

    pin: SecretFileRef = Field(description="where the PIN is, 6 to 8 digits")
    minutes: int = Field(default=2, ge=1, le=10, description="staff mode ends after so many minutes without a touch")


def read_pin(staff: Staff, base: Path) -> Secret:
    """Fetch the PIN now.

    Args:
        base: the folder of `site.yaml`.

    Raises:
        ConfigurationError: it cannot be read, is no PIN, or one that everybody tries first.
    """
    digits = read_secret_file(staff.pin, base).reveal().strip()
    file = base / (staff.pin.file or "site.yaml")
    if not _PIN.fullmatch(digits):
        raise ConfigurationError(
            ConfigurationFault(file, None, "kiosk.staff.pin", "a PIN of 6 to 8 digits", "another form")
        )
    if is_trivial(digits.decode()):
        expected = "a PIN that is no row, no repetition and no date: patients try those first"
        raise ConfigurationError(ConfigurationFault(file, None, "kiosk.staff.pin", expected, "such a one"))
    return Secret(digits)


def is_trivial(digits: str) -> bool:
    """Tell whether a PIN is among those that are tried first."""
    repeats = any(digits == digits[:size] * (len(digits) // size) for size in (1, 2, 3, 4) if len(digits) % size == 0)
    palindrome = digits == digits[::-1]
    row = any(digits in run for run in _RUNS)
    return repeats or palindrome or row or len(set(digits)) <= 2 or _is_date(digits)


def _is_date(digits: str) -> bool:
    """Day and month first, or the year: birthdays are written in all these ways."""
    if len(digits) == 8:
        return _is_day(digits[:2], digits[2:4], digits[4:]) or _is_day(digits[6:], digits[4:6], digits[:4])
    return len(digits) == 6 and (
        _is_day(digits[:2], digits[2:4], f"19{digits[4:]}") or _is_day(digits[4:], digits[2:4], f"19{digits[:2]}")
    )


def _is_day(day: str, month: str, year: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12 and 1900 <= int(year) <= 2099
