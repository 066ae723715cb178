"""What a scanner of others is told of the console."""

from __future__ import annotations

import re

from provision.console.pages.table import PAGES
from tests.console.scan_bed import VALUES, describe


def test_a_scanner_is_told_of_every_page_with_values_that_exist() -> None:
    told = describe("token")["paths"]
    assert isinstance(told, dict)
    ways = {page.path: sorted(way.lower() for way in page.ways.value) for page in PAGES}
    assert {path: sorted(told[path]) for path in ways} == ways
    assert {name for path in ways for name in re.findall(r"\{(\w+)\}", path)} == set(VALUES)
