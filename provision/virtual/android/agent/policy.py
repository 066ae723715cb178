"""The full desired state of one tablet (contract 7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from provision.virtual.android.agent import rows
from provision.virtual.android.agent.applications import Settings, read_applications
from provision.virtual.android.agent.grants import read_grants
from provision.virtual.android.agent.packages import AGENT, MOST_PACKAGES, PACKAGE
from provision.virtual.android.agent.reading import Fields, Refused, read_json, write_json
from provision.virtual.android.agent.rows import Row
from provision.virtual.android.agent.ward import read_family, read_outside, read_screen, read_staff
from provision.virtual.android.agent.wifi_network import LINE, OpenSecret, WifiNetwork, read_network

HOME = f"{AGENT}/{AGENT}.screen.HomeActivity"
LOCK_TASK_FEATURES, NOTIFICATIONS, BLOCK_START_IN_TASK = 21, 2, 64
"""HOME 4 + SYSTEM_INFO 1 + GLOBAL_ACTIONS 16 (Wi-Fi document 3.2)."""

MOST_NETWORKS, MOST_PARTS = 16, 40
ALL_BYTES = range(20, 65)
"""Lengths of a maintenance secret."""

DAY = "(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
FREEZE = f"{DAY}/{DAY}"


@dataclass(frozen=True)
class Policy:
    """One policy; a section that is None is not wanted.

    Attributes:
        asset: `id`, `ward`, `hotline`, `colour`.
        networks: the hospital's, the first one first.
        packages: apps of the kiosk beside the agent.
        applications: managed configuration by package.
        secret: None in a policy read back from the store, which keeps no secrets.
        grants: run-time permissions by package.
        in_task: whether an app of the kiosk may start no foreign screen in its own task.
        updates: when system updates are installed, FROM-UNTIL in minutes of the day.
        freezes: days of the year on which none are, MM-DD/MM-DD.
        closed: parts that nobody may use, by member of the policy.
        alerts: whether the kiosk lets notifications through.
        ringer_percent: least volume of the ringer, 0 where nothing is said of it.
        ringer_most: its most.
        family: whom the patient calls with one touch.
        stay: number of the stay that the family belongs to, 0 for none.
        outside: the rule for a tablet that left; empty for none.
        staff_minutes: of staff mode without a touch, 0 where there is none.
        screen: real size of the launcher's screen, when it comes back, how apps are called.
    """

    asset: dict[str, str]
    language: str
    networks: tuple[WifiNetwork, ...] | None
    packages: tuple[str, ...] | None
    location: bool
    frozen: bool
    tries: int
    applications: dict[str, Settings] | None = None
    secret: bytes | None = None
    grants: dict[str, list[str]] | None = None
    closed: dict[str, list[str]] = field(default_factory=dict)
    alerts: bool = False
    ringer_percent: int = 0
    updates: tuple[int, int] | None = None
    family: tuple[dict[str, str], ...] = ()
    staff_minutes: int = 0
    in_task: bool = False
    outside: dict[str, Any] = field(default_factory=dict)
    stay: int = 0
    screen: dict[str, object] = field(default_factory=dict)
    ringer_most: int = 100
    freezes: tuple[str, ...] = ()

    @property
    def outside_minutes(self) -> int:
        """Of use without a network until the tablet counts as outside, 0 where it never does."""
        return int(self.outside.get("minutes", 0))

    @property
    def wipe_days(self) -> int:
        """Days outside after which it erases itself, 0 where it never does."""
        return int(self.outside.get("wipe", {}).get("days", 0))

    @property
    def lock_task_features(self) -> int:
        """Features that lock task leaves usable."""
        more = (NOTIFICATIONS if self.alerts else 0) | (BLOCK_START_IN_TASK if self.in_task else 0)
        return LOCK_TASK_FEATURES | more

    @property
    def ssids(self) -> list[str]:
        """Names of the hospital's networks."""
        return [network.ssid for network in self.networks or ()]

    @property
    def lock_task_packages(self) -> list[str]:
        """The allow-list of lock task: the agent first, since its launcher is HOME."""
        return [] if self.packages is None else [AGENT, *self.packages]

    def wants(self, row: Row) -> bool:
        """Tell whether a row stands in the report, and is done."""
        if row.member is not None:
            return row.part in self.closed.get(row.member, ())
        controls = {
            rows.WIFI: self.networks is not None,
            rows.OTHERS: self.networks is not None,
            rows.KIOSK: self.packages is not None,
            rows.LOCATION: self.location,
            rows.APPS: self.applications is not None,
            rows.ALERTS.control: self.alerts,
            rows.RINGER.control: self.ringer_percent > 0,
            rows.UPDATES.control: self.updates is not None,
            rows.IN_TASK.control: self.in_task,
        }
        networks = self.networks or ()
        parts = {
            rows.FROZEN: self.frozen,
            rows.GRANTS: self.grants is not None,
            rows.WIFI_ACCOUNT: any(network.account for network in networks),
            rows.FACTORY_MAC: any(network.factory_mac for network in networks),
            rows.PROXY: any(network.proxy for network in networks),
            rows.FREEZES: bool(self.freezes),
        }
        return parts.get(row, controls[row.control])

    def stored(self) -> str:
        """The policy as JSON without its secrets."""
        body: dict[str, object] = {"asset": self.asset, "language": self.language}
        if self.networks is not None:
            body["networks"] = [network.stored() for network in self.networks]
        if self.packages is not None:
            body["kiosk"] = {"packages": list(self.packages)}
        if self.alerts:
            body["alerts"] = {"kiosk": True}
        if self.ringer_percent:
            most = {} if self.ringer_most == 100 else {"most": self.ringer_most}
            body["ringer"] = {"percent": self.ringer_percent, **most}
        if self.location:
            body["location"] = {"on": True, "frozen": self.frozen}
        if self.applications is not None:
            body["applications"] = self.applications
        if self.grants is not None:
            body["grants"] = self.grants
        if self.in_task:
            body["in_task"] = {"closed": True}
        if self.updates is not None:
            freezes = {"freezes": list(self.freezes)} if self.freezes else {}
            body["updates"] = dict(zip(("from", "until"), self.updates, strict=True)) | freezes
        return write_json(body | self._stored_ward() | self.closed | {"maintenance": {"tries": self.tries}})

    def _stored_ward(self) -> dict[str, object]:
        """The members about the people of a ward."""
        members: dict[str, object] = {
            "family": list(self.family),
            "stay": self.stay,
            "outside": self.outside,
            "staff": {"minutes": self.staff_minutes} if self.staff_minutes else None,
            "screen": self.screen,
        }
        return {name: value for name, value in members.items() if value}


