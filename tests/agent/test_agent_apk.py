"""What the committed agent asks of Android, and how large it is: the page for hospitals says the same."""

from __future__ import annotations

import re
from pathlib import Path

from provision.agent.contract import AGENT
from provision.appset.manifest import read_manifest

ROOT = Path(__file__).parents[2]
APK, PAGE = ROOT / "apks/agent.apk", ROOT / "apks/agent/README.md"
MOST_BYTES = 400_000

ROADS_OUT = re.compile(
    r"INTERNET|.*(?:BLUETOOTH|NFC|SMS|CALL_PHONE|MMS|UWB|NEARBY_WIFI|NETWORK_STACK|CONNECTIVITY_INTERNAL)\w*|TRANSMIT_IR"
)
"""Permissions by which an app could send something away."""


def read_asked() -> set[str]:
    """Permissions of Android that the APK asks for, without their common prefix."""
    asked = read_manifest(APK).permissions
    return {name.removeprefix("android.permission.") for name in asked if not name.startswith(AGENT)}


def read_explained() -> dict[str, str]:
    """Permissions of the page's table, each with its reason."""
    section = PAGE.read_text("utf-8").partition("### Permissions\n")[2].partition("\n#")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    return {name: reason.strip() for names, reason in rows for name in re.findall(r"`(\w+)`", names)}


def test_each_permission_of_the_agent_has_its_reason_and_none_is_missing() -> None:
    explained = read_explained()
    assert read_asked() == set(explained)
    assert [name for name, reason in explained.items() if len(reason) < 20] == []


def test_the_agent_can_send_nothing_anywhere() -> None:
    assert [name for name in read_asked() if ROADS_OUT.fullmatch(name)] == []


def test_a_road_out_would_be_seen() -> None:
    roads = ("INTERNET", "BLUETOOTH_CONNECT", "SEND_SMS", "NFC", "NEARBY_WIFI_DEVICES", "CALL_PHONE")
    assert [name for name in roads if not ROADS_OUT.fullmatch(name)] == []
    assert not ROADS_OUT.fullmatch("CHANGE_WIFI_STATE"), "it joins the hospital's networks; a socket needs INTERNET"


def test_the_agent_is_small() -> None:
    assert APK.stat().st_size <= MOST_BYTES
    assert f"at most {MOST_BYTES // 1000} kB" in PAGE.read_text("utf-8")
