"""Ringer loud enough to be heard, and no do-not-disturb: `set`, since the tablet's keys turn it down again.

The agent turns the ringer up to the floor that the site names, and down to its ceiling where there is one. Only from
Android 9 on may an owner end do-not-disturb (Wi-Fi and kiosk document 14.4).
"""

from __future__ import annotations

from collections.abc import Mapping

from provision.controls.through_agent import WHYS
from provision.controls.unprinted import make_spec
from provision.site.model import Site
from provision.terms import Control


def _make_value(site: Site) -> Mapping[str, object]:
    """The floor, and the ceiling where the site names one."""
    most = site.calls.ceiling_percent
    return {"percent": site.calls.volume_percent, **({} if most is None else {"most": most})}


SPEC = make_spec(
    Control.CALLS_VOLUME,
    asked_by="calls.loud",
    wanted="loud",
    without="unset",
    whys=WHYS,
    member="ringer",
    make_value=_make_value,
    unproved="only set: the keys turn it down again",
)
