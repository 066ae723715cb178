"""The list of looks: every slot has one, no two are told apart by colour alone, and red means a hand now."""

from __future__ import annotations

from itertools import combinations

import pytest
from board_cases import make_view

from provision.bench.slot_views import Group
from provision.bench.slots import SlotState
from provision.board.marks import MARKS, RED, Colour, find_mark
from provision.terms import Outcome
from provision.texts.catalogue import catalogue

VIEWS = [
    *(make_view({"label": "1", "state": str(state)}) for state in SlotState if state is not SlotState.ENDED),
    *(make_view({"label": "1", "state": "ended", "outcome": str(outcome)}) for outcome in Outcome),
    make_view({"label": "1", "state": "running", "phase": "apps", "usual": 20.0}),
]

DICHROMACIES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""Machado, Oliveira and Fernandes (2009), severity 1.0: matrices for linear RGB."""

APART = 10.0
"""Difference in CIE L*a*b* (1976) that nobody takes for the same; 2.3 is just to be seen."""


def linear(colour: Colour) -> list[float]:
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    r, g, b = (min(max(value, 0.0), 1.0) for value in rgb)
    x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
    fx, fy, fz = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Colour, other: Colour, vision: str) -> float:
    seen = [
        lab([sum(a * b for a, b in zip(row, linear(each), strict=True)) for row in DICHROMACIES[vision]])
        for each in (one, other)
    ]
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


def test_every_look_is_of_the_list_and_every_one_of_the_list_is_of_a_slot() -> None:
    assert {find_mark(seen).name for seen in VIEWS} == set(MARKS)


def test_no_two_looks_share_a_shape() -> None:
    assert len({mark.path for mark in MARKS.values()}) == len(MARKS)
    assert len({mark.glyph for mark in MARKS.values()}) == len(MARKS)


@pytest.mark.parametrize("vision", DICHROMACIES)
def test_colours_stay_apart_in_every_colour_vision(vision: str) -> None:
    near = {
        (one.name, other.name): round(distance(one, other, vision), 1)
        for one, other in combinations(Colour, 2)
        if distance(one, other, vision) < APART
    }
    assert near == {}


APART_IN_COLOUR = [("done", "done-with-warnings"), ("failed", "lost"), ("ready", "working"), ("slow", "working")]


@pytest.mark.parametrize(("one", "other"), APART_IN_COLOUR)
def test_what_must_not_be_taken_for_another_differs_in_colour_too(one: str, other: str) -> None:
    assert MARKS[one].colour is not MARKS[other].colour


def test_red_is_for_what_needs_a_hand() -> None:
    assert {seen.group for seen in VIEWS if find_mark(seen).colour is RED} == {Group.HAND}
    assert RED not in {mark.colour for name, mark in MARKS.items() if name != "failed"}


def test_no_text_stands_for_a_look_that_is_not_there() -> None:
    assert {key.split(".")[1] for key in catalogue() if key.startswith("mark.")} == set(MARKS)
