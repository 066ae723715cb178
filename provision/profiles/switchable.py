"""The settings that a switch of a profile may touch: an allow-list as data, `switchable.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from provision.config.faults import FileModel
from provision.config.source import load

_FILE = Path(__file__).with_name("switchable.yaml")
SWITCHABLE = "provision/profiles/switchable.yaml"
"""Its place, for messages."""


class SwitchableFile(FileModel):
    """`switchable.yaml`: rows as `TABLE KEY`."""

    settings: tuple[str, ...] = Field(min_length=1)


@cache
def list_settings() -> frozenset[str]:
    """Every row as `TABLE KEY`."""
    return frozenset(load(_FILE, SwitchableFile).settings)
