"""The shape of a device: what it has and how wide its screen is. Signs for identity, asked once a run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.ask import Ask, Section, Sections

FEATURES = Ask("features", ("pm", "list", "features"))
SIZE = Ask("wm size", ("wm", "size"))
DENSITY = Ask("wm density", ("wm", "density"))
ASKS = (FEATURES, SIZE, DENSITY)


@dataclass(frozen=True)
class Shape:
    """What the system says of the hardware; everything may be unknown.

    Attributes:
        features: names of `pm list features`; empty when the device did not answer.
        width_dp: smallest width of the built-in screen in density-independent pixels, as apps see it:
            600 and more is what Android lays out as a tablet. None when not told.
    """

    features: frozenset[str] = frozenset()
    width_dp: int | None = None


def parse(sections: Sections) -> Shape:
    """Never an error: a sign that is missing is no sign."""
    features = frozenset(re.findall(r"^feature:([\w.]+)", sections[FEATURES.name].text, re.MULTILINE))
    size = re.search(r"^Physical size: (\d{2,5})x(\d{2,5})\s*$", sections[SIZE.name].text, re.MULTILINE)
    density = _density(sections[DENSITY.name])
    if size is None or density is None:
        return Shape(features)
    return Shape(features, min(int(size[1]), int(size[2])) * 160 // density)


def _density(section: Section) -> int | None:
    found = re.search(r"^Physical density: (\d{2,4})\s*$", section.text, re.MULTILINE)
    return int(found[1]) if found is not None else None
