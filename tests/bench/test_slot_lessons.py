"""What plugging a tablet through the ports teaches."""

from __future__ import annotations

import pytest

from provision.bench.ports import Action, PortEvent
from provision.bench.slot_lessons import Lesson, SlotLessons, Taught
from provision.bench.slots import Slot

ADB, MTP, KEYBOARD, HUB = ":060101:ff4201:", ":060101:", ":030101:030000:", ":090001:090002:"


def plug(port: str, interfaces: str = ADB, action: Action = "add") -> PortEvent:
    return PortEvent(action, port, interfaces, "04e8", "6860")


def teach(lessons: SlotLessons, *events: PortEvent) -> list[Taught]:
    return [taught for event in events if (taught := lessons.take(event)) is not None]


def test_ports_get_the_numbers_after_the_highest_label() -> None:
    lessons = SlotLessons([Slot("7", "1-1"), Slot("east", "1-9")], (), None, None)
    assert teach(lessons, plug("1-2"), plug("1-2", action="remove"), plug("1-3", MTP)) == [
        Taught(Lesson.LEARNT, "1-2", "8"),
        Taught(Lesson.LEARNT, "1-3", "9"),
    ]


def test_a_port_keeps_the_label_that_it_has() -> None:
    lessons = SlotLessons([Slot("7", "1-1")], (), None, None)
    told = teach(lessons, plug("1-1"), plug("1-2"), plug("1-2", action="remove"), plug("1-2"))
    assert told == [
        Taught(Lesson.KNOWN, "1-1", "7"),
        Taught(Lesson.LEARNT, "1-2", "8"),
        Taught(Lesson.KNOWN, "1-2", "8"),
    ]


def test_what_hung_there_at_the_start_teaches_nothing_until_it_is_plugged_in_anew() -> None:
    lessons = SlotLessons([], {"1-4"}, None, None)
    assert teach(lessons, plug("1-4")) == []
    assert teach(lessons, plug("1-4", action="remove"), plug("1-4")) == [Taught(Lesson.LEARNT, "1-4", "1")]


@pytest.mark.parametrize("interfaces", [KEYBOARD, HUB])
def test_a_keyboard_or_hub_is_no_tablet_and_takes_no_label(interfaces: str) -> None:
    lessons = SlotLessons([], (), None, None)
    assert teach(lessons, plug("1-1", interfaces)) == [Taught(Lesson.NO_TABLET, "1-1")]
    assert lessons.next_label == "1"


def test_after_the_last_one_nothing_is_learnt() -> None:
    lessons = SlotLessons([], (), None, 1)
    teach(lessons, plug("1-1"), plug("1-2"))
    assert (lessons.learnt, lessons.next_label) == ({"1": "1-1"}, None)


def test_a_replaced_hub_gets_its_labels_again_in_their_order() -> None:
    slots = [Slot("1", "1-1.1"), Slot("2", "1-1.2"), Slot("3", "1-2.1")]
    lessons = SlotLessons(slots, (), "1-1", None)
    told = teach(lessons, plug("1-1.2"), plug("1-2.1"), plug("1-3.4"))
    assert told == [
        Taught(Lesson.LEARNT, "1-1.2", "1"),
        Taught(Lesson.KNOWN, "1-2.1", "3"),
        Taught(Lesson.LEARNT, "1-3.4", "2"),
    ]
    assert lessons.next_label is None


@pytest.mark.parametrize("hub", ["1-3", "1-1.1", "1"])
def test_a_hub_without_slots_is_a_fault(hub: str) -> None:
    with pytest.raises(ValueError, match="no slot hangs on"):
        SlotLessons([Slot("1", "1-1.1"), Slot("2", "1-11.2")], (), hub, None)


@pytest.mark.parametrize(("hub", "count", "done"), [(None, None, True), (None, 2, False), ("1-1", None, False)])
def test_what_was_asked_for_is_done_when_all_of_it_was_plugged_in(
    hub: str | None, count: int | None, *, done: bool
) -> None:
    lessons = SlotLessons([Slot("1", "1-1.1"), Slot("2", "1-1.2")], (), hub, count)
    teach(lessons, plug("1-3.1"))
    assert lessons.is_done is done
    teach(lessons, plug("1-3.2"))
    assert lessons.is_done
