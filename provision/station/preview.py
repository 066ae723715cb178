"""Reading one tablet without changing anything: what would be done to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provision.controls.desired import DesiredState, with_vendor_tweaks
from provision.facts.collect import read_props, read_shape
from provision.facts.props import Props
from provision.identity.identify import identify
from provision.profiles.model import Profile
from provision.runs.agent_executor import AgentExecutor
from provision.runs.plan_runner import PlanRunner, Reading
from provision.runs.shell_executor import ShellExecutor
from provision.station.setup import BenchSetup, SecretReader
from provision.terms import DeviceConfirmation
from provision.transport import Transport

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState


@dataclass(frozen=True)
class Preview:
    """Words of a tablet now, and the plan they lead to."""

    profile: Profile
    reading: Reading


def preview_plan(setup: BenchSetup, transport: Transport, state: BenchState) -> Preview:
    """Read facts and make the plan; sends no command that changes anything.

    Args:
        setup: of the bench.
        transport: the way to the tablet.
        state: what the bench remembers.

    Raises:
        ProvisionError: the tablet does not answer, or not in a known form.
    """
    limits = setup.limits
    props = read_props(transport, seconds=limits.facts)
    shape = read_shape(transport, seconds=limits.facts)
    found = identify(props, setup.choose_profile, shape)
    is_tablet = found.accepted if found.kind is not None else _read_confirmation(state, props)
    plain = DesiredState(setup.home.site, setup.appset, is_tablet, setup.agent)
    want = with_vendor_tweaks(plain, found.profile, props.api, drafts=setup.accept_draft)
    reader = ShellExecutor(transport, limits, dict)
    kit = setup.make_kit(SecretReader(setup.home), state)
    agent = None
    if kit is not None:
        kit = replace(kit, screen=kit.screen.measure(found.profile.diagonal_mm))
        agent = AgentExecutor(transport, kit, None, limits)
    work = PlanRunner(transport, want, limits, reader, agent, orphaned=state.verified_installs.find_orphaned())
    return Preview(found.profile, work.read_steady())


def _read_confirmation(state: BenchState, props: Props) -> bool | None:
    """Read what a person said of the model; None where nobody did."""
    said = state.confirmations.find(props)
    return None if said is None else said is DeviceConfirmation.TABLET
