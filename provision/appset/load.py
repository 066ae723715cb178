"""`apps.yaml` and its APK files, checked against each other; every fault at once.

In this order, per app: the file is there, its size and digest are the pinned ones, its manifest says
the pinned values, and its signatures name the pinned certificate. A file with another digest is not
opened further. See `signers` for what is not verified here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from provision.appset.manifest import ApkError, Manifest, read_manifest
from provision.appset.model import App, AppSet
from provision.appset.schema import AppEntry, AppsFile
from provision.appset.signers import claimed_signers
from provision.errors import ConfigurationError, ConfigurationFault
from provision.yaml_nodes import Document, KeyPath, key_text, parse, plain
from provision.yaml_source import check


def load_appset(file: Path) -> AppSet:
    """Read `apps.yaml` and check every APK it names.

    Raises:
        ConfigurationError: all faults of the file, or all differences between it and the APKs.
    """
    document = parse(file)
    entries = check(document, AppsFile).apps
    faults = list(_find_duplicates(document, entries))
    apps: list[App] = []
    for index, entry in enumerate(entries):
        checking = _Checking(document, index, entry)
        app = checking.run()
        faults += checking.faults
        apps += [app] if app else []
    if faults:
        raise ConfigurationError(*faults)
    return AppSet(tuple(apps), _digest(entries))


def _find_duplicates(document: Document, entries: tuple[AppEntry, ...]) -> Iterator[ConfigurationFault]:
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        line = document.line_of(("apps", index, "package"))
        if entry.package in first:
            got = f"{entry.package} again (first on line {first[entry.package]})"
            key = key_text(("apps", index, "package"))
            yield ConfigurationFault(document.file, line, key, "each package once", got)
        first.setdefault(entry.package, line)


def _digest(entries: tuple[AppEntry, ...]) -> str:
    pins = [entry.model_dump(mode="json", exclude={"file", "label"}) for entry in entries]
    form = json.dumps(pins, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(form.encode()).hexdigest()


class _Checking:
    """One app against its file; collects faults with the lines of `apps.yaml`."""

    def __init__(self, document: Document, index: int, entry: AppEntry) -> None:
        self._document, self._entry = document, entry
        self._place: KeyPath = ("apps", index)
        self._apk = document.file.parent / entry.file
        self.faults: list[ConfigurationFault] = []

    def run(self) -> App | None:
        """The checked app, None when it has a fault that leaves nothing to check further."""
        try:
            if not self._bytes_are_pinned():
                return None
            manifest = read_manifest(self._apk)
            self._compare_manifest(manifest)
            self._compare_signers()
        except OSError as error:
            self._fault("file", f"a readable APK at {plain(str(self._apk), 200)}", error.strerror or "an error")
            return None
        except ApkError as error:
            self._fault("file", "an intact APK", str(error))
            return None
        return self._app(manifest)

    def _bytes_are_pinned(self) -> bool:
        if not self._apk.is_file():
            self._fault("file", f"an APK at {plain(str(self._apk), 200)}", "no such file")
            return False
        size = self._apk.stat().st_size
        if size != self._entry.size:
            self._fault("size", f"{size} (the file's size)", str(self._entry.size))
        with self._apk.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        if digest != self._entry.sha256:
            hint = "another file than the one that was pinned: do not install it before you know why"
            self._fault("sha256", f"{digest} (the file's digest)", self._entry.sha256, hint)
        return size == self._entry.size and digest == self._entry.sha256

    def _compare_manifest(self, manifest: Manifest) -> None:
        entry = self._entry
        pairs: tuple[tuple[str, object, object], ...] = (
            ("package", manifest.package, entry.package),
            ("version_code", manifest.version_code, entry.version_code),
            ("version_name", manifest.version_name or entry.version_name, entry.version_name),
            ("min_sdk", manifest.min_sdk, entry.min_sdk),
            ("target_sdk", manifest.target_sdk, entry.target_sdk or manifest.target_sdk),
        )
        for key, in_file, pinned in pairs:
            if in_file != pinned:
                self._fault(key, f"{plain(str(in_file))} (the APK's manifest)", str(pinned))

    def _compare_signers(self) -> None:
        schemes = claimed_signers(self._apk)
        if not schemes:
            self._fault("signer", "a signed APK", "no signature")
        for scheme, signers in schemes.items():
            if signers != (self._entry.signer,):
                expected = f"{' and '.join(signers) or 'nobody'} (signer by scheme {scheme})"
                self._fault("signer", expected, self._entry.signer)

    def _fault(self, key: str, expected: str, got: str, hint: str = "") -> None:
        path = (*self._place, key)
        line = self._document.line_of(path)
        self.faults.append(ConfigurationFault(self._document.file, line, key_text(path), expected, got, hint))

    def _app(self, manifest: Manifest) -> App:
        entry = self._entry
        return App(
            package=entry.package,
            label=entry.label,
            version_code=entry.version_code,
            version_name=entry.version_name,
            path=self._apk,
            size=entry.size,
            sha256=entry.sha256,
            signer=entry.signer,
            min_sdk=entry.min_sdk,
            target_sdk=manifest.target_sdk,
            abis=manifest.abis,
        )
