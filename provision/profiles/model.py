"""A device profile: how one model gets to the single configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from provision.profiles.schema import (
    Gate,
    Giving,
    Keys,
    Kind,
    Menu,
    Removal,
    Rule,
    Series,
    Status,
    Switch,
    Text,
    WayOut,
)


class MatchedOn(StrEnum):
    """How closely a profile knows its tablets."""

    GENERIC = "generic"  # common.yaml: nothing is known of the maker
    VENDOR = "vendor"
    MODEL = "model"


@dataclass(frozen=True)
class Profile:
    """One profile with its layers merged: common, then vendor, then model.

    Attributes:
        name: `common`, `samsung`, `samsung/gta3xlwifi`: its place under `device_profiles`.
        matched_on: which layer it is; a tablet that got `generic` has an unknown maker.
        status: what its own file says; a layer's status is not inherited.
        kind: what its devices are; None when the profile cannot say.
        match: all rules of its layers, each of which must hold.
        hands_first: what a person does on the screen before the station can work, in order.
        menu: where the switch of USB debugging is, None where nobody says.
        giving: where a donor removes accounts and erases it, None where nobody says.
        usb: USB ids of the maker's devices.
        gates: known obstacles of the maker.
        ways_out: known ways out of the kiosk, which only hands can try, of all layers.
        origins: key path (`gates[1]`) -> the file that says it.
        series: what the maker's model numbers say about the kind.
        reset_keys: keys that open the recovery menu, None where nobody knows them.
        diagonal_mm: of the display as somebody measured it, None where nobody did.
        remove: packages to remove for the user, of all layers.
        switches: settings and packages of the maker to switch, of all layers.
        transcript: the pilot of a real tablet that confirms it, a file of `tests/transcripts`; None for a draft.
        drafts: its layers that no real tablet has confirmed.
        digest: SHA-256 of the merged content in canonical JSON, for records. content: those bytes.
    """

    name: str
    matched_on: MatchedOn
    status: Status
    kind: Kind | None
    match: tuple[Rule, ...]
    hands_first: tuple[Text, ...]
    gates: tuple[Gate, ...]
    origins: Mapping[str, Path]
    digest: str
    series: tuple[Series, ...] = ()
    menu: Menu | None = None
    giving: Giving | None = None
    usb: tuple[str, ...] = ()
    reset_keys: Keys | None = None
    remove: tuple[Removal, ...] = ()
    switches: tuple[Switch, ...] = ()
    diagonal_mm: int | None = None
    ways_out: tuple[WayOut, ...] = ()
    transcript: str | None = None
    drafts: frozenset[Path] = frozenset()
    content: bytes = field(default=b"", repr=False)

    @property
    def file(self) -> Path:
        """Its own file, the deepest layer."""
        return self.origins["status"]

    def find_manual_steps(self, reason: str, api: int | None) -> Text | None:
        """Find what hands do where a gate of this release leads to a reason; the deepest layer's word counts."""
        told = [gate.hands for gate in self.gates if reason in gate.reasons and gate.concerns(api)]
        return next((hands for hands in reversed(told) if hands is not None), None)

    def removals(self, *, drafts: bool) -> tuple[Removal, ...]:
        """List what may be removed, each once: from confirmed layers, and from drafts where somebody said so."""
        numbered = enumerate(self.remove)
        told = (each for number, each in numbered if drafts or not self._is_draft(f"remove[{number}]"))
        return tuple({each.package: each for each in told}.values())

    def find_switches(self, api: int | None, *, drafts: bool) -> tuple[Switch, ...]:
        """Find what may be switched on this release; of two about one thing the deepest layer's counts.

        A package that goes altogether needs no switch.
        """
        removed = {each.package for each in self.removals(drafts=drafts)}
        found = {switch.target: switch for switch in self._allowed_switches(drafts=drafts) if switch.concerns(api)}
        return tuple(switch for target, switch in found.items() if target not in removed)

    def _allowed_switches(self, *, drafts: bool) -> Iterator[Switch]:
        for number, switch in enumerate(self.switches):
            if drafts or not self._is_draft(f"switches[{number}]"):
                yield switch

    def _is_draft(self, key: str) -> bool:
        return self.origins[key] in self.drafts


@dataclass(frozen=True)
class Profiles:
    """Everything in one `device_profiles` folder; `known` are the vendor and model profiles."""

    common: Profile
    known: tuple[Profile, ...]

    def find_reset_keys(self, name: str) -> Keys | None:
        """Find how hands reach the recovery menu of the tablets of a profile; None where nobody knows."""
        return next((one.reset_keys for one in (*self.known, self.common) if one.name == name), None)
