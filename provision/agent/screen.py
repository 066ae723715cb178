"""The member of a policy about the launcher's screen: size, way back, names of apps (contract 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class ScreenFacts:
    """What is known of a screen beside the site's settings.

    Attributes:
        labels: what patients call the apps: package -> language -> name.
        diagonal: of the display in millimetres, as the tablet's profile has it; None where nobody measured it.
    """

    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    diagonal: int | None = None

    def measure(self, diagonal: int | None) -> ScreenFacts:
        """The same of one tablet, whose profile has this diagonal."""
        return replace(self, diagonal=diagonal)


def make_screen(facts: ScreenFacts, idle_minutes: int | None, packages: Sequence[str]) -> dict[str, object]:
    """The member `screen`; none where nothing is said of it.

    Args:
        facts: of the tablet's screen.
        idle_minutes: of a dark screen, after which the launcher is in front again.
        packages: apps of the kiosk.
    """
    labels = {name: dict(told) for name, told in facts.labels.items() if told and name in packages}
    said = {"diagonal": facts.diagonal, "idle_minutes": idle_minutes, "labels": labels or None}
    screen = {name: value for name, value in said.items() if value is not None}
    return {"screen": screen} if screen else {}
