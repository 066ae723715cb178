"""Lock task: the patient stays in the chosen apps."""

from __future__ import annotations

from functools import partial

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import WHYS, need_owner
from provision.facts.collect import Facts
from provision.proofs.attempts import LATEST, Attempt, Gap, Indicator, NoAttempt
from provision.terms import Control
from provision.texts.message import message

HOME_KEY = ("input", "keyevent", "KEYCODE_HOME")
UNCOVER = ("input", "keyevent", "KEYCODE_MENU")  # leaves a lock screen that asks for nothing
OPEN_SETTINGS = ("am", "start", "-a", "android.settings.SETTINGS")

_PLACE = "Wi-Fi and kiosk document 3.3"


def decide(_facts: Facts, _want: DesiredState) -> Decision:
    """Unsupported by plain shell: `am task lock` gives screen pinning only, which any user leaves.

    Source: reference, Wi-Fi and kiosk document 3.6 (strength summary).
    """
    return need_owner(Control.KIOSK_LOCK_TASK, wanted=message("locked"), observed=message("not-locked"))


def _compare(_facts: Facts, _want: DesiredState, view: AgentView) -> Comparison:
    """Lock task as Android prints it: one of three words, which are the keys of the catalogue, too."""
    return Comparison(message("locked"), None if view.lock_task is None else message(view.lock_task))


_attempt = partial(
    Attempt,
    control=Control.KIOSK_LOCK_TASK,
    indicator=Indicator.FRONT,
    since=21,
    until=LATEST,
    wake=(("input", "keyevent", "KEYCODE_WAKEUP"),),
    holds="kiosk",
    rests=("elsewhere",),
    reference="Wi-Fi and kiosk document 3.2, 3.7; packages document 7.3",
)

SPEC = ControlSpec(
    Control.KIOSK_LOCK_TASK,
    asked_by="kiosk.lock_task",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(Control.KIOSK_LOCK_TASK),
    decide=decide,
    reads=(),
    whys=(*WHYS, "kiosk.no-agent"),
    compare=_compare,
    policy=("kiosk",),
    attempts=(
        _attempt(
            name="kiosk.settings",
            start=(UNCOVER, HOME_KEY),
            act=(OPEN_SETTINGS,),
            undo=(HOME_KEY,),
            begins="elsewhere",
            reaches="settings",
            source="AOSP LockTaskController.java, ActivityStackSupervisor.java (isLockTaskModeViolation)",
        ),
        _attempt(
            name="kiosk.home",
            start=(UNCOVER, OPEN_SETTINGS),
            act=(HOME_KEY,),
            undo=(),
            begins="settings",
            reaches="elsewhere",
            source="AOSP LockTaskController.java, PhoneWindowManager.java",
        ),
    ),
    gaps=(
        # An owner's `setKeyguardDisabled` refuses where a secret stands, and keeps nobody from setting one; while lock
        # task runs it adds nothing (document 3.3). Whoever has the open door in hand can set one.
        NoAttempt("kiosk.lock_screen", Control.KIOSK_LOCK_TASK, 21, LATEST, Gap.NO_LOCK, f"{_PLACE}; 11, row 24"),
        NoAttempt("kiosk.status_bar", Control.KIOSK_LOCK_TASK, 21, LATEST, Gap.NO_PRINT, f"{_PLACE}; 11, row 23"),
    ),
)
