"""Everything a person is told of a bench at one instant, as plain data: the pages show it, programs read it.

A `Moment` is what the station knows, in no language; the terminal draws it, and `describe` turns it into a `Snapshot`
in one language, whose members are plain JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provision.bench.slot_views import Group, SlotView, label_order, summarise
from provision.bench.slots import CLOSING, SlotState
from provision.board.batch import Batch, Totals, count_losses
from provision.board.cable import list_menus
from provision.board.figures import Figures, describe_figures
from provision.board.gestures import tell_gesture
from provision.board.hands import find_start
from provision.board.layout import tell_left, tell_totals
from provision.board.marks import MarkTold, find_mark, tell_marks
from provision.board.medium import Medium
from provision.board.next_step import NextStep, find_next
from provision.board.sentences import name_number, name_slot, name_tablet, tell_now, tell_what
from provision.board.stage import Stage
from provision.terms import HomeKind, Outcome, Phase
from provision.texts.catalogue import Language, printable, say, say_count

MOST_NAMED = 8
"""Slots on one button."""
TELLING_LOSSES = 2
"""From so many on it may be the cable; one is somebody's hand."""


@dataclass(frozen=True)
class Moment:
    """One instant of a station.

    Attributes:
        now: by the station's steady clock, in seconds. at: by the computer's own, with its zone.
        said: the last things that belong to no slot.
    """

    views: tuple[SlotView, ...]
    batch: Batch
    totals: Totals
    now: float
    at: datetime
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageTold:
    """A piece of the way of a slot; `since` in seconds of the Unix clock, `seconds` that it took (so far)."""

    name: str
    since: float
    seconds: float


@dataclass(frozen=True)
class Place:
    """One slot as a person sees it.

    Attributes:
        name: `Slot 4`. tablet: asset id and model, or serial number, as far as known.
        mark: name of its look (`board.marks`). word: that look in one or two words.
        what: what is there. now: what a person does about it, with the page's buttons. gesture: that in a few words.
        progress: of its run in percent; None where none is under way.
        since: of the stage it is in, by the Unix clock in seconds; 0 for an empty slot.
        run_since: of its run; 0 where none is under way.
        way: where it was since it was plugged.
        menus: menu entries to touch on a tablet without debugging, one way after the other (`board.cable.list_menus`).
        words: what somebody can say about it now: `yes`, `no`, `start`, `again`, `show`, `stop`; `label` and a number.
        losses: what is to be done about its cable where tablets went away there again and again; empty where not.
    """

    label: str
    port: str
    name: str
    asset: str
    model: str
    tablet: str
    mark: str
    word: str
    group: str
    what: str
    now: str
    gesture: str
    progress: int | None
    since: float
    run_since: float
    way: tuple[StageTold, ...]
    menus: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    losses: str


@dataclass(frozen=True)
class Todo:
    """The same thing to be done about some slots.

    Attributes:
        now: what a person does whose page has buttons. now_reading: the same for who only reads.
        gesture: that in a few words, for who only reads.
        menus: as of a `Place`. words: what can be said about each slot by a button, with its label.
        asked: labels of those slots in which the tablet's own label is asked for.
        step_since: since when a slow run is at its step, by the Unix clock in seconds; 0 for others.
        losses: as of a `Place`.
    """

    names: str
    labels: tuple[str, ...]
    mark: str
    word: str
    what: str
    now: str
    now_reading: str
    gesture: str
    tablet: str
    menus: tuple[tuple[str, ...], ...]
    words: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]
    step_since: float
    losses: tuple[str, ...]


