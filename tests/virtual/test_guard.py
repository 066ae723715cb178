"""No shell line reaches the host: each case names the command words of a line or its refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.virtual.guard import Refused, command_words, plain_words
from tests.case_files import read_cases

CASES: list[dict[str, Any]] = read_cases(Path(__file__).parents[1] / "cases/virtual/guard.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"])
def test_a_line_is_read_as_a_shell_reads_it(case: dict[str, Any]) -> None:
    if "words" in case:
        assert frozenset(case["words"]) == command_words(case["line"])
    else:
        with pytest.raises(Refused) as refusal:
            command_words(case["line"])
        assert case["refused"] == str(refusal.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pm list packages", ["pm", "list", "packages"]),
        ("settings put system 'a b' \"c d\"'e'", ["settings", "put", "system", "a b", "c de"]),
        ("  pm  x ", ["pm", "x"]),
        ("pm $x", None),
        ('pm "$x"', None),
        ("pm; pm", None),
        ("pm a\\ b", None),
        ("A=1 pm", None),
        ("/bin/pm", None),
        ("if", None),
        ("", None),
        ("pm 'a", None),
    ],
)
def test_only_a_plain_command_takes_the_short_way(line: str, words: list[str] | None) -> None:
    assert words == plain_words(line)
