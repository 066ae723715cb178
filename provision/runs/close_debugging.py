"""Closing USB debugging, the last thing a run does, and seeing it close.

Plain shell writes the setting: it is accepted from Android 5 to 17 (Wi-Fi and kiosk document 1.7), while the
agent's contract has no order for it. From Android 11 on debugging over Wi-Fi has a switch of its own, which is
closed first, as long as its read-back can still be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provision.bench.disconnect import Ending, PortState, Watch
from provision.errors import AnswerError, Cancelled, TransportError
from provision.facts.ask import ask_alone
from provision.facts.query import Query
from provision.polling import REAL_TIME, Pace, count_seconds
from provision.records.closing_statement import ClosingStatement
from provision.records.content import RunResult
from provision.terms import Outcome, Reason
from provision.transport import Transport

WIRELESS_API = 30
LOOK_SECONDS = 0.1
WIRELESS = "adb_wifi_enabled"
_FLAG = re.compile(r"-?\d{1,9}")
CLOSE = "settings put global adb_enabled 0"

PortProbe = Callable[[], PortState]
"""What is seen of the tablet's port now."""


@dataclass(frozen=True)
class DebugClosure:
    """Outcome of closing debugging.

    Attributes:
        ending: None where the run was ended before it was known: see `error`.
        ordered: when the tablet was told to close debugging; None when it never was.
        seconds: from then until nobody looked any more, whatever happened to the computer's clock.
        seen: one plain sentence each.
    """

    ending: Ending | None
    ordered: datetime | None = None
    seen: tuple[str, ...] = ()
    error: TransportError | AnswerError | None = None
    seconds: float = 0.0


def no_probe() -> PortState:
    """The probe of a run whose port nobody watches: nothing is ever seen to close."""
    return PortState(listed=False, interfaces=None)


def close_debugging(
    transport: Transport, probe: PortProbe, api: int, seconds: float, pace: Pace = REAL_TIME
) -> DebugClosure:
    """Order it and look until it is known what came of it; raises neither a transport's error nor an answer's.

    Args:
        transport: the way to the tablet, gone afterwards.
        probe: sees its port.
        api: level of the tablet.
        seconds: deadline of one command.
        pace: how time passes.
    """
    # Wi-Fi first: its switch is read back over the very connection that the second order cuts.
    try:
        stays = api >= WIRELESS_API and not _close_wireless(transport, seconds)
    except (TransportError, AnswerError) as error:
        return DebugClosure(None, error=error)
    if stays:
        return DebugClosure(Ending.OPEN, seen=("debugging over Wi-Fi does not close",))
    ordered, since, watch = datetime.now(UTC), count_seconds(), Watch(pace.now())
    try:
        _order(transport, seconds)
        # Its answer proves nothing: only what adb and USB show of the port afterwards says what came of it.
        while (ending := watch.judge(pace.now())) is None:
            watch = watch.see(probe(), pace.now())
            pace.wait(LOOK_SECONDS)
    except (TransportError, AnswerError) as error:
        return DebugClosure(None, ordered, watch.tell(), error, count_seconds() - since)
    return DebugClosure(ending, ordered, watch.tell(), seconds=count_seconds() - since)


def make_closing_statement(
    closing: DebugClosure, run: RunResult, failed: tuple[Outcome, Reason | None]
) -> ClosingStatement:
    """The second statement: the first one's end where it was seen to close, else a worse one.

    Args:
        closing: what came of the order.
        run: the first statement.
        failed: the end that `closing.error` means.
    """
    ends: dict[Ending | None, tuple[Outcome, Reason | None]] = {
        Ending.CLOSED: (run.outcome, run.reason),
        Ending.LEFT: (Outcome.DONE_WITH_WARNINGS, Reason.SEAL_NOT_SEEN),
        Ending.OPEN: (Outcome.FAILED, Reason.DEBUGGING_OPEN),
    }
    outcome, reason = ends.get(closing.ending, failed)
    sealed = closing.ending is Ending.CLOSED
    ended = (closing.ordered or datetime.now(UTC)) + timedelta(seconds=closing.seconds)
    return ClosingStatement(sealed, outcome, reason, closing.ordered, ended, closing.seen)


def _order(transport: Transport, seconds: float) -> None:
    """The answer may never arrive (Wi-Fi and kiosk document 3.5): the connection's end is no error here."""
    try:
        transport.shell(CLOSE, seconds=seconds)
    except Cancelled:
        raise
    except (TransportError, AnswerError):
        return


def _close_wireless(transport: Transport, seconds: float) -> bool:
    """Tell whether it is off, by what is read back; an answer that is not understood never says so."""
    query = Query("wireless", ("settings", "get", "global", WIRELESS))

    def is_off() -> bool:
        with suppress(AnswerError):
            return ask_alone(transport, query, seconds=seconds).read_value(_FLAG, "a number or `null`") in (None, "0")
        return False

    if is_off():
        return True
    transport.shell(f"settings put global {WIRELESS} 0", seconds=seconds)
    return is_off()
