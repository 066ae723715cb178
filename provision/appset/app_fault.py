"""Faults of an app of the set or of a file for it, in the catalogue's words where it has some."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.appset.signing.faults import ApkCause
from provision.errors import ConfigurationError, ConfigurationFault


@dataclass(frozen=True)
class AppFault(ConfigurationFault):
    """A difference between `apps.yaml` and an APK, with its cause in the catalogue's words.

    Attributes:
        app: what people call the app; empty where only a file is known.
        apk: name of the file.
    """

    cause: ApkCause | None = None
    app: str = ""
    apk: str = ""


def refuse(
    file: Path, expected: str, got: str, cause: ApkCause | None = None, hint: str = "nothing was written"
) -> ConfigurationError:
    """One fault of one file."""
    return ConfigurationError(AppFault(file, None, "", expected, got, hint, cause))
