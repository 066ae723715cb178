"""Bluetooth closed, by a site's choice alone: hearing aids and headsets need it.

Up to 7.1 only its page in the settings closes; from 8.0 on the radio itself.
"""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.facts import bluetooth
from provision.proofs.attempts import LATEST, Attempt, Gap, Indicator, NoAttempt
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
    attempts=(
        # One method of Android's service judges everybody who switches the radio on, and its print tells the radio
        # itself; the row `bluetooth_on` keeps what a person chose, whatever the radio does.
        Attempt(
            name="bluetooth.on",
            control=CONTROL,
            indicator=Indicator.BLUETOOTH,
            since=bluetooth.FIRST_API,
            until=bluetooth.LAST_API,
            wake=(),
            start=(("svc", "bluetooth", "disable"),),
            act=(("svc", "bluetooth", "enable"),),
            undo=(("svc", "bluetooth", "disable"),),
            begins="off",
            reaches="on",
            holds="off",
            rests=("off",),
            reference="Wi-Fi and kiosk document 2.3; 11, row 13",
            source="AOSP BluetoothManagerService.java (enable, isBluetoothDisallowed, dump)",
        ),
    ),
    gaps=(
        NoAttempt("bluetooth.on", CONTROL, 21, 25, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 13"),
        NoAttempt(
            "bluetooth.on", CONTROL, bluetooth.LAST_API + 1, LATEST, Gap.NO_PRINT, "Wi-Fi and kiosk document 11, row 13"
        ),
    ),
)
