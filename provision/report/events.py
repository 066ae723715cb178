"""What an agent noted between orders, in the reader's words: kind, times by the tablet's clock, how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import ValidationError

from provision.agent.since import KINDS, Event
from provision.texts.catalogue import say
from provision.texts.language import Language

MEMBER = "events"
"""Member of a record's observed state."""


def tell_events(events: Sequence[Event], language: Language) -> Iterator[str]:
    """A line an event, the oldest first."""
    for event in events:
        ending = {None: "told", True: "healed", False: "stayed"}[event.healed]
        what, first, last = _tell_kind(event.kind, language), tell_time(event.first), tell_time(event.last)
        yield say(language, f"show.event.{ending}", what=what, first=first, last=last, count=event.count)


def read_recorded(observed: Mapping[str, object]) -> tuple[Event, ...]:
    """Events of a record's observed state; what is no event is left out, since a later version may have written it."""
    said = observed.get(MEMBER)
    found = []
    for one in said if isinstance(said, list) else ():
        try:
            found.append(Event.model_validate(one))
        except ValidationError:
            continue
    return tuple(found)


def tell_time(seconds: int) -> str:
    """Write a time of a tablet's clock, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _tell_kind(kind: str, language: Language) -> str:
    """Say in words what happened; a kind of a later agent by its name."""
    return say(language, f"show.kind.{kind}") if kind in KINDS else say(language, "show.unknown", kind=kind)
