"""The schema of profile files: the one source of the validator and of device_profiles/README.md."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from provision.config.faults import FileModel, refuse
from provision.profiles.needed import find_family
from provision.profiles.switchable import SWITCHABLE, list_settings
from provision.terms import Reason
from provision.texts.language import Language

PROFILE_NAME = r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?$"
PROPERTY = r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,90}$"
MAKER = "maker"
"""The name under which rules see the maker that identity found."""

PACKAGE = r"^[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z0-9_]+)+$"


class Status(StrEnum):
    """Tell whether the profile was seen to work on a real tablet."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"


class Kind(StrEnum):
    """Kind of a device."""

    TABLET = "tablet"
    PHONE = "phone"
    TV = "tv"
    EREADER = "ereader"
    OTHER = "other"


class Mark(StrEnum):
    """How sure a fact is, as in the reference."""

    READ = "R"
    REPORTED = "P"
    UNCONFIRMED = "U"


class GateReason(StrEnum):
    """Reasons of a run that a maker's obstacle can lead to."""

    OEM_GATE = Reason.OEM_GATE
    OWNER_REFUSED = Reason.OWNER_REFUSED
    OWNER_UNSUPPORTED = Reason.OWNER_UNSUPPORTED
    INSTALL_REFUSED = Reason.INSTALL_REFUSED
    INSTALL_CANCELLED = Reason.INSTALL_CANCELLED
    INSTALL_HUNG = Reason.INSTALL_HUNG
    READ_BACK_DIFFERS = Reason.READ_BACK_DIFFERS
    NOT_RESET_ACCOUNTS = Reason.NOT_RESET_ACCOUNTS
    NOT_RESET_USERS = Reason.NOT_RESET_USERS


class Safety(StrEnum):
    """Loss that comes with the removal of a package, by the public source."""

    SAFE = "safe"  # nothing but the app itself
    CAREFUL = "careful"  # a function of the maker's that a person may miss


def _line(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise refuse("printable text on one line")
    return text


Line = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_line)]
Api = Annotated[int, Field(ge=1, le=10_000)]
UsbId = Annotated[str, Field(pattern="^[0-9a-f]{4}$")]


class Text(FileModel):
    """A sentence for people, in both languages."""

    en: Line = Field(description="English")
    fr: Line = Field(description="French")

    def tell(self, language: Language) -> str:
        """Return it in a language."""
        return self.fr if language is Language.FR else self.en


def _property(name: str) -> str:
    if "." not in name and name != MAKER:
        raise refuse(f"the name of a property, like ro.product.model, or `{MAKER}`", hint="such a rule never holds")
    return name


Property = Annotated[Annotated[str, Field(pattern=PROPERTY)], AfterValidator(_property)]


class Rule(FileModel):
    """One condition on a system property; upper and lower case are the same (makers mix them)."""

    prop: Property = Field(description="a property (getprop), or `maker`")
    equals: tuple[Line, ...] = Field(default=(), description="its value is one of these")
    starts_with: tuple[Line, ...] = Field(default=(), description="its value starts with one of these")

    @model_validator(mode="after")
    def _is_exactly_one(self) -> Rule:
        if bool(self.equals) == bool(self.starts_with):
            given = "both" if self.equals else "neither"
            raise refuse("exactly one of equals and starts_with, not empty", given)
        return self


class Series(FileModel):
    """Meaning of this maker's model numbers for the kind of a device."""

    kind: Kind = Field(description="what devices of this series are")
    prop: Property = Field(default="ro.product.model", description="name of the property")
    starts_with: tuple[Line, ...] = Field(min_length=1, description="its value starts with one of these")


