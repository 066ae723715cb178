"""Tell whether the agent is device owner, by another road than the command that made it so.

Two roads: what Android prints (`dpm list-owners`, `dumpsys device_policy`), and the agent's own `hello`.
Where Android tells (6.0 and later), both must agree; 5.x tells nothing, so the agent's word is all there is
(reference, packages document 6.6).
"""

from __future__ import annotations

from dataclasses import dataclass

from provision.agent.contract import AGENT
from provision.agent.hello import Hello
from provision.facts.ask import ask
from provision.facts.owner import Owner, make_query, parse
from provision.terms import Reason
from provision.transport import Transport


@dataclass(frozen=True)
class Ownership:
    """The verdict of both roads.

    Attributes:
        ours: whether the agent is device owner.
        reason: why not; None when it is.
        evidence: one line for the record.
    """

    ours: bool
    reason: Reason | None
    evidence: str


def read_owner(transport: Transport, api: int, *, seconds: float) -> Owner:
    """Read from Android who is device owner now.

    Raises:
        AnswerError: in no known form; no owner is never assumed.
        TransportError: the way to the tablet failed.
    """
    question = make_query(api)
    return ask(transport, (question,), lambda read: parse(read[question.name], api), seconds=seconds)


def judge_ownership(owner: Owner, hello: Hello | None) -> Ownership:
    """Put both roads together.

    Args:
        owner: what Android printed.
        hello: what the agent said, None when it did not answer.
    """
    if owner.known and owner.package not in {None, AGENT}:
        return Ownership(ours=False, reason=Reason.FOREIGN_OWNER, evidence=f"device owner is {owner.package}")
    if hello is None:
        return Ownership(ours=False, reason=Reason.AGENT_UNFIT, evidence="the agent does not answer")
    printed = owner.package == AGENT if owner.known else hello.owner
    if printed != hello.owner:
        evidence = f"Android says {owner.package or 'no owner'}, the agent says owner: {str(hello.owner).lower()}"
        return Ownership(ours=False, reason=Reason.READ_BACK_DIFFERS, evidence=evidence)
    road = "Android and the agent" if owner.known else "the agent alone (Android 5 does not tell)"
    if not printed:
        return Ownership(ours=False, reason=Reason.OWNER_REFUSED, evidence=f"{road}: no owner")
    return Ownership(ours=True, reason=None, evidence=f"{road}: {AGENT}")
