"""Other roads than the hospital's Wi-Fi: airplane mode, tethering, mobile networks, Wi-Fi Direct, beam, NFC, SIM."""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.proofs.attempts import LATEST, Attempt, Gap, Look, NoAttempt
from provision.terms import Control

CONTROL = Control.RADIOS_CLOSED
AIRPLANE_API = 28
KEY = "airplane_mode_on"


def _put(value: str) -> tuple[tuple[str, ...], ...]:
    return (("settings", "put", "global", KEY, value),)


SPEC = make_spec(
    CONTROL,
    asked_by="closed.radios",
    member="radios",
    closings=(
        Closing("airplane", "no_airplane_mode", 28),
        Closing("tethering", "no_config_tethering", 21),
        Closing("wifi-tethering", "no_wifi_tethering", 33),
        Closing("wifi-direct", "no_wifi_direct", 33),
        Closing("mobile-page", "no_config_mobile_networks", 21),
        Closing("roaming", "no_data_roaming", 24),
        Closing("beam", "no_outgoing_beam", 21),
        Closing("nfc", "no_near_field_communication_radio", 36),
        Closing("sim", "no_sim_globally", 35),
    ),
    attempts=(
        # The row alone: no broadcast goes with it, so Wi-Fi stays as it is for the moment until it is put back.
        Attempt(
            name="radios.airplane",
            control=CONTROL,
            look=Look.AIRPLANE,
            since=AIRPLANE_API,
            until=LATEST,
            wake=(),
            start=_put("0"),
            act=_put("1"),
            undo=_put("0"),
            begins="off",
            reaches="on",
            holds="off",
            rests=("off",),
            reference="Wi-Fi and kiosk document 3.3; 11, row 14",
            source="AOSP UserRestrictionsUtils.java (isSettingRestrictedForUser)",
        ),
    ),
    gaps=(
        NoAttempt("radios.airplane", CONTROL, 21, AIRPLANE_API - 1, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 14"),
        NoAttempt("radios.tethering", CONTROL, 21, LATEST, Gap.NO_VERB, "Wi-Fi and kiosk document 11, row 10"),
    ),
)
