"""The page that shows one site on four releases is what the product says now."""

from __future__ import annotations

from side_by_side import FILE, write_page


def test_the_page_is_what_plans_say() -> None:
    assert FILE.read_text("utf-8") == write_page(), "python tests/report/side_by_side.py writes it"
