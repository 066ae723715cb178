"""Android's releases as they are printed on boxes and shown under Settings, by API level."""

from __future__ import annotations

from collections.abc import Mapping

RELEASES: Mapping[int, str] = {
    21: "5.0", 22: "5.1", 23: "6.0", 24: "7.0", 25: "7.1", 26: "8.0", 27: "8.1", 28: "9", 29: "10", 30: "11",
    31: "12", 32: "12L", 33: "13", 34: "14", 35: "15", 36: "16",
    37: "17",
}  # fmt: skip

FIRST_API, NEWEST_API = min(RELEASES), max(RELEASES)
"""Of the tablets that this product takes, and of the releases that are known."""


def name_release(api: int) -> str:
    """`Android 7.0 (API 24)`; a level without a name by its number."""
    return f"Android {RELEASES[api]} (API {api})" if api in RELEASES else f"API {api}"


def name_releases(first: int, last: int) -> str:
    """`Android 7.0 – 13 (API 24 – 33)`; one release by itself."""
    if first == last:
        return name_release(first)
    return f"Android {RELEASES.get(first, '?')} – {RELEASES.get(last, '?')} (API {first} – {last})"
