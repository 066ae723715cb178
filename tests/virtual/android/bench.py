"""Opens virtual tablets of any release on a clock that only tests move."""

from __future__ import annotations

import io
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from provision.virtual.android.contract import Reply
from provision.virtual.android.model import Answers, Model, load_model
from provision.virtual.android.tablet import VirtualTablet
from provision.virtual.roster import Place

BASES = {23: "archos-101b-oxygen", 30: "samsung-sm-t510", 34: "xiaomi-pad-6"}


class HandClock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def model_for(api: int, answers: dict[str, Any] | None = None, patch: str | None = None) -> Model:
    """A model of that release: the real one, or the nearest below with its level changed."""
    base = load_model(BASES[max((level for level in BASES if level <= api), default=23)])
    props = {**base.props, "ro.build.version.sdk": str(api)}
    if patch is not None:
        props["ro.build.version.security_patch"] = patch
    return base.model_copy(update={"api": api, "props": props, "answers": Answers(**(answers or {}))})


class Bench:
    """One tablet, its clock and shorthand calls."""

    def __init__(self, folder: Path, model: Model, place: Place | None = None) -> None:
        self.clock = HandClock()
        self.folder = folder
        self.model = model
        self.place = place or Place("1", "1-1.1", "samsung-sm-t510", "R52N00000001", tap_allow=0.0)
        self.tablet = VirtualTablet(folder, self.place, model, self.clock)

    def again(self) -> None:
        """Close and open the tablet, as a restart of the bench does."""
        self.tablet = VirtualTablet(self.folder, self.place, self.model, self.clock)

    def run(self, line: str, stdin: bytes = b"") -> Reply:
        return self.call(shlex.split(line), stdin)

    def call(self, argv: Sequence[str], stdin: bytes = b"") -> Reply:
        return self.tablet.call(argv, io.BytesIO(stdin).read)

    def edit(self, line: str) -> str:
        verb, *words = shlex.split(line)
        return self.tablet.edit(verb, words)
