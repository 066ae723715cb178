"""Android's work for a device owner, one method for one Android call, on the tablet's state.

Effects and refusals: reference, Wi-Fi document 2 (networks), 3.2 (lock task), 3.3 (restrictions), 3.4
(settings), 4 (location). The agent decides by API level which calls it makes; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provision.virtual.android.agent.accounts import FIRST_API, SECURITY, hold_account, list_arguments
from provision.virtual.android.agent.choices import keep_choices, list_choices
from provision.virtual.android.agent.owner_calls import OwnerCalls, Threw
from provision.virtual.android.agent.packages import AGENT, order_as_set
from provision.virtual.android.agent.policy import HOME
from provision.virtual.android.agent.wifi_network import WifiNetwork
from provision.virtual.android.commands import link
from provision.virtual.android.commands.grants import is_defined
from provision.virtual.android.configurations import forget_with_owner, keep_configuration
from provision.virtual.android.restrictions import impose, lift

FINE = "android.permission.ACCESS_FINE_LOCATION"
GRANTS_API, GLOBAL_ACTIONS = 23, 16
DEFAULT, GRANTED, DENIED = 0, 1, 2
"""How the owner fixed a permission."""

MISSING_THROWS = frozenset({23, *range(29, 34)})
"""Levels on which the question about an app that is not there throws (`getPermissionGrantState`)."""

ANY_TARGET_API, SENSORS_THROW_API, SEES_APPS_API, LIST_ENDS_API, POLICY_ENGINE_API = 29, 34, 29, 23, 34
RADIO_LISTS_API, ADMIN_LEFT_API, WIPE_DEVICE_API = 25, 23, 34
"""Last levels on which networks are listed only while the radio is on, and on which a former owner stays admin; the
first one with a call of its own that erases the tablet."""

EVERYTHING, LOUDEST, POLICY_ACCESS_API, SILENT_THROWS_API = 1, 7, 28, 24
"""All interruptions, the ringer's loudest step, and when an owner may end silence (Wi-Fi document 14.4)."""


