"""A record as a person reads it."""

from __future__ import annotations

from provision.records.reader import Record
from provision.report.render import render
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
        },
    )
