"""A record as a person reads it; the signed document stays English, evidence is shown as it was matched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provision.identity.which import Basis
from provision.proofs.tell import tell_proof
from provision.records.content import ControlResult, ProofResult, RunResult
from provision.records.reader import Record
from provision.records.said import decode_said
from provision.report.events import tell_recorded
from provision.report.hardware_test import tell_words
from provision.report.render import render
from provision.state.donations import read_hand_said, read_test
from provision.terms import ProofVerdict, Reason, SeenThrough
from provision.texts.catalogue import Language, printable, say
from provision.texts.message import Message, tell

IDENTITY = frozenset({"assetId", "serial", "maker", "model", "device"})
"""Members of a tablet's identity document that have a name in the reader's language."""


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
            "closing": record.closing,
            "file": record.path.name,
            "sha256": record.sha256,
            "signer": record.signer,
            "heading": _tell_kind(language, run),
            "identity": _tell_identity(language, run.identity),
            "seen": _tell_seen_through(language, run.observed),
            "events": tell_recorded(run.observed, run.asset_id or "-", language),
            "profile": run.configuration.profile_name or "-",
            **_tell_findings(language, run),
        },
    )


def _tell_kind(language: Language, run: RunResult) -> str:
    """What the record is worth, and whether it is about a tablet at all."""
    if run.reason is Reason.RECORDS_MISSING:
        return say(language, "record.home.no-tablet", kind=say(language, f"home.{run.home_kind}"))
    return say(language, f"record.home.{run.home_kind}")


def _tell_identity(language: Language, identity: Mapping[str, Any]) -> tuple[str, ...]:
    """The identity document line by line: of a tablet, or of a bench that was let go on."""
    decision = identity.get("acknowledgement")
    if isinstance(decision, Mapping):
        by, why = (decision.get(name, "-") for name in ("by", "why"))
        differences = decision.get("differences")
        told = differences if isinstance(differences, list) else []
        return (say(language, "record.acknowledged-by", by=by, why=why), *(f"- {printable(str(one))}" for one in told))
    return tuple(
        say(language, f"record.identity.{name}", value=value) if name in IDENTITY else printable(f"{name}: {value}")
        for name, value in identity.items()
    )


def _tell_seen_through(language: Language, observed: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell what the tablet was seen through, and by what it was recognised; records of earlier versions do not say."""
    through, basis, bench = (observed.get(name) for name in ("seenThrough", "matchedBy", "numberGivenBy"))
    told = []
    if through in set(SeenThrough):
        told.append(say(language, "record.seen", through=say(language, f"seen.{through}")))
    if basis in set(Basis):
        told.append(say(language, "record.matched", basis=say(language, f"basis.{basis}")))
    if bench:
        told.append(say(language, "record.matched-elsewhere", bench=bench))
    if observed.get("donation"):
        told.append(say(language, "record.donation", number=observed["donation"]))
    found = [say(language, f"intake.finding.{one}.title") for one in read_hand_said(observed)]
    if found:
        told.append(say(language, "record.hand-said", found=", ".join(found)))
    told.extend(_tell_test(language, observed.get("hardwareTest")))
    return tuple(told)


def _tell_test(language: Language, document: object) -> Iterator[str]:
    """Tell the test of the hardware; what is none is left out, since a later version may have written it."""
    try:
        test = read_test(document) if isinstance(document, Mapping) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return
    if test is not None:
        yield say(language, "record.tested", at=test.at[:10], words=tell_words(language, test))


def _tell_findings(language: Language, run: RunResult) -> dict[str, object]:
    """Tell the findings in the reader's words."""
    said = decode_said(run)
    return {
        "first_error": tell(language, said.first_error),
        "controls": [
            _describe_control(language, control, *sides)
            for control, sides in zip(run.controls, said.controls, strict=True)
        ],
        "deviations": [tell(language, deviation) for deviation in said.deviations],
        "proofs": [_describe(language, proof) for proof in run.proofs],
        "made": sum(proof.result is not ProofVerdict.NOT_TRIED for proof in run.proofs),
    }


def tell_controls(language: Language, record: Record) -> Iterator[tuple[str, str, str, str]]:
    """Tell of each control its name, what the hospital wanted, what was read on the tablet, how well it holds."""
    run = record.run
    for control, (wanted, observed) in zip(run.controls, decode_said(run).controls, strict=True):
        name, holds = say(language, f"control.{control.control}"), say(language, f"assurance.{control.assurance}")
        yield name, tell(language, wanted), tell(language, observed), holds


def _describe_control(
    language: Language, result: ControlResult, wanted: Message, observed: Message
) -> dict[str, object]:
    return {
        "control": str(result.control),
        "wanted": tell(language, wanted),
        "observed": tell(language, observed),
        "assurance": str(result.assurance),
        "required": str(result.required) if result.required else None,
        "evidence": result.evidence,
    }


def _describe(language: Language, proof: ProofResult) -> dict[str, str]:
    what, said = tell_proof(language, proof.name, proof.result, proof.detail)
    return {"name": proof.name, "what": what, "said": said, "detail": proof.detail}
