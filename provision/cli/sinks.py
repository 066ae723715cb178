"""Where a station shows what happens: the board, lines of JSON, and beside either of them the hospital's hooks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

from provision.bench.slot_events import Rung
from provision.bench.slots import Slot, SlotState, SlotTable, state_of
from provision.board.batch import TimedEnd
from provision.board.keyboard import quiet_keyboard
from provision.board.opening import Board, open_board
from provision.board.recorder import Recorder
from provision.board.snapshot import Moment
from provision.cli.batch import describe_end, emit
from provision.cli.speech import language_of, tell_udev_rule
from provision.home.folder import Home
from provision.profiles.model import MatchedOn, Profile
from provision.profiles.schema import Status
from provision.records.run_end import RunEnd
from provision.service.notice import ServiceNotice
from provision.station.hooks import HookFailure, HookRunner, SlotWatch
from provision.station.setup import BenchSetup
from provision.station.station import Sink
from provision.texts.catalogue import say
from provision.texts.language import Language


class BoardSink:
    """Shows the slots on the terminal, or as plain lines where there is none."""

    def __init__(self, board: Board, recorder: Recorder) -> None:
        self._board = board
        self._recorder = recorder

    def show(self, table: SlotTable, now: float) -> None:
        """Draw what changed."""
        moment = self._recorder.see(table, now)
        self._board.show(moment.views, moment.totals)

    def ended(self, end: RunEnd) -> None:
        """Nothing of its own: the slot's line says it, and the closing table repeats it."""

    def warn(self, text: str) -> None:
        """A line that stays above the board."""
        self._board.write(text)


@contextmanager
def open_screen(language: Language, recorder: Recorder) -> Iterator[BoardSink]:
    """The board on standard output until the block ends; the screen is left clean."""
    with quiet_keyboard(sys.stdin), closing(open_board(sys.stdout, language, os.environ)) as board:
        yield BoardSink(board, recorder)


class RecordingSink:
    """Passes everything on, and lets the recorder of the boards see and hear it.

    Args:
        publish: gets each moment; None where nobody but `sink` shows them.
        keep: gets each end with what it took.
    """

    def __init__(
        self,
        sink: Sink,
        recorder: Recorder,
        publish: Callable[[Moment], None] | None = None,
        keep: Callable[[TimedEnd], None] = lambda _end: None,
    ) -> None:
        self._sink = sink
        self._recorder = recorder
        self._publish = publish
        self._keep = keep

    def show(self, table: SlotTable, now: float) -> None:
        """Show the slots where they are shown."""
        moment = self._recorder.see(table, now)
        self._sink.show(table, now)
        if self._publish is not None:
            self._publish(moment)

    def ended(self, end: RunEnd) -> None:
        """Count an end."""
        self._keep(self._recorder.end(end, time.monotonic()))
        self._sink.ended(end)

    def warn(self, text: str) -> None:
        """Keep a warning for those who look later."""
        self._recorder.hear(text)
        self._sink.warn(text)


class NoticedSink:
    """Passes everything on; each turn of the station is told to the systemd that started it."""

    def __init__(self, sink: Sink, notice: ServiceNotice) -> None:
        self._sink = sink
        self._notice = notice

    def show(self, table: SlotTable, now: float) -> None:
        """Show the slots, then say that the station works."""
        self._sink.show(table, now)
        self._notice.tell_alive(now)

    def ended(self, end: RunEnd) -> None:
        """Pass an end on."""
        self._sink.ended(end)

    def warn(self, text: str) -> None:
        """Pass a warning on."""
        self._sink.warn(text)


