"""`bench.yaml` and `slots.yaml`: what differs between two benches of one site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from provision.agent.apk import DEVELOPMENT_SIGNER, Pin
from provision.bench.slots import Slot
from provision.config.faults import FileModel, refuse
from provision.config.nodes import Document, key_text, parse, plain
from provision.config.source import check
from provision.errors import ConfigurationError, ConfigurationFault
from provision.register.identity_provider import ProviderSettings
from provision.register.settings import RegisterSettings
from provision.texts.language import Language

_PACKAGE = Path(__file__).resolve().parents[1]
IS_CHECKOUT = (_PACKAGE.parent / "apks/apps.yaml").is_file()
"""Tell whether this program runs from its source tree, which is the user's own folder; else it was installed."""

TOOLKIT = _PACKAGE.parent if IS_CHECKOUT else _PACKAGE / "shipped"
"""The folder whose app set, agent and profiles are the defaults: the checkout, or what was installed with the code."""

DEVELOPMENT_AGENT = TOOLKIT / "apks/agent.apk"
"""The agent as the toolkit builds it, signed with a key that lies open in it."""

HOOK_EVENTS = ("attach", "done", "refused", "failed", "detach")

ASSET_PREFIX = "[A-Z]{1,3}"

_PORT = re.compile(r"[1-9][0-9]{0,2}-[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){0,6}", re.ASCII)


def _port(text: str) -> str:
    """A USB port path as Linux writes it: bus, then a port number a hub (reference, USB document)."""
    if not _PORT.fullmatch(text):
        raise refuse("a USB port path", hint="like 1-1.2: bus 1, port 1, port 2 of the hub there")
    return text


def _label(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise refuse("a label that can be printed, without spaces around it")
    return text


class Deadlines(FileModel):
    """Seconds until the station gives up on one tablet."""

    facts: int = Field(default=60, ge=1, le=3600, description="reading one round of facts")
    step: int = Field(default=60, ge=1, le=3600, description="one change")
    package: int = Field(default=120, ge=1, le=3600, description="installing one app")
    boot: int = Field(default=300, ge=1, le=3600, description="until a tablet has finished starting")
    run: int = Field(default=1800, ge=1, le=86_400, description="everything, from plug to record")


class AgentRef(FileModel):
    """The agent this bench installs: the hospital's own, or in training homes the toolkit's development one."""

    development: Literal[True] | None = Field(default=None, description="the toolkit's; training homes only")
    file: Path | None = Field(default=None, description="APK signed by the hospital, relative to bench.yaml")
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="digest of the file")
    signer: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="digest of its certificate")

    @model_validator(mode="after")
    def _is_one_of_both(self) -> AgentRef:
        given = [name for name in ("file", "sha256", "signer") if getattr(self, name) is not None]
        if (self.development and given) or (not self.development and len(given) < 3):
            raise refuse("`development: true`, or all of file, sha256 and signer", " and ".join(given) or "none")
        return self

    def pin(self, folder: Path) -> Pin:
        """The pins; `folder` is the one of bench.yaml."""
        if self.file is None or self.sha256 is None or self.signer is None:
            return Pin(DEVELOPMENT_AGENT, read_digest(DEVELOPMENT_AGENT), DEVELOPMENT_SIGNER)
        return Pin(folder / self.file, self.sha256, self.signer)


def read_digest(file: Path) -> str:
    """The digest of a committed file, from the list beside it (form of sha256sum); empty where none is to be read.

    No file has an empty digest, so that a damaged list pins nothing and is refused as such (`agent.apk`).
    """
    try:
        lines = Path(f"{file}.sha256").read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    pairs = [line.split() for line in lines]
    return next((pair[0] for pair in pairs if len(pair) == 2 and pair[1] == file.name), "")


class Hooks(FileModel):
    """Programs of the hospital's own that are started at each event of a slot, without a shell (`station.hooks`)."""

    attach: tuple[Path, ...] = Field(default=(), description="a device was plugged into a slot")
    done: tuple[Path, ...] = Field(default=(), description="a tablet is done, with or without warnings")
    refused: tuple[Path, ...] = Field(default=(), description="a tablet or foreign device was refused")
    failed: tuple[Path, ...] = Field(default=(), description="a run failed, was lost or stopped")
    detach: tuple[Path, ...] = Field(default=(), description="a slot is empty again")
    seconds: int = Field(default=10, ge=1, le=300, description="longest a program may take")


class WebSettings(FileModel):
    """Where the station's pages are; without them a free port of this computer alone."""

    port: int = Field(default=0, ge=0, le=65_535, description="on this computer; 0 takes a free one")
    listen: str | None = Field(
        default=None,
        pattern=r"^[0-9A-Za-z.:\[\]-]{1,100}$",
        description="ADDRESS or ADDRESS:PORT for the room's screens",
    )


