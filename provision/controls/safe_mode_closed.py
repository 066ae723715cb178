"""Safe mode closed: without the restriction, a long press on "Power off" starts Android without any installed app.

From 6.0 on it is the restriction that closes it; 5.x has none, and says so in plan and record. Keys that a maker's
boot loader reads by itself are no business of Android's.
"""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Control

CONTROL = Control.SAFE_MODE_CLOSED
FIRST_API = 23

SPEC = make_spec(
    CONTROL,
    asked_by="closed.safe_mode",
    member="safe_mode",
    closings=(Closing("safe-boot", "no_safe_boot", FIRST_API),),
    gaps=(
        NoAttempt("safe_mode.start", CONTROL, 21, FIRST_API - 1, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 25"),
        NoAttempt("safe_mode.start", CONTROL, FIRST_API, LATEST, Gap.NOT_HARMLESS, "Wi-Fi and kiosk document 3.3"),
    ),
)
