"""Bluetooth closed, by a site's choice alone: hearing aids and headsets need it.

Up to 7.1 only its page in the settings closes; from 8.0 on the radio itself.
"""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Control

CONTROL = Control.BLUETOOTH_CLOSED

SPEC = make_spec(
    CONTROL,
    asked_by="closed.bluetooth",
    member="bluetooth",
    closings=(
        Closing("bluetooth-page", "no_config_bluetooth", 21),
        Closing("bluetooth-off", "no_bluetooth", 26),
    ),
    gaps=(
        NoAttempt("bluetooth.on", CONTROL, 21, 25, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 13"),
        # `svc bluetooth` switches it, but the row `bluetooth_on` keeps what a person chose, whatever the radio does.
        NoAttempt("bluetooth.on", CONTROL, 26, LATEST, Gap.NO_PRINT, "Wi-Fi and kiosk document 11, row 13"),
    ),
)
