"""The agent's pages at a test of the hardware: one shown for each question, and what the tablet felt on it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace

from provision.agent.contract import HOME
from provision.agent.hardware import COLOURS, END, Page, PageState, TabletOwned, VolumeKey, ask_hardware, begin_page
from provision.errors import AnswerError, StepFailed, TransportError
from provision.polling import REAL_TIME, Pace, poll
from provision.report.hardware_test import tell_unfelt
from provision.state.hardware_seen import HardwareSeen, sum_touch
from provision.terms import HardwarePart
from provision.texts.catalogue import say
from provision.texts.language import Language
from provision.transport import Transport

SHOW_SECONDS, POLL_SECONDS = 12.0, 0.5
"""So long a page may take to come to the front, and between two looks."""

CAMERA = "android.media.action.STILL_IMAGE_CAMERA"
"""Opens Android's own camera app (`MediaStore.INTENT_ACTION_STILL_IMAGE_CAMERA`, from Android 1.5 on)."""

PAGES = {
    HardwarePart.SCREEN: Page.COLOURS,
    HardwarePart.TOUCH: Page.TOUCH,
    HardwarePart.SPEAKER: Page.SOUND,
    HardwarePart.BUTTONS: Page.BUTTONS,
}
"""What the agent shows for a part; it may neither see nor hear, so that the others have no page."""


@dataclass
class HardwarePages:
    """The pages of one tablet.

    Attributes:
        transport: to a tablet with an agent that does not own it.
        language: of who looks at them.
        seconds: the longest one call may take.
        seen: what was observed so far.
    """

    transport: Transport
    language: Language
    seconds: float
    pace: Pace = REAL_TIME
    seen: HardwareSeen = field(default_factory=HardwareSeen)

    def show(self, part: HardwarePart) -> bool:
        """Show what belongs to a part; returns whether it is in front, else a hand finds its way alone.

        A cable that goes shows nothing, and takes no answer away that was given before.
        """
        if part is HardwarePart.CAMERA:
            return self._start("-a", CAMERA)
        if part not in PAGES:
            return False
        begun = self._ask(begin_page(PAGES[part], str(self.language)))
        if begun is None or not self._start("-n", HOME):
            return False

        def is_shown(state: PageState | None) -> bool:
            return state is None or state.shown

        found = poll(lambda: self._ask(None), is_shown, seconds=SHOW_SECONDS, every=POLL_SECONDS, pace=self.pace)
        return found is not None and found.shown

    def doubt(self, part: HardwarePart) -> str | None:
        """Keep what the tablet observed of a part, and tell what of it speaks against a yes; None for nothing.

        A page whose time is over keeps what it observed; an agent that began anew observed nothing.
        """
        state = self._ask(None) if part in PAGES else None
        if state is None or not _tells(state, part):
            return None
        match part:
            case HardwarePart.SCREEN:
                self.seen = replace(self.seen, colours=state.colours)
                if state.colours < COLOURS:
                    return say(self.language, "intake.doubt.screen", shown=state.colours, all=COLOURS)
            case HardwarePart.TOUCH:
                self.seen = replace(self.seen, touch=sum_touch(state.squares))
                if self.seen.touch is not None and self.seen.touch.left:
                    told = tell_unfelt(self.language, self.seen.touch)
                    return say(self.language, "intake.doubt.touch", told=told)
            case HardwarePart.BUTTONS:
                self.seen = replace(self.seen, keys=tuple(sorted(map(str, state.keys))))
                unfelt = [say(self.language, f"intake.key.{key}") for key in VolumeKey if key not in state.keys]
                if unfelt:
                    return say(self.language, "intake.doubt.buttons", keys=", ".join(unfelt))
        return None

    def forget(self, part: HardwarePart) -> None:
        """Forget what was observed of a part that was not tried after all."""
        self.seen = self.seen.forget({part})

    def end(self) -> None:
        """End the test; the launcher goes out of the way, by itself where the tablet does not hear it."""
        self._ask(END)

    def _ask(self, argument: str | None) -> PageState | None:
        """One call; None from an agent that went away or does not know it, and where the cable is gone.

        Raises:
            TabletOwned: somebody made the agent owner meanwhile.
        """
        try:
            return ask_hardware(self.transport, argument, seconds=self.seconds)
        except TabletOwned:
            raise
        except (AnswerError, StepFailed, TransportError):
            return None

    def _start(self, *words: str) -> bool:
        """Bring an activity to the front; Android says in words what it could not."""
        try:
            answer = self.transport.shell(shlex.join(["am", "start", *words]), seconds=self.seconds)
        except TransportError:
            return False
        return "Error" not in answer.text and "Exception" not in answer.text


def _tells(state: PageState, part: HardwarePart) -> bool:
    """Tell whether an answer is about the page of a part: it is wanted still, or was, and observed something."""
    if state.step is not None:
        return state.step is PAGES[part]
    observed = {HardwarePart.SCREEN: state.colours, HardwarePart.TOUCH: state.squares, HardwarePart.BUTTONS: state.keys}
    return bool(observed.get(part))
