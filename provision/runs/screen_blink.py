"""A tablet's screen that goes dark and bright again, so that a hand finds it among many: for tablets without agent.

The keys only put the screen to sleep and wake it (`KEYCODE_SLEEP`, `KEYCODE_WAKEUP`: android.view.KeyEvent has both on
every release from 5.0 on, read in Android's own class files). Nothing that is stored changes.
"""

from __future__ import annotations

import shlex

from provision.polling import REAL_TIME, Pace
from provision.transport import Transport

DARK = ("input", "keyevent", "KEYCODE_SLEEP")
BRIGHT = ("input", "keyevent", "KEYCODE_WAKEUP")
PAUSE_SECONDS = 1.0


def blink_screen(transport: Transport, seconds: float, *, call_seconds: float, pace: Pace = REAL_TIME) -> None:
    """Put the screen to sleep and wake it until the time is over; it is left bright.

    Args:
        seconds: how long.
        call_seconds: the longest one key may take; `input` starts a Java program each time.

    Raises:
        TransportError: the tablet cannot be reached; its screen may be dark.
    """
    limit = pace.now() + seconds
    while True:
        transport.shell(shlex.join(DARK), seconds=call_seconds)
        pace.wait(PAUSE_SECONDS)
        transport.shell(shlex.join(BRIGHT), seconds=call_seconds)
        if pace.now() >= limit:
            return
        pace.wait(PAUSE_SECONDS)
