"""Days of the year without system updates: what `check` refuses before a tablet does."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from provision.site.model import Updates


@pytest.mark.parametrize(
    "freezes",
    [
        ["12-15/01-05"],
        ["12-15/01-05", "07-10/08-20"],
        ["01-01/03-31"],
        ["11-02/01-30"],
        ["02-28/02-28", "04-30/05-01"],
        ["01-01/01-01", "03-03/03-03"],
    ],
)
def test_days_that_android_takes_are_taken(freezes: list[str]) -> None:
    assert list(Updates(held=True, freezes=tuple(freezes)).freezes) == freezes


@pytest.mark.parametrize(
    ("freezes", "said"),
    [
        (["01-01/04-01"], "at most 90 days"),
        (["11-02/01-31"], "at most 90 days"),
        (["12-15/01-05", "03-06/03-07"], "at least 60 days"),
        (["01-01/01-01", "03-02/03-02"], "at least 60 days"),
        (["12-15/01-05", "01-02/02-01"], "at least 60 days"),
        (["02-29/03-05"], "not 02-29"),
        (["13-01/01-05"], "two days of a year"),
        (["١٢-١٥/٠١-٠٥"], "two days of a year"),
        (["winter"], "two days of a year"),
        (["12-15/01-05"] * 7, "at most 6"),
    ],
)
def test_days_that_android_refuses_are_refused_with_what_is_wrong(freezes: list[str], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Updates(held=True, freezes=tuple(freezes))
    assert said in tell(caught.value)


def test_freezes_without_a_window_are_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        Updates(freezes=("12-15/01-05",))
    assert "held: true" in tell(caught.value)


def tell(error: ValidationError) -> str:
    """What was expected, as `ConfigurationFault` says it."""
    return " ".join(one["ctx"]["expected"] for one in error.errors())


def test_a_freeze_that_is_none_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Updates(held=True, freezes=("12-15/01-05", "15-07/31-08"))
    assert [one["loc"] for one in caught.value.errors()] == [("freezes", 1)]
