"""All profiles of a folder: common.yaml -> VENDOR/vendor.yaml -> VENDOR/CODENAME.yaml.

A file may name another profile below it with `extends`; rules to match are those of its own folder's maker and its
own, never those of a model that it extends. Every value of a merged profile remembers its file. A file in the wrong
place is an error, because a profile that is silently not read is worse than none.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from provision.config.nodes import Document, key_text, parse
from provision.config.source import check
from provision.errors import ConfigurationError, ConfigurationFault
from provision.files import list_folder
from provision.profiles.model import MatchedOn, Profile, Profiles
from provision.profiles.schema import ProfileFile, Rule, Status

COMMON = "common.yaml"
VENDOR = "vendor.yaml"
COMMON_NAME = "common"
_LISTS = ("series", "hands_first", "gates", "ways_out", "remove", "switches")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True)
class _Layer:
    """One file and what it says; `vendor` empty for common.yaml."""

    name: str
    vendor: str
    document: Document
    says: ProfileFile

    @property
    def file(self) -> Path:
        """Where it was read."""
        return self.document.file

    @property
    def below(self) -> str:
        """The name of the layer it stands on; empty for the last one."""
        if self.name == COMMON_NAME:
            return ""
        return self.says.extends or (COMMON_NAME if self.name == self.vendor else self.vendor)


def load_profiles(folder: Path) -> Profiles:
    """Read every profile below `folder`.

    Raises:
        ConfigurationError: the faults of all files at once.
    """
    reading = _Reading(folder)
    layers = {layer.name: layer for layer in reading.layers()}
    chains = {name: reading.chain(layer, layers) for name, layer in layers.items()}
    if reading.faults:
        raise ConfigurationError(*reading.faults)
    merged = {name: _merge(chain, layers) for name, chain in chains.items()}
    twins = list(_find_twins(merged, layers))
    if twins:
        raise ConfigurationError(*twins)
    return Profiles(merged.pop(COMMON_NAME), tuple(merged.values()))


class _Reading:
    """Reads files and keeps their faults."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.faults: list[ConfigurationFault] = []

    def layers(self) -> Iterator[_Layer]:
        """Every file that could be read; common first, a maker before its models."""
        yield from self._layer(self._folder / COMMON, COMMON_NAME, "")
        if not (self._folder / COMMON).exists():
            return  # another folder was named: its files are not judged
        for folder in tuple(self._vendors()):
            yield from self._layer(folder / VENDOR, folder.name, folder.name)
            for path in self._entries(folder):
                if path.suffix != ".yaml" or not _NAME.fullmatch(path.stem):
                    self._fault(path, "files named like `codename.yaml`", path.name)
                elif path.name != VENDOR:
                    yield from self._layer(path, f"{folder.name}/{path.stem}", folder.name)

    def _vendors(self) -> Iterator[Path]:
        """The vendor folders; whatever else lies there is a fault."""
        for path in self._entries(self._folder):
            if path.is_dir() and _NAME.fullmatch(path.name) and path.name != COMMON_NAME:
                yield path
            elif path.name not in (COMMON, "README.md"):
                self._fault(path, f"{COMMON}, README.md and folders with makers' names in small letters", path.name)

    def chain(self, layer: _Layer, layers: Mapping[str, _Layer]) -> list[_Layer]:
        """The layers of one profile, common first; what cannot be followed is a fault and ends it."""
        chain = [layer]
        while chain[0].below:
            below = layers.get(chain[0].below)
            if below in chain:
                way = " -> ".join([*(each.name for each in reversed(chain)), below.name if below else ""])
                self._refuse_extends(layer, "a chain that ends in common.yaml", f"a circle: {way}", layers)
                break
            if below is None:
                if chain[0] is layer and layer.says.extends is not None:
                    self._refuse_extends(layer, "the name of a profile", f"'{layer.below}'", layers)
                break
            chain.insert(0, below)
        return chain

    def _refuse_extends(self, layer: _Layer, expected: str, got: str, layers: Mapping[str, _Layer]) -> None:
        near = difflib.get_close_matches(layer.below, layers, n=1) if layer.below not in layers else []
        hint = f"did you mean `{near[0]}`?" if near else ""
        line = layer.document.line_of(("extends",))
        self.faults.append(ConfigurationFault(layer.file, line, "extends", expected, got, hint))

    def _layer(self, file: Path, name: str, vendor: str) -> Iterator[_Layer]:
        """One checked file, nothing when it has faults."""
        try:
            document = parse(file)
            says = check(document, ProfileFile)
        except ConfigurationError as error:
            self.faults += error.faults
            return
        self._check_match(document, says, has_match=bool(vendor))
        self._check_ids(document, "gates", [gate.id for gate in says.gates])
        self._check_ids(document, "ways_out", [way.id for way in says.ways_out])
        self._check_ids(document, "switches", [switch.id for switch in says.switches])
        self._check_targets(document, says)
        self._check_extends(document, says, has_below=bool(vendor))
        yield _Layer(name, vendor, document, says)

    def _check_match(self, document: Document, says: ProfileFile, *, has_match: bool) -> None:
        if bool(says.match) != has_match:
            expected = "at least one rule" if has_match else "no rules: it is for every tablet"
            line, got = document.line_of(("match",)), "some" if says.match else "none"
            self.faults.append(ConfigurationFault(document.file, line, "match", expected, got))

    def _check_extends(self, document: Document, says: ProfileFile, *, has_below: bool) -> None:
        if says.extends is not None and not has_below:
            line, got = document.line_of(("extends",)), f"'{says.extends}'"
            expected = "no profile below it: every chain ends here"
            self.faults.append(ConfigurationFault(document.file, line, "extends", expected, got))

    def _check_ids(self, document: Document, key: str, ids: list[str]) -> None:
        for index, name in enumerate(ids):
            if name in ids[:index]:
                path = (key, index, "id")
                line = document.line_of(path)
                fault = ConfigurationFault(document.file, line, key_text(path), "each id once", f"{name} again")
                self.faults.append(fault)

    def _check_targets(self, document: Document, says: ProfileFile) -> None:
        """One file switches each thing once, and nothing that it removes."""
        seen = {removal.package for removal in says.remove}
        for index, switch in enumerate(says.switches):
            if switch.target in seen:
                path = ("switches", index, "setting" if switch.setting else "disable")
                expected = "each setting and package once, and none that `remove` names"
                fault = ConfigurationFault(
                    document.file, document.line_of(path), key_text(path), expected, f"{switch.target} again"
                )
                self.faults.append(fault)
            seen.add(switch.target)

    def _entries(self, folder: Path) -> list[Path]:
        try:
            return [path for path in list_folder(folder) if not path.name.startswith(".")]
        except OSError as error:
            self._fault(folder, "a folder that can be read", error.strerror or "an error")
            return []

    def _fault(self, path: Path, expected: str, got: str) -> None:
        hint = "move it away: a profile that is not read would be worse than none"
        self.faults.append(ConfigurationFault(path, None, "", expected, got, hint))


