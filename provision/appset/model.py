"""The app set as the rest of the product sees it: pinned apps whose files were checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class App:
    """One app, its file proved equal to its pins when the set was loaded.

    Attributes:
        package: Android package name.
        label: what people call it.
        version_code, version_name: as the manifest has them.
        path: the APK file.
        size: bytes.
        sha256: digest of the whole file, lower-case hexadecimal.
        signer: SHA-256 of the signer's certificate (DER), lower-case hexadecimal.
        min_sdk: lowest API level it installs on.
        target_sdk: API level it was made for; Android 14 refuses low ones (packages document 3.10).
        abis: ABIs its native libraries are for; empty: it has none and runs everywhere.
    """

    package: str
    label: str
    version_code: int
    version_name: str
    path: Path
    size: int
    sha256: str
    signer: str
    min_sdk: int
    target_sdk: int
    abis: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AppSet:
    """All apps in the order of `apps.yaml`.

    Attributes:
        digest: SHA-256 over the pins of all apps in canonical JSON; paths, labels and comments do
            not change it. Records name the app set by it.
    """

    apps: tuple[App, ...]
    digest: str