def read_stored(text: str) -> Policy:
    """A policy that `Policy.stored` wrote."""
    return read_policy(Fields(read_json(text), "policy", "order-invalid"), None)


def read_policy(body: Fields, secrets: OpenSecret | None) -> Policy:
    """Read the body of an order.

    Raises:
        Refused: `order-invalid` with the place, `session-unknown`.
    """
    asset = _read_asset(body.child("asset"))
    language = body.text("language", "fr|en")
    networks = _read_networks(body, secrets)
    packages = _read_kiosk(body)
    alerts, ringer, most = _read_calls(body)
    on, frozen = _read_location(body)
    applications, grants = read_applications(body), read_grants(body)
    closed, (updates, freezes) = _read_closed(body), _read_updates(body)
    family, minutes = tuple(read_family(body, packages, secrets)), read_staff(body, secrets)
    in_task, screen = _read_in_task(body), read_screen(body, packages)
    stay = body.number("stay", 1, 1_000_000) if body.has("stay") else 0
    watched, ordered = packages is not None and networks is not None and on, secrets is not None
    outside = read_outside(body, watched=watched, ordered=ordered)
    tries, secret = _read_maintenance(body.child("maintenance"), secrets)
    body.end()
    if in_task and packages is None:
        raise Refused("order-invalid", "order.body.in_task: closed needs kiosk")
    if alerts and packages is None:
        raise Refused("order-invalid", "order.body.alerts: kiosk needs kiosk")
    if frozen and not on:
        raise Refused("order-invalid", "order.body.location: frozen needs on")
    kept = (applications, secret, grants, closed, alerts, ringer, updates, family, minutes, in_task, outside, stay)
    policy = Policy(asset, language, networks, packages, on, frozen, tries, *kept, ringer_most=most, screen=screen)
    return replace(policy, freezes=freezes)