def _plain_rule(rule: Rule) -> tuple[str, bool, tuple[str, ...]]:
    """A rule in the form in which two that mean the same are equal."""
    return rule.prop, bool(rule.equals), tuple(sorted({each.casefold() for each in rule.equals or rule.starts_with}))


def _find_twins(merged: Mapping[str, Profile], layers: Mapping[str, _Layer]) -> Iterator[ConfigurationFault]:
    """Profiles with one and the same rules: whatever tablet one fits, the other fits equally well."""
    first: dict[object, Profile] = {}
    for name, profile in merged.items():
        before = first.setdefault((profile.matched_on, *sorted(map(_plain_rule, profile.match))), profile)
        if before is not profile:
            line = layers[name].document.line_of(("match",))
            expected = "rules that make one profile fit best"
            hint = "add a rule to the one that is more special, or move one of the two away"
            yield ConfigurationFault(profile.file, line, "match", expected, f"those of {before.file}", hint)


def _merge(layers: list[_Layer], known: Mapping[str, _Layer]) -> Profile:
    own = layers[-1]
    maker = [known[own.vendor]] if own.vendor != own.name and own.vendor in known else []
    content = _content(layers, [*maker, own])
    says = content.model_dump(mode="json")
    del says["menu"], says["usb"], says["giving"]  # what hands read decides nothing that a tablet gets
    for key in ("diagonal_mm", "ways_out"):
        if not says[key]:
            del says[key]  # a profile that does not say it keeps the digest that its records have
    form = json.dumps(says, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return Profile(
        name=own.name,
        matched_on=_matched_on(own),
        status=content.status,
        kind=content.kind,
        match=content.match,
        series=content.series,
        hands_first=content.hands_first,
        menu=content.menu,
        giving=content.giving,
        usb=content.usb,
        gates=content.gates,
        ways_out=content.ways_out,
        reset_keys=content.reset_keys,
        diagonal_mm=content.diagonal_mm,
        remove=content.remove,
        switches=content.switches,
        transcript=content.transcript,
        origins=_origins(layers, [*maker, own]),
        drafts=frozenset(layer.file for layer in layers if layer.says.status is Status.DRAFT),
        digest=hashlib.sha256(form).hexdigest(),
        content=form,
    )


def _matched_on(layer: _Layer) -> MatchedOn:
    if not layer.vendor:
        return MatchedOn.GENERIC
    return MatchedOn.VENDOR if layer.name == layer.vendor else MatchedOn.MODEL


def _content(layers: list[_Layer], matching: list[_Layer]) -> ProfileFile:
    """Lists appended, of what stands once the deepest layer's, and the status of the deepest layer alone."""
    says = [layer.says for layer in layers]
    return ProfileFile(
        status=says[-1].status,
        transcript=says[-1].transcript,
        kind=next((each.kind for each in reversed(says) if each.kind), None),
        match=tuple(chain.from_iterable(layer.says.match for layer in matching)),
        series=tuple(chain.from_iterable(each.series for each in says)),
        hands_first=tuple(chain.from_iterable(each.hands_first for each in says)),
        menu=next((each.menu for each in reversed(says) if each.menu), None),
        giving=next((each.giving for each in reversed(says) if each.giving), None),
        usb=next((each.usb for each in reversed(says) if each.usb), ()),
        gates=tuple(chain.from_iterable(each.gates for each in says)),
        ways_out=tuple(chain.from_iterable(each.ways_out for each in says)),
        reset_keys=next((each.reset_keys for each in reversed(says) if each.reset_keys), None),
        diagonal_mm=next((each.diagonal_mm for each in reversed(says) if each.diagonal_mm), None),
        remove=tuple(chain.from_iterable(each.remove for each in says)),
        switches=tuple(chain.from_iterable(each.switches for each in says)),
    )


def _origins(layers: list[_Layer], matching: list[_Layer]) -> dict[str, Path]:
    origins = {"status": layers[-1].file} | _number("match", matching)
    for key in _LISTS:
        origins |= _number(key, layers)
    for key in ("kind", "menu", "giving", "usb", "reset_keys", "diagonal_mm"):
        files = [layer.file for layer in layers if getattr(layer.says, key)]
        origins |= {key: files[-1]} if files else {}
    return origins


def _number(key: str, layers: list[_Layer]) -> dict[str, Path]:
    files = [layer.file for layer in layers for _ in getattr(layer.says, key)]
    return {f"{key}[{index}]": file for index, file in enumerate(files)}
