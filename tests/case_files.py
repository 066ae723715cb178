"""Cases that stand in YAML files, and which of them the quick suite takes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import yaml

from provision.profiles.load import Profiles, load_profiles

CASES = Path(__file__).parent / "cases"
ALSO_LATER = "PROVISION_QUICK" not in os.environ
"""Tell whether those for `later` are made at all: thousands take a worker seconds to collect and leave out again."""
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@cache
def read_cases(file: Path) -> Any:  # noqa: ANN401 # as it stands in YAML
    """The content of a case file; to be looked at only. Libyaml is ten times as quick, and every worker reads all."""
    text = file.read_text("utf-8")
    try:
        return yaml.load(text, Loader=LOADER)  # noqa: S506 # both loaders are safe ones
    except yaml.YAMLError:  # libyaml takes no lone surrogate, which a tablet may print
        return yaml.safe_load(text)


@cache
def load_shipped() -> Profiles:
    """The profiles of this checkout, read once a process."""
    return load_profiles(Path(__file__).parents[1] / "device_profiles")


def sample(cases: Iterable[tuple[str, int, tuple[Any, ...]]]) -> Iterator[Any]:
    """Test parameters of cases given as (name, API level, values): one level of a name is quick, the others `later`.

    The level is chosen by the name: the same each time for one case, spread over the levels for all of them.
    """
    levels: dict[str, list[tuple[int, tuple[Any, ...]]]] = {}
    for name, api, values in cases:
        levels.setdefault(name, []).append((api, values))
    for name, found in levels.items():
        taken = crc32(name.encode()) % len(found)
        for number, (api, values) in enumerate(found):
            yield from _take(values, f"{api}-{name}", quick=number == taken)


def thin_out(cases: Iterable[tuple[str, Any]], share: int) -> Iterator[Any]:
    """Test parameters of named cases: one of so many is quick, chosen by its name, the others are `later`."""
    for name, value in cases:
        yield from _take((value,), name, quick=crc32(name.encode()) % share == 0)


def _take(values: tuple[Any, ...], name: str, *, quick: bool) -> Iterator[Any]:
    if quick or ALSO_LATER:
        yield pytest.param(*values, id=name, marks=() if quick else (pytest.mark.later,))
