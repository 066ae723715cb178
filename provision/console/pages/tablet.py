"""One tablet: what, where, since when; what is locked; records; history; how it is reset by its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from provision.console.asking import Ask, Page, Ways
from provision.console.kept_records import KeptRecord, read_kept
from provision.console.orders import judge_order
from provision.console.roles import Action
from provision.errors import ConfigurationError
from provision.identity.number import read_number
from provision.register.events import EventKind, EventRefused, tell_words
from provision.register.lives import TabletLife
from provision.register.sql.tablet_rows import find_life, read_page
from provision.register.views import Happened, TabletPage
from provision.report.record import tell_controls
from provision.report.tablet_page import tell_actor, tell_event, tell_outcome, tell_state
from provision.texts.catalogue import Language

_WORDS = frozenset({EventKind.NOTED, EventKind.CALLED, EventKind.CODED})
"""Events that stand above the history: what people said."""

_NOTHING: Mapping[str, str] = {}


def draw(ask: Ask, status: int = 200, told: str = "", typed: Mapping[str, str] = _NOTHING) -> Response:
    """Draw the page of the tablet that the address names.

    Args:
        told: is said above it. typed: stands in its fields again, by their ids.
    """
    number = read_number(ask.parts["number"])
    page = None if number is None else ask.console.read(partial(read_page, number=number))
    if page is None:
        return refuse_number(ask)
    records = _read_records(ask, page)
    keys, is_read = _find_keys(ask, page.life)
    newest = next((one.record for one in records if one.record is not None), None)
    return ask.show(
        "tablet.html.j2",
        status=status,
        told=told,
        typed=typed,
        life=page.life,
        same=page.same,
        state=tell_state(page.life.state, ask.language),
        verdict=_tell_verdict(ask.language, page.life),
        controls=[] if newest is None else list(tell_controls(ask.language, newest)),
        keys=keys,
        keys_none="console.tablet.keys-none" if is_read else "console.tablet.keys-unread",
        order=judge_order(page.history, records),
        records=[_tell_record(ask.language, one) for one in records],
        said=_tell_history(ask.language, page.history, said=True),
        history=_tell_history(ask.language, page.history, said=False),
    )


def _read_records(ask: Ask, page: TabletPage) -> tuple[KeptRecord, ...]:
    runs = {(one.run.bench, one.run.bundle): one.run for one in page.history if one.run is not None}
    return read_kept(ask.console.home.records, ask.console.key, runs.values())


def _tell_verdict(language: Language, life: TabletLife) -> str:
    return "".join(tell_outcome(life.outcome, life.reason, language).values()) if life.outcome else ""


def _tell_record(language: Language, kept: KeptRecord) -> Mapping[str, str]:
    run = kept.run
    ended = "".join(tell_outcome(run.outcome, run.reason, language).values())
    return {"bundle": run.bundle, "bench": run.bench, "ended": run.ended, "told": ended, "standing": kept.standing}


def _tell_history(language: Language, history: Sequence[Happened], *, said: bool) -> list[Mapping[str, object]]:
    """Tell the events in the reader's words, the newest first: what people said, or all the others."""
    return [
        {
            "at": one.event.at if one.run is None else one.run.ended,
            "what": _tell_lines(one, language),
            "why": one.event.told.why if one.event.told.kind not in {EventKind.NOTED, EventKind.CALLED} else "",
            "who": tell_actor(one.event.told.who, language),
            "fits": one.fits,
        }
        for one in reversed(history)
        if (one.event.told.kind in _WORDS) is said
    ]


def _tell_lines(one: Happened, language: Language) -> str:
    """Tell an event; the lines of what somebody wrote stay lines."""
    told = one.event.told
    first, *others = told.body.get("text", "").split("\n")
    if not others:
        return tell_event(one, language)
    begun = replace(one, event=replace(one.event, told=replace(told, body={**told.body, "text": first})))
    return "\n".join((tell_event(begun, language), *others))


def _find_keys(ask: Ask, life: TabletLife) -> tuple[Mapping[str, str] | None, bool]:
    """Find how hands reach the recovery menu of this model; None where its profile does not say.

    Returns:
        with it, whether the profiles could be read: a fault in one keeps nobody from the page.
    """
    try:
        profiles = ask.console.profiles
    except ConfigurationError:
        return None, False
    keys = profiles.find_reset_keys(life.profile)
    if keys is None:
        return None, True
    return {"says": keys.tell(ask.language), "mark": str(keys.mark), "source": keys.source}, True


def find_number(ask: Ask) -> str | None:
    """The number in the address, as the register spells it; None where it knows no such tablet."""
    number = read_number(ask.parts["number"])
    return None if number is None or ask.console.read(partial(find_life, number=number)) is None else number


def refuse_number(ask: Ask) -> Response:
    """Say that there is no such tablet."""
    return ask.refuse(404, "console.refused.tablet", number=ask.parts["number"])


def take_words(ask: Ask, kind: EventKind, action: Action) -> Response:
    """Write down a note or a call about the tablet that the address names, and show its page again."""
    number = find_number(ask)
    if number is None:
        return refuse_number(ask)
    try:
        ask.console.register.tell(tell_words(number, kind, ask.actor, ask.typed("text").replace("\r\n", "\n")))
    except EventRefused as refused:
        told = ask.say_refused("console.refused.value", refused)
        return draw(ask, 422, told, {str(action): ask.typed_again("text")})
    ask.note(action, "", number)
    return ask.lead("tablets", number)


PAGES = (
    Page("/tablets/{number}", Action.LOOK, draw),
    Page(
        "/tablets/{number}/notes", Action.NOTE, partial(take_words, kind=EventKind.NOTED, action=Action.NOTE), Ways.FORM
    ),
    Page(
        "/tablets/{number}/calls",
        Action.CALL,
        partial(take_words, kind=EventKind.CALLED, action=Action.CALL),
        Ways.FORM,
    ),
)
