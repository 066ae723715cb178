"""What an agent tells of the time since its bench saw it: events, the last clean, whether it is outside (contract 9).

Times are by the tablet's own clock, which may be wrong; no place is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from provision.agent.forms import Form, Text

MOST_EVENTS = 64
MOST_PLANNED = 10

KINDS = frozenset({
    "location-off", "radio-off", "silenced", "ringer-low", "kiosk-lost", "wrong-password",
    "outside", "inside", "not-wiped",
})  # fmt: skip
"""What this bench knows by name; an agent that came later may have more."""

EventKind = Annotated[str, Field(pattern="^[a-z][a-z-]{1,30}$")]
_Time = Annotated[int, Field(ge=0, le=253_402_300_799)]


class Event(Form):
    """One thing that happened, perhaps several times in a row.

    Attributes:
        kind: one of `KINDS`, or of a later agent.
        healed: whether the agent put it right at once; None where there is nothing to put right.
        first, last: seconds since 1970 by the tablet's clock.
    """

    kind: EventKind
    healed: bool | None
    first: _Time
    last: _Time
    count: Annotated[int, Field(ge=1, le=1_000_000)]


RECORDED = 16
"""Events that go into a record: the last ones."""


class LastCleaning(Form):
    """The last clean between two patients.

    Attributes:
        at: seconds since 1970 by the tablet's clock.
        left: packages, and `clipboard`, `keyboard`, `calls`, that were not cleared then.
    """

    at: _Time
    left: tuple[Text, ...]


EVENTS, CLEANED = "events", "cleaned"
"""Members of a record's observed state."""


def describe_since(events: Sequence[Event], cleaned: LastCleaning | None) -> dict[str, object]:
    """What a record keeps of it: the last events (kind, whether put right, times, number; no place), the last clean.

    A member that there is nothing of is left out.
    """
    kept: dict[str, object] = {}
    if events:
        kept[EVENTS] = [event.model_dump() for event in events[-RECORDED:]]
    if cleaned is not None:
        kept[CLEANED] = cleaned.model_dump(mode="json")
    return kept
