"""All controls, in the orders in which plans and records tell them; README.md says how to add one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from provision.controls import (
    adb_authorisation,
    agent_owner,
    apps_configured,
    apps_present,
    apps_removed,
    bluetooth_closed,
    calls_alert,
    calls_awake,
    calls_listener,
    calls_volume,
    clock_zone,
    in_task_closed,
    kiosk_lock_task,
    location_on,
    maker_switches,
    radios_closed,
    safe_mode_closed,
    screen_timeout,
    settings_closed,
    updates_held,
    usb_closed,
    vpn_closed,
    wifi_hospital,
    wifi_other_networks,
)
from provision.controls.spec import ControlSpec
from provision.terms import Control

CLOSED: tuple[ControlSpec, ...] = (
    safe_mode_closed.SPEC,
    settings_closed.SPEC,
    radios_closed.SPEC,
    bluetooth_closed.SPEC,
    vpn_closed.SPEC,
    usb_closed.SPEC,
    in_task_closed.SPEC,
)
"""What `closed:` of `site.yaml` names, which stands together in every order."""

CONTROLS: tuple[ControlSpec, ...] = (
    screen_timeout.SPEC,
    clock_zone.SPEC,
    apps_present.SPEC,
    calls_awake.SPEC,
    calls_listener.SPEC,
    maker_switches.SPEC,
    adb_authorisation.SPEC,
    agent_owner.SPEC,
    wifi_hospital.SPEC,
    wifi_other_networks.SPEC,
    location_on.SPEC,
    *CLOSED,
    updates_held.SPEC,
    kiosk_lock_task.SPEC,
    calls_alert.SPEC,
    calls_volume.SPEC,
    apps_configured.SPEC,
    apps_removed.SPEC,  # last: Android keeps apps that a lock still allows (packages document 5.2)
)
"""In the order of work where an agent brings some of them about."""

BY_SHELL: tuple[ControlSpec, ...] = (
    location_on.SPEC,
    screen_timeout.SPEC,
    clock_zone.SPEC,
    apps_present.SPEC,
    calls_awake.SPEC,
    calls_listener.SPEC,
    maker_switches.SPEC,
    apps_removed.SPEC,
    wifi_hospital.SPEC,
    wifi_other_networks.SPEC,
    *CLOSED,
    updates_held.SPEC,
    kiosk_lock_task.SPEC,
    calls_alert.SPEC,
    calls_volume.SPEC,
    apps_configured.SPEC,
    agent_owner.SPEC,
    adb_authorisation.SPEC,
)
"""In the order of work by plain shell: location before the names of networks are read."""

ATTACKED: tuple[ControlSpec, ...] = (
    kiosk_lock_task.SPEC,
    location_on.SPEC,
    wifi_hospital.SPEC,
    wifi_other_networks.SPEC,
    *CLOSED,
)
"""In the order in which the locks are tried in the user's place."""

SPECS: Mapping[Control, ControlSpec] = MappingProxyType({spec.control: spec for spec in CONTROLS})
THROUGH_AGENT = frozenset(spec.control for spec in CONTROLS if spec.compare is not None)
"""What the agent brings about."""

ATTEMPTS = tuple(attempt for spec in ATTACKED for attempt in spec.attempts)
GAPS = tuple(gap for spec in ATTACKED for gap in spec.gaps)
