"""The orders a station gives (contract 6), carried out on the tablet's state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provision.virtual.android.agent.applier import Applier
from provision.virtual.android.agent.codes import CodeLock
from provision.virtual.android.agent.owner import AndroidOwner, Threw
from provision.virtual.android.agent.policy import OpenSecret, Policy, read_policy, read_stored
from provision.virtual.android.agent.reading import Fields, Refused
from provision.virtual.android.agent.results import Results, read_results

WORDS = frozenset({"apply", "report", "show", "drill", "clean", "release"})
"""Every order."""

CLEAR_API = 28
STEP, PACKAGE = "challenge|answer|relock", "[a-zA-Z0-9_.]{3,200}"
Result = dict[str, object]


@dataclass(frozen=True)
class Traits:
    """What a tablet's faults and its journal add to the agent.

    Attributes:
        lies: whether it pretends.
        configures: whether it knows managed configuration, as agents do since version code 2.
        note: writes an order that changes something into the journal, before it is carried out.
    """

    lies: Callable[[], bool] = lambda: False
    configures: bool = True
    note: Callable[[Sequence[str]], object] = lambda _words: None


class Duties:
    """What the agent does, apart from who may ask.

    Args:
        owner: Android.
        store: the agent's private storage.
        codes: the maintenance code.
        traits: how this tablet departs from an honest, unwatched one.
    """

    def __init__(
        self, owner: AndroidOwner, store: dict[str, str], codes: CodeLock, traits: Traits | None = None
    ) -> None:
        traits = traits or Traits()
        self._owner, self._store, self._codes = owner, store, codes
        self._lies, self._note, self._configures = traits.lies, traits.note, traits.configures

    def carry_out(self, word: str, body: Fields, digest: str, secrets: OpenSecret) -> Result:
        """Carry out one verified order.

        Raises:
            Refused: `order-invalid`, `session-unknown`, `wrong-code`, `locked-out`, `failed`.
        """
        if word != "report":
            self._note(("agent", word))
        try:
            match word:
                case "apply":
                    return self._apply(body, digest, secrets)
                case "drill":
                    return self._drill(body, secrets)
                case "report":
                    return self._report(body)
                case "show":
                    return self._show(body)
                case "clean":
                    return self._clean(body)
                case _:
                    return self._release(body)
        except Threw as error:
            raise Refused("failed", str(error)) from error

    def lock_again(self) -> None:
        """After a boot or an update of the agent: lock task does not survive them (Wi-Fi document 3.2)."""
        if self._owner.is_owner and "policy" in self._store:
            self._close_door(self._policy())

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
        self._owner.set_lock_task_packages([])
        self._store["door.open"] = "1"

    def _apply(self, body: Fields, digest: str, secrets: OpenSecret) -> Result:
        if not self._configures and body.has("applications"):
            raise Refused("order-invalid", "order.body.applications: unknown member")
        policy, results = read_policy(body, secrets), Results()
        self._codes.configure(policy.secret or b"", policy.tries)
        self._store |= {"policy": policy.stored(), "policy.digest": digest}
        self._store.pop("door.open", None)
        if not self._lies():
            Applier(self._owner, self._store, policy, results).apply()
        self._store["results"] = results.stored()
        return self._make_report()

    def _report(self, body: Fields) -> Result:
        body.end()
        return self._make_report()

    def _make_report(self) -> Result:
        policy = self._policy()
        applier = Applier(self._owner, self._store, policy, read_results(self._store.get("results")))
        return {
            "asset": policy.asset["id"],
            "policy": self._store["policy.digest"],
            "api": self._owner.api,
            "opened": self._is_open,
            "rows": applier.report(lies=self._lies()),
        }

    def _show(self, body: Fields) -> Result:
        body.number("seconds", 1, 300)
        body.end()
        return {"asset": self._policy().asset["id"]}

    def _drill(self, body: Fields, secrets: OpenSecret) -> Result:
        step, policy = body.text("step", STEP), self._policy()
        if step == "answer":
            digits = secrets(body, "answer", "drill.answer").decode("utf-8", "replace")
            body.end()
            self.open_door(digits)
        body.end()
        if step == "relock":
            self._close_door(policy)
        return {
            "challenge": self._codes.challenge if step == "challenge" else None,
            "seconds_locked": self._codes.seconds_locked,
            "opened": self._is_open,
            "lock_task": self._owner.lock_task_mode,
        }

    def _clean(self, body: Fields) -> Result:
        names = body.texts("packages", PACKAGE, 24)
        body.end()
        kiosk = self._policy().packages or ()
        foreign = [name for name in names if name not in kiosk]
        if foreign:
            raise Refused("order-invalid", f"order.body.packages: {foreign[0]} is not in the kiosk")
        return {"packages": [self._clear(name) for name in names]}

    def _clear(self, name: str) -> Result:
        """From 28 on the owner may clear another app's data; below, the station does it by shell."""
        if self._owner.api < CLEAR_API:
            return {"package": name, "api": None, "cleared": False, "assurance": "unsupported"}
        cleared = self._owner.clear_user_data(name)
        return {"package": name, "api": "clearApplicationUserData", "cleared": cleared, "assurance": "set"}

    def _release(self, body: Fields) -> Result:
        body.end()
        if "policy" in self._store:
            Applier(self._owner, self._store, self._policy(), Results()).undo_everything()
        self._owner.give_up()
        self._store.clear()
        return {"owner": self._owner.is_owner}

    def _close_door(self, policy: Policy) -> None:
        if policy.packages is not None:
            self._owner.set_lock_task_packages(policy.lock_task_packages)
        self._store.pop("door.open", None)
        if policy.packages is not None:
            self._owner.start_home()

    @property
    def _is_open(self) -> bool:
        """Whether somebody opened the kiosk and nobody closed it since."""
        return "door.open" in self._store

    def _policy(self) -> Policy:
        if "policy" not in self._store:
            raise Refused("order-invalid", "no policy yet: apply first")
        return read_stored(self._store["policy"])
