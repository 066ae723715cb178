"""The page that shows one site on four releases is what the product says now."""

from __future__ import annotations

import re

from side_by_side import FILE, write_page

from provision.terms import Control

NOT_ASKED_BY_A_NEW_WARD = {
    Control.APPS_CONFIGURED,
    Control.APPS_REMOVED,
    Control.BLUETOOTH_CLOSED,
    Control.IN_TASK_CLOSED,
    Control.MAKER_SWITCHES,
}


def test_the_page_is_what_plans_say() -> None:
    assert FILE.read_text("utf-8") == write_page(), "python tests/report/side_by_side.py writes it"


def test_each_control_has_its_table_or_is_a_choice_of_the_site() -> None:
    shown = {Control(name) for name in re.findall(r"(?m)^## (\w+\.\w+):", FILE.read_text("utf-8"))}
    assert shown == set(Control) - NOT_ASKED_BY_A_NEW_WARD
