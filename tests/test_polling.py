"""Polling: what is returned when, by a clock that goes forward only when somebody waits."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from factories import Time

from provision.polling import count_pauses, poll, retry


@dataclass
class Readings:
    """Answers one after the other, the last one for ever; an exception among them is raised."""

    answers: list[object]
    asked: int = 0
    clock: Time = field(default_factory=Time)

    def __call__(self) -> object:
        self.asked += 1
        found = self.answers[min(self.asked, len(self.answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.mark.parametrize(
    ("answers", "seconds", "found", "asked", "waited"),
    [
        ([3], 10, 3, 1, 0),  # so at once: nobody waits
        ([1, 2, 3], 10, 3, 3, 4),
        ([1], 10, 1, 6, 10),  # never so: the last reading, and none after the deadline
        ([1, 2], 3, 2, 3, 4),
        ([1, 3], 0, 1, 1, 0),  # no time at all is one reading
    ],
)
def test_a_reading_is_asked_for_until_it_is_so(
    answers: list[object], seconds: float, found: object, asked: int, waited: float
) -> None:
    read = Readings(answers)
    assert poll(read, lambda each: each == 3, seconds=seconds, every=2, pace=read.clock.pace) == found
    assert (read.asked, read.clock.passed) == (asked, waited)


@pytest.mark.parametrize(
    ("answers", "seconds", "asked"),
    [([KeyError(), KeyError(), 3], 10, 3), ([3], 0, 1), ([KeyError(), 3], 1, 2)],
)
def test_an_error_that_may_pass_is_waited_out(answers: list[object], seconds: float, asked: int) -> None:
    read = Readings(answers)
    assert retry(read, KeyError, seconds=seconds, every=2, pace=read.clock.pace) == 3
    assert read.asked == asked


@pytest.mark.parametrize(
    ("answers", "error", "asked"),
    [([KeyError()], KeyError, 6), ([KeyError(), OSError(), 3], OSError, 2)],
)
def test_an_error_that_stays_and_any_other_one_is_the_callers(
    answers: list[object], error: type[Exception], asked: int
) -> None:
    read = Readings(answers)
    with pytest.raises(error):
        retry(read, KeyError, seconds=10, every=2, pace=read.clock.pace)
    assert read.asked == asked


def test_where_pauses_are_counted_slow_answers_cost_nothing() -> None:
    read, waited = Readings([1]), Time()

    def slow() -> object:
        waited.passed += 100
        return read()

    assert poll(slow, lambda each: each == 3, seconds=6, every=2, pace=count_pauses(waited.wait)) == 1
    assert (read.asked, waited.passed) == (4, 406)
