"""Managed configuration as Android keeps it: one file a package beside the user (reference, Wi-Fi document 13).

Neither installing nor updating, clearing or uninstalling the app touches it; a factory reset does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provision.virtual.android.state import Data

CLEARED_API = 30
"""From here on the end of ownership clears it, for installed packages only (Wi-Fi document 13.3)."""


def keep_configuration(data: Data, package: str, settings: Mapping[str, Any]) -> None:
    """Write one package's file: spaces around texts are lost, an empty one is no file."""
    kept = {key: _kept(value) for key, value in settings.items()}
    if kept:
        data.configurations[package] = kept
    else:
        data.configurations.pop(package, None)


def _kept(value: Any) -> Any:  # noqa: ANN401 - a value of JSON
    if isinstance(value, str):
        return value.strip(" ")
    return [one.strip(" ") for one in value] if isinstance(value, list) else value


def forget_with_owner(data: Data, api: int) -> None:
    """Forget what the end of ownership takes along."""
    if api >= CLEARED_API:
        gone = [name for name in data.configurations if name in data.packages and data.packages[name].installed]
        for name in gone:
            del data.configurations[name]
