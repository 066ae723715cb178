"""Attempts in the user's place, as the end of a batch tells of them."""

from __future__ import annotations

from typing import Any

import pytest
from board_cases import CASES
from factories import make_end

from provision.board.proofs import list_proof_lines
from provision.records.content import ProofResult
from provision.records.run_end import RunEnd
from provision.terms import Control, ProofVerdict
from provision.texts.catalogue import Language
from tests.case_files import read_cases


def make_tried(slot: str, proofs: list[list[str]]) -> RunEnd:
    made = tuple(ProofResult(name, Control.LOCATION_ON, ProofVerdict(word), detail) for name, word, detail in proofs)
    return make_end(slot, proofs=made)


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("case", read_cases(CASES / "proofs.yaml"), ids=lambda case: case["name"])
def test_the_end_of_a_batch_tells_what_was_tried(case: dict[str, Any], language: Language) -> None:
    ends = [make_tried(slot, proofs) for slot, proofs in case["proofs"].items()]
    assert list_proof_lines(language, ends) == [line.replace("~", "\u00a0") for line in case[language]]
