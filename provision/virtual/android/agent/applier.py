"""Brings the tablet to a policy, row by row, and says what it finds (contract 9 and 10)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from provision.virtual.android.agent import rows
from provision.virtual.android.agent.configuring import Configuring
from provision.virtual.android.agent.door import Door
from provision.virtual.android.agent.granting import Granting, NotWithdrawn
from provision.virtual.android.agent.networks import HELD, NOT_SAVED, Networks, NotForgotten
from provision.virtual.android.agent.owner import EVERYTHING, FINE, LOUDEST, AndroidOwner
from provision.virtual.android.agent.owner_calls import Threw
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.policy import BLOCK_START_IN_TASK, HOME, NOTIFICATIONS, Policy
from provision.virtual.android.agent.reading import Refused
from provision.virtual.android.agent.results import Result, Results
from provision.virtual.android.agent.rows import Row

ONE_TASK = "Android 5 locks one task: apps that open their own are refused"
WANTED = {
    rows.PERMISSION: "granted",
    rows.GRANTS: "granted",
    rows.SWITCH: "on",
    rows.RADIO: "on",
    rows.LOCKDOWN: "on",
    rows.NETWORK: "saved",
    **HELD,
    rows.NETWORKS: "0",
    rows.JOINED: "joined",
    rows.ALLOW_LIST: "hospital-only",
    rows.HOME: HOME,
    rows.ALERTS: "on",
    rows.IN_TASK: "closed",
    rows.SILENCE: "off",
    rows.RINGER: "loud",
    rows.RUNNING: "locked",
}
"""What each row wants; a restriction wants `set`, the kiosk's packages their list."""


