"""Making the agent device owner: condition, command, and proof by another road.

1. A blocker is named before the command (`preflight`).
2. The command is given; too early after boot, or with the accounts text of 14 and later that every tablet
   gives until its accounts were counted, it is given again for about a minute (packages document 6.2).
3. Whatever it answered, the owner is read back: 14 can throw after success (6.5).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from provision.agent.answers import AgentAbsent, AgentClosed
from provision.agent.client import AgentClient
from provision.agent.contract import AGENT
from provision.agent.hello import Hello
from provision.agent.owner_command import OwnerAnswer, OwnerResult, read_owner_answer, set_owner_line
from provision.agent.ownership import Ownership, judge_ownership, read_owner
from provision.agent.preflight import Preconditions, find_blocker
from provision.errors import AnswerError, DeadlinePassed, StepFailed
from provision.polling import count_pauses, poll
from provision.terms import Reason
from provision.transport import Transport

STEP = "agent.owner"
_REFUSALS = frozenset({OwnerResult.RETRY, OwnerResult.REFUSED})


@dataclass(frozen=True)
class EnrolLimits:
    """Seconds: one command, all repetitions of `dpm`, and between two of them."""

    command: float = 30.0
    retries: float = 60.0
    pause: float = 5.0


def become_owner(
    transport: Transport,
    client: AgentClient,
    preconditions: Preconditions,
    limits: EnrolLimits | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Ownership:
    """Make the agent device owner, or find that it is already.

    Raises:
        StepFailed: a blocker, a refusal in the tablet's words, or a read-back that says otherwise.
        AnswerError, TransportError: as for every command.
    """
    limits = limits or EnrolLimits()
    blocker = find_blocker(preconditions)
    if blocker is not None:
        raise StepFailed(STEP, blocker.reason, blocker.detail)
    said = None if preconditions.owner == AGENT else _command(transport, preconditions, limits, wait)
    try:
        found = judge_ownership(read_owner(transport, preconditions.api, seconds=limits.command), _hello(client))
    except (AnswerError, DeadlinePassed) as error:
        if said is None or said.verdict not in _REFUSALS or said.reason is None:
            raise
        raise StepFailed(STEP, said.reason, said.detail) from error  # a clear no, whatever is read back of it
    if found.ours:
        return found
    if said is not None and said.reason is not None and _says_more(said, found):
        raise StepFailed(STEP, said.reason, said.detail)
    words = "" if said is None or said.reason is None else f"; dpm said: {said.detail}"
    raise StepFailed(STEP, found.reason or Reason.OWNER_REFUSED, f"{found.evidence}{words}")


def _says_more(said: OwnerAnswer, found: Ownership) -> bool:
    """See whether the refusal says more than the read-back: no owner, or an agent that a locked tablet keeps silent."""
    silent = found.reason is Reason.AGENT_UNFIT and said.verdict in _REFUSALS
    return found.reason is Reason.OWNER_REFUSED or silent


def _command(
    transport: Transport, preconditions: Preconditions, limits: EnrolLimits, wait: Callable[[float], None]
) -> OwnerAnswer:
    """Give the command until it answers for good, or the time for repetitions is over."""

    def give() -> OwnerAnswer:
        answer = transport.shell(set_owner_line(preconditions.api), seconds=limits.command)
        return read_owner_answer(answer, preconditions.api, accounts=preconditions.accounts)

    def is_final(said: OwnerAnswer) -> bool:
        return said.verdict is not OwnerResult.RETRY

    said = poll(give, is_final, seconds=limits.retries, every=limits.pause, pace=count_pauses(wait))
    return _name_unseen(said, preconditions)


def _name_unseen(said: OwnerAnswer, counted: Preconditions) -> OwnerAnswer:
    """The answer about an account or a user that no dump shows: the firmware's own, which a reset brings back (6.8)."""
    none = {Reason.NOT_RESET_ACCOUNTS: counted.accounts == 0, Reason.NOT_RESET_USERS: counted.users == 1}
    unseen = said.reason is not None and none.get(said.reason, False)
    return replace(said, reason=Reason.OWNER_REFUSED) if unseen else said


def _hello(client: AgentClient) -> Hello | None:
    """The agent's own word; None when there is no agent to ask."""
    try:
        return client.hello()
    except (AgentAbsent, AgentClosed):
        return None
