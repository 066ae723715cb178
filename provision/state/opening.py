"""The one way to what a bench remembers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState


@contextmanager
def open_bench_state(home: Path) -> Iterator[BenchState]:
    """Open the stores of a home until the block ends; the first opening takes over what earlier versions kept.

    Args:
        home: the bench home; its `state` folder is made where missing.

    Raises:
        HomeError: the database, or a file of an earlier version, is damaged; or it is of a newer version.
    """
    # SQLAlchemy takes 0.25 s to import, which commands that open no home need not pay.
    from provision.state.sql.bench_state import open_stores  # noqa: PLC0415

    state = open_stores(home)
    try:
        yield state
    finally:
        state.close()
