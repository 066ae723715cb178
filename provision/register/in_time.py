"""Calls that are waited for so long and no longer, whatever holds them up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def call_in_time(work: Callable[[], Result], seconds: float) -> Result:
    """Return what `work` returns, or raise what it raises.

    Raises:
        TimeoutError: it is not over within `seconds`; it goes on by itself, in a thread that keeps no program alive.
    """
    return call_while(work, lambda: False, seconds)


def call_while(work: Callable[[], Result], goes_on: Callable[[], bool], seconds: float) -> Result:
    """Return what `work` returns, or raise what it raises, however long it takes while `goes_on`.

    Args:
        goes_on: asked every `seconds` whether it is still worth to wait.

    Raises:
        TimeoutError: it is not; the work goes on by itself, in a thread that keeps no program alive.
    """
    ended: list[Result] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            ended.append(work())
        except Exception as error:  # noqa: BLE001 # raised below, where it is waited for
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True, name="shared-register")
    thread.start()
    thread.join(seconds)
    while thread.is_alive() and goes_on():
        thread.join(seconds)
    if failed:
        raise failed[0]
    if not ended:
        raise TimeoutError
    return ended[0]
