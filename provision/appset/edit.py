"""Changing `apps.yaml` by program: single lines are replaced or appended, so that every comment stays.

The result is loaded and checked against its APKs before it takes the place of the old file.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provision.appset.checking import AppFault, digest_file
from provision.appset.load import load_appset
from provision.appset.manifest import Manifest, read_manifest
from provision.appset.model import AppSet
from provision.appset.signing.block_schemes import Signer
from provision.appset.signing.faults import ApkCause, ApkError
from provision.appset.signing.verify import verify_signatures
from provision.errors import ConfigurationError, ConfigurationFault
from provision.files import write_atomically
from provision.yaml_nodes import Document, KeyPath, parse

KEYS = ("package", "label", "version_code", "version_name", "file", "sha256", "signer", "min_sdk", "target_sdk", "size")
"""Keys of an entry of one file, in the order they are written."""


@dataclass(frozen=True)
class Pins:
    """What `apps.yaml` pins of one verified APK.

    Attributes:
        values: by key; `file` is relative to the folder of `apps.yaml`.
        lineage: certificates its signer proves to have rotated from.
    """

    values: Mapping[str, str | int]
    lineage: frozenset[str]

    @property
    def package(self) -> str:
        """The app's package."""
        return str(self.values["package"])


def read_pins(apk: Path, folder: Path) -> Pins:
    """The pins of one APK, all its signatures verified.

    Args:
        apk: the file.
        folder: the one of `apps.yaml`.

    Raises:
        ConfigurationError: it cannot be read, a signature does not hold, or it is nothing a tablet gets.
    """
    try:
        signer, manifest = _read_one(apk)
        values = _pin(apk, signer.certificate, manifest)
    except OSError as error:
        raise _refuse(apk, "a readable APK", error.strerror or "an error") from None
    except ApkError as error:
        raise _refuse(apk, "an APK for tablets", str(error), error.cause) from None
    path = Path(os.path.relpath(apk.resolve(), folder.resolve())).as_posix()
    return Pins({**values, "file": path}, frozenset(signer.lineage))


def _read_one(apk: Path) -> tuple[Signer, Manifest]:
    """The one signer and the manifest of an APK that a tablet can get alone; `ApkError` for every other."""
    found = verify_signatures(apk)
    found.check_all()
    signers, manifest = found.newest(), read_manifest(apk)
    if manifest.test_only:
        raise ApkError("it is a test build (testOnly)", ApkCause.TEST_ONLY)
    if manifest.split or manifest.needs_splits:
        raise ApkError("it is one of several files of an app", ApkCause.SPLIT_MISSING)
    if len(signers) != 1:
        raise ApkError(f"it has {len(signers)} signers; this product pins one", ApkCause.OTHER_SIGNER)
    return signers[0], manifest


def _pin(apk: Path, signer: str, manifest: Manifest) -> dict[str, str | int]:
    return {
        "package": manifest.package,
        "version_code": manifest.version_code,
        "version_name": manifest.version_name or str(manifest.version_code),
        "sha256": digest_file(apk),
        "signer": signer,
        "min_sdk": manifest.min_sdk,
        "target_sdk": manifest.target_sdk,
        "size": apk.stat().st_size,
    }


def add_app(file: Path, pins: Pins, label: str) -> AppSet:
    """Append one app to `apps.yaml`; a file that is not there yet is made.

    Raises:
        ConfigurationError: the package is in it already, or the file would be wrong. It is as it was.
    """
    if not file.exists():
        return _replace(file, "apps:\n" + _entry(pins, label, "  "))
    document = parse(file)
    if _find(document, pins.package) is not None:
        raise _refuse(file, "an app that is not in the set", pins.package, hint="`provision apps update` changes it")
    text = file.read_text("utf-8")
    first = text.split("\n")[document.line_of(("apps", 0)) - 1]
    indent = first[: len(first) - len(first.lstrip())]
    return _replace(file, text.rstrip("\n") + "\n" + _entry(pins, label, indent))


