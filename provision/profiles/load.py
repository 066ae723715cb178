"""All profiles of a folder: common.yaml -> VENDOR/vendor.yaml -> VENDOR/CODENAME.yaml.

Every value of a merged profile remembers its file. A file in the wrong place is an error, because a
profile that is silently not read is worse than none.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from provision.errors import ConfigurationError, ConfigurationFault
from provision.profiles.model import MatchedOn, Profile, Profiles
from provision.profiles.schema import ProfileFile
from provision.yaml_nodes import Document, key_text, parse
from provision.yaml_source import check

COMMON = "common.yaml"
VENDOR = "vendor.yaml"
_LISTS = ("match", "series", "hands_first", "gates")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True)
class _Layer:
    """One file and what it says."""

    file: Path
    says: ProfileFile


def load_profiles(folder: Path) -> Profiles:
    """Read every profile below `folder`.

    Raises:
        ConfigurationError: the faults of all files at once.
    """
    reading = _Reading(folder)
    common = reading.layer(folder / COMMON, has_match=False)
    known = [profile for vendor in reading.vendors() for profile in reading.profiles(vendor, common)]
    if reading.faults or common is None:
        raise ConfigurationError(*reading.faults)
    return Profiles(_merge("common", MatchedOn.GENERIC, [common]), tuple(known))


class _Reading:
    """Reads files and keeps their faults."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.faults: list[ConfigurationFault] = []

    def vendors(self) -> list[Path]:
        """The vendor folders; whatever else lies there is a fault."""
        found = []
        for path in self._entries(self._folder):
            if path.is_dir() and _NAME.fullmatch(path.name):
                found.append(path)
            elif path.name not in (COMMON, "README.md"):
                self._fault(path, f"{COMMON}, README.md and folders in small letters", path.name)
        return found

    def profiles(self, vendor: Path, common: _Layer | None) -> Iterator[Profile]:
        """The vendor's own profile and those of its models."""
        layers = [each for each in (common, self.layer(vendor / VENDOR, has_match=True)) if each is not None]
        models = list(self._models(vendor))
        if len(layers) < 2:
            return
        yield _merge(vendor.name, MatchedOn.VENDOR, layers)
        for layer in models:
            yield _merge(f"{vendor.name}/{layer.file.stem}", MatchedOn.MODEL, [*layers, layer])

    def _models(self, vendor: Path) -> Iterator[_Layer]:
        for path in self._entries(vendor):
            if path.suffix != ".yaml" or not _NAME.fullmatch(path.stem):
                self._fault(path, "files named like `gta3xlwifi.yaml`", path.name)
            elif path.name != VENDOR and (layer := self.layer(path, has_match=True)):
                yield layer

    def layer(self, file: Path, *, has_match: bool) -> _Layer | None:
        """One checked file, None when it has faults."""
        try:
            document = parse(file)
            says = check(document, ProfileFile)
        except ConfigurationError as error:
            self.faults += error.faults
            return None
        self._check_match(document, says, has_match=has_match)
        self._check_gates(document, says)
        return _Layer(file, says)

    def _check_match(self, document: Document, says: ProfileFile, *, has_match: bool) -> None:
        if bool(says.match) != has_match:
            expected = "at least one rule" if has_match else "no rules: it is for every tablet"
            line, got = document.line_of(("match",)), "some" if says.match else "none"
            self.faults.append(ConfigurationFault(document.file, line, "match", expected, got))

    def _check_gates(self, document: Document, says: ProfileFile) -> None:
        seen: set[str] = set()
        for index, gate in enumerate(says.gates):
            if gate.id in seen:
                path = ("gates", index, "id")
                line = document.line_of(path)
                fault = ConfigurationFault(document.file, line, key_text(path), "each id once", f"{gate.id} again")
                self.faults.append(fault)
            seen.add(gate.id)

    def _entries(self, folder: Path) -> list[Path]:
        try:
            return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except OSError as error:
            self._fault(folder, "a folder that can be read", error.strerror or "an error")
            return []

    def _fault(self, path: Path, expected: str, got: str) -> None:
        self.faults.append(ConfigurationFault(path, None, "", expected, got))


def _merge(name: str, matched_on: MatchedOn, layers: list[_Layer]) -> Profile:
    content = _content(layers)
    form = json.dumps(content.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Profile(
        name=name,
        matched_on=matched_on,
        status=content.status,
        kind=content.kind,
        match=content.match,
        series=content.series,
        hands_first=content.hands_first,
        gates=content.gates,
        origins=_origins(layers),
        digest=hashlib.sha256(form.encode()).hexdigest(),
    )


def _content(layers: list[_Layer]) -> ProfileFile:
    """Lists appended, the last `kind`, and the status of the deepest layer alone."""
    says = [layer.says for layer in layers]
    return ProfileFile(
        status=says[-1].status,
        kind=next((each.kind for each in reversed(says) if each.kind), None),
        match=tuple(chain.from_iterable(each.match for each in says)),
        series=tuple(chain.from_iterable(each.series for each in says)),
        hands_first=tuple(chain.from_iterable(each.hands_first for each in says)),
        gates=tuple(chain.from_iterable(each.gates for each in says)),
    )


def _origins(layers: list[_Layer]) -> dict[str, Path]:
    origins = {"status": layers[-1].file}
    for key in _LISTS:
        files = [layer.file for layer in layers for _ in getattr(layer.says, key)]
        origins |= {f"{key}[{index}]": file for index, file in enumerate(files)}
    kinds = [layer.file for layer in layers if layer.says.kind]
    return origins | ({"kind": kinds[-1]} if kinds else {})
