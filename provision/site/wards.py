"""Wards of a site: what tells a tablet of one apart, and whom it calls. Data: no ward makes a tablet foreign."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from provision.config.faults import FileModel, refuse
from provision.site.network import one_line

LONGEST_PLACE = 60
"""Letters of hospital and ward together, as an agent takes them (contract 7)."""
JOINS = ", "
"""Between hospital and ward."""


class WardColour(StrEnum):
    """Colours a person tells apart by name, none of them the only sign of a ward: its name stands beside it."""

    BLUE = "blue"
    GREEN = "green"
    RED = "red"
    VIOLET = "violet"
    BROWN = "brown"
    TEAL = "teal"
    PINK = "pink"
    GREY = "grey"


PALETTE: Mapping[WardColour, str] = MappingProxyType(
    {
        WardColour.BLUE: "#00629B",
        WardColour.GREEN: "#2E6B1F",
        WardColour.RED: "#A8201A",
        WardColour.VIOLET: "#5E35B1",
        WardColour.BROWN: "#6D4C2F",
        WardColour.TEAL: "#006D6F",
        WardColour.PINK: "#AD1467",
        WardColour.GREY: "#455A64",
    }
)
"""As a policy holds them. White letters on each, and each on white, have a contrast of 5:1 at least (WCAG 2.2, 1.4.3
asks for 4.5:1)."""


class Ward(FileModel):
    """One ward."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_PLACE), AfterValidator(one_line)] = Field(
        description="as patients and visitors read it"
    )
    hotline: Annotated[str, Field(min_length=1, max_length=LONGEST_PLACE), AfterValidator(one_line)] | None = Field(
        default=None, description="number or text its tablets show for help; default: kiosk.hotline"
    )
    colour: WardColour = Field(default=WardColour.BLUE, description="of bars and buttons on its tablets")


def join_place(hospital: str, ward: Ward) -> str:
    """Hospital and ward as a tablet shows them: `CHU Exemple, Cardiologie 2`."""
    return f"{hospital}{JOINS}{ward.name}"


def measure_room(hospital: str) -> int:
    """Return the letters that a ward's name may have beside that of the hospital."""
    return max(LONGEST_PLACE - len(hospital) - len(JOINS), 0)


def check_wards(wards: Mapping[str, Ward], hospital: str, key: str) -> None:
    """Refuse a ward whose name has no room beside that of the hospital.

    Args:
        key: of the hospital's name, for the message.

    Raises:
        PydanticCustomError: with the first such ward.
    """
    room = measure_room(hospital)
    for short, ward in wards.items():
        if len(ward.name) > room:
            hint = f"tablets show “{hospital}{JOINS}” before it, of {LONGEST_PLACE} in all; kiosk.place may be shorter"
            raise refuse(
                f"at most {room} characters beside {key}", f"{len(ward.name)}", hint, key=f"wards.{short}.name"
            )
