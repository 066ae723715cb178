"""What is wrong with an answer is told by the place and in the contract's words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import Field, RootModel

from provision.agent.forms import ApiLevel, Form, Hex32, Text, read_form
from provision.errors import AnswerError


class Colour(StrEnum):
    """An enum."""

    RED = "red"
    BLUE = "blue"


class Row(Form):
    """A form in a list."""

    colour: Colour
    kind: Literal["set", "unset"]


class Whole(Form):
    """One member of each kind that answers have."""

    nonce: Hex32
    api: ApiLevel
    owner: bool
    name: Text
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]
    free: dict[str, object]


class One(Form):
    """An alternative with a member more."""

    tag: Literal["one"]
    value: int


class Two(Form):
    """An alternative."""

    tag: Literal["two"]


class Either(RootModel[Annotated[One | Two, Field(discriminator="tag")]]):
    """A tagged union."""


RIGHT = {
    "nonce": "0" * 32,
    "api": 30,
    "owner": True,
    "name": "agent",
    "rows": [{"colour": "red", "kind": "set"}],
    "free": {"anything": [1, None]},
}


def test_a_right_value_is_read_with_its_types() -> None:
    whole = read_form(Whole, RIGHT, "hello", "content call")
    assert (whole.rows[0].colour, whole.api, whole.free) == (Colour.RED, 30, {"anything": [1, None]})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"nonce": "xyz"}, "hello.nonce: text of the form ^[0-9a-f]{32}$, got 'xyz'"),
        (
            {"nonce": "0" * 32 + "\n"},
            r"hello.nonce: text of the form ^[0-9a-f]{32}$, got '00000000000000000000000000000000\n'",
        ),
        ({"nonce": 5}, "hello.nonce: text, got '5'"),
        ({"api": "30"}, "hello.api: a number, got '30'"),
        ({"api": True}, "hello.api: a number, got 'True'"),
        ({"api": 20}, "hello.api: a number from 21 on, got '20'"),
        ({"api": 100}, "hello.api: a number up to 99, got '100'"),
        ({"owner": 1}, "hello.owner: true or false, got '1'"),
        ({"name": ""}, "hello.name: text that is not empty, got ''"),
        ({"name": "x" * 301}, "hello.name: text of at most 300 characters, got 'xxx"),
        ({"rows": []}, "hello.rows: a list that is not empty, got '[]'"),
        ({"rows": {}}, "hello.rows: a list, got '{}'"),
        ({"rows": [7]}, "hello.rows[0]: an object, got '7'"),
        ({"rows": [{"colour": "green", "kind": "set"}]}, "hello.rows[0].colour: 'red' or 'blue', got 'green'"),
        ({"rows": [{"colour": "red", "kind": "on"}]}, "hello.rows[0].kind: 'set' or 'unset', got 'on'"),
        ({"rows": [{"colour": "red"}]}, "hello.rows[0].kind: a member, got 'none'"),
        ({"free": []}, "hello.free: an object, got '[]'"),
        ({"more": 1}, "hello.more: no such member, got 'one'"),
    ],
)
def test_each_fault_names_its_place_and_what_was_expected(change: dict[str, object], told: str) -> None:
    with pytest.raises(AnswerError) as caught:
        read_form(Whole, RIGHT | change, "hello", "content call")
    assert str(caught.value).startswith(f"`content call`: expected {told}")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"tag": "three"}, "answer.tag: 'one', 'two', got 'three'"),
        ({"value": 1}, "answer.tag: a member, got 'none'"),
        ({"tag": "one", "value": "1"}, "answer.value: a number, got '1'"),
        ({"tag": "two", "value": 1}, "answer.value: no such member, got 'one'"),
        ([], "answer: an object, got '[]'"),
        (None, "answer: an object, got 'None'"),
    ],
)
def test_a_union_is_told_by_the_members_of_the_form_that_its_tag_names(value: object, told: str) -> None:
    with pytest.raises(AnswerError) as caught:
        read_form(Either, value, "answer", "content call")
    assert str(caught.value) == f"`content call`: expected {told}"


def test_what_was_refused_stays_out_of_the_chain_of_errors() -> None:
    """The error of pydantic shows its whole input."""
    with pytest.raises(AnswerError) as caught:
        read_form(Whole, RIGHT | {"more": "passphrase"}, "hello", "content call")
    assert "passphrase" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
