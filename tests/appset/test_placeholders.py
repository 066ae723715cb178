"""Words of managed configuration that are another one on each tablet, and braces that are text."""

from __future__ import annotations

import pytest

from provision.appset.model import Setting
from provision.appset.placeholders import fill, find_unknown


@pytest.mark.parametrize(
    ("setting", "filled"),
    [
        ("{asset_id}", "A-0042"),
        ("Tablet {asset_id}/{asset_id}", "Tablet A-0042/A-0042"),
        ("{{asset_id}}", "{asset_id}"),
        ("{{room}}", "{room}"),
        ('{"a": {"b": "{asset_id}"}}', '{"a": {"b": "A-0042"}}'),
        ("https://search.example/?q={searchTerms}", "https://search.example/?q={searchTerms}"),
        ("{}", "{}"),
        (("{asset_id}", "x"), ("A-0042", "x")),
        (4, 4),
        (True, True),
    ],
)
def test_a_setting_is_filled(setting: Setting, filled: Setting) -> None:
    got = fill(setting, {"asset_id": "A-0042"})
    assert (got, type(got)) == (filled, type(filled))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{asset_id} {{room}} {searchTerms}", []),
        ("{asset}", ["{asset}"]),
        ("{room} {ward_name}", ["{room}", "{ward_name}"]),
    ],
)
def test_what_nothing_fills_is_named(text: str, unknown: list[str]) -> None:
    assert list(find_unknown(text)) == unknown
