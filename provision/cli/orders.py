"""One picked tablet and the bench's agent client for it, for commands that give it a single order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.agent.client import AgentClient, AgentLimits
from provision.cli.pick import Picked, pick
from provision.cli.reach import open_home, reach
from provision.cli.speech import language_of
from provision.errors import AnswerError, HomeError, StepFailed
from provision.home.folder import lock_home
from provision.state.opening import open_bench_state
from provision.station.setup import BenchSetup, load_setup
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language
from provision.transport import Transport

if TYPE_CHECKING:
    from provision.cli.options import Access
    from provision.state.sql.bench_state import BenchState

NO_ASSET = "-"


@dataclass(frozen=True)
class OrderSession:
    """Everything an order to one tablet needs, open while it is given.

    Attributes:
        client: signs with the site key of the bench.
        asks: whether a person is asked before something is lost; nobody in a training home.
    """

    setup: BenchSetup
    picked: Picked
    client: AgentClient
    state: BenchState
    language: Language
    asks: bool


@contextmanager
def open_session(
    access: Access, slot: str | None, serial: str | None, setup: BenchSetup | None = None
) -> Iterator[OrderSession]:
    """Lock the home, reach its bench and pick the tablet.

    Args:
        setup: of the home, where it was read already.

    Raises:
        HomeError: no home, one in use, or `bench.yaml` names no agent.
    """
    setup = setup or load_setup(open_home(access))
    place = setup.home
    with lock_home(place), open_bench_state(place.path) as state, reach(access, place) as reached:
        picked = pick(place, reached, slot, serial)
        language = language_of(place)
        client = make_client(setup, picked.transport, language, state)
        yield OrderSession(setup, picked, client, state, language, place.kind is not HomeKind.TRAINING)


def make_client(setup: BenchSetup, transport: Transport, language: Language, state: BenchState) -> AgentClient:
    """A client of the agent on a tablet.

    Raises:
        HomeError: `bench.yaml` names no agent.
    """
    if setup.agent is None:
        raise HomeError(say(language, "release.no-agent", file=setup.home.path / "bench.yaml"))
    limits = setup.limits
    return AgentClient(transport, setup.load_sender(state), AgentLimits(call=limits.step, order=limits.package))


def name_tablet(client: AgentClient) -> str:
    """The asset id it shows; `-` for one that never had a policy, or cannot read the one it has."""
    try:
        return client.report().asset
    except (StepFailed, AnswerError):
        return NO_ASSET
