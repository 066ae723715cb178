"""The shape of a device: what it has and how wide its screen is. Signs for identity, asked once a run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Outputs, Query

FEATURES = Query("features", ("pm", "list", "features"))
SIZE = Query("wm size", ("wm", "size"))
DENSITY = Query("wm density", ("wm", "density"))
QUERIES = (FEATURES, SIZE, DENSITY)


@dataclass(frozen=True)
class Shape:
    """Hardware as the system tells it; everything may be unknown.

    Attributes:
        features: names of `pm list features`; empty when the device did not answer.
        panel: pixels of the built-in screen, shorter side first; None when not told.
        density: dots per inch as Android lays out; None when not told.
        width_dp: smallest width in density-independent pixels, as apps see it: 600 and more is what
            Android lays out as a tablet.
    """

    features: frozenset[str] = frozenset()
    panel: tuple[int, int] | None = None
    density: int | None = None

    @property
    def width_dp(self) -> int | None:
        """The screen's smallest width in dp; None when not told."""
        return None if self.panel is None or not self.density else self.panel[0] * 160 // self.density

    @property
    def is_televisions(self) -> bool:
        """Tell whether the screen has exactly the format of an HDMI output (16:9), as few tablets have."""
        return self.panel is not None and self.panel[0] * 16 == self.panel[1] * 9


def parse(outputs: Outputs) -> Shape:
    """Never an error: a sign that is missing is no sign."""
    features = frozenset(re.findall(r"^feature:([\w.]+)", outputs[FEATURES.name].body, re.MULTILINE))
    size = re.search(r"^Physical size: (\d{2,5})x(\d{2,5})[ \t]*$", outputs[SIZE.name].body, re.MULTILINE)
    sides = sorted(map(int, size.groups())) if size is not None else None
    return Shape(features, (sides[0], sides[1]) if sides else None, _density(outputs[DENSITY.name]))


def _density(output: CommandOutput) -> int | None:
    found = re.search(r"^Physical density: (\d{2,4})[ \t]*$", output.body, re.MULTILINE)
    return int(found[1]) if found is not None else None
