"""One virtual tablet before its next run, and what the rules ask about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from provision.terms import Assurance, Control
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.rows import SET_FROM
from provision.virtual.android.agent.wifi_network import DEMANDING_API, ON_TABLET
from provision.virtual.android.faults import Fault, parse_fault
from provision.virtual.android.model import Model
from provision.virtual.android.oem_gates import shut_gates
from provision.virtual.android.state import Data, State, digest_of
from provision.virtual.oracle.assurances import HIDDEN_RELEASE, SHELL_KINDS, best_by_agent, best_by_shell
from provision.virtual.oracle.model import SiteRequirements
from provision.virtual.roster import TapAllow

GRANTS_API = 23
"""Before it every permission comes with the installation (packages document 8)."""

ZONE_API = 28
"""Before it nobody but a hand sets the time zone (Wi-Fi document 5)."""

LAPSES_API = 29
"""From here on adb keys lapse (packages document 1.9)."""

MEGABYTE = 1_000_000
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Situation:
    """Everything an outcome depends on.

    Attributes:
        model: of the tablet; with `says_kind` where a person has said that it is one.
        tap_allow: seconds until a hand taps Allow, or `never`.
        state: of the tablet.
        site: what is asked of it.
    """

    model: Model
    tap_allow: TapAllow
    state: State
    site: SiteRequirements

    @property
    def api(self) -> int:
        """API level of its Android."""
        return self.model.api

    @property
    def data(self) -> Data:
        """Part that a factory reset takes away."""
        return self.state.data

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Its faults, in the order they were given."""
        return tuple(map(parse_fault, self.state.faults))

    @cached_property
    def by_agent(self) -> bool:
        """Tell whether the site has an agent and this Android device owners (packages document 6.2)."""
        return self.site.agent and self.api >= 21 and "android.software.device_admin" in self.model.features

    @cached_property
    def shut_gates(self) -> tuple[str, ...]:
        """The maker's gates that stand in the way."""
        return shut_gates(self.api, self.model.gates, self.data.opened_gates, self.state.faults)

    @cached_property
    def best(self) -> Mapping[Control, Assurance]:
        """The strongest assurance of each control on this road."""
        if self.by_agent:
            return best_by_agent(self.api)
        closed = {} if self.shell_has_network else {Control.WIFI_HOSPITAL: Assurance.UNSUPPORTED}
        return best_by_shell(self.api) | closed

    @property
    def shell_has_network(self) -> bool:
        """Tell whether the shell has a command for one of the site's networks, allowed or not."""
        networks = self.site.networks or (("open", False),)
        return any(kind in SHELL_KINDS and (self.api >= HIDDEN_RELEASE or not hidden) for kind, hidden in networks)

    @property
    def agent_lacks_network(self) -> bool:
        """Tell whether the agent can be given none of the site's networks on this release (contract 7)."""
        least = [
            max(SET_FROM[kind], DEMANDING_API if index in self.site.demanding else 0)
            for index, (kind, _) in enumerate(self.site.networks)
        ]
        return self.by_agent and bool(least) and self.api < min(least)

    @property
    def awaits_certificate(self) -> bool:
        """Tell whether it makes a key for a network whose certificate nobody signed yet (contract 15)."""
        kinds = {kind for kind, _ in self.site.networks}
        return self.site.unsigned and self.by_agent and ON_TABLET in kinds and self.api >= SET_FROM[ON_TABLET]

    @cached_property
    def too_weak(self) -> tuple[Control, ...]:
        """Controls that cannot be held as firmly as the site requires."""
        required = self.site.required.items()
        return tuple(c for c, least in required if self.best[c].rank < least.rank)

    @property
    def free_mb(self) -> int:
        """Free storage of a fresh unit in decimal megabytes; models count in MiB."""
        return (self.model.storage.total_mb - self.model.storage.used_mb) * MEBIBYTE // MEGABYTE

    @property
    def installation(self) -> str:
        """Digest by which a home knows this installation of Android."""
        return digest_of(f"android_id:{self.data.android_id}")

    @property
    def has_zone(self) -> bool:
        """Tell whether the clock is in the zone that the site asks for."""
        return self.site.zone in {None, self.data.timezone}

    @property
    def calls(self) -> Iterator[str]:
        """List a run's writes on a fresh tablet, in the order of its phases (Wi-Fi document 8)."""
        yield "settings put"
        yield "package install"
        if self.by_agent:
            yield "device_policy set-device-owner"
        if self.site.grants and self.api >= GRANTS_API:
            yield "package grant"

    @cached_property
    def is_settled(self) -> bool:
        """Tell whether a run has nothing to write: the last one ended well, and nobody changed the tablet since.

        A settled tablet is read, not written to and not attacked again.
        """
        return (
            self.installation in self.site.finished
            and self._has_apps()
            and self.data.settings["system"].get("screen_off_timeout") == str(self.site.screen_seconds * 1000)
            and self.data.settings["secure"].get("location_mode") != "0"
            and (self.api < ZONE_API or self.has_zone)
            and {network.ssid for network in self.data.networks} <= set(self.site.ssids)
            and (not self.site.agent or self._is_held())
        )

    @cached_property
    def undelivered(self) -> frozenset[str]:
        """Packages whose configuration Android holds otherwise than it is to: those asked for, or once configured."""
        wanted = self._wanted_configurations()
        remembered = self.data.app_data.get(AGENT, {}).get("configured", "").split(",")
        known = self.data.configurations
        return frozenset(name for name in {*wanted, *remembered} if known.get(name) != wanted.get(name))

    def _has_apps(self) -> bool:
        installed = {name: app for name, app in self.data.packages.items() if app.installed and app.enabled < 2}
        usable = {name: app.version_code for name, app in installed.items()}
        return all(usable.get(package) == version for package, version in self.site.apps.items())

    def _is_held(self) -> bool:
        """See whether it is locked with the configuration of apps as asked for now, and forgets no bench meanwhile."""
        lasting = self.data.settings["global"].get("adb_allowed_connection_time") == "0"
        given = self._policy().get("applications", {})
        held = bool(given == self._wanted_configurations()) and not self.undelivered
        return held and (lasting or self.api < LAPSES_API) and self.data.lock_task.mode == "locked"

    def _policy(self) -> dict[str, Any]:
        """The agent's, empty before its first one."""
        return dict(json.loads(self.data.app_data.get(AGENT, {}).get("policy", "{}")))

    def _wanted_configurations(self) -> dict[str, Any]:
        """The configuration asked for, with the asset id this tablet has."""
        asset = str(self._policy().get("asset", {}).get("id"))
        return dict(json.loads(json.dumps(self.site.configurations).replace("{asset_id}", asset)))
