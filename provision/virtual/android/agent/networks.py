"""The Wi-Fi rows: the hospital network saved by the owner, others removed, both kept so (contract 10)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from provision.virtual.android.agent import rows
from provision.virtual.android.agent.accounts import list_differing
from provision.virtual.android.agent.choices import find_saved
from provision.virtual.android.agent.network_keys import KeyKept, NetworkKeys
from provision.virtual.android.agent.owner import FINE, AndroidOwner
from provision.virtual.android.agent.policy import Policy
from provision.virtual.android.agent.reading import write_json
from provision.virtual.android.agent.results import Results
from provision.virtual.android.agent.rows import Row
from provision.virtual.android.agent.wifi_network import WifiNetwork

BACKGROUND = "android.permission.ACCESS_BACKGROUND_LOCATION"
SAVED = "wifi.networks"
"""Name and id of the networks this agent saved; ids may change over a reboot from 26 on."""

OWN_ID, OWN_NAME = "wifi.id", "wifi.ssid"
"""Where agents before 0.4.0 kept id and name of the only one."""

HELD = {rows.WIFI_ACCOUNT: "pinned", rows.FACTORY_MAC: "factory", rows.PROXY: "set"}
"""What is reported where Android holds all of it as given."""

NOT_SAVED = "skipped: the hospital network is not saved"
HIDDEN_LIST = "the list of networks is empty: location off or not granted"


class NotForgotten(Exception):
    """The hospital's network would stay on the tablet; the message says why."""


def remember_name(store: dict[str, str], earlier: Policy) -> None:
    """An agent that kept the id alone takes the name from the policy it had."""
    if OWN_ID in store and OWN_NAME not in store and earlier.networks is not None:
        store[OWN_NAME] = earlier.networks[0].ssid


