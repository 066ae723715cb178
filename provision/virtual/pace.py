"""How fast a training bench is: bandwidth that tablets on one hub share, and how long a tablet works on an app.

`bench/pace.yaml` in a training home, read when the bench starts; without it every link is as fast as the computer.
The model of the figures: 35 MB/s a hub, a commit of 4 s + 0.08 s/MB (reference, adb host side, section 4).
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from provision.errors import TrainingError
from provision.virtual.android.model import Timing

FILE = Path("bench/pace.yaml")


class Pace(BaseModel):
    """One pace file.

    Attributes:
        hubs: tablets are dealt to so many hubs, in the order of their slots.
        bytes_per_second: of each hub, both ways together; None is as fast as can be.
        commit, commit_per_megabyte: seconds a tablet works on an app; None leaves the models' own.
        hash_per_megabyte: seconds a tablet reads and hashes a megabyte of what is installed.
        join: seconds of association with an access point; None leaves the models' own.
        starts: seconds that starting a program takes, by its first word: Java costs old tablets 0.3 s each time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hubs: int = Field(default=1, ge=1)
    bytes_per_second: float | None = Field(default=None, gt=0)
    commit: float | None = Field(default=None, ge=0)
    commit_per_megabyte: float | None = Field(default=None, ge=0)
    hash_per_megabyte: float | None = Field(default=None, ge=0)
    join: float | None = Field(default=None, ge=0)
    starts: dict[str, float] | None = None

    def make_links(self) -> list[HubLink | None]:
        """One link a hub."""
        speed = self.bytes_per_second
        return [None if speed is None else HubLink(speed) for _ in range(self.hubs)]

    def adjust(self, timing: Timing) -> Timing:
        """A model's durations with those of this bench."""
        given = {
            "commit": self.commit,
            "commit_per_megabyte": self.commit_per_megabyte,
            "hash_per_megabyte": self.hash_per_megabyte,
            "join": self.join,
            "starts": self.starts,
        }
        return timing.model_copy(update={name: value for name, value in given.items() if value is not None})


TURN_SECONDS = 0.004
"""After so long the next tablet of a hub has its turn. USB deals its hubs out in far smaller pieces, so that a shell
line waits for nobody's megabyte (reference, adb host side, section 4: 0.6 ms beside 24 uploads); each costs a sleep."""


class HubLink:
    """The way to the tablets of one hub; packets share it turn by turn.

    Held by pausing the read: delayed OKAYs alone would not slow every host (reference, adb host side, section 6).
    """

    def __init__(self, bytes_per_second: float) -> None:
        self._speed, self._free = bytes_per_second, 0.0
        self._turn = max(1, int(bytes_per_second * TURN_SECONDS))

    async def carry(self, size: int) -> None:
        """Return when a packet of `size` bytes is over."""
        end = time.monotonic()
        for start in range(0, size, self._turn):
            end = self._free = max(self._free, end) + min(self._turn, size - start) / self._speed
            await asyncio.sleep(end - time.monotonic())


def read_pace(home: Path) -> Pace:
    """The pace of a training home, the default one without a file.

    Raises:
        TrainingError: the file is wrong; the message names it and its first fault.
    """
    file = home / FILE
    if not file.exists():
        return Pace()
    try:
        return Pace.model_validate(yaml.safe_load(file.read_text("utf-8")) or {})
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise TrainingError(f"{file}: {place}: {fault['msg']}") from None
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise TrainingError(f"{file}: cannot be read: {error}") from None
