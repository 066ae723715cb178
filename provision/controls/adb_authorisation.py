"""The bench's way to a locked tablet: USB debugging must not ask again while nobody can answer.

Lock task blocks the window "Allow USB debugging?", so a tablet whose key lapsed in the ward answers no cable any more
until somebody opens it with a maintenance code. Hence only on the agent road, and before the lock; `provision release`
takes it back.
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import ControlSpec
from provision.facts.authorisation import NEVER, SETTING, USUAL_MS, Authorisation
from provision.facts.collect import Facts
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, message, verbatim

CONTROL = Control.ADB_AUTHORISATION
DAY_MS = 86_400_000


def decide(facts: Facts, _want: DesiredState) -> Decision:
    """A setting of the system that a person with the code can change again: `set` (Wi-Fi and kiosk document 3.5)."""
    here = facts.authorisation or Authorisation(NEVER)
    return Decision(
        control=CONTROL,
        wanted=message("never-lapses"),
        observed=_tell(here),
        holds=here.lasts,
        assurance=Assurance.SET,
        why="authorisation.lasts" if here.lasts else "authorisation.lapses",
        steps=() if here.lasts else (_step(here),),
        evidence=(f"{SETTING[1]}={'unset' if here.lifetime_ms is None else here.lifetime_ms}",),
    )


def _tell(here: Authorisation) -> Message:
    if not here.known:
        return message("odd-value")
    return message("never-lapses") if here.lasts else message("lapses", count=_count_days(here))


def _count_days(here: Authorisation) -> int:
    return (USUAL_MS if here.lifetime_ms is None else here.lifetime_ms) // DAY_MS


def _step(here: Authorisation) -> Step:
    words = ("delete", *SETTING) if here.lifetime_ms is None else ("put", *SETTING, str(here.lifetime_ms))
    return Step(
        name=str(CONTROL),
        control=CONTROL,
        phase=Phase.PREPARE,
        action=RunLine(("settings", "put", *SETTING, str(NEVER))),
        undo=verbatim(" ".join(("settings", *words))) if here.known else message("undo-by-hand"),
        reference="packages document 1.9",
        source="AOSP AdbDebuggingManager.java, Android 10 (filterOutOldKeys, getAllowedConnectionTime)",
    )


def _is_wanted(facts: Facts, _want: DesiredState, view: AgentView | None) -> bool:
    return view is not None and facts.authorisation is not None


SPEC = ControlSpec(
    CONTROL,
    asked_by="the agent that bench.yaml names",
    is_wanted=_is_wanted,
    decide=decide,
    reads=("authorisation",),
    whys=("authorisation.lasts", "authorisation.lapses"),
    unproved="the window it keeps away comes after days",
)
