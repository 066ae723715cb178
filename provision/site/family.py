"""`family.yaml` of a home: whom a tablet's patient calls with one touch. Personal data, while that patient stays.

1. A tile is a name, a link, and the app of the kiosk that opens it; an hour for a planned call.
2. A link tells one app whom to call: `https`, or the scheme of that app. What could start anything else is refused.
3. The names are the patient's: the file is for its owner alone, nothing of it reaches a record or a log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from provision.config.faults import FileModel, refuse
from provision.config.source import load
from provision.errors import ConfigurationError, ConfigurationFault
from provision.site.network import one_line

FILE = "family.yaml"
MOST_TILES = 30

_LINK = re.compile(r"([a-z][a-z0-9+.-]{1,30}):[\x21-\x7e]{1,500}")
_REFUSED = frozenset({"android-app", "content", "data", "file", "intent", "javascript", "market", "package"})


def _link(text: str) -> str:
    found = _LINK.fullmatch(text)
    if found is None or found[1] in _REFUSED:
        raise refuse("https://... or the link of a call app, without blanks", "another form")
    return text


class FamilyTile(FileModel):
    """One of them."""

    holds_secret = True
    label: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(one_line)] = Field(
        description="as the patient says it"
    )
    link: Annotated[str, AfterValidator(_link)] = Field(description="the room or contact, as the app takes it")
    package: str = Field(description="package name of the app that opens it, one of the app set")
    hour: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = Field(
        default=None, description='hour of a planned call, "16:00"'
    )


def _read_entries(entries: object) -> object:
    """A file may have no entries."""
    return {} if entries is None else entries


def _read_tablets(said: object) -> object:
    """An entry that was emptied has no tiles: its patient left."""
    tablets = _read_entries(said)
    if not isinstance(tablets, dict):
        return tablets
    emptied = {key: () if tiles is None else tiles for key, tiles in tablets.items()}
    return {key: tuple(tiles) if isinstance(tiles, list) else tiles for key, tiles in emptied.items()}


@dataclass(frozen=True)
class Family:
    """What one tablet gets of the file.

    Attributes:
        stay: another number brings back the same tiles that a clean took away; None where none is given.
    """

    tiles: Sequence[FamilyTile] = ()
    stay: int | None = None


AssetId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,8}-[0-9]{1,8}$")]
Families: TypeAlias = Mapping[str, Family]
"""Asset id -> tiles, in the order in which they are shown."""


def follow_numbers(written: Families, became: Mapping[str, str]) -> Families:
    """Return the tiles of every tablet; those under a number that became another are that one's, where it has none.

    Args:
        became: the number that each one became, the same one where it counts.
    """
    return {**{became[number]: family for number, family in written.items()}, **written}


class FamilyFile(FileModel):
    """The whole file."""

    tablets: Annotated[
        dict[AssetId, Annotated[tuple[FamilyTile, ...], Field(max_length=MOST_TILES)]],
        BeforeValidator(_read_tablets),
    ] = Field(description="asset id -> tiles")
    stays: Annotated[dict[AssetId, Annotated[int, Field(ge=1, le=1_000_000)]], BeforeValidator(_read_entries)] = Field(
        default_factory=dict, description="asset id -> another number whenever the same tiles are to come back"
    )


def load_families(home: Path, packages: Sequence[str], spell: Callable[[str], str | None]) -> Families:
    """The tiles of every tablet; none where the home has no such file.

    Args:
        packages: of the app set.
        spell: a number as labels have it, however a person typed it.

    Raises:
        ConfigurationError: every fault of the file, or others may read it.
    """
    file = home / FILE
    if not file.exists():
        return {}
    if file.stat().st_mode & 0o077:
        raise ConfigurationError(
            ConfigurationFault(file, None, "", "a file for you alone: chmod 600", "others may read it")
        )
    read = load(file, FamilyFile)
    tablets, stays = read.tablets, {spell(typed): number for typed, number in read.stays.items()}
    faults = [
        ConfigurationFault(file, None, f"tablets.{asset}[{index}].package", "a package of the app set", tile.package)
        for asset, tiles in tablets.items()
        for index, tile in enumerate(tiles)
        if tile.package not in packages
    ]
    numbers = [spell(typed) for typed in tablets]
    faults += _find_doubled(file, "tablets", numbers)
    faults += _find_doubled(file, "stays", [spell(typed) for typed in read.stays])
    faults += [
        ConfigurationFault(file, None, f"stays.{typed}", "a number that `tablets` has, too", typed)
        for typed in read.stays
        if spell(typed) not in numbers
    ]
    if faults:
        raise ConfigurationError(*faults)
    found = zip(numbers, tablets.values(), strict=True)
    return {number: Family(tiles, stays.get(number)) for number, tiles in found if number is not None}


def _find_doubled(file: Path, key: str, numbers: Sequence[str | None]) -> list[ConfigurationFault]:
    doubled = sorted({number for number in numbers if number and numbers.count(number) > 1})
    return [ConfigurationFault(file, None, f"{key}.{number}", "each number once", "twice") for number in doubled]