def _read_asset(asset: Fields) -> dict[str, str]:
    forms = {"id": "[A-Z0-9]{1,8}-[0-9]{1,8}", "ward": LINE, "hotline": LINE, "colour": "#[0-9A-F]{6}"}
    found = {name: asset.text(name, form) for name, form in forms.items()}
    asset.end()
    return found


def _read_networks(body: Fields, secrets: OpenSecret | None) -> tuple[WifiNetwork, ...] | None:
    """`networks`, or `wifi`: one WPA2 network, all that protocols 1 to 3 can say."""
    only: tuple[WifiNetwork, ...] = ()
    if body.has("wifi"):
        wifi = body.child("wifi")
        wifi.text("security", "wpa2-psk")
        only = (read_network(wifi, secrets, "wifi"),)
    if not body.has("networks"):
        return only or None
    if only:
        raise Refused("order-invalid", "order.body.networks: not with wifi")
    found: list[WifiNetwork] = []
    for each in body.children("networks", MOST_NETWORKS):
        network = read_network(each, secrets, f"networks.{len(found)}")
        if network.ssid in [one.ssid for one in found]:
            raise Refused("order-invalid", f"order.body.networks.{len(found)}.ssid: there already")
        found.append(network)
    return tuple(found)


def _read_kiosk(body: Fields) -> tuple[str, ...] | None:
    if not body.has("kiosk"):
        return None
    kiosk = body.child("kiosk")
    packages = kiosk.texts("packages", PACKAGE, MOST_PACKAGES)
    kiosk.end()
    if AGENT in packages:
        raise Refused("order-invalid", "order.body.kiosk.packages: the agent is always in it")
    return tuple(packages)


def _read_calls(body: Fields) -> tuple[bool, int, int]:
    """Whether notifications are let through, and the least and the most volume of the ringer in per cent."""
    alerts, percent, most = False, 0, 100
    if body.has("alerts"):
        shown = body.child("alerts")
        alerts = shown.flag("kiosk")
        shown.end()
    if body.has("ringer"):
        ringer = body.child("ringer")
        percent = ringer.number("percent", 10, 100)
        most = ringer.number("most", 10, 100) if ringer.has("most") else most
        ringer.end()
        if most < percent:
            raise Refused("order-invalid", "order.body.ringer: most is below percent")
    return alerts, percent, most


def _read_location(body: Fields) -> tuple[bool, bool]:
    """On, frozen."""
    if not body.has("location"):
        return False, False
    location = body.child("location")
    on, frozen = location.flag("on"), location.flag("frozen")
    location.end()
    return on, frozen


def _read_in_task(body: Fields) -> bool:
    if not body.has("in_task"):
        return False
    starts = body.child("in_task")
    closed = starts.flag("closed")
    starts.end()
    return closed


def _read_updates(body: Fields) -> tuple[tuple[int, int] | None, tuple[str, ...]]:
    """Minutes of the day, and days of the year without updates."""
    if not body.has("updates"):
        return None, ()
    window = body.child("updates")
    first, last = window.number("from", 0, 1439), window.number("until", 0, 1439)
    freezes = tuple(window.texts("freezes", FREEZE, 6)) if window.has("freezes") else ()
    if window.has("freezes") and not freezes:
        raise Refused("order-invalid", "order.body.updates: freezes is empty")
    window.end()
    if first == last:
        raise Refused("order-invalid", "order.body.updates: from and until differ")
    return (first, last), freezes


def _read_closed(body: Fields) -> dict[str, list[str]]:
    """Parts by member of the policy: some of those that the table gives it."""
    found: dict[str, list[str]] = {}
    for member, known in rows.CLOSED_PARTS.items():
        if body.has(member):
            found[member] = body.texts(member, "[a-z][a-z-]{1,40}", MOST_PARTS)
            if not found[member] or not known.issuperset(found[member]):
                raise Refused("order-invalid", f"order.body.{member}: expected some of {','.join(sorted(known))}")
    return found


def _read_maintenance(maintenance: Fields, secrets: OpenSecret | None) -> tuple[int, bytes | None]:
    """Wrong answers before the lock-out, and the secret."""
    tries = maintenance.number("tries", 3, 10)
    secret = None if secrets is None else secrets(maintenance, "secret", "maintenance.secret")
    maintenance.end()
    if secret is not None and len(secret) not in ALL_BYTES:
        raise Refused("order-invalid", "order.body.maintenance.secret: 20 to 64 bytes")
    return tries, secret
