"""Which answers a pilot knows: tests/cases/transcripts/judge.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provision.transcripts.judge import Expected, judge
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/transcripts/judge.yaml")


@dataclass
class Said:
    """A model that says one thing, and in its variants others."""

    answer: Expected
    variants: Mapping[str, str]
    adopted: list[str] = field(default_factory=list)

    def expect(self, _words: tuple[str, ...], _came: str, _fed: bytes | None) -> Expected:
        return self.answer

    def vary(self) -> Iterator[tuple[str, Expected]]:
        for name, text in self.variants.items():
            yield name, Expected(text, 0, self.answer.writes)

    def adopt(self, variant: str) -> None:
        self.adopted.append(variant)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_an_answer_is_known_or_not(case: dict[str, Any]) -> None:
    model = Said(Expected(case["model"], 0, not case.get("reads", False)), case.get("variants", {}))
    found = judge(model, case["line"], case["came"], case.get("status", 0), 30)
    assert (found.expected == "") is case["known"]
    assert found.variant == case.get("variant", "")
    assert model.adopted == ([case["variant"]] if "variant" in case else [])