class JsonSink:
    """Writes one event a line to standard output; slots only when their state changed."""

    def __init__(self, language: Language) -> None:
        """`language`: of what a person is asked."""
        self._language = language
        self._states: dict[str, SlotState] = {}
        self._rungs: dict[str, Rung] = {}

    def show(self, table: SlotTable, now: float) -> None:
        """One line for each slot whose state is another than before; with the question where one is asked."""
        for slot in table.slots:
            state = state_of(table, slot.port, now)
            if self._states.get(slot.label, SlotState.EMPTY) != state:
                asked = self._ask(table, slot) if state is SlotState.AWAITING_CONFIRMATION else {}
                emit({"event": "slot", "slot": slot.label, "port": slot.port, "state": state, **asked})
            self._states[slot.label] = state
            self._show_rung(slot, table.rungs.get(slot.port))

    def _show_rung(self, slot: Slot, rung: Rung | None) -> None:
        """One line for each rung of a recovery ladder that was begun."""
        if rung not in {None, Rung.WAIT, self._rungs.get(slot.label)}:
            emit({"event": "rung", "slot": slot.label, "port": slot.port, "rung": rung})
        self._rungs[slot.label] = rung or Rung.WAIT

    def _ask(self, table: SlotTable, slot: Slot) -> dict[str, str | None]:
        run = table.entry(slot.port).run
        known = {"asset_id": run.asset_id, "model": run.model} if run is not None else {}
        text = {"question": "identity.question.is-tablet", "now": "slot.waits-for-word.now"}
        return {**known, **{name: say(self._language, key, label=slot.label) for name, key in text.items()}}

    def ended(self, end: RunEnd) -> None:
        """One line a finished run."""
        emit({"event": "end", **describe_end(end)})

    def warn(self, text: str) -> None:
        """One line a warning."""
        emit({"event": "warning", "text": text})


class WatchedSink:
    """Passes everything on; hooks and warnings beside it."""

    def __init__(self, sink: Sink, watch: SlotWatch, home: Home, profiles: Mapping[str, Profile]) -> None:
        self._sink = sink
        self._watch = watch
        self._home = home
        self._language = language_of(home)
        self._profiles = profiles
        self._drafts: set[str] = set()
        self._locked: set[str] = set()

    def show(self, table: SlotTable, now: float) -> None:
        """Tell hooks of plugs, then show the slots; one that this computer may not open is told once with the rule."""
        self._watch.show(table, now)
        for slot in table.slots:
            if slot.port not in self._locked and state_of(table, slot.port, now) is SlotState.NO_PERMISSION:
                self._locked.add(slot.port)
                self.warn(tell_udev_rule(self._home, slot.port))
        self._sink.show(table, now)

    def ended(self, end: RunEnd) -> None:
        """Tell hooks of an end; the first draft that was applied is named at once, all of them by `close`."""
        self._watch.ended(end)
        self._sink.ended(end)
        profile = self._profiles.get(end.profile)
        if profile is None or profile.status is not Status.DRAFT or not _was_applied(end):
            return
        if not self._drafts:
            self.warn(tell_draft(self._language, profile))
        self._drafts.add(profile.name)

    def close(self) -> None:
        """Name every draft that was applied, where it was more than the one that was told."""
        if len(self._drafts) > 1:
            self.warn(say(self._language, "profile.drafts", profiles=", ".join(sorted(self._drafts))))

    def warn(self, text: str) -> None:
        """Pass a warning on."""
        self._sink.warn(text)


def _was_applied(end: RunEnd) -> bool:
    return bool(end.changes) or end.outcome.is_good


def tell_draft(language: Language, profile: Profile) -> str:
    """That no real tablet has confirmed a profile, and that it is not even of this maker."""
    key = "profile.generic" if profile.matched_on is MatchedOn.GENERIC else "profile.draft"
    return say(language, key, profile=profile.name)


def tell_hook(language: Language, failure: HookFailure) -> str:
    """Tell what one of the hospital's own programs did wrong."""
    return say(language, f"hook.{failure.wrong}", **vars(failure))


@contextmanager
def watch_slots(setup: BenchSetup, sink: Sink) -> Iterator[WatchedSink]:
    """The sink with the hooks of this home, until the block ends."""
    language = language_of(setup.home)

    def warn(failure: HookFailure) -> None:
        sink.warn(tell_hook(language, failure))

    profiles = {profile.name: profile for profile in (setup.profiles.common, *setup.profiles.known)}
    with HookRunner(setup.home.bench.hooks, setup.home.kind, warn) as runner:
        watched = WatchedSink(sink, SlotWatch(runner), setup.home, profiles)
        yield watched
        watched.close()
