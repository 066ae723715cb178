"""Calls heard and seen in the kiosk: lock task silences every notification until its owner says otherwise.

From Android 9 on the owner may let notifications through; before, lock task takes sound, icons and shade from all of
them, whoever asks (Wi-Fi and kiosk document 14.2). An app that plays its ringtone itself is heard all the same.
"""

from __future__ import annotations

from provision.controls.through_agent import CLOSING_WHYS
from provision.controls.unprinted import make_spec
from provision.terms import Control

SPEC = make_spec(
    Control.CALLS_ALERT,
    asked_by="calls.in_kiosk",
    wanted="heard",
    without="silenced",
    whys=CLOSING_WHYS,
    member="alerts",
    make_value=lambda _site: {"kiosk": True},
    unproved="a call needs somebody who calls",
)
