"""The orders a station gives (contract 6), carried out on the tablet's state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provision.virtual.android.agent.absence import Absence
from provision.virtual.android.agent.applier import Applier
from provision.virtual.android.agent.choices import list_addresses
from provision.virtual.android.agent.codes import CodeLock
from provision.virtual.android.agent.door import Door
from provision.virtual.android.agent.journal import EVENTS_SINCE, TRACES, Journal
from provision.virtual.android.agent.keychain import KEYCHAIN_API
from provision.virtual.android.agent.keystore import ATTESTATION_API, KEYS_API, Keystore
from provision.virtual.android.agent.network_keys import KeyKept, NetworkKeys
from provision.virtual.android.agent.networks import remember_name
from provision.virtual.android.agent.owner import ADMIN_LEFT_API, AndroidOwner
from provision.virtual.android.agent.owner_calls import Threw
from provision.virtual.android.agent.policy import Policy, read_policy, read_stored
from provision.virtual.android.agent.reading import Fields, Refused, write_base64
from provision.virtual.android.agent.results import Results, read_results
from provision.virtual.android.agent.rows import CLOSED_PARTS, UNANNOUNCED_VERSION
from provision.virtual.android.agent.traces import Trace
from provision.virtual.android.agent.ward import MEMBERS
from provision.virtual.android.agent.wifi_network import OpenSecret, read_ssid

WORDS = frozenset({"apply", "report", "show", "drill", "lift", "clean", "prove", "request", "release"})
"""Every order; agents before version code 3 know no `lift`, those before 6 neither `prove` nor `request`."""

ADDRESSES_SINCE = 5
"""Version of the table of the first stations that read the addresses of a report."""

NOT_CARRIED_OUT = "0" * 64
"""In the place of a policy's digest while something it does not want could not be undone."""

SIGNER = "policy.signer"
"""Where the key id of who gave the policy is kept."""

ADMIN_STAYS = "not undone: admin: it stays active; Settings, Security, Device administrators"
CLEAR_API = 28
STEP, PACKAGE, SUBJECT = "challenge|answer|relock", "[a-zA-Z0-9_.]{3,200}", "[ -~]{1,64}"
Result = dict[str, object]


@dataclass(frozen=True)
class Traits:
    """Additions of a tablet's faults and its journal to the agent.

    Attributes:
        lies: whether it pretends.
        configures: whether it knows managed configuration, as agents do since version code 2.
        lets_go: whether it compares sets as sets, leaves no admin behind, knows `lift` and grants permissions, as
            agents do since 3.
        networks: whether it knows several networks, and other kinds than one of WPA2, as agents do since 4.
        closes: whether it closes what a policy lists, as agents do since 6.
        clear_traces: clears what is left outside the apps.
        note: writes an order that changes something into the journal, before it is carried out.
    """

    lies: Callable[[], bool] = lambda: False
    configures: bool = True
    lets_go: bool = True
    note: Callable[[Sequence[str]], object] = lambda _words: None
    networks: bool = True
    closes: bool = True
    clear_traces: Callable[[], list[Trace]] = list


