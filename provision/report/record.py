"""A record as a person reads it."""

from __future__ import annotations

from provision.proofs.tell import tell_proof
from provision.records.content import ProofResult
from provision.records.reader import Record
from provision.report.render import render
from provision.terms import ProofVerdict
from provision.texts.catalogue import Language


def render_record(language: Language, record: Record) -> str:
    """The whole record as text; the home's kind stands first, so that training is never taken for real."""
    run, (outcome, reason) = record.run, record.end
    return render(
        "record.txt.j2",
        language,
        {
            "run": run,
            "outcome": outcome,
            "reason": reason,
            "sealing": record.sealing,
            "file": record.path.name,
            "sha256": record.sha256,
            "signer": record.signer,
            "identity": dict(run.identity),
            "profile": run.configuration.profile_name or "-",
            "proofs": [_describe(language, proof) for proof in run.proofs],
            "made": sum(proof.result is not ProofVerdict.NOT_TRIED for proof in run.proofs),
        },
    )


def _describe(language: Language, proof: ProofResult) -> dict[str, str]:
    what, said = tell_proof(language, proof.name, proof.result, proof.detail)
    return {"name": proof.name, "what": what, "said": said, "detail": proof.detail}
