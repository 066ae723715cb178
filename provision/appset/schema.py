"""The schema of `apps.yaml`: what a person pins for each app."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from provision.yaml_faults import FileModel, refuse

_PACKAGE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def _package(name: str) -> str:
    """The form PackageParser accepts; it also keeps the name from meaning anything to a shell."""
    if not _PACKAGE.fullmatch(name) or len(name) > 223:
        raise refuse("an Android package name", hint="like org.example.app")
    return name


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise refuse("64 hexadecimal digits in lower case")
    return text


def _line(text: str) -> str:
    if not text.isprintable():
        raise refuse("printable text on one line")
    return text


Digest = Annotated[str, AfterValidator(_digest)]
Line = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_line)]


class AppEntry(FileModel):
    """One app: every value is compared with the file."""

    package: Annotated[str, AfterValidator(_package)] = Field(description="Android package name")
    label: Line = Field(description="what people call it")
    version_code: int = Field(ge=1, lt=2**63, description="versionCode of the manifest")
    version_name: Line = Field(description="versionName of the manifest")
    file: Path = Field(description="the APK, relative to this file")
    sha256: Digest = Field(description="SHA-256 of the APK file")
    signer: Digest = Field(description="SHA-256 of the signer's certificate (apksigner verify --print-certs)")
    min_sdk: int = Field(ge=1, le=10_000, description="minSdkVersion of the manifest")
    target_sdk: int | None = Field(default=None, ge=1, le=10_000, description="targetSdkVersion of the manifest")
    size: int = Field(ge=1, description="size of the APK in bytes")


class AppsFile(FileModel):
    """The whole file; the order is the order of installation."""

    apps: Annotated[tuple[AppEntry, ...], Field(min_length=1, max_length=200)]
