"""The schema of `apps.yaml`: what a person pins for each app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from provision.appset.access import SpecialAccess
from provision.appset.placeholders import LONGEST, fill, find_unknown
from provision.config.faults import FileModel, refuse
from provision.config.nodes import plain

_PACKAGE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", re.ASCII)
_PERMISSION = re.compile(r"[A-Za-z]\w*(\.\w+)+", re.ASCII)
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


def _setting(value: object) -> object:
    """Make the setting as every release's Bundle of restrictions keeps it (Wi-Fi and kiosk document, 13.2)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _number(value)
    if isinstance(value, Mapping):
        hint = "managed configuration is no place for secrets, so it takes no references to them either"
        raise refuse(_SETTING, "a mapping", hint)
    lines = [value] if isinstance(value, str) else value
    if (
        not isinstance(lines, list | tuple)
        or not all(isinstance(line, str) for line in lines)
        or len(lines) > MOST_LINES
    ):
        raise refuse(_SETTING)
    for line in lines:
        _check_line(line)
    return value if isinstance(value, str) else tuple(lines)


_SETTING = "text, a number, true, false, or a list of at most 100 texts"
MOST_LINES, LONGEST_LINE = 100, 2000


def _number(value: int) -> int:
    if not -(2**31) <= value < 2**31:
        raise refuse("a number of 32 bits")
    return value


def _check_line(line: str) -> None:
    unknown = next(find_unknown(line), None)
    if unknown is not None:
        known = ", ".join(f"{{{name}}}" for name in LONGEST)
        raise refuse(f"a placeholder there is: {known}", plain(unknown), f"for the text itself write {{{unknown}}}")
    if not line.isprintable() or len(str(fill(line, LONGEST))) > LONGEST_LINE:
        raise refuse(f"printable text on one line, at most {LONGEST_LINE} characters")
    if line != line.strip():
        raise refuse("text without a space first or last", hint="Android would drop it")


def _permission(name: str) -> str:
    if not _PERMISSION.fullmatch(name) or len(name) > 200:
        raise refuse("a permission's name", hint="like android.permission.CAMERA")
    return name


VersionCode = Annotated[int, Field(ge=0, lt=2**63)]  # 0 where the manifest has none
Sdk = Annotated[int, Field(ge=1, le=10_000)]
Permission = Annotated[str, AfterValidator(_permission)]
ConfigurationKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
ConfigurationValue = Annotated[str | int | bool | tuple[str, ...], BeforeValidator(_setting)]
Digest = Annotated[str, AfterValidator(_digest)]
Language = Annotated[str, Field(pattern=r"^(fr|en|es|pt|ar|tr)$")]
TileLabel = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_line)]
Line = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_line)]


def _some(entries: tuple[AppEntry, ...]) -> tuple[AppEntry, ...]:
    """Not `min_length`: pydantic would count the right entries only, and complain twice of one wrong app."""
    if not entries:
        raise refuse("at least 1 entries", "a list")
    return entries


class FileEntry(FileModel):
    """One APK file: every value is compared with it."""

    file: Path = Field(description="the APK, relative to this file")
    sha256: Digest = Field(description="SHA-256 of the APK file")
    size: int = Field(ge=1, description="size of the APK in bytes")


class VariantEntry(FileEntry):
    """One file for some tablets; the first that fits a tablet is installed."""

    version_code: VersionCode | None = Field(default=None, description="where it differs from the app's")
    version_name: Line | None = Field(default=None, description="where it differs from the app's")
    min_sdk: Sdk | None = Field(default=None, description="where it differs from the app's")
    max_sdk: Sdk | None = Field(default=None, description="highest API level this file is meant for")
    target_sdk: Sdk | None = Field(default=None, description="targetSdkVersion of the manifest")
    splits: tuple[FileEntry, ...] = Field(default=(), max_length=100, description="further APKs of this file")


class AppEntry(FileModel):
    """One app: one file, or variants of it."""

    package: Annotated[str, AfterValidator(_package)] = Field(description="Android package name")
    label: Line = Field(description="what people call it")
    version_code: VersionCode = Field(description="versionCode of the manifest")
    version_name: Line = Field(description="versionName of the manifest")
    file: Path | None = Field(default=None, description="the APK, relative to this file")
    sha256: Digest | None = Field(default=None, description="SHA-256 of the APK file")
    signer: Digest = Field(description="SHA-256 of the signer's certificate (apksigner verify --print-certs)")
    min_sdk: Sdk = Field(description="minSdkVersion of the manifest")
    target_sdk: Sdk | None = Field(default=None, description="targetSdkVersion of the manifest")
    size: int | None = Field(default=None, ge=1, description="size of the APK in bytes")
    splits: tuple[FileEntry, ...] = Field(default=(), max_length=100, description="further APKs of the file")
    variants: tuple[VariantEntry, ...] = Field(default=(), max_length=20, description="in place of file, sha256, size")
    grants: tuple[Permission, ...] = Field(default=(), max_length=50, description="runtime permissions it is given")
    special_access: tuple[SpecialAccess, ...] = Field(
        default=(), max_length=10, description="special app access it is given, by its name in `appops`"
    )
    calls: bool = Field(default=False, description="it takes calls: kept awake, and shown over the whole screen")
    labels: dict[Language, TileLabel] = Field(
        default_factory=dict, description="what patients call it, by language; else the app's own name"
    )
    configuration: dict[ConfigurationKey, ConfigurationValue] = Field(
        default_factory=dict, max_length=100, description="managed configuration, delivered by the owner"
    )

    @model_validator(mode="after")
    def _has_one_form(self) -> AppEntry:
        single = [name for name in ("file", "sha256", "size") if getattr(self, name) is not None]
        if self.variants and (single or self.splits):
            raise refuse("`variants`, or file, sha256 and size", f"variants and {(*single, 'splits')[0]}")
        if not self.variants and len(single) < 3:
            missing = next(name for name in ("file", "sha256", "size") if name not in single)
            raise refuse("this key", "nothing", "or `variants:` with a file each", key=missing)
        return self

    @property
    def files(self) -> tuple[VariantEntry, ...]:
        """Its variants; the one file of the short form as a variant."""
        if self.variants:
            return self.variants
        names = {"file", "sha256", "size", "splits"}
        return (VariantEntry.model_construct(**{name: getattr(self, name) for name in names}),)


class AppsFile(FileModel):
    """The whole file; the order is the order of installation."""

    apps: Annotated[tuple[AppEntry, ...], Field(max_length=200), AfterValidator(_some)]
