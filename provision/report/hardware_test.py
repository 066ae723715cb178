"""The test of a tablet's hardware by hand, told."""

from __future__ import annotations

from collections.abc import Iterator

from provision.state.donations import HardwareTest
from provision.state.hardware_seen import TouchSeen
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
    return ", ".join((*told, *_tell_seen(language, test), say(language, "intake.wifi", level=level)))


def _tell_seen(language: Language, test: HardwareTest) -> Iterator[str]:
    """Tell what the tablet itself observed and a hand may not have seen."""
    touch = test.seen.touch
    if touch is not None and touch.left:
        yield tell_unfelt(language, touch)
    elif touch is not None:
        yield say(language, "intake.felt", all=touch.squares)


def tell_unfelt(language: Language, touch: TouchSeen) -> str:
    """Tell in how many squares of a screen no finger was felt, and where."""
    where = ", ".join(say(language, f"intake.zone.{zone}") for zone in touch.where)
    return say(language, "intake.unfelt", left=touch.left, all=touch.squares, where=where)
