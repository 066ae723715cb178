"""Days of the year without system updates, as Android takes them (reference, Wi-Fi and kiosk document, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from provision.config.faults import refuse

MOST_DAYS, LEAST_BETWEEN, MOST = 90, 60, 6
YEAR_DAYS = 365
"""Android counts without 29 February."""

_DAY = r"(\d\d)-(\d\d)"
_FREEZE = re.compile(f"{_DAY}/{_DAY}", re.ASCII)
_FORM_HINT = 'like "12-15/01-05", month and day'


def require_freeze(text: str) -> str:
    """Refuse what is no two days of a year.

    Raises:
        ValueError: with what is expected.
    """
    _read(text)
    return text


def require_freezes(freezes: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what `FreezePeriod.validatePeriods` refuses, before a tablet does.

    Args:
        freezes: each of them taken by `require_freeze`.

    Raises:
        ValueError: with the place and what is expected.
    """
    if len(freezes) > MOST:
        raise refuse(f"at most {MOST} freezes", str(len(freezes)))
    spans = sorted(_read(each) for each in freezes)
    for first, length in spans:
        if length > MOST_DAYS:
            raise refuse(f"freezes of at most {MOST_DAYS} days", f"{length} from {_name(first)} on")
    for gap, first in _list_gaps(spans):
        if gap < LEAST_BETWEEN:
            told = "one that begins within another" if gap < 0 else f"{gap} before the one"
            raise refuse(f"at least {LEAST_BETWEEN} days between two freezes", f"{told} from {_name(first)} on")
    return freezes


def _read(text: str) -> tuple[int, int]:
    """First day of the year, counted from 0, and number of days."""
    found = _FREEZE.fullmatch(text)
    try:
        numbers = [int(each) for each in found.groups()] if found else []
        first, last = (_number(month, day) for month, day in zip(numbers[::2], numbers[1::2], strict=True))
    except ValueError:
        raise refuse("two days of a year, in quotes; not 02-29", hint=_FORM_HINT) from None
    return first, (last - first) % YEAR_DAYS + 1


def _number(month: int, day: int) -> int:
    return (date(2001, month, day) - date(2001, 1, 1)).days


def _name(number: int) -> str:
    return f"{date(2001, 1, 1) + timedelta(days=number):%m-%d}"


def _list_gaps(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Days before each freeze since the end of the one before it, the last one of the year before the first one."""
    if len(spans) < 2:  # one freeze is its own neighbour a year later: 275 days at least
        return []
    before = [(spans[-1][0] - YEAR_DAYS, spans[-1][1]), *spans[:-1]]
    return [
        (first - (last_first + length), first) for (first, _), (last_first, length) in zip(spans, before, strict=True)
    ]
