"""What is known of one tablet after everything that was told of it, in the one order. Pure.

Nothing is left out: a move that the table does not have, because two benches moved a tablet without knowing of each
other, counts all the same, the later one wins, and the tablet says that it happened (`contradictions`). So does an
order that clocks contradict by far: what a bench told while it was cut off may stand before what happened earlier.
Somebody who looked ends it (`corrected`).
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from provision.register.events import Event, EventKind
from provision.register.moves import Life, load_moves
from provision.register.runs import RunFacts


@dataclass(frozen=True)
class TabletLife:
    """One tablet as it is.

    Attributes:
        state: where it is in its life; `since` when, by the clock of the bench that said so.
        ward, room, holder: while it is deployed, else empty. donor: reference of the donation.
        became: the number that it has instead, where this one was retired; else empty.
        assigned: short name and name of the ward that its screen names; empty for none.
        serial, maker, model, release, profile: as its latest record says.
        last_seen, last_bench, outcome, reason: of its latest record; empty without one.
        runs: records that are known. calls, notes: events of these kinds.
        contradictions: moves and runs that did not fit where the tablet was, or happened long before what stands before
            them; since somebody last looked.
    """

    number: str
    state: Life = Life.BEGIN
    since: str = ""
    ward: str = ""
    room: str = ""
    holder: str = ""
    donor: str = ""
    became: str = ""
    assigned: str = ""
    serial: str = ""
    maker: str = ""
    model: str = ""
    release: str = ""
    profile: str = ""
    last_seen: str = ""
    last_bench: str = ""
    outcome: str = ""
    reason: str = ""
    runs: int = 0
    calls: int = 0
    notes: int = 0
    contradictions: int = 0

    @property
    def device(self) -> str:
        """Maker and model, as far as they are known."""
        return f"{self.maker} {self.model}".strip()

    @property
    def search(self) -> str:
        """Everything that it is found by, as `fold_text` writes it."""
        parts = (self.number, self.serial, self.maker, self.model, self.profile, self.ward, self.room)
        return fold_text("\n".join((*parts, self.holder, self.donor, self.became, self.assigned, self.release)))


FAR = timedelta(hours=1)
"""So far the clocks of two benches may differ before an order that they contradict is marked."""

WORDS = (EventKind.CALLED, EventKind.NOTED)
"""By far the most events, which change nothing of a tablet but their count."""


def fold_text(text: str) -> str:
    """Write a text without accents and capitals: `Gériatrie` is found by `geri`."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def follow_life(
    number: str,
    events: Iterable[Event],
    runs: Mapping[tuple[str, str], RunFacts],
    words: Mapping[EventKind, int],
) -> TabletLife:
    """Return a tablet after its events.

    Args:
        events: of this tablet, in order, but for its words.
        runs: its records by bench and bundle; one that is told of and not there counts when it comes.
        words: how many events there are of each kind in `WORDS`.
    """
    walked = deque(walk_life(number, events, runs), maxlen=1)
    life = walked[0][1] if walked else TabletLife(number)
    return replace(life, calls=words.get(EventKind.CALLED, 0), notes=words.get(EventKind.NOTED, 0))


def walk_life(
    number: str, events: Iterable[Event], runs: Mapping[tuple[str, str], RunFacts]
) -> Iterator[tuple[Event, TabletLife]]:
    """Yield each event with the tablet after it, calls and notes not counted.

    Of a record that is told of twice, the last counts: a register that was lost and told it again did so from nothing.
    """
    life, told, newest = TabletLife(number), list(events), ""
    last = {_name_record(event): event for event in told if event.told.kind is EventKind.RECORDED}
    for event in told:
        if event.told.kind is EventKind.RECORDED:
            run = runs.get(_name_record(event)) if last[_name_record(event)] is event else None
            life = life if run is None else _take_run(life, run)
            at = "" if run is None else run.ended
        else:
            life = _take(life, event)
            at = event.at if event.told.kind is EventKind.MOVED else ""
        if event.told.kind is EventKind.CORRECTED:
            newest = event.at
        elif at and _is_long_before(at, newest):
            life = replace(life, contradictions=life.contradictions + 1)
        newest = max(newest, at)
        yield event, life


def _is_long_before(at: str, newest: str) -> bool:
    """Tell whether a time is long before another one, both ISO 8601 in UTC; the empty text is before all."""
    return at < newest and datetime.fromisoformat(newest) - datetime.fromisoformat(at) > FAR


def _name_record(event: Event) -> tuple[str, str]:
    return event.told.body["bench"], event.told.body["bundle"]


def _take(life: TabletLife, event: Event) -> TabletLife:
    body = event.told.body
    match event.told.kind:
        case EventKind.MOVED:
            to = Life(body["to"])
            odd = to not in load_moves().moves[life.state]
            return _place(_enter(life, to, event.at, contradicts=odd), body)
        case EventKind.CORRECTED:
            if "to" in body:
                life = _place(_enter(life, Life(body["to"]), event.at, contradicts=False), body)
            return replace(life, contradictions=0)
        case EventKind.RETIRED:
            return replace(life, became=body["became"])
        case EventKind.ASSIGNED:
            return replace(life, assigned=_name_ward(body["ward"], body["name"]))
        case _:
            return life


def _place(life: TabletLife, body: Mapping[str, str]) -> TabletLife:
    ward, room, holder = (body.get(name, "") for name in ("ward", "room", "holder"))
    return replace(life, ward=ward, room=room, holder=holder, donor=body.get("donor", life.donor))


def _take_run(life: TabletLife, run: RunFacts) -> TabletLife:
    table = load_moves()
    if life.state in table.final:
        life = replace(life, contradictions=life.contradictions + 1)
    else:
        life = _enter(life, table.outcomes[run.outcome], run.ended, contradicts=False)
    return replace(
        life,
        serial=run.serial or life.serial,
        maker=run.maker or life.maker,
        model=run.model or life.model,
        release=run.release or life.release,
        profile=run.profile or life.profile,
        last_seen=run.ended,
        last_bench=run.bench,
        outcome=run.outcome.value,
        reason=run.reason,
        runs=life.runs + 1,
    )


def _name_ward(ward: str, name: str) -> str:
    return f"{ward} ({name})" if name else ward


def read_short(assigned: str) -> str:
    """Return the short name of the ward that a tablet's screen names; empty for none."""
    return assigned.partition(" (")[0]


def _enter(life: TabletLife, to: Life, at: str, *, contradicts: bool) -> TabletLife:
    counted = life.contradictions + contradicts
    return replace(life, state=to, since=at, ward="", room="", holder="", contradictions=counted)
