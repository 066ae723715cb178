"""The agent's process on one tablet: started by its first call, gone with a reboot, a kill or an update."""

from __future__ import annotations

import math
from dataclasses import dataclass

from provision.virtual.android.agent.codes import CodeLock
from provision.virtual.android.agent.digests import digest_files
from provision.virtual.android.agent.door import Clock, Door
from provision.virtual.android.agent.duties import Duties, Traits
from provision.virtual.android.agent.hardware import HardwareTest, start_test
from provision.virtual.android.agent.order import PROTOCOLS
from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.rows import UNANNOUNCED_VERSION, VERSION
from provision.virtual.android.agent.session import Session, open_session
from provision.virtual.android.agent.site_keys import BuiltIn, read_built_in
from provision.virtual.android.agent.station import About, Station
from provision.virtual.android.agent.traces import clear_traces
from provision.virtual.android.device import Device
from provision.virtual.android.faults import parse_fault

CONFIGURING_CODE = 2
"""The first version code of an agent that knows managed configuration."""

LETTING_GO_CODE = 3
"""The first version code of an agent whose launcher lets go of lock task, and that grants permissions."""

NETWORKS_CODE = 4
"""The first version code of an agent that takes several networks."""

TELLING_CODE = 4
"""The first version code of an agent that tells which version of the capability table it has."""

UNCLOSING_VERSION = 4
CLOSING_CODE = 6
"""The first version code of an agent that closes what the policy lists; those before have the table of version 4."""

KEY_DECIDES_CODE = 5
"""The first version code of an agent for which a site is its key, whatever its name."""

LATE_SECONDS = 1.0
"""How long an order takes on a tablet whose agent is late."""


@dataclass(frozen=True)
class Process:
    """One life of the agent."""

    station: Station
    owner: AndroidOwner
    duties: Duties
    hardware: HardwareTest


def start(device: Device, session: Session | None = None, built_in: BuiltIn | None = None) -> Process:
    """Start the agent's process, with another key than the process before it unless a session is given.

    `built_in`: keys of its APK, for one that has no bytes here.
    """
    store = device.data.app_data.setdefault(AGENT, {})
    owner = AndroidOwner(device)

    def since_boot() -> float:
        return device.clock() - (device.ready_at if math.isfinite(device.ready_at) else 0.0)

    package = device.data.packages[AGENT]
    configures, lets_go = package.version_code >= CONFIGURING_CODE, package.version_code >= LETTING_GO_CODE
    networks = package.version_code >= NETWORKS_CODE
    closes = package.version_code >= CLOSING_CODE
    protocols = PROTOCOLS[: 1 + configures + lets_go + networks + closes]
    traits = Traits(
        lambda: device.faulty("agent-lies"),
        configures,
        lets_go,
        device.note,
        networks,
        closes,
        (lambda: clear_traces(device, owner)) if closes else list,
    )
    door = Door(owner, store, Clock(since_boot, lambda: str(device.ready_at)), lets_go=lets_go)
    duties = Duties(owner, store, CodeLock(store, since_boot), door, traits)
    pins_name = package.version_code < KEY_DECIDES_CODE
    table = UNANNOUNCED_VERSION if pins_name else VERSION if closes else UNCLOSING_VERSION
    capabilities = table if package.version_code >= TELLING_CODE else None
    if built_in is None:
        built_in = read_built_in(device.blob(package.blob) if package.blob else b"")
    keys = (closes, built_in)
    reads = (lambda name: digest_files(device, name)) if closes else None
    hardware = start_test(device, lambda: owner.is_owner)
    can = (reads, hardware.ask if closes else None)
    about = About(
        package.version_name, device.api, lambda: owner.is_owner, protocols, capabilities, pins_name, *keys, *can
    )

    def late() -> float:
        return LATE_SECONDS if device.faulty("agent-late") else 0.0

    device.agent_lives += 1
    station = Station(about, store, duties, session or open_session(device.agent_lives), late, device.clock)
    process = Process(station, owner, duties, hardware)
    device.processes[AGENT] = process
    return process


def running(device: Device) -> Process:
    """The agent's process, started when there is none."""
    process = device.processes.get(AGENT)
    return process if isinstance(process, Process) else start(device)


def lock_again(device: Device) -> None:
    """Lock as the agent does when Android has booted or the agent was updated."""
    if device.installed(AGENT) is not None and device.owns(AGENT):
        running(device).duties.lock_again()


def close_door_if_due(device: Device) -> None:
    """Close the door as the agent's alarm does when a kiosk was open for its time."""
    if "door.open" in device.data.app_data.get(AGENT, {}) and device.installed(AGENT) is not None:
        running(device).duties.close_if_due()


def is_hit(device: Device, fault: str, method: str) -> bool:
    """Tell whether a fault of the agent's process (`agent-crash`, `agent-killed`) strikes at this call; counts it."""
    hits, hit = device.state.fault_hits, False
    for one in map(parse_fault, device.state.faults):
        if one.name == fault and one.words == (method,):
            hits[one.text] = hits.get(one.text, 0) + 1
            hit = hit or hits[one.text] == one.nth
    return hit