class Networks:
    """Carries out and reads the Wi-Fi rows of one policy."""

    def __init__(self, owner: AndroidOwner, store: dict[str, str], policy: Policy, results: Results) -> None:
        self._owner, self._store, self._policy, self._results = owner, store, policy, results
        self._keys = NetworkKeys(owner, store)

    def grant_location(self) -> None:
        """Listing networks needs the permission from 29 on, reading the joined one from 28 on."""
        self._results.calling(rows.PERMISSION, "setPermissionGrantState")
        taken = self._owner.grant(FINE)
        if self._owner.api >= 29:
            taken = self._owner.grant(BACKGROUND) and taken
        self._results.settle(rows.PERMISSION, taken=taken)

    def switch_radio_on(self) -> None:
        """Only when it is off."""
        if self._owner.wifi_enabled:
            self._results.settle(rows.RADIO, taken=True)
        else:
            self._results.calling(rows.RADIO, "setWifiEnabled")
            self._results.settle(rows.RADIO, taken=self._owner.set_wifi_enabled())

    def save(self) -> None:
        """Save the networks, select the first; up to 30 an entry of the same name somebody else made goes before."""
        if self._owner.api <= 30:
            self._remove_same_name()
        if self._owner.allowed_ssids and not set(self._policy.ssids) <= set(self._owner.allowed_ssids):
            self._owner.set_ssid_policy(None)  # of an earlier policy: Android would refuse to select a new name
        numbers = []
        for network in self._policy.networks or ():
            obstacle = self._keys.prepare(network, self._results) if network.chain else None
            if obstacle is not None:
                self._results.fail(rows.NETWORK, obstacle)
                return
            self._results.calling(rows.NETWORK, "addNetworkPrivileged" if self._owner.api >= 31 else "addNetwork")
            number = self._owner.add_network(network)
            if number < 0:
                self._results.fail(rows.NETWORK, f"status {-number}" if self._owner.api >= 31 else "refused")
                return
            self._keep(self._saved | {network.ssid: str(number)})
            numbers.append(number)
        self._remove_earlier_kinds(numbers)
        for number in numbers:  # to 25 the selected one switches every other one off
            self._owner.enable_network(number, select=number == numbers[0])
        self._save_if_old()
        self._keep({name: kept for name, kept in self._saved.items() if name in self._policy.ssids})
        self._owner.reconnect()
        self._results.settle(rows.NETWORK, taken=True)

    def remove_others(self) -> None:
        """Never before the hospital network is saved: the tablet would be left without any."""
        if not self._results.at(rows.NETWORK).applied:
            self._results.fail(rows.NETWORKS, NOT_SAVED)
        elif self._owner.api >= 31:
            self._results.calling(rows.NETWORKS, "removeNonCallerConfiguredNetworks")
            self._owner.remove_non_caller_networks()
            own = self._owner.list_networks(own=True)
            earlier = [number for number, ssid in own if ssid not in self._policy.ssids]
            removed = [self._owner.remove_network(one) for one in earlier]
            self._results.settle(rows.NETWORKS, taken=all(removed))
            if not self._are_all(self._names(own=True)):
                self.save()  # the add had updated somebody else's entry, which is gone now
        else:
            self._remove_one_by_one()
        if self._results.at(rows.NETWORKS).applied:
            self._remove_other_keys()

    def _remove_other_keys(self) -> None:
        try:
            self._keys.forget_others([network.ssid for network in self._policy.networks or () if network.chain])
        except KeyKept as error:
            self._results.fail(rows.NETWORKS, str(error))

    def unlock(self) -> None:
        """Undo of the lockdown."""
        if self._owner.lockdown:
            self._owner.set_lockdown(locked=False)

    def forget(self) -> None:
        """Remove the networks this agent saved, by name, and look whether they are gone.

        Raises:
            NotForgotten: one is still there, or nobody can tell.
        """
        self._forget_saved()
        try:
            self._keys.forget_others(())
        except KeyKept as error:
            raise NotForgotten(str(error)) from error

    def _forget_saved(self) -> None:
        saved = set(self._saved)
        if not saved:
            return
        self._make_visible()
        for number, name in self._ours():
            if name in saved:
                self._owner.remove_network(number)
        self._save_if_old()
        if saved & {name for _, name in self._ours()}:
            raise NotForgotten("Android keeps it")
        for kept in (SAVED, OWN_ID, OWN_NAME):
            self._store.pop(kept, None)

    @property
    def _saved(self) -> dict[str, str]:
        """Id by name of the networks this agent saved."""
        older = {self._store[OWN_NAME]: self._store.get(OWN_ID, "")} if OWN_NAME in self._store else {}
        return older | dict(json.loads(self._store.get(SAVED, "{}")))

    def _keep(self, saved: dict[str, str]) -> None:
        self._store[SAVED] = write_json(saved)
        for older in (OWN_ID, OWN_NAME):
            self._store.pop(older, None)

    def _make_visible(self) -> None:
        """The list is empty to 25 while the radio is off, on 29 and 30 without location.

        Raises:
            NotForgotten: it cannot be made to tell the truth.
        """
        if self._owner.api <= 25 and not self._owner.wifi_enabled and not self._owner.set_wifi_enabled():
            raise NotForgotten("the list of networks is empty while Wi-Fi is off")
        if self._owner.api not in {29, 30}:
            return
        if not self._owner.location_enabled:
            self._owner.switch_location_on()
        if not self._owner.sees_places:
            raise NotForgotten("the list of networks is hidden without location")

    def observe_network(self) -> str:
        """`saved`, `missing` or `unknown`."""
        names = self._names(own=self._owner.api >= 31)
        if not names and self._owner.api in {29, 30}:
            return "unknown"
        return "saved" if self._are_all(names) else "missing"

    def prove(self, row: Row) -> None:
        """Read back whether Android holds the networks as given, in what a row is about."""
        observed = self.observe_held(row)
        if not self._results.at(rows.NETWORK).applied:
            self._results.fail(row, NOT_SAVED)
        elif observed == HELD[row]:
            self._results.settle(row, taken=True)
        else:
            self._results.fail(row, f"not held: {observed}")

    def observe_held(self, row: Row) -> str:
        """What is wanted, what differs as `N.FIELD` joined by `,`, or `unknown`."""
        listed = self._names(own=self._owner.api >= 31)
        if not listed and self._owner.api in {29, 30}:
            return "unknown"
        differing = [
            f"{number}.{name}"
            for number, network in enumerate(self._policy.networks or ())
            for name in self._list_differing(row, network, listed)
        ]
        return ",".join(differing) or HELD[row]

    def _list_differing(self, row: Row, network: WifiNetwork, listed: Sequence[str]) -> Iterator[str]:
        held = find_saved(self._owner.device, network.ssid) if network.ssid in listed else None
        if row is rows.WIFI_ACCOUNT and network.account:
            keys = self._keys.list_differing(network) if network.chain else []
            yield from dict.fromkeys((*list_differing(network, held.account if held else {}), *keys))
        if row is rows.FACTORY_MAC and network.factory_mac and not (held and held.factory_mac):
            yield "mac"
        if row is rows.PROXY and network.proxy and not (held and held.proxy == network.proxy):
            yield "proxy"

    def observe_others(self) -> str:
        """Count of other networks; an empty list proves nothing: Android hides it without location."""
        listed = self._owner.list_networks()
        foreign = sum(name not in self._policy.ssids for _, name in listed)
        ours = {(name, number) for number, name in listed if name in self._policy.ssids}
        return str(foreign + len(ours) - len({name for name, _ in ours})) if listed else "unknown"

    def observe_join(self) -> str:
        """`joined`, `other`, `none` or `unknown`."""
        joined = self._owner.joined_ssid
        if joined is None:
            return "unknown"
        return "none" if not joined else "joined" if joined in self._policy.ssids else "other"

    def observe_allow_list(self) -> str:
        """`hospital-only`, or how many names."""
        allowed = self._owner.allowed_ssids
        return "hospital-only" if set(allowed) == set(self._policy.ssids) else f"{len(allowed)} names"

    def _ours(self) -> list[tuple[int, str]]:
        """Those among which the agent's own are: from 31 on Android tells them apart."""
        return self._owner.list_networks(own=self._owner.api >= 31)

    def _are_all(self, names: Sequence[str]) -> bool:
        return set(self._policy.ssids) <= set(names)

    def _names(self, *, own: bool = False) -> list[str]:
        return [ssid for _, ssid in self._owner.list_networks(own=own)]

    def _remove_earlier_kinds(self, numbers: Sequence[int]) -> None:
        """Android keeps an entry of the same name with another security beside the new one, and would join it."""
        for number, ssid in self._ours():
            if ssid in self._policy.ssids and number not in numbers:
                self._owner.remove_network(number)

    def _remove_same_name(self) -> None:
        own = {*self._saved.items()}
        for number, ssid in self._owner.list_networks():
            mine = (ssid, str(number)) in own or str(number) == self._store.get(OWN_ID)
            if ssid in self._policy.ssids and not mine:
                self._owner.remove_network(number)

    def _remove_one_by_one(self) -> None:
        networks = self._owner.list_networks()
        if not self._are_all([ssid for _, ssid in networks]):
            self._results.fail(rows.NETWORKS, HIDDEN_LIST)
            return
        foreign = [number for number, ssid in networks if ssid not in self._policy.ssids]
        self._results.calling(rows.NETWORKS, "removeNetwork" if foreign else None)
        answers = [self._owner.remove_network(number) for number in foreign]
        if answers:
            self._save_if_old()
        self._results.settle(rows.NETWORKS, taken=all(answers))

    def _save_if_old(self) -> None:
        """Up to 25 nothing stays over a reboot unless it is saved."""
        if self._owner.api <= 25:
            self._owner.save_configuration()
