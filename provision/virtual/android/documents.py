"""Reads the YAML files that come with the model: tablets and gates, a megabyte at the start of a large bench."""

from __future__ import annotations

from pathlib import Path

import yaml

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Libyaml is ten times as quick; PyYAML comes with it on common machines."""


def read_document(path: Path) -> object:
    """The content of a file.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
