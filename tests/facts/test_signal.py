"""The level of the radio: by key, of the network in use alone (reference, Wi-Fi and kiosk document 1.6)."""

from __future__ import annotations

import pytest

from provision.facts.query import CommandOutput
from provision.facts.signal import parse

OLD = "Wi-Fi is enabled\n mWifiInfo SSID: {}, BSSID: aa:bb, Supplicant state: {}, RSSI: {}, Link: 72\n"
NEW = "WifiInfo: SSID: {}, BSSID: aa:bb, Supplicant state: {}, RSSI: {}, Net ID: 0\n"
LYING = "a, Supplicant state: COMPLETED, RSSI: -1, b"


@pytest.mark.parametrize("form", [OLD, NEW])
@pytest.mark.parametrize(
    ("name", "state", "level", "expected"),
    [
        ("HOPITAL", "COMPLETED", "-50", -50),
        ("<unknown ssid>", "DISCONNECTED", "-127", None),
        (LYING, "COMPLETED", "-71", -71),
        ("HOPITAL", "COMPLETED", "none", None),
    ],
)
def test_the_level_is_read_by_its_key(form: str, name: str, state: str, level: str, expected: int | None) -> None:
    assert parse(CommandOutput("x", form.format(name, state, level), 0)) == expected


@pytest.mark.parametrize("text", ["", "Wifi is not connected\n", "WifiInfo: SSID: X, BSSID: a"])
def test_nothing_is_no_level(text: str) -> None:
    assert parse(CommandOutput("x", text, 0)) is None
