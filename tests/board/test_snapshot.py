"""The snapshot of a bench: as the hubs stand, what to do first, and only plain JSON."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from board_cases import make_view, twelve
from factories import make_end

from provision.bench.slot_views import Group, SlotView
from provision.bench.slots import SlotState
from provision.board.batch import Batch, count, follow, note_end
from provision.board.gestures import tell_gesture
from provision.board.marks import MARKS
from provision.board.medium import ASKING, Medium
from provision.board.sentences import tell_now
from provision.board.snapshot import Moment, Snapshot, describe, list_words
from provision.terms import HomeKind, Outcome, Reason
from provision.texts.catalogue import Language, say

AT = datetime(2026, 11, 30, 9, 5, 7, tzinfo=UTC)


def moment_of(views: list[SlotView], batch: Batch | None = None) -> Moment:
    batch = follow(batch or Batch(0.0, planned=150), views, 60.0)
    return Moment(tuple(views), batch, count(batch, views, 100.0), 100.0, AT, ("the adb server was lost",))


def snapshot_of(views: list[SlotView], language: Language = Language.EN, batch: Batch | None = None) -> Snapshot:
    return describe(moment_of(views, batch), "CHU Exemple", HomeKind.WARD, language)


@pytest.mark.parametrize("language", list(Language))
def test_it_is_plain_json(language: Language) -> None:
    told = asdict(snapshot_of(twelve(), language))
    assert json.loads(json.dumps(told, allow_nan=False))["as_of"] == "09:05:07"


def test_slots_stand_as_on_the_hubs() -> None:
    ports = {"7": "1-1.2", "8": "1-1.10", "1": "1-1.3.1", "2": "2-4", "3": "1-1.3.2"}
    views = [make_view({"label": label, "port": port, "state": "empty"}) for label, port in ports.items()]
    hubs = snapshot_of(views).hubs
    assert [(hub.name, [place.label for place in hub.places]) for hub in hubs] == [
        ("1-1", ["7", "8"]),
        ("1-1.3", ["1", "3"]),
        ("2", ["2"]),
    ]


def test_every_slot_that_needs_a_hand_is_in_the_list_with_what_to_do() -> None:
    told = snapshot_of(twelve())
    hands = [seen for seen in twelve() if seen.group is Group.HAND]
    assert [label for todo in told.todo for label in todo.labels] == [seen.label for seen in hands]
    assert [todo.now for todo in told.todo] == [tell_now(seen, Language.EN, Medium.PAGE) for seen in hands]
    assert [todo.now_reading for todo in told.todo] == [tell_now(seen, Language.EN, Medium.SCREEN) for seen in hands]


TYPED = re.compile(r"Enter\b|Entrée|\b[Tt]ype\b|[Tt]apez|taper|terminal")


@pytest.mark.parametrize("language", list(Language))
def test_who_has_buttons_is_sent_to_no_keyboard(language: Language) -> None:
    views = [make_view({"label": "3", "state": state}) for state in SlotState]
    places = [place for hub in snapshot_of(views, language).hubs for place in hub.places]
    assert [place.now for place in places if TYPED.search(place.now)] == []
    assert [text for seen in views if TYPED.search(text := tell_gesture(seen, language, Medium.SCREEN))] == []
    typed = [seen.state for seen in views if TYPED.search(tell_now(seen, language))]
    assert typed == [SlotState.READY, SlotState.AWAITING_CONFIRMATION]


def test_the_buttons_that_a_page_names_are_on_it() -> None:
    for state in ASKING:
        for language in Language:
            now = tell_now(make_view({"label": "4", "state": state}), language, Medium.PAGE)
            named = re.findall(r"“([^”]+)”|«\u00a0([^»]+)\u00a0»", now)
            buttons = [say(language, f"web.word.{word}", label="4") for word in ("start", "start-all", "yes", "no")]
            assert [one for pair in named for one in pair if one and not any(one in each for each in buttons)] == []
            assert len(named) == 2


def test_the_same_to_be_done_is_told_once() -> None:
    views = [make_view({"label": str(at), "port": f"1-1.{at}", "state": "ready"}) for at in (1, 2, 3)]
    (todo,) = snapshot_of(views).todo
    assert (todo.names, todo.labels) == ("Slots 1, 2, 3", ("1", "2", "3"))


def test_ports_without_a_label_are_each_named_once_the_same_is_told_of_them() -> None:
    views = [make_view({"label": "", "port": f"1-2.{at}", "state": "unlabelled"}) for at in (1, 2, 3)]
    (todo,) = snapshot_of(views).todo
    assert todo.names == "USB 1-2.1, USB 1-2.2, USB 1-2.3"


def test_the_headline_tells_the_batch_and_what_is_left() -> None:
    batch = Batch(0.0, planned=150)
    for at in range(75):
        outcome = Outcome.DONE if at < 63 else Outcome.REFUSED
        batch = note_end(batch, make_end("1", outcome, None, asset_id=f"A-{at}"), "1-1.1", float(at))
    seen = make_view({"label": "1", "state": "empty", "present": False})
    assert snapshot_of([seen], batch=batch).headline[:3] == ("63 of 150 done, 12 refused", "75 left", "~2 min left")


WORDS = [
    ({"state": "waits-for-word"}, ("yes", "no")),
    ({"state": "ready"}, ("start",)),
    ({"state": "ready", "granted": True}, ()),
    ({"state": "running", "phase": "apps"}, ("stop",)),
    ({"state": "away", "phase": "restrict"}, ("stop",)),
    ({"state": "running", "phase": "seal"}, ()),
    ({"state": "ended", "outcome": "stopped", "reason": "stopped-by-operator"}, ("again",)),
    ({"state": "ended", "outcome": "failed", "reason": "tablet-hung"}, ("again",)),
    ({"state": "ended", "outcome": "refused", "reason": "battery-low"}, ()),
    ({"state": "ended", "outcome": "done"}, ("show",)),
    ({"state": "lost", "outcome": "lost", "present": False}, ()),
    ({"state": "empty"}, ()),
]


@pytest.mark.parametrize(("members", "words"), WORDS)
def test_words_are_those_that_fit_the_slot(members: dict[str, object], words: tuple[str, ...]) -> None:
    assert list_words(make_view({"label": "1", **members})) == words


def test_times_are_of_the_unix_clock() -> None:
    seen = replace(make_view({"label": "1", "state": "running", "phase": "apps", "progress": 0.42}), left=3.0)
    place = snapshot_of([seen]).hubs[0].places[0]
    assert (place.since, place.progress) == (AT.timestamp() - 40.0, 42)
    assert [(stage.name, stage.seconds) for stage in place.way] == [("installing apps", 40.0)]


def test_figures_count_tablets_reasons_and_cables() -> None:
    batch = Batch(0.0)
    ends = [("1", "A-1", Outcome.LOST, Reason.TABLET_GONE), ("1", "A-1", Outcome.DONE, None)]
    ends += [("2", "A-2", Outcome.REFUSED, Reason.BATTERY_LOW)]
    for at, (slot, asset, outcome, reason) in enumerate(ends):
        batch = note_end(batch, make_end(slot, outcome, reason, asset_id=asset), "1-1.1", 10.0 * at)
    told = snapshot_of([], batch=batch).figures
    assert (told.done, told.others, told.per_hour) == ((0, 1, 1), (1, 1, 2), 72.0)
    assert [(bar.name, bar.value) for bar in told.reasons] == [("the battery is too low", 1)]
    assert [(bar.name, bar.value) for bar in told.retries] == [("1", 1)]


def test_this_step_and_its_run_are_timed_apart() -> None:
    batch = Batch(0.0)
    for at, phase in ((10.0, "prepare"), (60.0, "apps")):
        seen = make_view({"label": "1", "state": "running", "phase": phase})
        batch = follow(batch, [seen], at)
    place = describe(Moment((seen,), batch, count(batch, [seen], 100.0), 100.0, AT), "x", HomeKind.WARD, Language.EN)
    (told,) = place.hubs[0].places
    assert (told.since, told.run_since) == (AT.timestamp() - 40.0, AT.timestamp() - 90.0)


def test_the_headline_counts_what_the_list_names_and_what_a_bench_without_slots_needs() -> None:
    told = snapshot_of(twelve())
    many = sum(len(todo.labels) for todo in told.todo)
    assert f"{many} things to do" in told.headline
    assert snapshot_of([]).headline == ("No slot yet: teach the bench its ports",)


@pytest.mark.parametrize("language", list(Language))
def test_no_word_of_the_list_is_the_one_that_the_headline_counts(language: Language) -> None:
    """A count of all that needs a hand beside a tag of the same word for some of it would contradict itself."""
    counted = say(language, "board.count.hands.one", count="").strip()
    assert not [name for name in MARKS if say(language, f"mark.{name}.word") == counted]


def test_the_headline_adds_up_and_says_what_is_reserved_and_unfinished() -> None:
    batch = Batch(0.0, planned=10)
    ends = [(Outcome.DONE, None), (Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT), (Outcome.REFUSED, None)]
    ends += [(Outcome.LOST, Reason.TABLET_GONE)]
    for at, (outcome, reason) in enumerate(ends):
        batch = note_end(batch, make_end("1", outcome, reason, asset_id=f"A-{at}"), "1-1.1", float(at))
    seen = make_view({"label": "1", "state": "empty", "present": False})
    told = snapshot_of([seen], batch=batch).headline
    assert told[:2] == ("2 of 10 done (1 with reservations), 1 refused", "7 left (1 unfinished)")


def test_a_label_is_given_before_a_refused_tablet_is_unplugged() -> None:
    asked = {"label": "3", "state": "ended", "outcome": "refused", "reason": "battery-low", "doubt": "candidate"}
    for medium in Medium:
        now = tell_now(make_view({"asset_id": "A-0043", **asked}), Language.EN, medium)
        assert -1 < now.index("label") < now.index("Unplug it"), medium
    away = make_view({"asset_id": "A-0043", **asked, "present": False})
    assert "label" not in tell_now(away, Language.EN, Medium.PAGE)


def test_a_slot_that_lost_tablets_again_and_again_says_so_on_its_tile_and_its_row() -> None:
    batch = Batch(0.0)
    for at, slot in enumerate(("7", "7", "8")):
        end = make_end(slot, Outcome.LOST, Reason.TABLET_GONE, asset_id=f"A-{at}")
        batch = note_end(batch, end, "1-1.1", float(at))
    views = [make_view({"label": label, "port": f"1-1.{label}", "state": "unauthorized"}) for label in ("7", "8")]
    told = snapshot_of(views, batch=batch)
    assert [bool(place.losses) for place in told.hubs[0].places] == [True, False]
    assert told.todo[0].losses == (f"Slot 7 · {told.hubs[0].places[0].losses}",)


def test_a_plot_over_time_goes_forward() -> None:
    batch = Batch(0.0)
    for at in (50.0, 20.0, 70.0):
        batch = note_end(batch, make_end("1", Outcome.DONE, None, asset_id=f"A-{at}"), "1-1.1", at)
    times = snapshot_of([], batch=batch).figures.times
    assert list(times) == sorted(times)


def test_the_start_of_all_names_its_slots() -> None:
    views = [make_view({"label": str(at), "port": f"1-1.{at}", "state": "ready"}) for at in range(1, 13)]
    assert snapshot_of(views[8:9]).ready_which == "slot 9"
    assert snapshot_of(views).ready_which == "12 (slots 1, 2, 3, 4, 5, 6, 7, 8, …)"