class BenchSettings(FileModel):
    """bench.yaml; `app_set`, `device_profiles` and `second_place` are absolute once loaded."""

    asset_prefix: str = Field(default="A", pattern=f"^{ASSET_PREFIX}$", description="first part of A-0042")
    language: Language | None = Field(default=None, description="fr or en; without it the computer's")
    deadlines: Deadlines = Field(default=Deadlines(), description="seconds")
    app_set: Path = Field(default=TOOLKIT / "apks/apps.yaml", description="the list of apps")
    agent: AgentRef | None = Field(default=None, description="the agent; without it only the shell road is taken")
    device_profiles: Path = Field(default=TOOLKIT / "device_profiles", description="folder of profiles")
    hooks: Hooks = Field(default=Hooks(), description="programs started at events")
    foreign_adb_server: Literal["refuse", "allow"] = Field(
        default="refuse", description="ward homes: tablets that this computer's own USB does not show: refuse or allow"
    )
    pull_back: Literal["sample", "every", "none"] = Field(
        default="sample",
        description="whose apps are pulled back for proof: sample (first tablet of a model in a batch), every, none",
    )
    web: WebSettings = Field(default=WebSettings(), description="the board in a browser")
    port_light: Literal["none", "lamp", "power"] = Field(
        default="none", description="how `light` shows a port of a hub: not at all, by its lamp, by its power"
    )
    register_place: RegisterSettings | None = Field(
        default=None, alias="register", description="the register that several benches share"
    )
    identity_provider: ProviderSettings | None = Field(
        default=None, description="who else than this bench says who somebody is at the console (OpenID Connect)"
    )
    second_place: Path | None = Field(default=None, description="folder on another disk for the newest checkpoint")


class SlotEntry(FileModel):
    """One labelled port."""

    label: Annotated[str, Field(min_length=1, max_length=8), AfterValidator(_label)]
    port: Annotated[str, AfterValidator(_port)]


class SlotsFile(FileModel):
    """slots.yaml; the list may be empty as long as the bench has not learnt its ports."""

    slots: tuple[SlotEntry, ...] = Field(max_length=500)


def load_bench_settings(file: Path) -> BenchSettings:
    """Read bench.yaml; relative paths start from its folder.

    Raises:
        ConfigurationError: every fault of the file.
    """
    document = parse(file)
    settings = check(document, BenchSettings)
    faults = [*_find_unready(document, settings.hooks), *_find_within(document, settings.second_place)]
    if faults:
        raise ConfigurationError(*faults)
    names = [name for name in ("app_set", "device_profiles", "second_place") if getattr(settings, name) is not None]
    places: dict[str, object] = {name: file.parent / getattr(settings, name) for name in names}
    programs = {event: tuple(file.parent / each for each in getattr(settings.hooks, event)) for event in HOOK_EVENTS}
    return settings.model_copy(update={**places, "hooks": settings.hooks.model_copy(update=programs)})


def read_language(file: Path) -> Language | None:
    """Read the language of a bench alone, whatever else is wrong in its bench.yaml; None where it names none."""
    try:
        named = parse(file).data.get("language")
    except ConfigurationError:
        return None
    return next((each for each in Language if each == named), None)


def _find_unready(document: Document, hooks: Hooks) -> Iterator[ConfigurationFault]:
    """Programs that are not there or may not be started: found at the desk, not at the first tablet."""
    for event in HOOK_EVENTS:
        for index, program in enumerate(getattr(hooks, event)):
            place = document.file.parent / program
            if place.is_file() and os.access(place, os.X_OK):
                continue
            path = ("hooks", event, index)
            got = f"'{plain(str(program))}', {'which may not be started' if place.exists() else 'which is not there'}"
            hint = "chmod +x" if place.is_file() else ""
            line = document.line_of(path)
            yield ConfigurationFault(document.file, line, key_text(path), "a program", got, hint)


def _find_within(document: Document, second: Path | None) -> Iterator[ConfigurationFault]:
    """A second place in the home itself goes with it."""
    home = document.file.parent.resolve()
    if second is not None and (home / second).resolve().is_relative_to(home):
        expected = "a folder on another disk"
        yield ConfigurationFault(
            document.file, document.line_of(("second_place",)), "second_place", expected, "one in this home"
        )


def load_slots(file: Path) -> tuple[Slot, ...]:
    """Read slots.yaml; labels and ports are unique.

    Raises:
        ConfigurationError: every fault of the file.
    """
    document = parse(file)
    entries = check(document, SlotsFile).slots
    faults = list(_find_twice(document, entries))
    if faults:
        raise ConfigurationError(*faults)
    return tuple(Slot(entry.label, entry.port) for entry in entries)


def _find_twice(document: Document, entries: tuple[SlotEntry, ...]) -> Iterator[ConfigurationFault]:
    first: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(entries):
        for key, value in (("label", entry.label), ("port", entry.port)):
            path = ("slots", index, key)
            line = document.line_of(path)
            before = first.setdefault((key, value), index)
            if before != index:
                got = f"'{value}' again (first on line {document.line_of(('slots', before, key))})"
                yield ConfigurationFault(document.file, line, key_text(path), f"each {key} once", got)
