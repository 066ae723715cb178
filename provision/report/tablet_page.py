"""What the register knows of tablets, for a terminal and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from provision.register.events import EventKind, Told
from provision.register.identities import BENCH
from provision.register.lives import TabletLife
from provision.register.moves import Life
from provision.register.people import read_actor
from provision.register.views import Happened, Standing, TabletPage
from provision.report.spreadsheet import defuse
from provision.state.wards import Role
from provision.terms import Outcome, Reason
from provision.texts.catalogue import say
from provision.texts.language import Language

_UNKNOWN = "–"
_REASONS = frozenset(map(str, Reason))


def tell_page(page: TabletPage, language: Language) -> Iterator[str]:
    """Tell everything about one tablet: how it is, and what happened in order."""
    life = page.life
    yield say(language, "tablet.state", number=life.number, state=tell_state(life.state, language), since=life.since)
    if life.ward:
        yield say(language, "tablet.where", ward=life.ward, **_tell_place(life.room, life.holder, language))
    if life.serial or life.model:
        known = {name: getattr(life, name) or _UNKNOWN for name in ("maker", "model", "serial", "release", "profile")}
        yield say(language, "tablet.device", **known)
    if life.donor:
        yield say(language, "tablet.donor", donor=life.donor)
    if life.outcome:
        told = tell_outcome(life.outcome, life.reason, language)
        yield say(language, "tablet.last", at=life.last_seen, bench=life.last_bench, **told)
    if life.assigned:
        yield say(language, "tablet.assigned", ward=life.assigned)
    if life.became:
        yield say(language, "tablet.became", number=life.became)
    if page.same:
        yield say(language, "tablet.same", numbers=", ".join(page.same))
    yield say(language, "tablet.history")
    for happened in page.history:
        yield _tell_line(happened, language)


def tell_state(state: Life, language: Language) -> str:
    """Name a state of a tablet's life."""
    return say(language, f"life.{state}")


def tell_row(life: TabletLife, language: Language) -> str:
    """Tell one tablet in a line of a list."""
    place = " / ".join(part for part in (life.ward, life.room) if part)
    parts = (life.number, tell_state(life.state, language), place, life.device, life.serial)
    return "  ".join(part for part in parts if part)


def tell_standing(standing: Standing, language: Language) -> Iterator[str]:
    """Tell how a register stands, with what somebody has to look at."""
    for name, prefix in standing.benches:
        yield say(language, "register.bench", name=name, prefix=prefix)
    for state, count in standing.states:
        yield f"{count:>6}  {tell_state(state, language)}"
    if not standing.states:
        yield say(language, "register.empty")
    for number in standing.contradictions:
        yield say(language, "register.contradiction", number=number)
    for numbers in standing.doubles:
        yield say(language, "register.double", numbers=", ".join(numbers))
    for number in standing.twice:
        yield say(language, "register.twice", number=number)


COLUMNS = tuple(field.name for field in fields(TabletLife))
"""Of the table for other programs."""


def list_cells(lives: Iterable[TabletLife]) -> Iterator[Sequence[str]]:
    """Yield the head, then a row a tablet; no text in it is a formula to a spreadsheet."""
    yield COLUMNS
    for life in lives:
        values = (getattr(life, name) for name in COLUMNS)
        yield [defuse(value) if isinstance(value, str) else str(value) for value in values]


_WITH_WHY = frozenset({EventKind.MOVED, EventKind.CORRECTED, EventKind.ASSIGNED, EventKind.CODED})
"""Events that somebody gave a reason for."""


def _tell_line(happened: Happened, language: Language) -> str:
    event = happened.event
    why = say(language, "tablet.why", why=event.told.why) if event.told.kind in _WITH_WHY and event.told.why else ""
    odd = "" if happened.fits else say(language, "tablet.odd")
    what = tell_event(happened, language)
    at = event.at if happened.run is None else happened.run.ended
    return say(language, "tablet.line", at=at, what=what, why=why, who=tell_actor(event.told.who, language), odd=odd)


def tell_actor(who: str, language: Language) -> str:
    """Name a role in words; a pseudonym stays as it is, behind its role where it has one."""
    role, pseudonym = read_actor(who)
    named = say(language, f"role.{role}") if role in {BENCH, *Role} else role
    return f"{named} {pseudonym}" if pseudonym else named


def tell_event(happened: Happened, language: Language) -> str:
    """Tell what happened, without when, why and by whom."""
    told, run = happened.event.told, happened.run
    if told.kind is EventKind.RECORDED:
        if run is None:
            return say(language, "tablet.event.record-elsewhere", bundle=told.body["bundle"])
        ended = tell_outcome(run.outcome, run.reason, language)
        return say(language, "tablet.event.recorded", slot=run.slot, bench=run.bench, bundle=run.bundle, **ended)
    if told.kind is EventKind.CORRECTED:
        what = _tell_move(told, language) if "to" in told.body else say(language, "tablet.event.as-told")
        return say(language, "tablet.event.corrected", what=what)
    return _tell_move(told, language) if told.kind is EventKind.MOVED else _tell_words(told, language)


def _tell_move(told: Told, language: Language) -> str:
    state = tell_state(Life(told.body["to"]), language)
    if "ward" not in told.body:
        return say(language, "tablet.event.moved", state=state)
    place = _tell_place(told.body.get("room", ""), told.body.get("holder", ""), language)
    return say(language, "tablet.event.deployed", state=state, ward=told.body["ward"], **place)


def _tell_words(told: Told, language: Language) -> str:
    """What is no run and no move."""
    match told.kind:
        case EventKind.ASSIGNED:
            key = "tablet.event.assigned" if told.body["ward"] else "tablet.event.unassigned"
            return say(language, key, ward=told.body["name"] or told.body["ward"])
        case EventKind.CODED:
            return say(language, "tablet.event.coded", scope=say(language, f"code.scope.{told.body['scope']}"))
        case EventKind.RETIRED:
            key = "tablet.event.retired" if told.body["became"] else "tablet.event.revived"
            return say(language, key, number=told.body["became"])
        case EventKind.SEEN | EventKind.MISSED:
            room = _tell_place(told.body.get("room", ""), "", language)["room"]
            return say(language, f"tablet.event.{told.kind}", ward=told.body["ward"], room=room)
        case _:
            return say(language, f"tablet.event.{told.kind}", text=told.body.get("text", ""))


def _tell_place(room: str, holder: str, language: Language) -> dict[str, str]:
    return {
        "room": say(language, "tablet.room", room=room) if room else "",
        "holder": say(language, "tablet.holder", holder=holder) if holder else "",
    }


def tell_outcome(outcome: str, reason: str, language: Language) -> dict[str, str]:
    """The outcome and its reason in words; a reason of a later version by its name."""
    title = say(language, f"reason.{reason}.title") if reason in _REASONS else reason
    return {
        "outcome": say(language, f"outcome.{Outcome(outcome)}"),
        "reason": say(language, "tablet.reason", reason=title) if reason else "",
    }
