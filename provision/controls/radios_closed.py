"""Other roads than the hospital's Wi-Fi: airplane mode, tethering, mobile networks, Wi-Fi Direct, beam, NFC, SIM."""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.proofs.attempts import LATEST, Attempt, Gap, Indicator, Line, NoAttempt
from provision.terms import Control

CONTROL = Control.RADIOS_CLOSED
GUARDED_API = 28
"""First level on which Android judges a written row by a restriction."""


def _switch(name: str, indicator: Indicator, key: str, *, row: int) -> Attempt:
    """Switch a global setting on by its row alone.

    From 28 on Android judges the row by the restriction, whoever writes it (UserRestrictionsUtils). No broadcast goes
    with it, so the radio stays as it is for the moment until the row is put back.
    """

    def put(value: str) -> tuple[Line, ...]:
        return (("settings", "put", "global", key, value),)

    return Attempt(
        name=name,
        control=CONTROL,
        indicator=indicator,
        since=GUARDED_API,
        until=LATEST,
        wake=(),
        start=put("0"),
        act=put("1"),
        undo=put("0"),
        begins="off",
        reaches="on",
        holds="off",
        rests=("off",),
        reference=f"Wi-Fi and kiosk document 3.3; 11, row {row}",
        source="AOSP UserRestrictionsUtils.java (isSettingRestrictedForUser)",
    )


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
        _switch("radios.airplane", Indicator.AIRPLANE, "airplane_mode_on", row=14),
        _switch("radios.roaming", Indicator.ROAMING, "data_roaming", row=12),
    ),
    gaps=(
        NoAttempt("radios.airplane", CONTROL, 21, GUARDED_API - 1, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 14"),
        NoAttempt("radios.roaming", CONTROL, 21, 23, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 12"),
        NoAttempt(
            "radios.roaming", CONTROL, 24, GUARDED_API - 1, Gap.SHELL_FREE, "Wi-Fi and kiosk document 11, row 12"
        ),
        NoAttempt("radios.mobile", CONTROL, 21, LATEST, Gap.SHELL_FREE, "Wi-Fi and kiosk document 11, row 12"),
        NoAttempt("radios.tethering", CONTROL, 21, LATEST, Gap.NO_VERB, "Wi-Fi and kiosk document 11, row 10"),
    ),
)
