"""Reading one tablet without changing anything: for `plan` and `verify`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.cli.pick import Picked
from provision.controls.desired import DesiredState, with_vendor_tweaks
from provision.facts.collect import read_props, read_shape
from provision.facts.props import Props
from provision.identity.identify import identify
from provision.profiles.model import Profile
from provision.runs.agent_executor import AgentExecutor
from provision.runs.plan_runner import PlanRunner, Reading
from provision.runs.shell_executor import ShellExecutor
from provision.station.setup import Loaded, SecretReader
from provision.terms import DeviceConfirmation

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState


@dataclass(frozen=True)
class Looked:
    """What a tablet says now and the plan it leads to."""

    profile: Profile
    reading: Reading


def look(loaded: Loaded, picked: Picked, state: BenchState) -> Looked:
    """Read facts and make the plan; sends no command that changes anything.

    Raises:
        ProvisionError: the tablet does not answer, or not in a known form.
    """
    limits = loaded.limits
    props = read_props(picked.transport, seconds=limits.facts)
    shape = read_shape(picked.transport, seconds=limits.facts)
    found = identify(props, loaded.choose_profile, shape)
    is_tablet = found.accepted if found.kind is not None else _read_confirmation(state, props)
    plain = DesiredState(loaded.home.site, loaded.appset, is_tablet, loaded.agent)
    want = with_vendor_tweaks(plain, found.profile, props.api, drafts=loaded.accept_draft)
    reader = ShellExecutor(picked.transport, limits, dict)
    kit = loaded.make_kit(SecretReader(loaded.home), state.agent_secrets)
    road = None if kit is None else AgentExecutor(picked.transport, kit, None, limits)
    work = PlanRunner(picked.transport, want, limits, reader, road, left=state.verified_installs.find_orphaned())
    return Looked(found.profile, work.read_steady())


def _read_confirmation(state: BenchState, props: Props) -> bool | None:
    """What a person said of the model; None where nobody did."""
    said = state.confirmations.find(props)
    return None if said is None else said is DeviceConfirmation.TABLET
