"""What a tablet's own key is worth, as the evidence of a record tells it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from provision.agent.contract import AGENT
from provision.agent.own_key import NoKey, OwnKey
from provision.attestation.chain import Attestation, Worth, judge_chain
from provision.attestation.key_description import KeyDescription
from provision.controls.model import Refusal
from provision.state.agent_secrets import KnownKey
from provision.terms import Reason
from provision.texts.message import verbatim


def find_change(key: OwnKey | NoKey | None, known: KnownKey | None) -> Refusal | None:
    """The finding that an installation of the agent which proved one key before has another one now, or none.

    A reset, a release and an agent that was installed anew make another installation, whose key is another one, too.
    A Keystore that does not answer is no finding.
    """
    if key is None or known is None or known.tablet != key.tablet:
        return None
    if isinstance(key, OwnKey):
        changed, now = key.key_id != known.key_id, key.key_id
    else:
        changed, now = key.error is None, "none"
    return Refusal(Reason.TABLET_KEY_CHANGED, verbatim(f"{now}, before: {known.key_id}")) if changed else None


def tell_own_key(key: OwnKey | NoKey | None, known: KnownKey | None, at: datetime) -> tuple[str, ...]:
    """The lines of evidence; none of an agent that has no such key to tell of.

    Args:
        known: the key that this bench saw proved before this run.
        at: now, an aware datetime.
    """
    if key is None:
        return ()
    if isinstance(key, NoKey):
        return (f"tablet key: {'none made yet' if key.error is None else f'unsupported: {key.error}'}",)
    return (
        f"tablet key: {key.key_id}",
        f"tablet key before this run: {_tell_known(key, known)}",
        f"tablet key, public part: {base64.b64encode(key.public).decode()}",
        *_tell_attestation(key, judge_own_key(key, at), known),
    )


def _tell_known(key: OwnKey, known: KnownKey | None) -> str:
    if known is None:
        return "none known to this bench"
    if known.key_id == key.key_id:
        return "the same"
    installation = "the same installation" if known.tablet == key.tablet else "another installation"
    return f"{known.key_id}, of {installation}"


def judge_own_key(key: OwnKey, at: datetime) -> Attestation:
    """Judge its chain; one of a key just made must hold the challenge that it was to be made with."""
    found = judge_chain(key.chain, key.public, at)
    if found.description is None or found.worth is Worth.BROKEN:
        return found
    if key.made and found.description.challenge != key.challenge.encode():
        return replace(found, worth=Worth.BROKEN, fault="it was made with another challenge")
    return found


def _tell_attestation(key: OwnKey, found: Attestation, known: KnownKey | None) -> Iterator[str]:
    described = found.description
    if found.worth is not Worth.VERIFIED or described is None:
        yield f"tablet key lives in: {'hardware' if key.hardware else 'software'}, by the tablet's own word"
        yield f"attestation: {_tell_worth(key, found)}"
        return
    yield f"tablet key lives in: {described.lives_in}, attested in: {described.attested_in}"
    yield f"attestation: verified to {found.root}; whether it was revoked: not asked"
    yield f"attestation challenge: {_tell_challenge(key, known)}"
    yield from _tell_device(described)
    yield from (f"attestation certificate: {one}" for one in found.lapsed)


def _tell_challenge(key: OwnKey, known: KnownKey | None) -> str:
    """A challenge is compared in the run that makes the key, and in no other: a key made before says nothing by it."""
    if key.made:
        return "of this run"
    is_known = known is not None and known.key_id == key.key_id
    return f"not of this run; the key was {'known' if is_known else 'unknown'} to this bench before"


def _tell_worth(key: OwnKey, found: Attestation) -> str:
    why = found.fault or (key.error if found.worth is Worth.NONE else None)
    return f"{found.worth}: {why}" if why else str(found.worth)


def _tell_device(described: KeyDescription) -> Iterator[str]:
    if described.boot is not None:
        yield f"verified boot: {described.boot}, device locked: {str(described.locked).lower()}"
    if AGENT not in described.packages:
        yield f"attested for another app: {', '.join(described.packages) or 'none named'}"
