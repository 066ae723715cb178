"""What an agent noted between orders, in the reader's words: events by the tablet's clock, and the last clean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import ValidationError

from provision.agent.forms import read_form
from provision.agent.since import CLEANED, EVENTS, KINDS, Event, LastCleaning
from provision.errors import AnswerError
from provision.texts.catalogue import printable, say
from provision.texts.language import Language


def tell_events(events: Sequence[Event], language: Language) -> Iterator[str]:
    """A line an event, the oldest first."""
    for event in events:
        ending = {None: "told", True: "healed", False: "stayed"}[event.healed]
        what, first, last = _tell_kind(event.kind, language), tell_time(event.first), tell_time(event.last)
        yield say(language, f"show.event.{ending}", what=what, first=first, last=last, count=event.count)


def tell_cleaned(cleaned: LastCleaning, asset: str, language: Language) -> str:
    """Say when a tablet was cleaned last, and what was left then."""
    names = ", ".join(map(printable, cleaned.left))
    key = "show.cleaned-partly" if cleaned.left else "show.cleaned"
    return say(language, key, asset=asset, at=tell_time(cleaned.at), names=names)


def tell_recorded(observed: Mapping[str, object], asset: str, language: Language) -> tuple[str, ...]:
    """Tell all of it that a record's observed state has; nothing where it has none."""
    events, cleaned = _read_events(observed), _read_cleaned(observed)
    told = [] if cleaned is None else [tell_cleaned(cleaned, asset, language)]
    told += tell_events(events, language)
    return (*told, say(language, "show.clock")) if told else ()


def _read_cleaned(observed: Mapping[str, object]) -> LastCleaning | None:
    """Read the last clean; None for none, and for a form that a later version may have written."""
    try:
        return read_form(LastCleaning, observed[CLEANED], CLEANED, "record") if CLEANED in observed else None
    except AnswerError:
        return None


def _read_events(observed: Mapping[str, object]) -> tuple[Event, ...]:
    """Read the events; what is no event is left out, since a later version may have written it."""
    said = observed.get(EVENTS)
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
