"""Findings about identity, for programs and for people."""

from __future__ import annotations

from provision.identity.identify import Identification
from provision.identity.signs import Sign
from provision.texts.catalogue import Language, printable, say

UNKNOWN = "unknown"
_LONGEST = 80


def describe_identification(language: Language, found: Identification) -> dict[str, str | bool | None]:
    """The members of `provision identify`; texts cannot steer a terminal, whatever the device wrote."""
    return {
        "kind": found.kind.value if found.kind else UNKNOWN,
        "vendor": printable(found.maker.name) if found.maker else UNKNOWN,
        "model": printable(found.model),
        "profile": found.profile.name,
        "matched_on": found.profile.matched_on.value,
        "accepted": found.accepted,
        "reason": tell_reason(language, found),
        "question": tell_question(language, found),
    }


def tell_reason(language: Language, found: Identification) -> str:
    """Why it is what it is, by the signs that were found."""
    if not found.signs:
        return say(language, "identity.reason.none")
    if found.kind is None:
        return say(language, "identity.reason.unsure", signs=_tell_signs(language, found.signs))
    signs = _tell_signs(language, tuple(sign for sign in found.signs if sign.kind is found.kind))
    return say(language, "identity.reason", kind=say(language, f"identity.kind.{found.kind}"), signs=signs)


def tell_question(language: Language, found: Identification) -> str | None:
    """Tell the question a person is asked, None when nothing is open."""
    return say(language, f"identity.question.{found.question}") if found.question else None


def _tell_signs(language: Language, signs: tuple[Sign, ...]) -> str:
    return ", ".join(
        say(
            language,
            "identity.sign",
            where=say(language, f"identity.sign.{sign.source}"),
            seen=sign.seen[:_LONGEST],
            kind=say(language, f"identity.kind.{sign.kind}"),
        )
        for sign in signs
    )
