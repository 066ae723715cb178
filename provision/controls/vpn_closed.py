"""The settings of VPNs closed, by a site's choice: a hospital's own VPN app needs them open.

A VPN app that was allowed before goes on from 7.0 on: so it is only set, on every release.
"""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Control

CONTROL = Control.VPN_CLOSED

SPEC = make_spec(
    CONTROL,
    asked_by="closed.vpn",
    member="vpn",
    closings=(Closing("vpn-page", "no_config_vpn", 21),),
    gaps=(NoAttempt("vpn.add", CONTROL, 21, LATEST, Gap.NO_VERB, "Wi-Fi and kiosk document 11, row 41"),),
)
