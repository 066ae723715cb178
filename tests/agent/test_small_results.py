"""Results of drill, clean, show, release and put that are not of the contract's form."""

from __future__ import annotations

from typing import Any

import pytest

from provision.agent.results import read_asset, read_cleaned, read_drill, read_owner_left, read_pieces
from provision.errors import AnswerError

DRILL: dict[str, Any] = {"challenge": "12345678", "seconds_locked": 0, "opened": False, "lock_task": "locked"}
CLEAN: dict[str, Any] = {"package": "a.b", "api": "clearApplicationUserData", "cleared": True, "assurance": "set"}


def test_the_good_forms_are_read() -> None:
    assert read_drill(DRILL, "x").challenge == "12345678"
    assert read_drill(DRILL | {"challenge": None}, "x").challenge is None
    assert read_cleaned({"packages": [CLEAN]}, ("a.b",), "x").apps[0].cleared
    assert (read_asset({"asset": "A-1"}, "x"), read_pieces({"pieces": 64}, "x")) == ("A-1", 64)
    assert read_owner_left({"owner": True}, "x")


@pytest.mark.parametrize(
    "change",
    [
        {"challenge": "1234567"}, {"challenge": "1234567a"}, {"challenge": 12345678}, {"seconds_locked": -1},
        {"seconds_locked": 1.0}, {"opened": "no"}, {"lock_task": "LOCKED"}, {"more": 1},
    ],
)  # fmt: skip
def test_a_wrong_drill_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        read_drill(DRILL | change, "x")


@pytest.mark.parametrize(
    "change",
    [
        {"package": "c.d"}, {"api": None}, {"assurance": "unsupported"}, {"assurance": "enforced"}, {"cleared": 1},
        {"more": 1}, {"assurance": "unsupported", "api": None},
    ],
)  # fmt: skip
def test_a_wrong_row_of_clean_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        read_cleaned({"packages": [CLEAN | change]}, ("a.b",), "x")


@pytest.mark.parametrize("rows", [[], [CLEAN, CLEAN], {}, ["a.b"], None])
def test_clean_answers_for_exactly_the_packages_named(rows: object) -> None:
    with pytest.raises(AnswerError):
        read_cleaned({"packages": rows}, ("a.b",), "x")


def test_other_small_results_have_one_member() -> None:
    for read, result in ((read_asset, {"asset": "a"}), (read_owner_left, {"owner": 0}), (read_pieces, {"pieces": 65})):
        with pytest.raises(AnswerError):
            read(result, "x")
        with pytest.raises(AnswerError):
            read({}, "x")
