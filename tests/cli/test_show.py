"""What `provision show` tells of a tablet, line by line."""

from __future__ import annotations

import pytest

from provision.agent.report import Report
from provision.cli.show import tell_since
from provision.texts.language import Language


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (Language.EN, "A-0042: calls that staff planned on the tablet, still to come: 3."),
        (Language.FR, "A-0042\u00a0: appels prévus sur la tablette par le personnel, encore à venir\u00a0: 3."),
    ],
)
def test_planned_calls_are_counted_and_nothing_else_of_them_is_told(language: Language, line: str) -> None:
    assert list(tell_since(Report("A-0042", "0" * 64, 28, opened=False, rows=(), planned=3), language)) == [line]
    assert list(tell_since(Report("A-0042", "0" * 64, 28, opened=False, rows=()), language)) == []
