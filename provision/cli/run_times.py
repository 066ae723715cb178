"""What a bench remembers of how long runs take: noted at each end, read before a batch begins."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provision.board.batch import TimedEnd
from provision.board.time_left import Usual
from provision.errors import HomeError
from provision.state.run_times import RunTime, find_usual_phases

if TYPE_CHECKING:
    from provision.state.sql.run_time_store import RunTimeStore


def keep_run(store: RunTimeStore, timed: TimedEnd) -> None:
    """Note what a run took; a note that cannot be written costs that note, and no run."""
    end, hands = timed.end, timed.hands
    run = RunTime(
        at=datetime.now(UTC).replace(microsecond=0),
        asset_id=end.asset_id,
        model=end.title,
        slot=end.slot,
        cable="",
        outcome=end.outcome,
        reason=end.reason,
        seconds=end.seconds,
        waited=end.waited,
        touches=hands.touches,
        allow_seconds=hands.allow_seconds,
        phases=timed.phases,
    )
    with suppress(HomeError):
        store.note(run)


def find_usual(store: RunTimeStore) -> Usual:
    """Usual seconds of each phase by model; nothing where that cannot be read."""
    try:
        return find_usual_phases(store.list_recent())
    except HomeError:
        return {}


def list_runs(home: Path) -> tuple[RunTime, ...]:
    """What the newest runs of a home took.

    Raises:
        HomeError: what the bench remembers cannot be read.
    """
    from provision.state.opening import open_bench_state  # noqa: PLC0415 # the database takes long to import

    with open_bench_state(home) as state:
        return state.run_times.list_recent()
