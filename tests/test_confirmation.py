"""Runs that wait for a word: it reaches all twins, from here or from another process, and nothing waits for ever."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from factories import make_props
from state_file import FILE, change_state
from waiting import SECONDS, wait_until

from provision.errors import Cancelled, HomeError
from provision.facts.props import Props
from provision.runs.confirmation import POLL_SECONDS, ConfirmationQueue, WorkClock
from provision.state.sql.bench_state import BenchState
from provision.state.sql.confirmation_store import ConfirmationStore
from provision.terms import DeviceConfirmation

TEO, OTHER = make_props(ro__product__model="TEO10A"), make_props(ro__product__model="QX-10A")


@dataclass
class Run:
    """One run that asks, in a thread of its own."""

    desk: ConfirmationQueue
    slot: str
    props: Props = TEO
    over: bool = False
    asked: threading.Event = field(default_factory=threading.Event)
    heard: list[object] = field(default_factory=list)

    def start(self) -> Run:
        """Begin to wait; returns once it has asked."""
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.asked.wait(SECONDS)
        return self

    def _run(self) -> None:
        try:
            self.heard.append(self.desk.wait_for(self.slot, self.props, self.asked.set, lambda: self.over))
        except (Cancelled, HomeError) as error:
            self.heard.append(type(error))

    def end(self) -> object:
        """What it heard."""
        self.thread.join(SECONDS)
        assert not self.thread.is_alive(), "it still waits"
        return self.heard[0]


@pytest.fixture
def book(bench_state: BenchState) -> ConfirmationStore:
    """A list nobody has written to yet."""
    return bench_state.confirmations


@pytest.mark.parametrize("word", list(DeviceConfirmation), ids=str)
def test_a_word_of_another_process_reaches_every_twin_and_nobody_else(
    book: ConfirmationStore, word: DeviceConfirmation
) -> None:
    desk = ConfirmationQueue(book, None)
    twins = [Run(desk, str(slot)).start() for slot in range(28)]
    other = Run(desk, "99", OTHER).start()
    book.give(TEO, word)
    assert [twin.end() for twin in twins] == [word] * 28
    assert other.heard == []
    other.over = True
    desk.wake()
    assert other.end() is Cancelled


@pytest.mark.parametrize("word", list(DeviceConfirmation), ids=str)
def test_a_word_typed_here_reaches_every_twin_at_once(book: ConfirmationStore, word: DeviceConfirmation) -> None:
    desk = ConfirmationQueue(book, None)
    runs = [Run(desk, slot).start() for slot in ("3", "4")]
    assert not desk.answer("7", word)
    began = time.monotonic()
    assert desk.answer("4", word)
    assert [run.end() for run in runs] == [word, word]
    assert time.monotonic() - began < POLL_SECONDS * 4
    assert book.find(TEO) is word, "and it is kept"
    assert not desk.answer("4", word), "nobody waits there any more"


def test_a_list_that_another_process_holds_hinders_no_run(book: ConfirmationStore, tmp_path: Path) -> None:
    """A word is typed while the process that holds the list is stopped."""
    desk = ConfirmationQueue(book, None)
    leaves, stays = Run(desk, "3").start(), Run(desk, "4").start()
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        typing = threading.Thread(target=desk.answer, args=("4", DeviceConfirmation.TABLET), daemon=True)
        typing.start()
        leaves.over = True
        threading.Thread(target=desk.wake, daemon=True).start()
        assert leaves.end() is Cancelled
        assert (stays.heard, typing.is_alive()) == ([], True), "the word waits for the list"
        other.execute("COMMIT")
    assert stays.end() is DeviceConfirmation.TABLET
    typing.join(SECONDS)


def test_a_word_that_was_given_before_is_heard_without_a_question(book: ConfirmationStore) -> None:
    book.give(TEO, DeviceConfirmation.TABLET)
    for patience in (None, 0, 5):
        assert ConfirmationQueue(book, patience).wait_for("1", TEO, _fail, lambda: False) is DeviceConfirmation.TABLET


def _fail() -> None:
    raise AssertionError("nobody is to be asked")


def test_without_patience_nobody_is_asked(book: ConfirmationStore) -> None:
    assert ConfirmationQueue(book, 0).wait_for("1", TEO, _fail, lambda: False) is None


def test_patience_ends(book: ConfirmationStore) -> None:
    run = Run(ConfirmationQueue(book, 0.1), "1").start()
    assert run.end() is None


@pytest.mark.parametrize("patience", [None, 600.0])
def test_where_nobody_is_there_any_more_no_run_waits(patience: float | None, book: ConfirmationStore) -> None:
    desk = ConfirmationQueue(book, patience)
    run = Run(desk, "1").start()
    desk.expect_nobody()
    assert run.end() is None
    assert desk.wait_for("2", TEO, _fail, lambda: False) is None


def test_a_run_that_is_ended_while_it_waits_hears_of_it_at_once(book: ConfirmationStore) -> None:
    desk = ConfirmationQueue(book, None)
    run, stays = Run(desk, "1").start(), Run(desk, "2").start()
    run.over = True
    desk.wake()
    assert run.end() is Cancelled
    assert stays.heard == []
    book.give(TEO, DeviceConfirmation.TABLET)
    assert stays.end() is DeviceConfirmation.TABLET


def test_a_list_that_is_damaged_before_or_during_the_wait_ends_it(book: ConfirmationStore, tmp_path: Path) -> None:
    desk = ConfirmationQueue(book, None)
    run = Run(desk, "1").start()
    change_state(tmp_path, "DROP TABLE confirmation")
    assert run.end() is HomeError
    with pytest.raises(HomeError):
        desk.wait_for("1", TEO, _fail, lambda: False)


def test_the_list_is_watched_only_while_somebody_waits(book: ConfirmationStore) -> None:
    desk = ConfirmationQueue(book, None)
    wait_until(lambda: _watchers() == 0, "those of other tests are gone")
    for _ in range(3):
        run = Run(desk, "1").start()
        wait_until(lambda: _watchers() == 1, "somebody looks at the list")
        book.give(TEO, DeviceConfirmation.TABLET)
        run.end()
        book.revoke(TEO.title)  # and time passes: two changes in one tick of a file's clock are one to who looks
        wait_until(lambda: _watchers() == 0, "nobody looks any more")


def _watchers() -> int:
    return sum(thread.name == "confirmations" for thread in threading.enumerate())


def test_the_time_of_a_wait_is_no_time_of_work() -> None:
    clock = WorkClock(10.0)
    assert clock.age(15.0) == 5.0
    clock.tick(15.0, waits=True)
    assert clock.age(90_000.0) == 5.0, "however long somebody looks for the tablet"
    clock.tick(80_000.0, waits=True)
    clock.tick(90_000.0, waits=False)
    clock.tick(90_001.0, waits=False)
    assert clock.age(90_002.0) == 7.0
