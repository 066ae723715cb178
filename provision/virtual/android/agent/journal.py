"""What the agent keeps of the time between orders: events, use without a network, the last clean (contract 9)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from provision.virtual.android.agent.reading import write_json
from provision.virtual.android.commands.care import now, read_build_time
from provision.virtual.android.device import Device

EVENTS_SINCE = 5
"""The first version of the capability table whose stations are told of it."""

TRACES = ("clipboard", "keyboard", "calls")
"""Where a patient leaves something outside the apps, in the order in which it is cleared."""

ABSENT = "absence.spent"
SPENT = "outside.spent"
"""Milliseconds outside, for the rule that erases the tablet."""

MINUTE = 60_000
"""Milliseconds."""

WAITED_FOR = timedelta(minutes=15)
"""How long a planned call stands on its tile after its hour."""

FIRST_SECONDS = 1_704_067_200
"""2024: a clock that shows an earlier time was set by nobody, and judges no plan."""

FALLEN_SECONDS = 30 * 86_400
"""How long a clock that fell back to the day of Android's build goes on from there before it counts as set."""


def read_wall_clock(device: Device) -> datetime:
    """Day and hour as the tablet shows them, without a zone."""
    return datetime.fromtimestamp(now(device), ZoneInfo(device.data.timezone)).replace(tzinfo=None)


def _is_clock_set(device: Device) -> bool:
    return now(device) >= max(FIRST_SECONDS, read_build_time(device) + FALLEN_SECONDS)


class Journal:
    """Its texts in the agent's private storage, where a test writes what a real tablet would have lived through.

    Args:
        store: that storage.
        device: whose clock and time zone count.
    """

    def __init__(self, store: dict[str, str], device: Device) -> None:
        self._store, self._device = store, device

    def report(self, outside_minutes: int, family: Sequence[dict[str, str]]) -> dict[str, object]:
        """The members of a report about it; `family` are the tiles in force."""
        spent = int(self._store.get(SPENT, "0"))
        return {
            "events": json.loads(self._store.get("events", "[]")),
            "cleaned": json.loads(self._store.get("clean.last", "null")),
            "outside": outside_minutes > 0 and spent >= outside_minutes * MINUTE,
            "planned": self._count_planned(family),
        }

    def _count_planned(self, family: Sequence[dict[str, str]]) -> int:
        """Calls that staff planned with somebody of the family, as long as somebody may wait for them.

        One for later than tomorrow, which nobody can plan, was planned by a clock that was wrong (contract 11).
        """
        here = read_wall_clock(self._device)
        hours = {
            tile: datetime.fromisoformat(at) for tile, at in json.loads(self._store.get("calls.planned", "{}")).items()
        }
        tiles = {
            hashlib.sha256(write_json({name: tile[name] for name in ("label", "link", "package")}).encode()).hexdigest()
            for tile in family
        }
        last, is_set = here.date() + timedelta(days=1), _is_clock_set(self._device)
        return sum(
            tile in tiles and at + WAITED_FOR > here and (at.date() <= last or not is_set) for tile, at in hours.items()
        )

    def come_home(self) -> None:
        """A bench gave a policy: the tablet is where it belongs."""
        self._store.pop(SPENT, None)

    def forget_absence(self) -> None:
        """Whoever signs for the site has the tablet in hand: days outside begin anew."""
        self._store.pop(ABSENT, None)

    def begin_clean(self, names: Sequence[str]) -> None:
        """Write down everything as left: an agent that is killed now tells it so."""
        self._store["clean.last"] = write_json({"at": now(self._device), "left": list(names)})

    def end_clean(self, apps: Sequence[dict[str, object]], traces: Sequence[dict[str, object]]) -> None:
        """Write down what was not cleared."""
        left = [row["package"] for row in apps if not row["cleared"]]
        left += [row["part"] for row in traces if not row["cleared"]]
        self._store.pop("calls.planned", None)
        self._store["clean.last"] = write_json({"at": now(self._device), "left": left})
