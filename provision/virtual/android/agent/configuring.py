"""Delivers managed configuration and says what Android holds (contract 9 row 40, 10).

Android keeps it for packages that are not installed, too, and has no list of the packages it keeps any for
(reference, Wi-Fi document 13): the agent remembers those it configured.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from provision.virtual.android.agent import rows
from provision.virtual.android.agent.applications import Settings
from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.owner_calls import Threw
from provision.virtual.android.agent.reading import write_json
from provision.virtual.android.agent.results import Results

CONFIGURED = "configured"
NOTHING = "none"
"""What the row wants where the policy names no applications."""


class Configuring:
    """Carries out and reads the configuration row of one policy.

    Args:
        wanted: by package; None where the policy has none.
    """

    def __init__(
        self, owner: AndroidOwner, store: dict[str, str], wanted: dict[str, Settings] | None, results: Results
    ) -> None:
        self._owner, self._store, self._results = owner, store, results
        self._wanted = wanted or {}
        self._refusal: str | None = None

    def configure(self) -> None:
        """Clear what the policy no longer names, then give what differs; one refusal stops no other app."""
        known = self._remembered()
        names = {*known, *self._wanted}
        self._remember(names)
        refusals = [self._give(name, {}) for name in sorted(known - set(self._wanted))]
        refusals += [self._give(name, settings) for name, settings in sorted(self._wanted.items())]
        self._settle(names, refusals)

    def clear(self) -> None:
        """Clear everything the agent configured; what Android still holds then is not forgotten."""
        known = sorted(self._remembered())
        self._settle(known, [self._give(name, {}) for name in known])

    def require_cleared(self) -> None:
        """Stop a release after a refusal: below Android 11 nobody clears it once the owner is gone.

        Raises:
            Threw: Android refused to clear a configuration.
        """
        if self._refusal is not None:
            raise Threw(self._refusal.rpartition(": ")[2])

    @property
    def is_left(self) -> bool:
        """Tell whether Android still holds something the agent configured."""
        return any(self._holds(name) for name in self._remembered())

    @property
    def wanted(self) -> str:
        """Package and digest of each app of the policy."""
        return _tell(self._wanted) or NOTHING

    def observe(self) -> str:
        """The same of what Android holds for them, and for what could not be cleared."""
        held = {name: self._owner.configuration(name) for name in {*self._remembered(), *self._wanted}}
        return _tell({name: one for name, one in held.items() if one or name in self._wanted})

    def _give(self, name: str, settings: Settings) -> str | None:
        """Only what differs: each gift tells the app of a change. The refusal as the row tells it, or None."""
        try:
            if write_json(self._owner.configuration(name)) == write_json(settings):  # 1 is not true here
                return None
            self._results.calling(rows.CONFIGURATION, "setApplicationRestrictions")
            self._owner.configure(name, settings)
        except Threw as error:
            return f"{name}: {error}"
        return None

    def _settle(self, names: Iterable[str], refusals: Iterable[str | None]) -> None:
        self._remember(name for name in names if name in self._wanted or self._holds(name))
        self._refusal = next(filter(None, refusals), None)
        if self._refusal is None:
            self._results.settle(rows.CONFIGURATION, taken=True)
        else:
            self._results.fail(rows.CONFIGURATION, self._refusal)

    def _holds(self, name: str) -> bool:
        """Also where it cannot be asked: that is not forgotten."""
        try:
            return bool(self._owner.configuration(name))
        except Threw:
            return True

    def _remembered(self) -> set[str]:
        return set(filter(None, self._store.get(CONFIGURED, "").split(",")))

    def _remember(self, names: Iterable[str]) -> None:
        self._store[CONFIGURED] = ",".join(sorted(names))


def _tell(settings: Mapping[str, Settings]) -> str:
    return ",".join(f"{name}:{_digest(one) if one else 'none'}" for name, one in sorted(settings.items()))


def _digest(settings: Settings) -> str:
    return hashlib.sha256(write_json(settings).encode()).hexdigest()
