"""Opens and closes the kiosk: maintenance screen, drill, boot; what was opened closes by itself (contract 11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.owner_calls import Threw
from provision.virtual.android.agent.policy import Policy

OPEN_SECONDS = 900.0
FEATURES_API = 28
_OPEN = "door.open"


@dataclass(frozen=True)
class Clock:
    """Time that nobody can set.

    Attributes:
        since_boot: seconds.
        boot: names this start of Android.
    """

    since_boot: Callable[[], float]
    boot: Callable[[], str]


class Door:
    """The kiosk's door on one tablet.

    Args:
        owner: Android.
        store: the agent's private storage.
        clock: time since boot.
        lets_go: whether the launcher ends its own lock and features follow packages, as in agents since code 3.
    """

    def __init__(self, owner: AndroidOwner, store: dict[str, str], clock: Clock, *, lets_go: bool) -> None:
        self._owner, self._store, self._clock, self._lets_go = owner, store, clock, lets_go

    def open(self) -> None:
        """End lock task.

        Raises:
            Threw: Android refused; nothing was opened.
        """
        self._store[_OPEN] = f"{self._clock.since_boot()} {self._clock.boot()}"
        try:
            self.end_lock_task()
        except Threw:
            self.forget()
            if self._lets_go:
                self._owner.start_home()
            raise

    def close(self, policy: Policy) -> None:
        """Lock again as the policy wants.

        Raises:
            Threw: Android refused; a door whose list Android did not take stays open, and due.
        """
        if policy.packages is None:
            self.forget()
            return
        self._owner.set_lock_task_packages(policy.lock_task_packages)
        try:
            if self._lets_go and self._owner.api >= FEATURES_API:
                self._owner.set_lock_task_features(policy.lock_task_features)
        finally:
            self.forget()
            self._owner.start_home()

    def end_lock_task(self) -> None:
        """The launcher lets go, then nothing may lock any more (Wi-Fi document 3.2)."""
        if self._lets_go:
            self._owner.stop_lock_task()
        self._owner.set_lock_task_packages([])

    def close_if_due(self, policy: Policy) -> None:
        """Close a door that was open for its time, or over a restart."""
        if _OPEN in self._store and self._left <= 0:
            self.close(policy)

    def forget(self) -> None:
        """Nobody opened it."""
        self._store.pop(_OPEN, None)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody opened it, nobody closed it since, and its time is not over."""
        return _OPEN in self._store and self._left > 0

    @property
    def _left(self) -> float:
        """Seconds until it is due."""
        opened, _, boot = self._store[_OPEN].partition(" ")
        if not self._lets_go:
            return OPEN_SECONDS
        if boot != self._clock.boot():
            return 0.0
        since = self._clock.since_boot() - float(opened)
        return 0.0 if since < 0 else OPEN_SECONDS - since
