"""Outcome of the attempts in the user's place, over all tablets of a batch."""

from __future__ import annotations

from collections.abc import Sequence

from provision.board.closing import sort_by_slot
from provision.proofs.tell import tell_proof
from provision.records.run_end import RunEnd
from provision.terms import ProofVerdict
from provision.texts.catalogue import Language, printable, say, say_count


def list_proof_lines(language: Language, ends: Sequence[RunEnd]) -> list[str]:
    """A heading, then for each attempt what came of it on how many tablets; nothing where no attempt is known.

    Where a lock gave way, the slots are named.
    """
    told: dict[str, dict[tuple[ProofVerdict, str], list[str]]] = {}
    for end in sort_by_slot(ends):
        for proof in end.proofs:
            what, said = tell_proof(language, proof.name, proof.result, proof.detail)
            told.setdefault(what, {}).setdefault((proof.result, said), []).append(printable(end.slot))
    lines = [
        f"  {_tell(language, verdict, slots, what=what, said=said)}"
        for what, found in told.items()
        for (verdict, said), slots in found.items()
    ]
    return [say(language, "closing.proofs"), *lines] if lines else []


def _tell(language: Language, verdict: ProofVerdict, slots: Sequence[str], **words: str) -> str:
    if verdict is ProofVerdict.BROKEN:
        return say(language, "closing.proof-broken", slots=", ".join(slots), **words)
    return say_count(language, "closing.proof", len(slots), **words)
