"""Asking a tablet's own agent for its number, before the run is opened under one."""

from __future__ import annotations

from provision.agent.answers import AgentAbsent, AgentClosed
from provision.agent.client import AgentClient, AgentLimits, OrderRefused
from provision.agent.contract import Code
from provision.agent.key_chain import obeys_former_key
from provision.errors import AnswerError, DeadlinePassed, StepFailed
from provision.identity.carried import NOT_CARRIED, Carried
from provision.runs.agent_kit import AgentKit
from provision.runs.shell_executor import Limits
from provision.transport import Transport


def read_carried(transport: Transport, kit: AgentKit, limits: Limits) -> Carried:
    """Read the number that a tablet's agent tells, where it is owner and obeys this site's key.

    Only `hello`, and `report` for agents that do not tell the number in it: nothing is changed. An agent that answers
    nothing sensible carries no number here; what is wrong with it is told where it is needed.

    Raises:
        TransportError: the way to the tablet failed.
    """
    client = AgentClient(transport, kit.sender, AgentLimits(call=limits.step, order=limits.step))
    try:
        hello = client.hello()
        if not hello.owner:
            return NOT_CARRIED
        if obeys_former_key(hello, kit.sender.key.key_id, kit.sender.chain):
            return Carried(hello.asset)  # one that takes a successor tells its number, too
        if hello.site_key is None:
            return NOT_CARRIED
        return Carried(hello.asset if hello.tells_asset else client.report().asset)
    except OrderRefused as refused:
        return Carried(withheld=refused.code is Code.SITE_FOREIGN)
    except (AgentAbsent, AgentClosed, AnswerError, StepFailed, DeadlinePassed):
        return NOT_CARRIED
