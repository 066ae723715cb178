"""A tablet may print numbers that no computer holds: they are an answer that is not understood, and nothing breaks."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
import yaml

from provision.errors import AnswerError
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
    for case in yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))[:EACH]:
        answers = {part: enlarge(case[part], digits) for part in ("text", "sections", "path", "dump") if part in case}
        with suppress(AnswerError):
            READERS[name](case | answers, case.get("api") or case.get("apis", [30])[0])