@dataclass(frozen=True)
class Hub:
    """The labelled ports of one hub in their order on it; `name` is its USB path."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Look:
    """The slots that look alike, by their labels in the order of the hubs."""

    mark: str
    word: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """A bench at one instant, in one language.

    Attributes:
        at: seconds of the Unix clock. as_of: the same as `hh:mm:ss` of the bench.
        counts: slots by who has to do something: `hand`, `working`, `rest`.
        ready: how many wait for the word to start. ready_which: these with their slots, for the button of all.
        headline: how far the batch is, in parts.
        todo: what hands do, most urgent first.
        hubs: as they stand on the table; ports without a label that show a device stand in `elsewhere`.
        legend: the looks of its slots, explained.
        looks: the slots that need no hand by their looks, for a wall without room for the hubs.
    """

    language: str
    site: str
    kind: str
    at: float
    as_of: str
    counts: Mapping[str, int]
    ready: int
    ready_which: str
    totals: Totals
    headline: tuple[str, ...]
    todo: tuple[Todo, ...]
    hubs: tuple[Hub, ...]
    elsewhere: tuple[Place, ...]
    said: tuple[str, ...]
    figures: Figures
    legend: tuple[MarkTold, ...]
    looks: tuple[Look, ...]


def describe(moment: Moment, site: str, kind: HomeKind, language: Language) -> Snapshot:
    """The moment in one language."""
    losses = count_losses(moment.batch)
    places = {seen.port: _describe_place(seen, moment, losses, language) for seen in moment.views}
    counts = summarise(moment.views)
    hubs = tuple(_lay_out([seen for seen in moment.views if seen.label], places))
    elsewhere = tuple(places[seen.port] for seen in moment.views if not seen.label)
    legend = tell_marks({place.mark for place in places.values()}, language)
    ready = sorted((one.label for one in places.values() if "start" in one.words), key=label_order)
    in_order = [*(place for hub in hubs for place in hub.places), *elsewhere]
    return Snapshot(
        language=str(language),
        site=printable(site),
        kind=str(kind),
        at=moment.at.timestamp(),
        as_of=f"{moment.at:%H:%M:%S}",
        counts={"hand": counts.hands, "working": counts.working, "rest": counts.empty},
        ready=len(ready),
        ready_which=say_count(language, "web.word.start-which", len(ready), slots=_name_some(ready)) if ready else "",
        totals=moment.totals,
        headline=_tell_headline(moment.totals, counts.hands, counts.working, language, has_slots=bool(moment.views)),
        todo=tuple(_list_todo(moment.views, places, language)),
        hubs=hubs,
        elsewhere=elsewhere,
        said=tuple(map(printable, moment.said)),
        figures=describe_figures(moment.batch, moment.now, moment.at.timestamp(), language),
        legend=legend,
        looks=tuple(_list_looks(legend, in_order)),
    )


def _list_looks(legend: Sequence[MarkTold], places: Sequence[Place]) -> Iterator[Look]:
    calm = [place for place in places if place.group != Group.HAND]
    for one in legend:
        labels = tuple(place.label or place.name for place in calm if place.mark == one.name)
        if labels:
            yield Look(one.name, one.word, labels)


def _name_some(labels: Sequence[str]) -> str:
    """Their labels; of many only the first."""
    return ", ".join(labels[:MOST_NAMED]) + (", …" if len(labels) > MOST_NAMED else "")


def _tell_headline(totals: Totals, hands: int, working: int, language: Language, *, has_slots: bool) -> tuple[str, ...]:
    if not has_slots:
        return (say(language, "web.headline-no-slot"),)
    rest = 0 if totals.planned is None else totals.planned - totals.through
    shown = replace(totals, failed=0) if rest > 0 else totals  # else they stand among those that are left
    done = tell_totals(shown, language, reserved=True) or [say_count(language, "board.count.done", 0)]
    if rest > 0:
        key = "web.headline.rest-unfinished" if totals.failed else "web.headline.rest"
        unfinished = say_count(language, "board.count.unfinished", totals.failed)
        done.append(say(language, key, count=rest, unfinished=unfinished))
    left = [text] if (text := tell_left(totals, language)) else []
    alone = [say_count(language, "web.headline.alone", working)] if working else []
    return (*done, *left, say_count(language, "web.headline.hands", hands), *alone)


def _describe_place(seen: SlotView, moment: Moment, losses: Mapping[str, int], language: Language) -> Place:
    mark = find_mark(seen)
    way = moment.batch.ways.get(seen.port, ())
    running = seen.state in {SlotState.RUNNING, SlotState.AWAY} and seen.run is not None
    started, began = moment.at.timestamp() - moment.now, find_start(way)
    return Place(
        label=printable(seen.label),
        port=seen.port,
        name=name_slot(seen, language),
        asset=name_number(seen.asset_id, seen.end, language),
        model=printable(seen.model),
        tablet=name_tablet(seen, language),
        mark=mark.name,
        word=say(language, f"mark.{mark.name}.word"),
        group=str(seen.group),
        what=tell_what(seen, language),
        now=tell_now(seen, language, Medium.PAGE),
        gesture=tell_gesture(seen, language, Medium.SCREEN) if seen.group is Group.HAND else "",
        progress=round(seen.run.progress * 100) if running and seen.run is not None else None,
        since=round(started + way[-1].at, 1) if way else 0.0,
        run_since=round(started + began, 1) if running and began is not None else 0.0,
        way=tuple(_tell_way(way, moment.now, started, language)),
        menus=list_menus(seen, language),
        words=list_words(seen),
        losses=_tell_losses(losses.get(seen.label, 0) if seen.label else 0, language),
    )


def _tell_losses(many: int, language: Language) -> str:
    return say(language, "web.losses", count=many) if many >= TELLING_LOSSES else ""


def list_words(seen: SlotView) -> tuple[str, ...]:
    """What somebody can say about a slot as it stands; a word that no longer fits is answered with a sentence."""
    if seen.state is SlotState.AWAITING_CONFIRMATION:
        return ("yes", "no")
    if seen.state is SlotState.READY and seen.group is Group.HAND:
        return ("start",)
    if seen.run is not None and seen.end is None and seen.state in {SlotState.RUNNING, SlotState.AWAY}:
        return () if seen.run.phase in CLOSING else ("stop",)
    if seen.end is None or not seen.present or seen.state is SlotState.EMPTY:
        return ()
    label = ("label",) if seen.end.awaits_label else ()
    if seen.end.outcome.is_good:
        return label if seen.end.sealed else (*label, "show")
    return (*label, "again") if find_next(seen) in {NextStep.AGAIN, NextStep.EITHER} else label


def _tell_way(way: Sequence[Stage], now: float, started: float, language: Language) -> Iterator[StageTold]:
    for at, stage in enumerate(way):
        until = way[at + 1].at if at + 1 < len(way) else now
        yield StageTold(_name_stage(stage.name, language), round(started + stage.at, 1), round(until - stage.at, 1))


def _name_stage(name: str, language: Language) -> str:
    if name in set(Phase):
        return say(language, f"phase.{name}")
    return say(language, f"outcome.{name}" if name in set(Outcome) else f"slot.{name}.what")


def _list_todo(views: Sequence[SlotView], places: Mapping[str, Place], language: Language) -> Iterator[Todo]:
    """Slots of which the very same is told stand together, where the first of them does."""
    groups: dict[tuple[str, str, str], list[SlotView]] = {}
    for seen in views:
        if seen.group is Group.HAND:
            place = places[seen.port]
            groups.setdefault((place.mark, place.what, place.now), []).append(seen)
    for group in groups.values():
        alike = [places[seen.port] for seen in group]
        first, is_alone = alike[0], len(alike) == 1
        labels = tuple(place.label for place in alike)
        each = ", ".join(place.name for place in alike)
        yield Todo(
            say(language, "slot.names", labels=", ".join(labels)) if not is_alone and all(labels) else each,
            labels,
            first.mark,
            first.word,
            first.what,
            first.now,
            tell_now(group[0], language, Medium.SCREEN),
            first.gesture,
            first.tablet if is_alone else "",
            first.menus,
            tuple((word, place.label) for place in alike if place.label for word in place.words if word != "label"),
            tuple(place.label for place in alike if place.label and "label" in place.words),
            first.since if is_alone and group[0].usual is not None else 0.0,
            tuple(f"{place.name} · {place.losses}" for place in alike if place.losses),
        )


def _lay_out(labelled: Sequence[SlotView], places: Mapping[str, Place]) -> Iterator[Hub]:
    """Group the slots by the hub of their port, hubs and ports in the order of their numbers."""
    hubs: dict[str, list[SlotView]] = {}
    for seen in sorted(labelled, key=lambda one: _port_order(one.port)):
        hubs.setdefault(re.sub(r"[.-][0-9]+$", "", seen.port), []).append(seen)
    for name, on_it in hubs.items():
        yield Hub(name, tuple(places[seen.port] for seen in on_it))


def _port_order(port: str) -> tuple[object, ...]:
    return label_order(port)
