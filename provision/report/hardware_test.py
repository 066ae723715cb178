"""The test of a tablet's hardware by hand, told."""

from __future__ import annotations

from provision.state.donations import HardwareTest
from provision.texts.catalogue import Language, say


def tell_words(language: Language, test: HardwareTest) -> str:
    """Tell what a hand said of each part, and the level of the radio."""
    told = [
        say(
            language,
            "intake.part",
            part=say(language, f"intake.part.{part}"),
            word=say(language, f"intake.said.{word}"),
        )
        for part, word in test.words.items()
    ]
    level = say(language, "intake.wifi-none") if test.wifi_dbm is None else f"{test.wifi_dbm} dBm"
    return ", ".join((*told, say(language, "intake.wifi", level=level)))
