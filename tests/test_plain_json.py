"""One JSON text has one value, or none."""

from __future__ import annotations

import pytest

from provision.plain_json import parse_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a":[1,-1,0,true,null,"\u00e9"]}', {"a": [1, -1, 0, True, None, "\u00e9"]}),
        ("999999999999999999", 10**18 - 1),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (' {"a" : 1}\n', {"a": 1}),
        ('{"a":{"b":1},"b":{"b":1}}', {"a": {"b": 1}, "b": {"b": 1}}),
    ],
)
def test_a_plain_text_is_read(text: str, value: object) -> None:
    assert parse_json(text) == value


def test_fractions_are_read_where_they_are_allowed() -> None:
    assert parse_json("[1.5, 1e3, 12345678901234567890]", fractions=True) == [1.5, 1000.0, 12345678901234567890]


ALWAYS = {
    '{"a":1,"a":1}': "member 'a' twice",
    '[{"b":{"a":1,"c":2,"a":3}}]': "member 'a' twice",
    '{"a":1,"\\u0061":1}': "member 'a' twice",
    "NaN": "'NaN', which is no integer",
    "[-Infinity]": "'-Infinity', which is no integer",
    r'"\ud800"': "surrogates not allowed",
    r'{"\udc00\ud800":1}': "surrogates not allowed",
    "[" * 100_000: "too many levels",
    "": "Expecting value",
    "1 2": "Extra data",
    "01": "Extra data",
    '"\n"': "Invalid control character",
    "[1,]": "Expecting value|trailing comma",
}
INTEGERS_ONLY = {
    "1.0": "number '1.0', not an integer",
    "1e3": "number '1e3', not an integer",
    "-0": "number '-0', not an integer",
    "1" * 19: "not an integer of at most 18 digits",
    "-" + "9" * 19: "not an integer of at most 18 digits",
    "1" * 5000: "not an integer of at most 18 digits",
}


@pytest.mark.parametrize("fractions", [False, True])
@pytest.mark.parametrize("text", list(ALWAYS), ids=lambda text: text[:20])
def test_what_readers_read_differently_is_refused(text: str, fractions: bool) -> None:  # noqa: FBT001 # a case
    with pytest.raises(ValueError, match=ALWAYS[text]) as caught:
        parse_json(text, fractions=fractions)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", list(INTEGERS_ONLY), ids=lambda text: text[:20])
def test_other_numbers_are_refused_where_only_integers_are_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=INTEGERS_ONLY[text]):
        parse_json(text)
