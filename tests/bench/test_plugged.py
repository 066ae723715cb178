"""The table of plugged devices, above all what umockdev cannot play: lost events and a reread."""

from __future__ import annotations

from provision.bench.plugged import Plugged, Sighting


def seen(port: str, number: str | None = "001") -> Sighting:
    return Sighting(port, number, ":ff4201:", "04e8", "6860")


def words(events: list[object]) -> list[str]:
    return [f"{event.action} {event.port}" for event in events]  # type: ignore[attr-defined]


def test_a_reread_reports_only_the_differences_and_removals_first() -> None:
    plugged = Plugged()
    plugged.replace([seen("1-1"), seen("1-2"), seen("1-3")])
    again = plugged.replace([seen("1-1"), seen("1-3", "007"), seen("1-4")])
    assert words(again) == ["remove 1-2", "remove 1-3", "add 1-3", "add 1-4"]


def test_a_removal_of_an_unknown_port_is_nothing() -> None:
    assert Plugged().remove("1-1", "001") == []


def test_a_removal_without_a_number_counts() -> None:
    plugged = Plugged()
    plugged.add(seen("1-1", "004"))
    assert words(plugged.remove("1-1", None)) == ["remove 1-1"]
    assert plugged.remove("1-1", None) == []