class AndroidOwner(OwnerCalls):
    """The owner's calls on one tablet."""

    @property
    def is_owner(self) -> bool:
        """Tell whether this app is device owner."""
        return self._device.owns(AGENT)

    @property
    def wifi_enabled(self) -> bool:
        """Tell whether the radio is on."""
        return self._device.data.wifi_enabled

    @property
    def location_enabled(self) -> bool:
        """The switch; below 29 it is the list of providers (Wi-Fi document 4)."""
        if self.api >= 29:
            return self._device.setting("secure", "location_mode") not in {None, "0"}
        return "gps" in (self._device.setting("secure", "location_providers_allowed") or "").split(",")

    def is_permission_granted(self, permission: str) -> bool:
        """Tell whether the agent holds a permission; 5.x grants all at install."""
        package = self._device.data.packages[AGENT]
        return permission in (package.granted if self.api >= GRANTS_API else package.permissions)

    @property
    def sees_places(self) -> bool:
        """Location on and granted: without it names of networks are hidden from 28 or 29 on."""
        return self.location_enabled and self.is_permission_granted(FINE)

    def list_networks(self, *, own: bool = False) -> list[tuple[int, str]]:
        """Id and name of saved networks; all of them only where location allows it from 29 on."""
        if own:
            self._require(31)
        elif (self.api >= 29 and not self.sees_places) or (self.api <= RADIO_LISTS_API and not self.wifi_enabled):
            return []
        networks = sorted(self._device.data.networks, key=lambda one: one.id)
        return [(one.id, one.ssid) for one in networks if one.creator == AGENT or not own]

    @property
    def joined_ssid(self) -> str | None:
        """Name of the joined network, empty when none, None when Android hides it."""
        ssid = link.connected_ssid(self._device)
        if ssid is None:
            return ""
        return None if self.api >= 28 and not self.sees_places else ssid

    @property
    def restrictions(self) -> frozenset[str]:
        """User restrictions that hold."""
        return frozenset(self._device.data.restrictions)

    @property
    def lockdown(self) -> bool:
        """Tell whether the owner's networks are locked."""
        return self._device.setting("global", link.LOCKDOWN) == "1"

    @property
    def allowed_ssids(self) -> list[str]:
        """The SSID allow-list, empty when none."""
        return list(self._device.data.allowed_ssids)

    def grant_state(self, package: str, permission: str) -> int:
        """How the owner fixed a permission of an app (23+); on 29 a place is denied to an app in the background."""
        self._require(GRANTS_API)
        app = self._device.installed(package)
        if app is None and self.api in MISSING_THROWS:
            raise Threw("RuntimeException")
        if app is None or permission not in app.fixed:
            return DEFAULT
        hidden = self.api == 29 and permission.endswith("_LOCATION")
        return GRANTED if permission in app.granted and not hidden else DENIED

    def holds_permission(self, package: str, permission: str) -> bool:
        """Tell whether an app holds a permission; from 30 on the agent sees no app it does not name."""
        app = self._device.installed(package)
        return app is not None and self.api <= SEES_APPS_API and permission in app.granted

    def lock_task_packages(self, candidates: Sequence[str]) -> list[str]:
        """The allow-list of lock task; below 26 Android only answers for named packages, from 34 on it is a set."""
        held = self._device.data.lock_task.packages
        return [one for one in (held if self.api >= 26 else candidates) if one in held]

    @property
    def lock_task_features(self) -> int:
        """Features that lock task leaves usable (28+); GLOBAL_ACTIONS when never set (3.2)."""
        self._require(28)
        features = self._device.data.lock_task.features
        return GLOBAL_ACTIONS if features is None else features

    @property
    def lock_task_mode(self) -> str:
        """`none`, `locked` or `pinned`."""
        return self._device.data.lock_task.mode

    @property
    def interruption_filter(self) -> int:
        """What may interrupt: 1 everything, else do-not-disturb."""
        return self._device.data.interruption_filter

    @property
    def ringer_volume(self) -> int:
        """The ringer's step, 0 to 7."""
        return self._device.data.ringer_volume

    def set_interruption_filter(self, wanted: int) -> None:
        """Begin or end do-not-disturb; open to an owner from 28 on."""
        self._record("setInterruptionFilter", wanted)
        self._throw_if_refused("setInterruptionFilter")
        if self.api < POLICY_ACCESS_API:
            raise Threw("SecurityException")
        self._device.data.interruption_filter = wanted

    def set_ringer_volume(self, step: int) -> None:
        """Set the ringer's step; from 24 on one that ends silence needs access to do-not-disturb."""
        self._record("setStreamVolume", step)
        self._throw_if_refused("setStreamVolume")
        if SILENT_THROWS_API <= self.api < POLICY_ACCESS_API and self.ringer_volume == 0:
            raise Threw("SecurityException")
        self._device.data.ringer_volume = step

    @property
    def resolved_home(self) -> str:
        """The component HOME leads to, class written out."""
        package, name = self._device.home.split("/")
        return f"{package}/{package + name if name.startswith('.') else name}"

    def set_wifi_enabled(self) -> bool:
        """Switch the radio on; refused in airplane mode from 26 on."""
        self._record("setWifiEnabled", True)  # noqa: FBT003 # Android's argument
        if self.api >= 26 and self._device.setting("global", "airplane_mode_on") == "1":
            return False
        link.set_radio(self._device, on=True, by_owner=True)
        return True

    def add_network(self, network: WifiNetwork) -> int:
        """Save a network; its id or -1, from 31 on minus the status of `AddNetworkResult`.

        WPA3 exists for apps from 30 on (Wi-Fi document 2.2), the name of an account's server from 23 on (2.5).
        """
        call = "addNetworkPrivileged" if self.api >= 31 else "addNetwork"
        self._record(call, *list_arguments(network), *list_choices(network, self.api))
        self._require(FIRST_API[network.kind])
        refused = self._refused(call)
        if refused is not None:
            return -refused
        held = hold_account(network)
        if self._drops("setDomainSuffixMatch"):
            held.pop("domain", None)
        if network.chain and not self._may_use(held["key"]):
            return -9  # UPDATE_NETWORK_KEYS
        secret = network.passphrase or network.password or held.get("key")
        if self._drops("setClientKeyPairAlias") and held.pop("key", ""):
            held["method"] = "tls"
        mine = (network.ssid, SECURITY[network.kind])
        if not link.save_network(self._device, *mine, secret, AGENT, held):
            return -5 if self.api >= 31 else -1  # INVALID_CONFIGURATION
        number = next((one.id for one in self._device.data.networks if (one.ssid, one.security) == mine), -1)
        keep_choices(self._device, number, network, self._drops)
        return number

    def _may_use(self, alias: str) -> bool:
        """Tell whether Wi-Fi is given a key by its alias."""
        key = self._device.data.keychain.get(alias)
        return key is not None and key.wifi

    def enable_network(self, number: int, *, select: bool) -> None:
        """Let Android join a network, `select`: at once; refused outside the allow-list."""
        self._record("enableNetwork", number, select)
        found = next((one.ssid for one in self._device.data.networks if one.id == number), None)
        if found is None or not link.allowed(self._device, found):
            return
        target = self._device.target
        idle = target is None or not link.would_join(self._device, target)
        if select or (idle and link.would_join(self._device, found)):
            link.start_join(self._device, found)

    def save_configuration(self) -> None:
        """Write the networks down; they are here anyway."""
        self._record("saveConfiguration")

    def reconnect(self) -> None:
        """Join again; `enable_network` has begun already."""
        self._record("reconnect")

    def remove_network(self, number: int) -> bool:
        """Forget one network."""
        self._record("removeNetwork", number)
        if self._refused("removeNetwork") is not None or (self.api <= RADIO_LISTS_API and not self.wifi_enabled):
            return False
        link.forget(self._device, number, by_owner=True)
        return True

    def remove_non_caller_networks(self) -> None:
        """Forget every network this app did not create (31+)."""
        self._require(31)
        self._record("removeNonCallerConfiguredNetworks")
        for number in [one.id for one in self._device.data.networks if one.creator != AGENT]:
            link.forget(self._device, number, by_owner=True)

    def add_user_restriction(self, name: str) -> None:
        """Set one restriction; an unknown one is dropped silently from 24 on, stored before (3.3)."""
        self._record("addUserRestriction", name)
        self._throw_if_refused("addUserRestriction")
        impose(self._device.data, self.api, name)

    def clear_user_restriction(self, name: str) -> None:
        """Lift one restriction."""
        self._record("clearUserRestriction", name)
        self._throw_if_refused("clearUserRestriction")
        lift(self._device.data, name)

    @property
    def update_window(self) -> str:
        """When system updates are installed, FROM-UNTIL in minutes of the day, or `none` (23+)."""
        self._require(23)
        return self._device.data.update_window or "none"

    @property
    def update_freezes(self) -> list[str]:
        """Days of the year without system updates, MM-DD/MM-DD each (28+)."""
        self._require(28)
        return self._device.data.update_freezes

    def set_update_window(self, window: tuple[int, int] | None, freezes: Sequence[str] = ()) -> None:
        """Install system updates in a window of the day, on some days never (28+), or whenever the system wants."""
        self._require(28 if freezes else 23)
        self._record("setSystemUpdatePolicy", *(window or (None,)), *([list(freezes)] if freezes else []))
        self._throw_if_refused("setSystemUpdatePolicy")
        self._device.data.update_window = "" if window is None else "-".join(map(str, window))
        self._device.data.update_freezes = list(freezes)

    def set_lockdown(self, *, locked: bool) -> None:
        """Lock the owner's networks: a method of its own from 30 on, the global setting before."""
        if self.api >= 30:
            self._record("setConfiguredNetworksLockdownState", locked)
        else:
            self._record("setGlobalSetting", link.LOCKDOWN, "1" if locked else "0")
        self._device.data.settings["global"][link.LOCKDOWN] = "1" if locked else "0"

    def switch_location_on(self) -> None:
        """The client API writes what holds on each release, unlike the shell's `settings` (4)."""
        if self.api >= 30:
            self._record("setLocationEnabled", True)  # noqa: FBT003 # Android's argument
        else:
            self._record("setSecureSetting", "location_mode", "3")
        secure = self._device.data.settings["secure"]
        if self.api >= 29:
            secure["location_mode"] = "3"
        else:
            secure["location_providers_allowed"] = "gps,network"

    def set_ssid_policy(self, ssids: Sequence[str] | None) -> None:
        """Allow these names only, or any; a link to another one ends at once (33+)."""
        self._require(33)
        names = list(ssids or ())
        self._record("setWifiSsidPolicy", names[0] if len(names) == 1 else names or None)
        self._device.data.allowed_ssids = names

    def grant(self, permission: str) -> bool:
        """Grant a run-time permission to this app (23+)."""
        self._require(GRANTS_API)
        self._record("setPermissionGrantState", permission)
        package = self._device.data.packages[AGENT]
        if self._refused("setPermissionGrantState") is not None or permission not in package.permissions:
            return False
        package.granted = sorted({*package.granted, permission})
        return True

    def set_grant_state(self, package: str, permission: str, state: int) -> bool:
        """Grant a permission to an app and fix it, or let go of it (23+).

        False for what the app does not ask for, for an app that is not there, and below 29 for one made for
        Android 5. An owner that may not grant is told so by an exception from 34 on.
        """
        self._require(GRANTS_API)
        self._record("setPermissionGrantState", package, permission, state)
        if self._refused("setPermissionGrantState", package) is not None:
            if self.api >= SENSORS_THROW_API:
                raise Threw("SecurityException")
            return False
        if self._drops("setPermissionGrantState", package):
            return True
        app = self._device.installed(package)
        if app is None or permission not in app.permissions or not is_defined(self._device, permission):
            return False
        if self.api < ANY_TARGET_API and app.target_sdk < GRANTS_API:
            return False
        app.fixed = sorted({*app.fixed, permission} if state == GRANTED else {*app.fixed} - {permission})
        app.granted = sorted({*app.granted, permission}) if state == GRANTED else app.granted
        return True

    def stop_lock_task(self) -> None:
        """The launcher lets go of its own lock; a pinned screen is not its own (3.2)."""
        self._record("stopLockTask")
        self._end_lock()

    def set_lock_task_packages(self, packages: Sequence[str]) -> None:
        """The allow-list (3.2).

        From 23 on one without the launcher ends lock task, from 34 on an empty one takes the features too.
        """
        self._record("setLockTaskPackages", list(packages))
        self._throw_if_refused("setLockTaskPackages")
        lock = self._device.data.lock_task
        lock.packages = order_as_set(packages) if self.api >= POLICY_ENGINE_API else list(packages)
        if AGENT not in packages and self.api >= LIST_ENDS_API:
            self._end_lock()
        if not packages and self.api >= POLICY_ENGINE_API:
            lock.features = None

    def _end_lock(self) -> None:
        lock = self._device.data.lock_task
        lock.mode = "none" if lock.mode == "locked" else lock.mode

    def set_lock_task_features(self, features: int) -> None:
        """Set what lock task leaves usable (28+)."""
        self._require(28)
        self._record("setLockTaskFeatures", features)
        self._device.data.lock_task.features = features

    def configuration(self, package: str) -> dict[str, object]:
        """The managed configuration Android holds for a package, installed or not; empty for none."""
        self._throw_if_refused("getApplicationRestrictions")
        return dict(self._device.data.configurations.get(package, {}))

    def configure(self, package: str, settings: Mapping[str, object]) -> None:
        """Replace it; an empty one clears it. Nobody is told when it could not be written (Wi-Fi document 13.1)."""
        self._record("setApplicationRestrictions", package, dict(settings))
        self._throw_if_refused("setApplicationRestrictions", package)
        if not self._drops("setApplicationRestrictions", package):
            keep_configuration(self._device.data, package, settings)

    def prefer_home(self) -> None:
        """Make the agent's launcher HOME without a chooser."""
        self._record("addPersistentPreferredActivity", HOME)
        self._throw_if_refused("addPersistentPreferredActivity")
        self._device.data.preferred_home = HOME

    def clear_preferred_home(self) -> None:
        """Give HOME back."""
        self._record("clearPackagePersistentPreferredActivities", AGENT)
        self._device.data.preferred_home = None

    def start_home(self) -> None:
        """Bring the launcher to the front, where it locks itself when it is allowed to."""
        self._record("startHome")
        if self._refused("startHome") is not None:
            return
        self._device.data.front = None
        if AGENT in self._device.data.lock_task.packages:
            self._device.data.lock_task.mode = "locked"

    def clear_user_data(self, name: str) -> bool:
        """Clear an app's data (28+); false for an app that is not there."""
        self._require(28)
        self._record("clearApplicationUserData", name)
        self._throw_if_refused("clearApplicationUserData", name)
        package = self._device.installed(name)
        if package is None or self._drops("clearApplicationUserData", name):
            return False
        package.forget_grants()
        package.stopped = True
        self._device.data.app_data.pop(name, None)
        return True

    def wipe(self) -> None:
        """Erase the tablet: a method of its own from 34 on; who holds the tablet carries it out (Wi-Fi document 6)."""
        call = "wipeDevice" if self.api >= WIPE_DEVICE_API else "wipeData"
        self._record(call)
        self._throw_if_refused(call)

    def give_up(self) -> None:
        """`clearDeviceOwnerApp`: ownership and every policy of the owner go."""
        self._record("clearDeviceOwnerApp")
        data = self._device.data
        forget_with_owner(data, self.api)
        if self.api <= ADMIN_LEFT_API and data.owner is not None:
            data.admins = sorted({*data.admins, data.owner})
        data.owner, data.restrictions, data.allowed_ssids = None, [], []
        for package in data.packages.values():
            package.fixed = []
        data.preferred_home = None
        data.lock_task, data.update_window, data.update_freezes = type(data.lock_task)(), "", []

    def remove_active_admin(self) -> bool:
        """Take this app's administration away; an owner's stays, in silence (packages document 6.5)."""
        self._record("removeActiveAdmin")
        if self.is_owner or self._refused("removeActiveAdmin") is not None:
            return False
        self._device.data.admins = [one for one in self._device.data.admins if one.partition("/")[0] != AGENT]
        return True
