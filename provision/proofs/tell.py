"""Proofs in the words of people."""

from __future__ import annotations

from provision.proofs.attempts import MAKER, NOT_YET, Gap
from provision.terms import ProofVerdict
from provision.texts.catalogue import Language, catalogue, printable, say


def tell_proof(language: Language, name: str, verdict: ProofVerdict, detail: str) -> tuple[str, str]:
    """Tell what was tried, and what came of it or why nothing was tried.

    Args:
        language: of the texts.
        name, verdict, detail: as a record has them; a name of another version of the product is shown as it is.
    """
    key, word = f"proof.{name}", detail.partition(":")[0]
    what = say(language, key) if key in catalogue() else printable(name)
    if name.startswith(f"{MAKER}."):
        what = say(language, "proof.untried-way", name=name.partition(".")[2])
    said = say(language, f"proof.verdict.{verdict}")
    if verdict is ProofVerdict.NOT_TRIED and word in set(Gap):
        said = say(language, "proof.untried", verdict=said, why=say(language, f"proof.gap.{word}"))
    if verdict is ProofVerdict.NOT_TRIED and detail == NOT_YET:
        said = say(language, "proof.untried", verdict=said, why=say(language, "proof.untried-yet"))
    return what, said