def update_app(file: Path, pins: Pins, *, accept_signer: bool) -> tuple[AppSet, tuple[tuple[str, str, str], ...]]:
    """Pin another file for an app of the set.

    Returns:
        The new set, and (key, before, after) of every value that changed.

    Raises:
        ConfigurationError: no such app, another signer that was not accepted, or the file would be wrong.
            It is as it was.
    """
    document = parse(file)
    place = _find(document, pins.package)
    if place is None:
        raise _refuse(file, "an app of the set", pins.package, hint="`provision apps add` adds it")
    entry = _read(document, place)
    if "variants" in entry or "splits" in entry:
        raise _refuse(file, "an app of one file", f"{pins.package} with several", hint="change its entry by hand")
    pinned, signer = str(entry.get("signer")), str(pins.values["signer"])
    if signer != pinned and pinned not in pins.lineage and not accept_signer:
        hint = "tablets that have the old one must be reset; --accept-signer takes it all the same"
        raise _refuse(file, f"the pinned signer {pinned}", signer, ApkCause.OTHER_SIGNER, hint)
    changed = tuple(
        (key, str(entry.get(key, "-")), str(value)) for key, value in pins.values.items() if entry.get(key) != value
    )
    lines = file.read_text("utf-8").split("\n")
    for key, _, _ in changed:
        number = document.line_of((*place, key)) - 1
        lines[number] = _with_value(lines[number], key, pins.values[key])
    return _replace(file, "\n".join(lines)), changed


def _find(document: Document, package: str) -> KeyPath | None:
    apps = document.data.get("apps")
    for index, entry in enumerate(apps if isinstance(apps, list) else []):
        if isinstance(entry, dict) and entry.get("package") == package:
            return ("apps", index)
    return None


def _read(document: Document, place: KeyPath) -> Mapping[str, object]:
    apps = document.data["apps"]
    entry = apps[int(place[1])] if isinstance(apps, list) else {}
    return dict(entry) if isinstance(entry, dict) else {}


def _with_value(line: str, key: str, value: str | int) -> str:
    """The line with another value; what stands before and a comment behind stay.

    A line of another form is left alone: the check of the result then says so.
    """
    form = re.compile(rf"(\s*(?:- )?{key}: *)(\"[^\"]*\"|'[^']*'|[^#]*?)(\s+#.*)?$")
    return form.sub(lambda found: f"{found[1]}{_scalar(value)}{found[3] or ''}", line)


def _scalar(value: str | int) -> str:
    """A value as YAML that reads back as the same text or number."""
    plainly = isinstance(value, int) or re.fullmatch(r"[A-Za-z][\w./-]*|[0-9a-f]{64}", value)
    return str(value) if plainly else json.dumps(value, ensure_ascii=False)


def _entry(pins: Pins, label: str, indent: str) -> str:
    values = {**pins.values, "label": label}
    rows = [f"{key}: {_scalar(values[key])}" for key in KEYS]
    return f"{indent}- {rows[0]}\n" + "".join(f"{indent}  {row}\n" for row in rows[1:])


def _replace(file: Path, text: str) -> AppSet:
    """Load the new text beside the old file, then put it in its place."""
    trial = file.with_name(f".{file.name}.trial.yaml")
    try:
        write_atomically(trial, text.encode())
        appset = load_appset(trial)
        write_atomically(file, text.encode())
    except ConfigurationError as error:
        raise ConfigurationError(*(_renamed(fault, file) for fault in error.faults)) from None
    finally:
        trial.unlink(missing_ok=True)
    return appset


def _renamed(fault: ConfigurationFault, file: Path) -> ConfigurationFault:
    hint = fault.hint or "nothing was written"
    cause = fault.cause if isinstance(fault, AppFault) else None
    return AppFault(file, fault.line, fault.key, fault.expected, fault.got, hint, cause)


def _refuse(file: Path, expected: str, got: str, cause: ApkCause | None = None, hint: str = "") -> ConfigurationError:
    return ConfigurationError(AppFault(file, None, "", expected, got, hint, cause))