class OnReleases(FileModel):
    """Something of the maker's that stands on some releases only."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="short name, once in a file")
    min_api: Api | None = Field(default=None, description="lowest API level it concerns")
    max_api: Api | None = Field(default=None, description="highest API level it concerns")

    def concerns(self, api: int | None) -> bool:
        """Tell whether it stands on this API level; on an unknown one it may."""
        return api is None or ((self.min_api or 0) <= api and (self.max_api is None or api <= self.max_api))

    @model_validator(mode="after")
    def _range_is_not_empty(self) -> Self:
        if self.min_api is not None and self.max_api is not None and self.min_api > self.max_api:
            raise refuse(f"at least min_api ({self.min_api})", str(self.max_api), key="max_api")
        return self


class Gate(OnReleases):
    """An obstacle that this maker puts in the way, with its source."""

    says: Text = Field(description="what happens")
    hands: Text | None = Field(default=None, description="what hands do about it on the screen")
    reasons: tuple[GateReason, ...] = Field(default=(), description="refusals it leads to; they then show `hands`")
    mark: Mark = Field(description="R read in source, P reported, U unconfirmed")
    source: Line = Field(description="where it stands: reference section and public source")


class WayOut(OnReleases):
    """A way out of the kiosk that was reported of the maker's tablets: hands try it once on the first of a model."""

    hands: Text = Field(description="how a person tries it, and what must not happen")
    mark: Mark = Field(description="R read in source, P reported, U unconfirmed")
    source: Line = Field(description="public report, and of which tablet and release")


class Keys(Text):
    """How hands reach the recovery menu, for a reset without a working system."""

    mark: Mark = Field(description="R read in source, P reported, U unconfirmed")
    source: Line = Field(description="where it stands")


class MenuPath(FileModel):
    """Entries of the settings in the order in which they are touched, as many in both languages."""

    en: tuple[Line, ...] = Field(min_length=2, max_length=8, description="English")
    fr: tuple[Line, ...] = Field(min_length=2, max_length=8, description="French")

    @model_validator(mode="after")
    def _is_as_long(self) -> Self:
        if len(self.en) != len(self.fr):
            raise refuse(f"as many entries as in English ({len(self.en)})", str(len(self.fr)), key="fr")
        return self


class Menu(FileModel):
    """Where hands switch on USB debugging; shown beside a tablet that has it off."""

    taps: MenuPath = Field(description="to the entry that is touched seven times")
    switch: MenuPath = Field(description="to the switch of USB debugging")
    mark: Mark = Field(description="R read in source, P reported, U unconfirmed")
    source: Line = Field(description="where it stands")


class Giving(FileModel):
    """Where a donor removes accounts and erases the tablet before it is given; stands on the donor's sheet."""

    accounts: MenuPath = Field(description="to the entry that removes an account from the tablet")
    reset: MenuPath = Field(description="to the entry that erases everything")
    mark: Mark = Field(description="R read in source, P reported, U unconfirmed")
    source: Line = Field(description="where it stands")


def _spared(package: str) -> str:
    return _refuse_needed(package, find_family(package))


def _left_alone(package: str) -> str:
    return _refuse_needed(package, find_family(package, disabling=True))


def _refuse_needed(package: str, family: str | None) -> str:
    if family is not None:
        raise refuse("a package that nothing needs", f"'{package}'", f"{family} may need it")
    return package


Package = Annotated[str, Field(pattern=PACKAGE, max_length=200)]


class Removal(FileModel):
    """A package that is removed for the user; never one of `provision/profiles/needed.yaml`."""

    package: Annotated[Package, AfterValidator(_spared)] = Field(description="its name")
    safety: Safety = Field(description="safe: nothing else is lost; careful: something may go with it, or nobody said")
    why: Line = Field(description="what it is, in English")
    source: Line = Field(description="public list, its version and its word: `OWNER/REPO PATH@COMMIT: Recommended`")


class SettingsTable(StrEnum):
    """The tables of Android's settings."""

    SYSTEM = "system"
    SECURE = "secure"
    GLOBAL = "global"


class Setting(FileModel):
    """One row of Android's settings and the number it gets; only rows that the toolkit lets a switch touch."""

    table: SettingsTable = Field(description="the table it stands in")
    key: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$", description="its key; capitals count")
    value: int = Field(ge=-1, le=999_999, description="what it gets")

    @property
    def name(self) -> str:
        """Table and key, as `settings` takes them."""
        return f"{self.table} {self.key}"

    @model_validator(mode="after")
    def _may_be_touched(self) -> Setting:
        """A control of the product, or Android, may rest on any other row."""
        known = list_settings()
        if self.name not in known:
            hint = f"others may carry Wi-Fi, location, debugging or the setup; a new one stands in {SWITCHABLE} first"
            raise refuse(f"a setting that a switch may touch ({', '.join(sorted(known))})", f"'{self.name}'", hint)
        return self