class Applier:
    """One policy on one tablet.

    Args:
        owner: Android.
        store: the agent's private storage.
        policy: the desired state, with its secrets for `apply`.
        results: of the last apply for `report`, empty ones for `apply`.
        door: ends lock task.
        compares_sets: whether packages are compared as a set, as by agents since version code 3.
    """

    def __init__(
        self,
        owner: AndroidOwner,
        store: dict[str, str],
        policy: Policy,
        results: Results,
        door: Door,
        *,
        compares_sets: bool = True,
    ) -> None:
        self._owner, self._policy, self._results = owner, policy, results
        self._door, self._compares_sets, self._not_undone = door, compares_sets, ""
        self._networks = Networks(owner, store, policy, results)
        self._applications = Configuring(owner, store, policy.applications, results)
        self._grants = Granting(owner, store, policy.grants, results)

    def apply(self) -> None:
        """Undo what is not wanted, then do what is; a row that fails never stops another one.

        Raises:
            Refused: `failed`, when all was done, for what could not be undone: no row tells it.
        """
        self._undo(everything=False)
        for row in rows.ROWS:
            if self._policy.wants(row) and row.is_supported(self._owner.api):
                try:
                    self._carry_out(row)
                except Threw as error:
                    self._results.fail(row, str(error))
        self._require_undone()

    def _undo(self, *, everything: bool) -> None:
        """Undo rows from the last to the first: all, or those of controls the policy does not want.

        Android itself lets go of permissions the owner fixed, with the owner.
        """
        for row in reversed(rows.ROWS):
            due = row is not rows.GRANTS if everything else not self._policy.wants(row)
            if due and row.is_supported(self._owner.api):
                try:
                    self._undo_row(row)
                except (Threw, NotForgotten, NotWithdrawn) as error:
                    self._not_undone = self._not_undone or f"{row.part}: {error}"

    def _require_undone(self) -> None:
        if self._not_undone:
            raise Refused("failed", f"not undone: {self._not_undone}")

    def report(self, *, lies: bool = False, known: int = rows.VERSION) -> list[dict[str, object]]:
        """One object for each row of a wanted control; an agent that `lies` finds everything as wanted.

        `known`: version of the table that the station has; it is told of no row that came later.
        """
        told = [row for row in rows.ROWS if self._policy.wants(row) or (self._is_left(row) and not lies)]
        return [self._describe(row, lies=lies) for row in told if row.since <= known]

    def undo_everything(self) -> None:
        """For a release.

        Raises:
            Threw: configuration of an app could not be cleared; the agent must stay owner.
            Refused: something else of this agent would stay.
        """
        self._undo(everything=True)
        self._applications.require_cleared()
        self._require_undone()

    def _is_left(self, row: Row) -> bool:
        """Tell whether an unwanted row is told all the same: what could not be undone."""
        return row is rows.CONFIGURATION and self._applications.is_left

    def _carry_out(self, row: Row) -> None:
        first: dict[Row, Callable[[], None]] = {
            rows.PERMISSION: self._networks.grant_location,
            rows.SWITCH: self._switch_location_on,
            rows.RADIO: self._networks.switch_radio_on,
            rows.NETWORK: self._networks.save,
            **{each: partial(self._networks.prove, each) for each in HELD},
            rows.NETWORKS: self._networks.remove_others,
            rows.CONFIGURATION: self._applications.configure,
            rows.GRANTS: self._grants.grant,
            rows.JOINED: lambda: None,
            rows.ALERTS: lambda: None,
            rows.IN_TASK: lambda: None,
            rows.FREEZES: lambda: None,
            rows.SILENCE: self._end_silence,
            rows.RINGER: self._turn_up,
            rows.RUNNING: self._start_lock_task,
        }
        later: dict[Row, tuple[str, Callable[[], None]]] = {
            rows.LOCKDOWN: (self._lockdown_call(), lambda: self._owner.set_lockdown(locked=True)),
            rows.ALLOW_LIST: ("setWifiSsidPolicy", lambda: self._owner.set_ssid_policy(self._policy.ssids)),
            rows.HOME: ("addPersistentPreferredActivity", self._owner.prefer_home),
            rows.UPDATES: ("setSystemUpdatePolicy", self._hold_updates),
            rows.PACKAGES: ("setLockTaskPackages", self._allow_lock_task),
            rows.FEATURES: (
                "setLockTaskFeatures",
                lambda: self._owner.set_lock_task_features(self._policy.lock_task_features),
            ),
        }
        if row in first:
            first[row]()
        elif row.control.startswith("wifi.") and not self._results.at(rows.NETWORK).applied:
            self._results.fail(row, NOT_SAVED)
        else:
            call, run = later.get(row) or ("addUserRestriction", lambda: self._restrict(row))
            self._results.calling(row, call)
            run()
            self._results.settle(row, taken=True)
            if row is rows.PACKAGES and self._owner.api <= 22 and self._policy.packages:
                self._results.at(row).error = ONE_TASK

    def _lockdown_call(self) -> str:
        return "setConfiguredNetworksLockdownState" if self._owner.api >= 30 else "setGlobalSetting"

    def _restrict(self, row: Row) -> None:
        self._owner.add_user_restriction(row.restriction or "")

    def _switch_location_on(self) -> None:
        if not self._owner.location_enabled:
            self._results.calling(rows.SWITCH, "setLocationEnabled" if self._owner.api >= 30 else "setSecureSetting")
            self._owner.switch_location_on()
        self._results.settle(rows.SWITCH, taken=True)

    def _allow_lock_task(self) -> None:
        self._owner.set_lock_task_packages(self._policy.lock_task_packages)

    def _start_lock_task(self) -> None:
        """The launcher makes the call, once it is in front: only a lock that is seen was begun."""
        self._owner.start_home()
        if self._owner.lock_task_mode != "locked":
            self._results.fail(rows.RUNNING, "lock task did not begin")
            return
        self._results.calling(rows.RUNNING, "startLockTask")
        self._results.settle(rows.RUNNING, taken=True)

    def _end_silence(self) -> None:
        if self._owner.interruption_filter != EVERYTHING:
            self._results.calling(rows.SILENCE, "setInterruptionFilter")
            self._owner.set_interruption_filter(EVERYTHING)
        self._results.settle(rows.SILENCE, taken=True)

    def _turn_up(self) -> None:
        wanted = max(self._ringer_floor, min(self._owner.ringer_volume, self._ringer_ceiling))
        if self._owner.ringer_volume != wanted:
            self._results.calling(rows.RINGER, "setStreamVolume")
            self._owner.set_ringer_volume(wanted)
        self._results.settle(rows.RINGER, taken=True)

    @property
    def _ringer_floor(self) -> int:
        return -(-self._policy.ringer_percent * LOUDEST // 100)

    @property
    def _ringer_ceiling(self) -> int:
        return max(self._ringer_floor, self._policy.ringer_most * LOUDEST // 100)

    def _hear_ringer(self) -> str:
        step = self._owner.ringer_volume
        return "low" if step < self._ringer_floor else "high" if step > self._ringer_ceiling else "loud"

    def _undo_row(self, row: Row) -> None:
        """Only what is found set."""
        undone: dict[Row, Callable[[], None]] = {
            rows.NETWORK: self._networks.forget,
            rows.LOCKDOWN: self._networks.unlock,
            rows.ALLOW_LIST: self._allow_every_network,
            rows.CONFIGURATION: self._applications.clear,
            rows.GRANTS: self._grants.withdraw,
            rows.UPDATES: self._let_updates_go,
            rows.PACKAGES: self._end_lock_task,
            rows.HOME: self._give_home_back,
        }
        if row in undone:
            undone[row]()
        elif row.restriction in self._owner.restrictions:
            self._owner.clear_user_restriction(row.restriction)

    def _allow_every_network(self) -> None:
        if self._owner.allowed_ssids:
            self._owner.set_ssid_policy(None)

    def _hold_updates(self) -> None:
        known = rows.FREEZES.is_supported(self._owner.api)
        self._owner.set_update_window(self._policy.updates, self._policy.freezes if known else ())

    def _let_updates_go(self) -> None:
        if self._owner.update_window != "none":
            self._owner.set_update_window(None)

    def _end_lock_task(self) -> None:
        if self._owner.lock_task_packages([AGENT]):
            self._door.end_lock_task()

    def _give_home_back(self) -> None:
        if self._owner.resolved_home == HOME:
            self._owner.clear_preferred_home()

    def _describe(self, row: Row, *, lies: bool) -> dict[str, object]:
        api, wanted = self._owner.api, self._wanted(row)
        supported = row.is_supported(api)
        result = self._results.at(row) if supported else Result()
        observed = None if not supported else wanted if lies else self._observe(row)
        return {
            "row": row.number,
            "control": row.control,
            "part": row.part,
            "wanted": wanted,
            "applied": wanted if result.applied or (lies and supported) else None,
            "observed": observed,
            "assurance": "unknown" if observed == "unknown" else row.assurance(api),
            "api": result.api,
            "error": result.error,
        }

    def _wanted(self, row: Row) -> str:
        if row is rows.PACKAGES:
            return ",".join(self._policy.lock_task_packages)
        if row is rows.CONFIGURATION:
            return self._applications.wanted
        if row is rows.FEATURES:
            return str(self._policy.lock_task_features)
        if row is rows.UPDATES and self._policy.updates is not None:
            return "-".join(map(str, self._policy.updates))
        if row is rows.FREEZES:
            return ",".join(self._policy.freezes)
        return WANTED.get(row, "set")

    def _observe(self, row: Row) -> str:
        if row.restriction is not None:
            return "set" if row.restriction in self._owner.restrictions else "clear"
        owner = self._owner
        observe: dict[Row, Callable[[], str]] = {
            rows.PERMISSION: lambda: "granted" if owner.is_permission_granted(FINE) else "denied",
            rows.SWITCH: lambda: _on(is_on=owner.location_enabled),
            rows.RADIO: lambda: _on(is_on=owner.wifi_enabled),
            rows.NETWORK: self._networks.observe_network,
            **{each: partial(self._networks.observe_held, each) for each in HELD},
            rows.NETWORKS: self._networks.observe_others,
            rows.JOINED: self._networks.observe_join,
            rows.LOCKDOWN: lambda: _on(is_on=owner.lockdown),
            rows.ALLOW_LIST: self._networks.observe_allow_list,
            rows.CONFIGURATION: self._observe_configuration,
            rows.GRANTS: self._grants.observe,
            rows.HOME: lambda: owner.resolved_home,
            rows.UPDATES: lambda: owner.update_window,
            rows.FREEZES: lambda: ",".join(owner.update_freezes) or "none",
            rows.PACKAGES: self._observe_packages,
            rows.FEATURES: lambda: str(owner.lock_task_features),
            rows.RUNNING: lambda: owner.lock_task_mode,
            rows.IN_TASK: lambda: "closed" if owner.lock_task_features & BLOCK_START_IN_TASK else "open",
            rows.ALERTS: lambda: _on(is_on=bool(owner.lock_task_features & NOTIFICATIONS)),
            rows.SILENCE: lambda: _on(is_on=owner.interruption_filter != EVERYTHING),
            rows.RINGER: self._hear_ringer,
        }
        return observe[row]()

    def _observe_packages(self) -> str:
        """The wanted order where the packages are the wanted ones: from 34 on they come back as a set."""
        wanted = self._policy.lock_task_packages
        held = self._owner.lock_task_packages(wanted)
        if not self._compares_sets:
            return ",".join(held)
        return ",".join(wanted if set(held) == set(wanted) else sorted(held))

    def _observe_configuration(self) -> str:
        try:
            return self._applications.observe()
        except Threw:
            return "unknown"


def _on(*, is_on: bool) -> str:
    return "on" if is_on else "off"
