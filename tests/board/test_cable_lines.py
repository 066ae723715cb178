"""From descriptors to the line a technician reads: the slot table, the shipped profiles and the board together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from board_cases import CASES

from provision.bench.cable import DROP_WINDOW, DeviceName
from provision.bench.ports import PortEvent
from provision.bench.slot_events import PortPlugged, PortUnplugged, TransportsListed
from provision.bench.slot_views import SlotView, view
from provision.bench.slots import Slot, SlotTable, advance
from provision.board.cable import list_menus
from provision.board.gestures import tell_gesture
from provision.board.layout import layout
from provision.board.sentences import tell_line
from provision.station.cable_naming import name_cable
from provision.texts.catalogue import Language
from tests.case_files import check_each, load_shipped, read_cases

LINES: list[dict[str, Any]] = read_cases(CASES / "cable.yaml")
PORT = "1-1.4"


@dataclass(frozen=True)
class Row:
    """One row of adb's list."""

    state: str
    port: str = PORT
    transport_id: int = 1
    serial: str = "S"
    model: str = ""


def see(device: tuple[str, str, str], *, adb: str | None = None, drops: int = 0, seconds: float = 10.0) -> SlotView:
    """The slot some seconds after the last plug, with so many unplugs before it."""
    ids, interfaces, says = device
    event = PortEvent("add", PORT, interfaces, *ids.split(":"), DeviceName(says=says))
    plugged = PortPlugged(PORT, interfaces, name_cable(load_shipped(), event))
    table, now = SlotTable((Slot("4", PORT),)), 0.0
    for _ in range(drops):
        table = advance(advance(table, plugged, now), PortUnplugged(PORT), now + 2.0)
        now += 4.0
    table = advance(table, plugged, now)
    if adb is not None:
        table = advance(table, TransportsListed((Row(adb),)), now)
    (seen,) = view(table, now + seconds)
    return seen


@check_each("case", LINES, ids=lambda case: case["name"])
def test_a_device_is_told_with_its_own_first_steps(case: dict[str, Any]) -> None:
    seen = see(case["device"], adb=case.get("adb"), drops=case.get("drops", 0))
    told = {language: tell_line(seen, language).replace("\u00a0", " ") for language in Language if language in case}
    assert told == {language: case[language] for language in told}


@pytest.mark.parametrize(
    ("device", "drops", "gesture"),
    [
        (("04e8:6860", ":060101:", ""), 0, "switch on its USB debugging"),
        (("04e8:685d", ":020201:0a0000:", ""), 0, "restart it, plug it in again"),
        (("1a40:0201", ":090001:", ""), 0, "unplug it"),
        (("04e8:6860", ":060101:", ""), 3, "another cable, another slot"),
    ],
)
def test_a_hand_is_told_in_few_words(device: tuple[str, str, str], drops: int, gesture: str) -> None:
    assert tell_gesture(see(device, drops=drops), Language.EN) == gesture


@pytest.mark.parametrize(
    ("device", "menus"),
    [
        (
            ("2717:ff40", ":060101:", ""),
            (
                ("Settings", "About tablet", "MIUI version (or OS version)"),
                ("Settings", "Additional settings", "Developer options", "USB debugging"),
            ),
        ),
        (("2717:ff40", ":060101:ff4201:", ""), ()),
        (("18d1:d00d", ":ff4203:", ""), ()),
        (("1a40:0201", ":090001:", ""), ()),
    ],
)
def test_the_menus_of_a_picture_are_those_of_the_line(
    device: tuple[str, str, str], menus: tuple[tuple[str, ...], ...]
) -> None:
    assert list_menus(see(device), Language.EN) == menus


def test_drops_of_long_ago_are_forgotten() -> None:
    assert see(("05ac:12ab", ":060101:", ""), drops=3, seconds=DROP_WINDOW + 1).cable.kind == "apple"  # type: ignore[union-attr]


@pytest.mark.parametrize(("seconds", "told"), [(59, "off"), (60, "off (for 1 min)"), (600, "off (for 10 min)")])
def test_the_board_tells_for_how_long_a_tablet_waits(seconds: float, told: str) -> None:
    lines = layout([see(("04e8:6860", ":060101:", ""), seconds=seconds)], 24, 100, Language.EN)
    assert any(line.rstrip().endswith(told) for line in lines), lines


def test_a_longest_word_counts_for_slots_that_are_told_together() -> None:
    views = [see(("05ac:12ab", ":060101:", ""), seconds=seconds) for seconds in (120, 300, 60)]
    assert any("(for 5 min)" in line for line in layout(views, 4, 160, Language.EN))
