"""Keep, repair or refuse a tablet that is given: pure, by the plan a run would begin with, and a hand's word.

There is no second opinion here: what a run would refuse is taken from its plan, and only sorted by whether a hand can
mend it. Beside it stands what no run looks at: the word of a person, and what the battery says of itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from provision.appset.model import AppSet
from provision.facts.collect import Facts
from provision.runs.plan import Plan
from provision.terms import IntakeFinding, IntakeVerdict, Reason
from provision.texts.message import NOTHING, Message, verbatim

BROKEN = {str(each).removesuffix("-broken"): each for each in IntakeFinding if each.endswith("-broken")}
"""What a person may say is broken, by its short name."""

HAND_SAID = frozenset({*BROKEN.values(), IntakeFinding.SCREEN_LOCK})
"""What stays true until a hand says otherwise: no reading tells."""

_HEALTH = {
    3: IntakeFinding.BATTERY_TEMPERATURE,
    4: IntakeFinding.BATTERY_WORN,
    5: IntakeFinding.BATTERY_WORN,
    6: IntakeFinding.BATTERY_WORN,
    7: IntakeFinding.BATTERY_TEMPERATURE,
}
"""Numbers of `facts.battery` that speak against it."""

BEYOND_HANDS = frozenset(
    {
        *(Reason.NOT_A_TABLET, Reason.RELEASE_TOO_OLD, Reason.OWNER_UNSUPPORTED, Reason.ASSURANCE_TOO_LOW),
        *(Reason.APP_UNFIT, Reason.WIFI_SHELL_CLOSED, Reason.NETWORK_UNSUPPORTED, Reason.APP_CONFLICT),
        *(IntakeFinding.SCREEN_BROKEN, IntakeFinding.TOUCH_BROKEN, IntakeFinding.CAMERA_BROKEN),
        *(IntakeFinding.MICROPHONE_BROKEN, IntakeFinding.SPEAKER_BROKEN, IntakeFinding.BUTTONS_BROKEN),
        IntakeFinding.BATTERY_BROKEN,
    }
)
"""What no hand at the bench mends; all else is a repair. What is broken is one for a workshop, and none for a bench."""


@dataclass(frozen=True)
class Ground:
    """One thing that speaks against a tablet; `detail` may be `NOTHING`."""

    word: Reason | IntakeFinding
    detail: Message = NOTHING

    @property
    def verdict(self) -> IntakeVerdict:
        """What it alone leads to."""
        return IntakeVerdict.REFUSE if self.word in BEYOND_HANDS else IntakeVerdict.REPAIR


@dataclass(frozen=True)
class Triage:
    """What becomes of a tablet, and why; the weightiest ground first."""

    grounds: tuple[Ground, ...]

    @property
    def verdict(self) -> IntakeVerdict:
        """What all grounds together lead to."""
        return self.grounds[0].verdict if self.grounds else IntakeVerdict.KEEP


def recall(before: Collection[str], mended: Collection[IntakeFinding]) -> frozenset[IntakeFinding]:
    """Return what a hand said at an earlier look and nobody took back.

    Args:
        before: grounds of that look.
        mended: what a hand says is right again.
    """
    return frozenset(one for one in HAND_SAID if one in before and one not in mended)


def triage(facts: Facts, plan: Plan, appset: AppSet, said: Collection[IntakeFinding]) -> Triage:
    """Judge one reading.

    Args:
        facts: what was read. plan: what a run would do and refuse with them.
        appset: what is to be installed.
        said: what a person saw.
    """
    word = [Ground(finding) for finding in IntakeFinding if finding in said]
    refused = [Ground(refusal.reason, refusal.detail) for refusal in plan.refusals]
    # A hidden account is no refusal of a run, but the tablet may be locked to its owner after the next reset.
    hidden = [Ground(one.reason, one.detail) for one in plan.warnings if one.reason is Reason.ACCOUNT_HIDDEN]
    grounds = [*word, *refused, *hidden, *_find_more(facts, appset)]
    return Triage(tuple(sorted(grounds, key=lambda ground: ground.verdict is not IntakeVerdict.REFUSE)))


def _find_more(facts: Facts, appset: AppSet) -> Iterator[Ground]:
    health = facts.battery.health
    if health in _HEALTH:
        yield Ground(_HEALTH[health], verbatim(f"health: {health}"))
    missing = [app for app in appset.apps if app.package not in facts.apps]
    needed = sum(min(one.total for one in (app, *app.variants)) for app in missing)
    if needed > facts.storage.free_bytes:  # less than a run takes: each app is uploaded, then written once more
        free, least = (size // 1_000_000 for size in (facts.storage.free_bytes, needed))
        yield Ground(IntakeFinding.APPS_TOO_LARGE, verbatim(f"{free} MB < {least} MB"))
