"""One capture: properties, features, screen and system packages of one model of device."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from provision.facts.props import Props
from provision.facts.shape import Shape

VERSION = 1
TYPE = "provision-capture"


@dataclass(frozen=True)
class Screen:
    """The built-in screen: pixels in portrait, and dots per inch as Android lays out."""

    width: int
    height: int
    density: int


@dataclass(frozen=True)
class Capture:
    """Answers of one device.

    Attributes:
        props: system properties.
        features: `pm list features` names; empty where they were not asked.
        screen: None where it was not told.
        packages: packages of the system image; never those a user installed.
        serial: the serial number's form, `HA1#####`, or the value itself where every unit has the same one.
    """

    props: Mapping[str, str]
    features: tuple[str, ...] = ()
    screen: Screen | None = None
    packages: tuple[str, ...] = ()
    serial: str = ""
    source: str = field(default="", compare=False)

    @property
    def shape(self) -> Shape:
        """The hardware's signs for identity."""
        if self.screen is None:
            return Shape(frozenset(self.features))
        sides = sorted((self.screen.width, self.screen.height))
        return Shape(frozenset(self.features), (sides[0], sides[1]), self.screen.density)

    @property
    def as_props(self) -> Props:
        """The properties as facts."""
        return Props(self.props)

    def to_json(self) -> str:
        """The file's text: sorted, one property a line, so that two captures can be compared by eye."""
        screen = self.screen and {
            "width": self.screen.width,
            "height": self.screen.height,
            "density": self.screen.density,
        }
        document = {
            "type": TYPE,
            "version": VERSION,
            "source": self.source,
            "serial": self.serial,
            "screen": screen,
            "features": sorted(self.features),
            "packages": sorted(self.packages),
            "props": dict(sorted(self.props.items())),
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
