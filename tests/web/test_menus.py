"""Drawings of menus: every touch of every shipped profile, in its order, with its own end."""

from __future__ import annotations

import re

from provision.bench.slot_views import SlotView
from provision.board.cable import list_menus
from provision.texts.catalogue import Language
from provision.web.menus import Touch, draw_menus
from provision.web.render import render_board
from tests.web.benches import BENCHES, tell

WAYS = [(seen, language) for seen in BENCHES["makers"] for language in Language]


def draws_all(seen: SlotView, language: Language) -> bool:
    """Each entry once, in order, under the entry that opens it, and only the last with another touch."""
    menus = list_menus(seen, language)
    for way, drawn, last in zip(menus, draw_menus(menus), (Touch.SEVEN, Touch.SWITCH), strict=True):
        said = [" ".join(screen.entry) for screen in drawn.screens]
        titles = [" ".join(screen.title) for screen in drawn.screens]
        touches = [screen.touch for screen in drawn.screens]
        if said != list(way) or titles != ["", *way[:-1]] or touches != [Touch.OPEN] * (len(way) - 1) + [last]:
            return False
        if [screen.number for screen in drawn.screens] != list(range(1, len(way) + 1)):
            return False
    return len(menus) == 2


def test_every_maker_s_way_is_drawn_touch_by_touch() -> None:
    assert [(seen.cable, language) for seen, language in WAYS if not draws_all(seen, language)] == []
    assert len(WAYS) > 10


def test_all_of_a_screen_is_inside_it() -> None:
    for seen, language in WAYS:
        for drawn in draw_menus(list_menus(seen, language)):
            for screen in drawn.screens:
                assert screen.row + screen.row_height < screen.height
                assert all(at + 9 < screen.height for at in screen.others)


def test_a_tablet_without_its_maker_s_words_has_no_drawing() -> None:
    assert draw_menus(()) == ()
    page = render_board(tell("twelve", Language.FR))
    assert len(re.findall(r'class="menus"', page)) == 2  # of slot 1, in the list and on its tile
    assert "Paramètres &gt; Options de développement" in page
