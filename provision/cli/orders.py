"""The bench's agent client for one picked tablet, for commands that give it a single order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.agent.client import AgentClient, AgentLimits
from provision.cli.pick import Picked
from provision.errors import AnswerError, HomeError, StepFailed
from provision.station.setup import BenchSetup
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState

NO_ASSET = "-"


def make_client(setup: BenchSetup, picked: Picked, language: Language, state: BenchState) -> AgentClient:
    """A client that signs with the site key of the bench.

    Raises:
        HomeError: `bench.yaml` names no agent.
    """
    if setup.agent is None:
        raise HomeError(say(language, "release.no-agent", file=setup.home.path / "bench.yaml"))
    limits = setup.limits
    return AgentClient(picked.transport, setup.load_sender(state), AgentLimits(call=limits.step, order=limits.package))


def name_tablet(client: AgentClient) -> str:
    """The asset id it shows; `-` for one that never had a policy, or cannot read the one it has."""
    try:
        return client.report().asset
    except (StepFailed, AnswerError):
        return NO_ASSET
