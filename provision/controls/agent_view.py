"""The agent of one tablet beside one reading of facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provision.controls.model import Refusal
from provision.proofs.attempts import Tried
from provision.terms import Assurance, Control, Reason
from provision.texts.message import NOTHING, Message

BLOCKERS = frozenset({Reason.OWNER_UNSUPPORTED, Reason.RELEASE_TOO_OLD, Reason.APP_UNFIT})
"""Reasons that no hand can mend: such a tablet is left to the shell road."""


@dataclass(frozen=True)
class Finding:
    """One control as the agent reports it.

    Attributes:
        assurance: how firmly it holds now, `unsupported` when it does not.
        differing: what is not as wanted; says nothing when all is.
        evidence: what it reports beside that, redacted.
    """

    assurance: Assurance
    differing: Message = NOTHING
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgentView:
    """The agent of one tablet, as one reading found it.

    Attributes:
        best: the firmest each control can be on this release (oracle: agent policy table, section 11).
        blocker: why this tablet cannot have the agent at all: the shell road is left.
        refusal: why the agent cannot be its owner now; a person can mend it, or it is another site's.
        owner: whether it is device owner, by all roads that tell.
        former_key: whether it obeys a site key that was replaced since, and takes its successor; then it reports
            nothing.
        keys: what it says of the keys that it obeys, and of its own, for the record.
        keyless: whether it could have a key of its own, and none was made yet.
        warning: what a person must look at, although nothing is refused for it.
        current: whether the policy in force is the wanted one.
        drilled: whether the way out was tried since that policy.
        tried: what came of each attempt to get out since that policy, by name; None where the bench does not
            look it up, and then none is said to be left.
        findings: what it reports, by control; empty before the first policy.
        lock_task: as Android prints it; None where it does not.
        update_window: minutes of the day as Android prints them, `none` where it prints another policy or none; None
            where it prints nothing of it, or nobody asked.
        restrictions: of users, in force as Android prints them; None where it does not, or nobody asked.
        too_old: controls that the bench's agent cannot bring about, because it knows no row of theirs.
        left_out: names of the site's networks that its policy does not hold: this release cannot be given them.
        since: what it noted between orders, as a record keeps it: its last events, its last clean.
    """

    best: Mapping[Control, Assurance]
    blocker: Refusal | None = None
    refusal: Refusal | None = None
    owner: bool = False
    former_key: bool = False
    keys: tuple[str, ...] = ()
    keyless: bool = False
    warning: Refusal | None = None
    current: bool = False
    drilled: bool = False
    tried: Mapping[str, Tried] | None = None
    findings: Mapping[Control, Finding] = field(default_factory=dict)
    lock_task: str | None = None
    restrictions: frozenset[str] | None = None
    update_window: str | None = None
    too_old: frozenset[Control] = frozenset()
    left_out: tuple[str, ...] = ()
    since: Mapping[str, object] = field(default_factory=dict)
