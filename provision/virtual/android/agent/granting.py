"""Grants run-time permissions of apps and says which are missing (contract 9 row 32, 10).

One that the owner fixed outlives the clearing of its app's data. Android has no list of them: the agent
remembers what it fixed, each as `PACKAGE:PERMISSION`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provision.virtual.android.agent import rows
from provision.virtual.android.agent.owner import DEFAULT, DENIED, GRANTED, AndroidOwner
from provision.virtual.android.agent.owner_calls import Threw
from provision.virtual.android.agent.results import Results

REMEMBERED, MOST_TOLD = "grants", 10


class NotWithdrawn(Exception):
    """The owner would still fix a permission; the message says whose."""


class Granting:
    """Carries out and reads the grants row of one policy.

    Args:
        wanted: permissions by package; None where the policy has none.
    """

    def __init__(
        self, owner: AndroidOwner, store: dict[str, str], wanted: Mapping[str, list[str]] | None, results: Results
    ) -> None:
        self._owner, self._store, self._results = owner, store, results
        self._wanted = {f"{name}:{one}" for name, permissions in (wanted or {}).items() for one in permissions}
        self._refusal: str | None = None

    def grant(self) -> None:
        """Give back what the policy no longer names, then grant what is not granted; one refusal stops no other."""
        known = self._remembered()
        self._remember(known | self._wanted)
        kept = self._give_back(known - self._wanted)
        for one in sorted(self._wanted):
            if not self._is_granted(one):
                self._set(one, GRANTED)
        self._remember(kept | self._wanted)
        if self._refusal is None:
            self._results.settle(rows.GRANTS, taken=True)
        else:
            self._results.fail(rows.GRANTS, self._refusal)

    def withdraw(self) -> None:
        """Give everything back; the apps keep the permissions until somebody takes them away.

        Raises:
            NotWithdrawn: Android refused one.
        """
        self._remember(self._give_back(self._remembered()))
        if self._refusal is not None:
            raise NotWithdrawn(self._refusal)

    def observe(self) -> str:
        """`granted`, or the first that are missing."""
        missing = [one for one in sorted(self._wanted) if not self._is_granted(one)]
        return ",".join(missing[:MOST_TOLD]) or "granted"

    def _give_back(self, some: Iterable[str]) -> set[str]:
        """Those that are not given back; an app that is not there cannot be asked today."""
        return {one for one in sorted(some) if not self._is_given_back(one)}

    def _is_given_back(self, one: str) -> bool:
        try:
            state = self._owner.grant_state(*one.split(":"))
        except Threw:
            return False
        return state == DEFAULT or self._set(one, DEFAULT)

    def _set(self, one: str, state: int) -> bool:
        package, permission = one.split(":")
        self._results.calling(rows.GRANTS, "setPermissionGrantState")
        try:
            if self._owner.set_grant_state(package, permission, state):
                return True
            refusal = "refused"
        except Threw as error:
            refusal = str(error)
        self._refusal = self._refusal or f"{package}: {refusal}"
        return False

    def _is_granted(self, one: str) -> bool:
        """Held, and fixed by the owner; Android 10 calls places denied while the app is not on the screen."""
        package, permission = one.split(":")
        try:
            state = self._owner.grant_state(package, permission)
        except Threw:
            return False
        held = self._owner.api == 29 and self._owner.holds_permission(package, permission)
        return state == GRANTED or (state == DENIED and held)

    def _remembered(self) -> set[str]:
        return set(filter(None, self._store.get(REMEMBERED, "").split(",")))

    def _remember(self, some: Iterable[str]) -> None:
        self._store[REMEMBERED] = ",".join(sorted(some))
