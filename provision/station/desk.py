"""Words of a person to a running station: one way for the keyboard and the pages, and one audit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.agent.answers import AgentAbsent
from provision.bench.slots import SlotState, may_run_again, state_of
from provision.errors import HomeError, ProvisionError
from provision.identity.label_code import read_label
from provision.runs.confirmation import ConfirmationQueue
from provision.runs.verdict import outcome_from_error
from provision.station.station import Station
from provision.terms import DeviceConfirmation, OperatorWord
from provision.texts.catalogue import Language, say
from provision.transport import Transport

if TYPE_CHECKING:
    from provision.state.sql.audit_log import AuditLog

NO_ASSET = "-"
"""In the audit, of a word about the whole bench, or a tablet that has no number yet."""


TAKEN = "desk.taken."
"""Answers to words that were taken, in the catalogue."""


@dataclass(frozen=True)
class Answered:
    """What came of a word: whether it was taken, and a sentence about it."""

    text: str
    taken: bool


class Desk:
    """Takes words from any thread.

    Args:
        show: lets a tablet show its number on its screen; raises where it cannot, `AgentAbsent` where it has no agent.
        blink: lets the screen of a tablet without agent blink, and returns when it is over.
        read: takes what a person read on the label of a tablet, in a language.
        audit: notes each word before it is given, with where it came from.
    """

    def __init__(
        self,
        station: Station,
        confirmations: ConfirmationQueue,
        show: Callable[[Transport], None],
        blink: Callable[[Transport], None],
        read: Callable[[Transport, str, Language], Answered],
        audit: AuditLog,
        language: Language,
    ) -> None:
        self._station = station
        self._confirmations = confirmations
        self._show = show
        self._blink = blink
        self._read = read
        self._audit = audit
        self._language = language
        self._showing = threading.Lock()

    def give(self, word: OperatorWord, slot: str, origin: str, language: Language | None = None) -> Answered:
        """Give a word.

        Args:
            slot: label; empty for a word about the whole bench.
            origin: `keyboard` or `page`, for the audit.
            language: of the answer; None for the bench's.
        """
        language = language or self._language
        try:
            asset = self._find_asset(slot) or NO_ASSET
            self._audit.note(" ".join(part for part in (origin, str(word), slot) if part), asset)
            answer = self._pass_on(word, slot) or f"desk.taken.{word}"
        except (HomeError, OSError) as error:  # of the bench itself
            return Answered(str(error), taken=False)
        except ProvisionError as error:
            return Answered(_tell_failure(error, slot, language), taken=False)
        return Answered(say(language, answer, slot=slot), taken=answer.startswith(TAKEN))

    def read_label(self, slot: str, said: str, origin: str, language: Language | None = None) -> Answered:
        """Take what a person typed or scanned from a tablet's label; its next run, which goes by it, begins at once.

        Args:
            slot: label of its slot; empty where one tablet alone is asked about.
            said: the number, the content of the label's code, or `NEW` for one that never had a label; empty asks which
                tablets it may be, and begins nothing.
            origin, language: as of `give`.
        """
        language = language or self._language
        asked = self._list_asked()
        slot = asked[0] if not slot and len(asked) == 1 else slot
        port = self._find_port(slot)
        row = None if port is None else self._station.table.entry(port).row
        if port is None or row is None or slot not in asked:
            key = "desk.label-none" if slot else "desk.label-which" if asked else "desk.label-nobody"
            return Answered(say(language, key, slot=slot, slots=", ".join(asked)), taken=False)
        if (elsewhere := self._find_elsewhere(slot, said)) is not None:
            key, other = elsewhere
            return Answered(say(language, key, slot=slot, other=other), taken=False)
        try:
            self._audit.note(f"{origin} label {slot}", self._find_asset(slot) or NO_ASSET)
            transport = self._station.connect(row.transport_id)
            if transport is None:
                return Answered(say(language, "desk.label-none", slot=slot), taken=False)
            answered = self._read(transport, said, language)
        except (HomeError, OSError) as error:  # of the bench itself
            return Answered(str(error), taken=False)
        except ProvisionError as error:
            return Answered(_tell_failure(error, slot, language, "desk.label-failed"), taken=False)
        if answered.taken and said:
            self._station.run_again(port)
        return answered

    def _find_elsewhere(self, asked: str, said: str) -> tuple[str, str] | None:
        """Why another tablet has not this label, and the slot where its tablet hangs for certain or is at work."""
        label = read_label(said)
        for slot in self._station.table.slots:
            entry = self._station.table.entry(slot.port)
            run = entry.run if entry.present else None
            if label is None or run is None or run.asset_id != label.number or slot.label == asked:
                continue
            if run.end is None:
                return "desk.label-at-work", slot.label
            if run.end.doubt is None:
                return "desk.label-elsewhere", slot.label
        return None

    def _list_asked(self) -> tuple[str, ...]:
        """Labels of the slots whose tablet's label is asked for."""
        entries = ((each.label, self._station.table.entry(each.port)) for each in self._station.table.slots)
        ends = ((label, None if one.run is None or not one.present else one.run.end) for label, one in entries)
        return tuple(label for label, end in ends if end is not None and end.awaits_label)

    def _pass_on(self, word: OperatorWord, slot: str) -> str | None:
        """Do it; returns the key of why it could not be done, or of how it was; None where the word says that."""
        match word:
            case OperatorWord.START:
                return self._start(slot)
            case OperatorWord.YES | OperatorWord.NO:
                said = DeviceConfirmation.TABLET if word is OperatorWord.YES else DeviceConfirmation.NO_TABLET
                return None if self._confirmations.answer(slot, said) else "station.nobody-asked"
            case OperatorWord.AGAIN:
                return self._run_again(slot)
            case OperatorWord.SHOW:
                return self._light_up(slot)
            case OperatorWord.STOP:
                return self._stop_slot(slot) if slot else self._stop_all()

    def _start(self, slot: str) -> str | None:
        port = self._find_port(slot)
        if slot and (port is None or self._state_of(port) is not SlotState.READY):
            return "desk.ready-none"
        self._station.grant(port)  # for all of them: one that is seen before this word comes to it is meant, too
        is_ready = any(self._state_of(each.port) is SlotState.READY for each in self._station.table.slots)
        return None if is_ready else "desk.ready-nothing"

    def _run_again(self, slot: str) -> str | None:
        port = self._find_port(slot)
        if port is None or not may_run_again(self._station.table, port):
            return "desk.again-none"
        self._station.run_again(port)
        return None

    def _stop_slot(self, slot: str) -> str:
        port = self._find_port(slot)
        run = None if port is None else self._station.table.entry(port).run
        if port is None or run is None or run.end is not None:
            return "desk.stop-none"
        return "desk.taken.stop-slot" if self._station.stop_run(port) else "desk.stop-late"

    def _stop_all(self) -> str | None:
        table = self._station.table
        runs = [run for each in table.slots if (run := table.entry(each.port).run) is not None and run.end is None]
        self._station.stop()
        return None if runs else "desk.taken.stop-idle"

    def _light_up(self, slot: str) -> str | None:
        # One order at a time, since a second one to the same tablet would meet the first; and nobody waits for it here,
        # for a tablet that hangs keeps it for minutes.
        if not self._showing.acquire(blocking=False):
            return "desk.show-busy"
        try:
            port = self._find_port(slot)
            row = None if port is None else self._station.table.entry(port).row
            if port is None or row is None or self._state_of(port) is not SlotState.ENDED:
                return "desk.show-none"
            transport = self._station.connect(row.transport_id)
            if transport is None:
                return "desk.show-none"
            try:
                self._show(transport)
            except AgentAbsent:
                if not self._ended_well(port):  # what was refused may be anybody's: its keys are not pressed
                    return "desk.show-none"
                self._blink(transport)
                return "desk.taken.show-blink"
        finally:
            self._showing.release()
        return None

    def _find_port(self, slot: str) -> str | None:
        return next((each.port for each in self._station.table.slots if each.label == slot), None)

    def _find_asset(self, slot: str) -> str | None:
        port = self._find_port(slot)
        run = None if port is None else self._station.table.entry(port).run
        return None if run is None else run.asset_id

    def _ended_well(self, port: str) -> bool:
        run = self._station.table.entry(port).run
        return run is not None and run.end is not None and run.end.outcome.is_good

    def _state_of(self, port: str) -> SlotState:
        return state_of(self._station.table, port, time.monotonic())


def _tell_failure(error: ProvisionError, slot: str, language: Language, key: str = "desk.show-failed") -> str:
    """Why a tablet did not do it, and what to do, in the words that its run would have ended with."""
    reason = outcome_from_error(error).reason
    what, now = (say(language, f"reason.{reason}.{part}") for part in ("title", "action"))
    return say(language, key, slot=slot, what=what, now=now)
