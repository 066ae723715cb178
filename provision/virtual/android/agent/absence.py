"""What the agent does on a tablet that stays outside: it counts, and erases it where the rule is (contract 13).

Nobody hears the air here: who lives with the tablet says how long it was outside.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from provision.virtual.android.agent.journal import ABSENT, MINUTE, SPENT
from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.owner_calls import Threw
from provision.virtual.android.agent.policy import Policy
from provision.virtual.android.agent.reading import write_json

DAY = 86_400_000
"""Milliseconds."""

NOTICE_MINUTES = 60
"""Of use, once the days are over, in which the screen says so."""

NO_RESET = "no_factory_reset"


class Absence:
    """Days outside, in the agent's private storage.

    Args:
        erase: a factory reset of this tablet.
    """

    def __init__(self, owner: AndroidOwner, store: dict[str, str], erase: Callable[[], object]) -> None:
        self._owner, self._store, self._erase = owner, store, erase

    def live(self, policy: Policy, days: int, minutes: int, *, asked: bool) -> bool:
        """So many days of one look each, then so many minutes of use, all of which find the hospital missing.

        `asked`: whether the policy is of the site key in force. Returns whether the tablet erased itself.
        """
        spent = int(self._store.get(SPENT, "0")) + minutes * MINUTE
        self._store[SPENT] = str(spent)
        if not policy.wipe_days or not asked:
            return False
        absent = int(self._store.get(ABSENT, "0")) + days * DAY
        self._store[ABSENT] = str(absent)
        outside = spent >= policy.outside_minutes * MINUTE
        over = outside and absent >= policy.wipe_days * DAY and minutes > NOTICE_MINUTES
        return over and self._wipe()

    def _wipe(self) -> bool:
        held = NO_RESET in self._owner.restrictions
        try:
            if held:
                self._owner.clear_user_restriction(NO_RESET)
            self._owner.wipe()
        except Threw:
            if held:
                self._owner.add_user_restriction(NO_RESET)
            self._note()
            return False
        self._erase()
        return True

    def _note(self) -> None:
        events, now = json.loads(self._store.get("events", "[]")), int(time.time())
        event = {"kind": "not-wiped", "healed": None, "first": now, "last": now, "count": 1}
        self._store["events"] = write_json([*events, event])
