"""Ringer loud enough to be heard, and no do-not-disturb: `set`, since the tablet's keys turn it down again.

The agent turns the ringer up to the floor that the site names; what is louder stays. Only from Android 9 on may an
owner end do-not-disturb (Wi-Fi and kiosk document 14.4).
"""

from __future__ import annotations

from provision.controls.through_agent import WHYS
from provision.controls.unprinted import make_spec
from provision.terms import Control

SPEC = make_spec(
    Control.CALLS_VOLUME,
    asked_by="calls.loud",
    wanted="loud",
    without="unset",
    whys=WHYS,
    member="ringer",
    make_value=lambda site: {"percent": site.calls.volume_percent},
    unproved="only set: the keys turn it down again",
)