class Duties:
    """Work of the agent, apart from who may ask.

    Args:
        owner: Android.
        store: the agent's private storage.
        codes: the maintenance code.
        door: of the kiosk.
        traits: how this tablet departs from an honest, unwatched one.

    Attributes:
        known: version of the capability table that the station has, as its last `hello` said.
    """

    def __init__(
        self, owner: AndroidOwner, store: dict[str, str], codes: CodeLock, door: Door, traits: Traits | None = None
    ) -> None:
        self._owner, self._store, self._codes, self._door = owner, store, codes, door
        self._journal = Journal(store, owner.device)
        self._traits, self.known, self._signer = traits or Traits(), UNANNOUNCED_VERSION, ""

    @property
    def asset(self) -> str | None:
        """Asset id of the stored policy; None for none, or one that cannot be read."""
        try:
            return read_stored(self._store["policy"]).asset["id"] if "policy" in self._store else None
        except Refused:
            return None

    def note(self, word: str) -> None:
        """Write an order that changes something into the tablet's journal."""
        self._traits.note(("agent", word))

    def recognise(self, signer: str) -> None:
        """Hear that this site key gives an order: before each, those of the channel itself too."""
        self._signer = signer
        self._journal.forget_absence()

    def knows(self, word: str) -> bool:
        """Tell whether an order of this word exists."""
        newer = (self._traits.lets_go or word != "lift") and (self._traits.closes or word not in {"prove", "request"})
        return word in WORDS and newer

    def carry_out(self, word: str, body: Fields, digest: str, secrets: OpenSecret) -> Result:
        """Carry out one verified order.

        Raises:
            Refused: `order-invalid`, `session-unknown`, `wrong-code`, `locked-out`, `failed`.
        """
        if word not in {"report", "prove"}:
            self.note(word)
        orders: dict[str, Callable[[], Result]] = {
            "apply": lambda: self._apply(body, digest, secrets),
            "report": lambda: self._report(body),
            "show": lambda: self._show(body),
            "drill": lambda: self._drill(body, secrets),
            "lift": lambda: self._lift(body),
            "clean": lambda: self._clean(body),
            "prove": lambda: self._prove(body),
            "request": lambda: self._request(body),
            "release": lambda: self._release(body),
        }
        try:
            return orders[word]()
        except Threw as error:
            raise Refused("failed", str(error)) from error

    def lock_again(self) -> None:
        """After a boot or an update of the agent: lock task does not survive them (Wi-Fi document 3.2)."""
        if self._owner.is_owner and "policy" in self._store:
            self._door.close(self._policy())

    def close_if_due(self) -> None:
        """Close the door when its time is over, as the agent's own alarm does."""
        if self._owner.is_owner and "policy" in self._store:
            self._door.close_if_due(self._policy())

    def live_outside(self, days: int, minutes: int, site: str | None, erase: Callable[[], object]) -> bool:
        """So many days and minutes without the hospital's networks; whether the tablet erased itself (contract 13).

        `site`: key id of the site key in force; the rule of another one is none.
        """
        if not self._owner.is_owner or "policy" not in self._store or self._door.is_open:
            return False
        absence = Absence(self._owner, self._store, erase)
        return absence.live(self._policy(), days, minutes, asked=self._store.get(SIGNER) == site)

    @property
    def challenge(self) -> str:
        """The eight digits on the staff screen (contract 11)."""
        self._policy()
        return self._codes.challenge

    def open_door(self, digits: str) -> None:
        """The answer to them, typed on the staff screen or brought by a drill.

        Raises:
            Refused: `wrong-code` with the tries left, `locked-out` with the seconds left.
        """
        self._codes.answer(digits)
        self._door.open()

    def _apply(self, body: Fields, digest: str, secrets: OpenSecret) -> Result:
        if not self._traits.configures and body.has("applications"):
            raise Refused("order-invalid", "order.body.applications: unknown member")
        if not self._traits.lets_go and body.has("grants"):
            raise Refused("order-invalid", "order.body.grants: unknown member")
        newer = () if self._traits.closes else (*CLOSED_PARTS, "alerts", "ringer", "updates", "in_task", *MEMBERS)
        unknown = [member for member in newer if body.has(member)]
        if unknown:
            raise Refused("order-invalid", f"order.body.{unknown[0]}: unknown member")
        if not self._traits.networks and body.has("networks"):
            raise Refused("order-invalid", "order.body.networks: unknown member")
        policy, results = read_policy(body, secrets), Results()
        if not self._traits.closes:
            _refuse_choices(policy)
        for network in policy.networks or ():
            network.require_supported(self._owner.api)
        if "policy" in self._store:
            remember_name(self._store, self._policy())
        self._codes.configure(policy.secret or b"", policy.tries)
        self._store |= {"policy": policy.stored(), "policy.digest": NOT_CARRIED_OUT, SIGNER: self._signer}
        self._door.forget()
        self._journal.come_home()
        try:
            if not self._traits.lies():
                self._applier(policy, results).apply()
            self._store["policy.digest"] = digest
        finally:
            self._store["results"] = results.stored()
        return self._make_report()

    def _applier(self, policy: Policy, results: Results) -> Applier:
        sets = self._traits.lets_go
        return Applier(self._owner, self._store, policy, results, self._door, compares_sets=sets)

    def _report(self, body: Fields) -> Result:
        body.end()
        return self._make_report()

    def _make_report(self) -> Result:
        policy = self._policy()
        self._door.close_if_due(policy)
        applier = self._applier(policy, read_results(self._store.get("results")))
        tells = policy.networks is not None and self._traits.closes and self.known >= ADDRESSES_SINCE
        addresses = {"addresses": list_addresses(self._owner.device, policy.ssids)} if tells else {}
        return addresses | {
            "asset": policy.asset["id"],
            "policy": self._store["policy.digest"],
            "api": self._owner.api,
            "opened": self._door.is_open,
            "rows": applier.report(lies=self._traits.lies(), known=self.known),
            **(self._journal.report(policy.outside_minutes, policy.family) if self._tells else {}),
        }

    def _show(self, body: Fields) -> Result:
        body.number("seconds", 1, 300)
        body.end()
        return {"asset": self._policy().asset["id"]}

    def _drill(self, body: Fields, secrets: OpenSecret) -> Result:
        step, policy = body.text("step", STEP), self._policy()
        self._door.close_if_due(policy)
        if step == "answer":
            digits = secrets(body, "answer", "drill.answer").decode("utf-8", "replace")
            body.end()
            self.open_door(digits)
        body.end()
        if step == "relock":
            self._door.close(policy)
        return {
            "challenge": self._codes.challenge if step == "challenge" else None,
            "seconds_locked": self._codes.seconds_locked,
            "opened": self._door.is_open,
            "lock_task": self._owner.lock_task_mode,
        }

    def _lift(self, body: Fields) -> Result:
        body.end()
        self._policy()
        self._codes.lift()
        return {"seconds_locked": self._codes.seconds_locked}

    def _clean(self, body: Fields) -> Result:
        names = body.texts("packages", PACKAGE, 24)
        body.end()
        kiosk = self._policy().packages or ()
        foreign = [name for name in names if name not in kiosk]
        if foreign:
            raise Refused("order-invalid", f"order.body.packages: {foreign[0]} is not in the kiosk")
        self._journal.begin_clean((*names, *TRACES))
        apps, traces = [self._clear(name) for name in names], self._traits.clear_traces()
        self._journal.end_clean(apps, traces)
        result: Result = {"packages": apps}
        return result | ({"traces": traces} if self._tells else {})

    @property
    def _tells(self) -> bool:
        """Whether agent and station know events, traces, and what is outside."""
        return self._traits.closes and self.known >= EVENTS_SINCE

    def _clear(self, name: str) -> Result:
        """From 28 on the owner may clear another app's data; below, the station does it by shell."""
        if self._owner.api < CLEAR_API:
            return {"package": name, "api": None, "cleared": False, "assurance": "unsupported"}
        try:
            cleared = self._owner.clear_user_data(name)
        except Threw:
            cleared = False  # one app that Android refuses stops no other
        return {"package": name, "api": "clearApplicationUserData", "cleared": cleared, "assurance": "set"}

    def _prove(self, body: Fields) -> Result:
        """Make the tablet's own key once, and show that it is here (contract 14); what Android refuses is told."""
        if "policy" not in self._store:
            self._policy()
        challenge, make = body.text("challenge", "[0-9a-f]{64}"), body.flag("make")
        body.end()
        result: Result = {"key": None, "made": False, "error": None}
        if self._owner.api < KEYS_API:
            return result | {"error": "not on this release"}
        keystore = Keystore(self._owner, self._store)
        try:
            if make and not keystore.exists:
                result |= {"error": self._make_key(keystore, challenge), "made": True}
            if keystore.exists:
                data = f"provision-key-v1\n{self._store.get('tablet')}\n{challenge}".encode()
                result["key"] = keystore.show(data)
        except Threw as error:
            result["error"] = str(error)
        return result

    def _make_key(self, keystore: Keystore, challenge: str) -> str | None:
        """Why the new key is not attested, None where it is, or where this release attests none."""
        try:
            keystore.make(challenge if self._owner.api >= ATTESTATION_API else None)
        except Threw as error:
            if self._owner.api < ATTESTATION_API:
                raise
            keystore.make(None)
            return f"not attested: {error}"
        return None

    def _release(self, body: Fields) -> Result:
        body.end()
        self._door.forget()
        if "policy" in self._store:
            self._undo_all(self._policy())
        else:
            self._forget_unused_keys()
        self._owner.give_up()
        gone = True
        if self._traits.lets_go and self._owner.api <= ADMIN_LEFT_API:
            gone = self._owner.remove_active_admin()
        if Keystore(self._owner, self._store).exists:
            Keystore(self._owner, self._store).delete()
        self._store.clear()
        if not gone:
            raise Refused("failed", ADMIN_STAYS)
        return {"owner": self._owner.is_owner}

    def _forget_unused_keys(self) -> None:
        """A tablet that had no policy may have made keys for one."""
        try:
            NetworkKeys(self._owner, self._store).forget_others(())
        except KeyKept as error:
            raise Refused("failed", f"not undone: network: {error}") from error

    def _request(self, body: Fields) -> Result:
        """Make the key of a network once, and ask for its certificate (contract 15); what Android refuses is told."""
        ssid, name, unit = read_ssid(body, ""), body.text("name", SUBJECT), body.text("unit", SUBJECT)
        body.end()
        result: Result = {"request": None, "made": False, "error": None}
        if self._owner.api < KEYCHAIN_API:
            return result | {"error": "not on this release"}
        keys = NetworkKeys(self._owner, self._store)
        try:
            result["made"] = keys.make(ssid)
            result["request"] = write_base64(keys.request(ssid, name, unit))
        except Threw as error:
            result["error"] = str(error)
        return result

    def _undo_all(self, policy: Policy) -> None:
        """A tablet that stays its owner's is locked again."""
        remember_name(self._store, policy)
        try:
            self._applier(policy, Results()).undo_everything()
        except (Refused, Threw):
            if self._traits.lets_go:
                self._door.close(policy)
            raise

    def _policy(self) -> Policy:
        if "policy" not in self._store:
            raise Refused("order-invalid", "no policy yet: apply first")
        return read_stored(self._store["policy"])


def _refuse_choices(policy: Policy) -> None:
    """As agents before version code 6 do, which know no choices about a network."""
    for network in policy.networks or ():
        for member in ("mac", "proxy"):
            if member in network.stored():
                raise Refused("order-invalid", f"order.body.{network.place}.{member}: unknown member")
