"""Attempts in the user's place, as the end of a batch tells of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from board_cases import CASES

from provision.board.closing import End
from provision.board.proofs import list_proof_lines
from provision.records.content import ProofResult
from provision.terms import Control, Outcome, ProofVerdict
from provision.texts.catalogue import Language


def make_end(slot: str, proofs: list[list[str]]) -> End:
    made = tuple(ProofResult(name, Control.LOCATION_ON, ProofVerdict(word), detail) for name, word, detail in proofs)
    return End(slot, "A-0001", "SM-T510", Outcome.DONE, None, proofs=made)


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("case", yaml.safe_load((CASES / "proofs.yaml").read_text()), ids=lambda case: case["name"])
def test_the_end_of_a_batch_tells_what_was_tried(case: dict[str, Any], language: Language) -> None:
    ends = [make_end(slot, proofs) for slot, proofs in case["proofs"].items()]
    assert list_proof_lines(language, ends) == [line.replace("~", "\u00a0") for line in case[language]]
