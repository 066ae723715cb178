"""The recovery ladder: which gentle, then less gentle thing this computer tries for a tablet that should answer. Pure.

A tablet that USB shows with its debugging on, and that the adb server does not list as usable, is in trouble. The
ladder climbs one rung after the other, each with a pause in which it may help:

1. Wait: most of it passes (reference, adb host side, section 5).
2. Reconnect its transport, where adb lists one that does not answer (section 2, `reconnect`).
3. Reset its USB device alone (reference, USB bench, section 7); the hub and its other ports are not touched.
4. Switch its port off and on, where the hub can do so for one port and `bench.yaml` allows it.
5. A hand; where another program of this computer works on the tablet, the hand that ends that one.

No rung is climbed while something works, and one rung is climbed at a time on the whole bench. A rung is climbed again
only after the trouble had gone, and at most `MOST_TIMES` until a hand came (`saw_hand`); an absence that a
rung caused, as of a tablet that restarts with its port, is none. The agent has no
rung of its own: each of its calls starts its process (Wi-Fi and kiosk document, section 3.8), and the run that begins
again after a rung begins with one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from provision.bench.ports import has_adb
from provision.bench.row_states import is_settled
from provision.bench.slot_events import Rung
from provision.bench.slots import MOST_LOSSES, NO_ANSWER_SECONDS, SlotTable, saw_hand
from provision.terms import Outcome, Phase

MOST_TIMES = 2

AWAY_SECONDS = 20.0
"""Before the first rung while a run is under way: it waits for a tablet that restarts, which may be slow to answer."""


class Trouble(StrEnum):
    """How a tablet fails to answer."""

    SILENT = "silent"
    """The adb server lists it, and it does not answer."""
    UNLISTED = "unlisted"
    """USB shows its debugging, and the adb server, which lists what it has, does not list it."""


RUNGS: Mapping[Trouble, tuple[Rung, ...]] = {
    Trouble.SILENT: (Rung.RECONNECT, Rung.RESET, Rung.POWER),
    Trouble.UNLISTED: (Rung.RESET, Rung.POWER),
}

PAUSES: Mapping[Rung, float] = {Rung.RECONNECT: 5.0, Rung.RESET: 8.0, Rung.POWER: 10.0}
"""Seconds that a rung is given to help, from its beginning: adb lists a new device within 1.1 s, a busy computer and a
tablet that enumerates anew take longer (reference, USB bench, section 4)."""


@dataclass(frozen=True)
class Climb:
    """What was tried for one port since a hand was there.

    Attributes:
        since: when its trouble was first seen, in seconds of the station's clock; None while there is none.
        rung: the last one that was begun in this trouble; `WAIT` before the first. begun: when.
        times: how often each was begun.
        held: one was refused in this trouble, since another program works on the tablet.
    """

    since: float | None = None
    rung: Rung = Rung.WAIT
    begun: float = 0.0
    times: Mapping[Rung, int] = field(default_factory=dict)
    held: bool = False


def find_trouble(table: SlotTable, port: str) -> Trouble | None:
    """How the tablet on a port fails to answer; None where it does, or where that is none of the ladder's business."""
    entry = table.entry(port)
    if not table.is_labelled(port) or not has_adb(entry.interfaces or "") or is_settled(entry.row):
        return None
    if entry.run is not None:
        sealing = entry.run.end is None and entry.run.phase is Phase.SEAL  # it leaves adb because it was told to
        over = entry.run.end is not None and (entry.run.outcome is not Outcome.LOST or entry.losses > MOST_LOSSES)
        if sealing or over:
            return None
    if entry.row is None:  # while nobody lists, as when a server starts, that says nothing of the tablet
        return None if table.listed_since is None else Trouble.UNLISTED
    return Trouble.SILENT


def watch(climb: Climb, table: SlotTable, port: str, now: float) -> Climb:
    """The climb after a look at its port: a hand begins it anew, and a trouble that went ends its rungs."""
    entry = table.entry(port)
    if saw_hand(entry, now):
        return Climb()
    if find_trouble(table, port) is None:
        return replace(climb, since=None, rung=Rung.WAIT, held=False) if climb.since is not None else climb
    return replace(climb, since=now) if climb.since is None else climb


def choose_rung(
    climb: Climb, table: SlotTable, port: str, now: float, available: Collection[Rung] = frozenset(Rung)
) -> Rung | None:
    """What the ladder stands at for a port now; None where nothing is wrong.

    `WAIT` while the last rung may still help, `HAND` or `HELD` when none is left, else the next one: it is to be begun.

    Args:
        climb: of this port, after `watch` in the same moment.
        table: as it is now.
        port: USB port path.
        now: by the table's clock, in seconds.
        available: what this bench can do.
    """
    trouble = find_trouble(table, port)
    if trouble is None or climb.since is None:
        return None
    run = table.entry(port).run
    patience = AWAY_SECONDS if run is not None and run.end is None else NO_ANSWER_SECONDS
    if now - climb.since < patience or (climb.rung in PAUSES and now - climb.begun < PAUSES[climb.rung]):
        return Rung.WAIT
    order = list(Rung)
    left = [
        rung
        for rung in RUNGS[trouble]
        if order.index(rung) > order.index(climb.rung) and climb.times.get(rung, 0) < MOST_TIMES and rung in available
    ]
    if left:
        return left[0]
    return Rung.HELD if climb.held else Rung.HAND


def refuse(climb: Climb, *, held: bool = False) -> Climb:
    """The climb once its last rung could not be done: nothing happened, so no pause is owed to it.

    Args:
        climb: until then.
        held: it could not since another program works on the tablet, so that it does not count as begun.
    """
    times = {**climb.times, climb.rung: climb.times[climb.rung] - 1} if held else climb.times
    return replace(climb, begun=-math.inf, held=climb.held or held, times=times)


def begin(climb: Climb, rung: Rung, now: float) -> Climb:
    """The climb once a rung was begun."""
    return replace(climb, rung=rung, begun=now, times={**climb.times, rung: climb.times.get(rung, 0) + 1})
