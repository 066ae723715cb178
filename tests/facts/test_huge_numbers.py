"""A tablet may print numbers that no computer holds, and values of any length: nothing breaks by them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest

from provision.errors import AnswerError
from provision.facts.props import LONGEST_VALUE, parse
from provision.facts.query import CommandOutput
from tests.case_files import read_cases
from tests.facts.test_fact_cases import FOLDER, READERS

EACH = 4
"""Cases of a file that are tried."""


def enlarge(value: Any, digits: int) -> Any:  # noqa: ANN401 - a piece of YAML
    """Every number in it made one of so many digits."""
    if isinstance(value, dict):
        return {name: enlarge(member, digits) for name, member in value.items()}
    return re.sub(r"\d+", "9" * digits, value) if isinstance(value, str) else value


@pytest.mark.parametrize("digits", [20, 5000])
@pytest.mark.parametrize("name", READERS)
def test_numbers_without_end_are_not_understood(name: str, digits: int) -> None:
    for case in read_cases(FOLDER / f"{name}.yaml")[:EACH]:
        answers = {part: enlarge(case[part], digits) for part in ("text", "sections", "path", "dump") if part in case}
        with suppress(AnswerError):
            READERS[name](case | answers, case.get("api") or case.get("apis", [30])[0])


def test_a_property_of_any_length_is_kept_to_a_bound() -> None:
    text = f"[ro.product.model]: [{'m' * 100_000}]\n[ro.serialno]: [R52N1]\n"
    props = parse(CommandOutput("getprop", text, 0))
    assert (len(props.model), props.serial) == (LONGEST_VALUE, "R52N1")
