"""Runs that wait until a person has confirmed their model, and how the confirmation reaches them.

It may be given at this station's keyboard or by another process, through the bench's state. One thread looks there,
and only while somebody waits; the runs themselves sleep until something changed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from provision.errors import Cancelled
from provision.facts.props import Props
from provision.terms import DeviceConfirmation

if TYPE_CHECKING:
    from provision.state.sql.confirmation_store import ConfirmationStore

POLL_SECONDS = 0.5


class WorkClock:
    """How long a run has worked: it stands while the run waits for a person. Seconds of one monotonic clock."""

    def __init__(self, now: float) -> None:
        """It runs from now on."""
        self._started = now
        self._stood: float | None = None

    def tick(self, now: float, *, waits: bool) -> None:
        """The run tells of itself: that it waits, or that it works."""
        if waits:
            self._stood = self._stood or now
        elif self._stood is not None:
            self._started, self._stood = self._started + now - self._stood, None

    def age(self, now: float) -> float:
        """Seconds of work so far."""
        return (now if self._stood is None else self._stood) - self._started


class ConfirmationQueue:
    """Where the runs of one station ask what a model is. All methods from any thread."""

    def __init__(self, book: ConfirmationStore, patience: float | None) -> None:
        """Nothing is read here.

        Args:
            book: the confirmations given so far.
            patience: how long one run waits, in seconds; 0 not at all, None as long as it takes.
        """
        self._book = book
        self._patience = patience
        self._changed = threading.Condition()
        self._waiting: dict[str, Props] = {}
        self._watched = False

    @property
    def patience(self) -> float | None:
        """How long one run waits, in seconds; None as long as it takes."""
        return self._patience

    def wait_for(
        self, slot: str, props: Props, ask: Callable[[], None], is_over: Callable[[], bool]
    ) -> DeviceConfirmation | None:
        """Wait for what a person says of a model, where nobody did yet; None where nobody did in time.

        Args:
            slot: label of the tablet that waits.
            ask: called once, before it waits.
            is_over: whether the run was ended; asked again after each `wake`.

        Raises:
            Cancelled: the run was ended while it waited.
            HomeError: the confirmations are damaged.
        """
        with self._changed:
            stamp = self._book.stamp()  # before the first look: what is given in between wakes this run, too
            known = self._book.find(props)
            if known is not None or self._patience == 0:
                return known
            ask()
            self._waiting[slot] = props
            try:
                self._watch(stamp)
                return self._await(props, is_over)
            finally:
                del self._waiting[slot]
                self._changed.notify_all()  # the thread that looks ends with the last one

    def answer(self, slot: str, said: DeviceConfirmation) -> bool:
        """Confirm the model that waits in a slot, or say that it is no tablet; False when none waits there.

        Raises:
            HomeError: the confirmations are damaged, or cannot be written.
        """
        with self._changed:
            props = self._waiting.get(slot)
        if props is None:
            return False
        self._book.give(props, said)  # may wait for another process: meanwhile runs begin, end and are stopped
        self.wake()
        return True

    def expect_nobody(self) -> None:
        """Let runs wait no more, now or later: nobody is there who could give a word."""
        with self._changed:
            self._patience = 0
            self._changed.notify_all()

    def wake(self) -> None:
        """Let every run that waits look again whether it is over."""
        with self._changed:
            self._changed.notify_all()

    def _await(self, props: Props, is_over: Callable[[], bool]) -> DeviceConfirmation | None:
        began = time.monotonic()
        while not is_over():
            given = self._book.find(props)
            left = None if self._patience is None else began + self._patience - time.monotonic()
            if given is not None or (left is not None and left <= 0):
                return given
            self._changed.wait(left)
        raise Cancelled("ended while it waited for a person to confirm its model")

    def _watch(self, stamp: object) -> None:
        """Look at the confirmations until nobody waits any more; `stamp` is from before they were read."""
        if not self._watched:
            threading.Thread(target=self._look, args=(stamp,), name="confirmations", daemon=True).start()
            self._watched = True

    def _look(self, seen: object) -> None:
        with self._changed:
            while self._waiting:
                now = self._book.stamp()
                if now != seen:
                    self._changed.notify_all()
                seen = now
                self._changed.wait(POLL_SECONDS)
            self._watched = False