DISABLES_API = 24


class Switch(OnReleases):
    """A habit of the maker's system that is switched off or on: a setting, or a package disabled for the user.

    No control rests on it: a tablet that refuses or forgets it ends with a warning.
    """

    setting: Setting | None = Field(default=None, description="the setting it writes; this or `disable`")
    disable: Annotated[Package, AfterValidator(_left_alone)] | None = Field(
        default=None, description="the package it disables; `min_api` is then 24 or more (packages document 5.1)"
    )
    why: Text = Field(description="what is better with it")
    breaks: Text = Field(description="what is lost, or breaks where it is wrong")
    mark: Mark = Field(description="R read in source, P reported, U unconfirmed")
    source: Line = Field(description="where it stands: reference section and public source")

    @property
    def target(self) -> str:
        """Package, or table and key, that it touches."""
        return self.disable or (self.setting.name if self.setting else "")

    @model_validator(mode="after")
    def _is_exactly_one(self) -> Self:
        if (self.setting is None) == (self.disable is None):
            raise refuse("exactly one of setting and disable", "neither" if self.setting is None else "both")
        return self

    @model_validator(mode="after")
    def _disables_where_shell_may(self) -> Self:
        if self.disable is not None and (self.min_api or 0) < DISABLES_API:
            hint = "before Android 7 uid shell may not disable a package"
            raise refuse(f"at least {DISABLES_API}", str(self.min_api or "nothing"), hint, key="min_api")
        return self


class ProfileFile(FileModel):
    """One profile file. Lists are appended to those below; what stands once replaces theirs, and `usb` does."""

    status: Status = Field(description="draft: not yet seen on a real tablet; confirmed: seen, with its `transcript`")
    transcript: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9._-]*\.jsonl$",
        description="file of `tests/transcripts`: the pilot of a real tablet that confirms it",
    )
    extends: str | None = Field(
        default=None,
        pattern=PROFILE_NAME,
        description="the profile below it, `VENDOR` or `VENDOR/CODENAME`; else by folder",
    )
    kind: Kind | None = Field(default=None, description="what the devices are; leave it out when it varies")
    match: tuple[Rule, ...] = Field(default=(), description="all must hold; none in common.yaml")
    series: tuple[Series, ...] = Field(default=(), description="what model numbers say")
    hands_first: tuple[Text, ...] = Field(default=(), description="what hands do before the station can work")
    menu: Menu | None = Field(default=None, description="where the switch of USB debugging is")
    giving: Giving | None = Field(default=None, description="where a donor removes accounts and erases the tablet")
    usb: tuple[UsbId, ...] = Field(default=(), description="USB ids of the maker, as `lsusb` shows them: a candidate")
    gates: tuple[Gate, ...] = Field(default=(), description="known obstacles")
    ways_out: tuple[WayOut, ...] = Field(default=(), description="known ways out of the kiosk, tried by hand")
    reset_keys: Keys | None = Field(default=None, description="keys that open the recovery menu")
    diagonal_mm: int | None = Field(
        default=None, ge=120, le=500, description="the display from corner to corner, measured with a rule"
    )
    remove: tuple[Removal, ...] = Field(default=(), description="packages to remove; drafts need `--accept-draft`")
    switches: tuple[Switch, ...] = Field(
        default=(), description="settings and packages of the maker to switch; drafts need `--accept-draft`"
    )

    @model_validator(mode="after")
    def _leaves_draft_with_a_transcript(self) -> Self:
        if self.status is not Status.DRAFT and self.transcript is None:
            hint = "`provision pilot` on a real tablet writes one"
            raise refuse("a file of tests/transcripts for every status but draft", "nothing", hint, key="transcript")
        return self
