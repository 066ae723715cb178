"""The board in plain lines: one for each change, none without."""

from __future__ import annotations

import io
from contextlib import closing

from board_cases import make_view, twelve

from provision.bench.slot_views import Group
from provision.board.plain import PlainBoard, tell_changes
from provision.texts.catalogue import Language

EN = Language.EN


def test_the_first_picture_tells_every_slot_that_is_not_empty() -> None:
    lines = tell_changes([], twelve(), EN)
    assert len(lines) == sum(view.group is not Group.REST for view in twelve())


def test_nothing_is_said_twice() -> None:
    assert tell_changes(twelve(), twelve(), EN) == []


def test_progress_and_steps_alone_are_no_news_but_a_phase_is() -> None:
    before = make_view({"label": "1", "state": "running", "phase": "apps", "step": "a", "progress": 0.1})  # type: ignore[dict-item]
    step = make_view({"label": "1", "state": "running", "phase": "apps", "step": "b", "progress": 0.2})  # type: ignore[dict-item]
    phase = make_view({"label": "1", "state": "running", "phase": "drill"})
    assert tell_changes([before], [step], EN) == []
    assert tell_changes([step], [phase], EN) == ["Slot 1: testing the maintenance code. Leave it plugged in."]


def test_a_slot_that_empties_is_told_once() -> None:
    ended = make_view({"label": "1", "state": "ended", "outcome": "done"})
    empty = make_view({"label": "1", "state": "empty"})
    assert tell_changes([ended], [empty], EN) == ["Slot 1: empty. Plug in a tablet."]
    assert tell_changes([], [empty], EN) == []


def test_every_line_is_whole_and_starts_with_its_slot() -> None:
    stream = io.StringIO()
    with closing(PlainBoard(stream, EN)) as board:
        board.show(twelve())
        board.show(twelve())
        board.write("ledger \x1b[2J")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 13
    assert all(line.startswith(("Slot ", "USB ")) for line in lines[:-1])
    assert lines[-1] == "ledger \\x1b[2J"
