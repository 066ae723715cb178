"""Words of a person to a running station: one way for the keyboard and the pages, and one audit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.bench.slots import SlotState, may_run_again, state_of
from provision.errors import ProvisionError
from provision.runs.confirmation import ConfirmationQueue
from provision.station.station import Station
from provision.terms import DeviceConfirmation, OperatorWord
from provision.texts.catalogue import Language, say
from provision.transport import Transport

if TYPE_CHECKING:
    from provision.state.sql.audit_log import AuditLog

NO_ASSET = "-"
"""In the audit, of a word about the whole bench, or a tablet that has no number yet."""


@dataclass(frozen=True)
class Answered:
    """What came of a word: whether it was taken, and a sentence about it."""

    text: str
    taken: bool


class Desk:
    """Takes words from any thread.

    Args:
        show: lets a tablet show its number on its screen; raises where it cannot.
        audit: notes each word before it is given, with where it came from.
    """

    def __init__(
        self,
        station: Station,
        confirmations: ConfirmationQueue,
        show: Callable[[Transport], None],
        audit: AuditLog,
        language: Language,
    ) -> None:
        self._station = station
        self._confirmations = confirmations
        self._show = show
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
            refusal = self._pass_on(word, slot)
        except (ProvisionError, OSError) as error:
            return Answered(str(error), taken=False)
        if refusal is not None:
            return Answered(say(language, refusal, slot=slot), taken=False)
        return Answered(say(language, f"desk.taken.{word}", slot=slot), taken=True)

    def _pass_on(self, word: OperatorWord, slot: str) -> str | None:
        """Do it; returns the key of why it could not be done."""
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
                self._station.stop()
                return None

    def _start(self, slot: str) -> str | None:
        port = self._find_port(slot)
        if slot and (port is None or self._state_of(port) is not SlotState.READY):
            return "desk.ready-none"
        self._station.grant(port)
        return None

    def _run_again(self, slot: str) -> str | None:
        port = self._find_port(slot)
        if port is None or not may_run_again(self._station.table, port):
            return "desk.again-none"
        self._station.run_again(port)
        return None

    def _light_up(self, slot: str) -> str | None:
        with self._showing:  # one order at a time: a second one to the same tablet would meet the first
            port = self._find_port(slot)
            row = None if port is None else self._station.table.entry(port).row
            if port is None or row is None or self._state_of(port) is not SlotState.ENDED:
                return "desk.show-none"
            transport = self._station.connect(row.transport_id)
            if transport is None:
                return "desk.show-none"
            self._show(transport)
        return None

    def _find_port(self, slot: str) -> str | None:
        return next((each.port for each in self._station.table.slots if each.label == slot), None)

    def _find_asset(self, slot: str) -> str | None:
        port = self._find_port(slot)
        run = None if port is None else self._station.table.entry(port).run
        return None if run is None else run.asset_id

    def _state_of(self, port: str) -> SlotState:
        return state_of(self._station.table, port, time.monotonic())
