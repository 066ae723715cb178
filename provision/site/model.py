"""`site.yaml`: the ONE configuration that all tablets of a bench get. Secrets only as references."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, get_args

from pydantic import AfterValidator, Field, model_validator

from provision.config.faults import FileModel, refuse
from provision.config.source import load
from provision.site.asks import AsksFor
from provision.site.freezes import require_freeze, require_freezes
from provision.site.network import Network, SeveralNetworks, Wifi, describe_networks, one_line
from provision.site.staff import Staff
from provision.site.wards import LONGEST_PLACE, Ward, check_wards, join_place
from provision.terms import Assurance, Control
from provision.texts.language import Language


class DonorFiles(StrEnum):
    """Treatment of a tablet that still holds files of its donor."""

    REFUSE = "refuse"
    WARN = "warn"


class Debugging(StrEnum):
    """State of USB debugging on a finished tablet."""

    OPEN = "open"
    CLOSED = "closed"


@cache
def _zones() -> set[str]:
    return zoneinfo.available_timezones()  # looks into some hundred files


def _zone(name: str) -> str:
    known = _zones()
    if not known:
        raise refuse("an IANA zone name", hint="this computer has no zone database: install tzdata")
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise refuse("an IANA zone name", hint=f"did you mean `{near[0]}`?" if near else "like Europe/Paris")
    return name


def _window(text: str) -> str:
    found = re.fullmatch(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)", text, re.ASCII)
    if found is None or found[1] == found[2]:
        raise refuse("two different times of the day, in quotes", hint='like "02:00-04:00"')
    return text


def _required(assurance: Assurance) -> Assurance:
    if assurance not in (Assurance.ENFORCED, Assurance.SET):
        raise refuse("'enforced' or 'set'")
    return assurance


Line = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(one_line)]


class Location(FileModel):
    """Location services, without which some releases hide Wi-Fi names from apps."""

    on: Annotated[bool, AsksFor(Control.LOCATION_ON)] = Field(default=True, description="switch location on")


class Screen(FileModel):
    """The display."""

    timeout_seconds: int = Field(default=1800, ge=15, le=86_400, description="screen off after so many seconds")


class Clock(FileModel):
    """The tablet's clock."""

    zone: Annotated[str, AfterValidator(_zone)] = Field(default="Europe/Paris", description="IANA time zone name")


class Alarm(FileModel):
    """The sound of a tablet that left, so that whoever carries it knows."""

    percent: int = Field(default=60, ge=10, le=100, description="loudness")
    minutes: int = Field(default=5, ge=1, le=30, description="it ends after so many minutes, at a code, and inside")


class Outside(FileModel):
    """The rule for a tablet that left the hospital; it needs the kiosk, and location for what Android hears."""

    minutes: int = Field(
        ge=15,
        le=20_160,
        description="in use so long without a network of the hospital, a tablet asks its finder to call",
    )
    alarm: Alarm | None = Field(default=None, description="and sounds, once each time it leaves")
    wipe_after_days: int | None = Field(
        default=None,
        ge=7,
        le=60,
        description="days outside after which it erases itself; the offline key signs them, too",
    )


class Kiosk(FileModel):
    """Limits of the kiosk for the patient, and whom the ward calls."""

    lock_task: Annotated[bool, AsksFor(Control.KIOSK_LOCK_TASK)] = Field(
        default=True, description="keep the patient in the chosen apps"
    )
    hotline: Line = Field(description="telephone number or text the tablet shows for help")
    place: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(one_line)] | None = Field(
        default=None, description="hospital and ward as patients read them; default: the site's name"
    )
    staff: Staff | None = Field(default=None, description="short ways for staff, by a PIN of the ward")
    outside: Outside | None = Field(default=None, description="what a tablet does that left the hospital")
    idle_minutes: int | None = Field(
        default=None, ge=1, le=60, description="the launcher comes back after so many minutes of a dark screen"
    )


class Calls(FileModel):
    """Demands on what an incoming call is to the patient."""

    in_kiosk: Annotated[bool, AsksFor(Control.CALLS_ALERT), AsksFor(Control.CALLS_LISTENER)] = Field(
        default=False, description="notifications are heard and seen in the kiosk"
    )
    loud: Annotated[bool, AsksFor(Control.CALLS_VOLUME)] = Field(
        default=False, description="the ringer is never low, and nothing silences it"
    )
    volume_percent: int = Field(default=70, ge=10, le=100, description="least volume of the ringer")
    ceiling_percent: int | None = Field(default=None, ge=10, le=100, description="most volume of the ringer")

    @model_validator(mode="after")
    def _ceiling_above_the_floor(self) -> Calls:
        if self.ceiling_percent is not None and self.ceiling_percent < self.volume_percent:
            floor, ceiling = str(self.volume_percent), str(self.ceiling_percent)
            raise refuse(f"{floor} or more, as volume_percent", ceiling, key="ceiling_percent")
        return self

    @model_validator(mode="after")
    def _ceiling_of_what_is_turned(self) -> Calls:
        if self.ceiling_percent is not None and not self.loud:
            raise refuse("`loud: true` beside it", "false", key="ceiling_percent")
        return self


class Closed(FileModel):
    """What nobody may use on a finished tablet, staff and patients alike."""

    safe_mode: Annotated[bool, AsksFor(Control.SAFE_MODE_CLOSED)] = Field(
        default=False, description="no start without the hospital's apps"
    )
    settings: Annotated[bool, AsksFor(Control.SETTINGS_CLOSED)] = Field(
        default=False, description="no reset, users, accounts, other apps, date and time in the settings"
    )
    radios: Annotated[bool, AsksFor(Control.RADIOS_CLOSED)] = Field(
        default=False, description="no airplane mode, tethering, mobile networks, Wi-Fi Direct, NFC"
    )
    bluetooth: Annotated[bool, AsksFor(Control.BLUETOOTH_CLOSED)] = Field(
        default=False, description="no Bluetooth, hearing aids included"
    )
    vpn: Annotated[bool, AsksFor(Control.VPN_CLOSED)] = Field(
        default=False, description="no VPN of a user's own; a hospital that has one leaves it open"
    )
    in_task: Annotated[bool, AsksFor(Control.IN_TASK_CLOSED)] = Field(
        default=False, description="no app of the kiosk opens Android's settings inside itself"
    )
    usb: Annotated[bool, AsksFor(Control.USB_CLOSED)] = Field(
        default=False, description="no files over USB, no cards and sticks"
    )


class Updates(FileModel):
    """When the system may install its own updates."""

    held: Annotated[bool, AsksFor(Control.UPDATES_HELD)] = Field(
        default=False, description="system updates in a window of the day only"
    )
    window: Annotated[str, AfterValidator(_window)] = Field(
        default="02:00-04:00", description="from and until, by the tablet's clock"
    )
    freezes: Annotated[tuple[Annotated[str, AfterValidator(require_freeze)], ...], AfterValidator(require_freezes)] = (
        Field(default=(), description="days of the year without any update, Android 9 and later")
    )

    @model_validator(mode="after")
    def _freeze_what_is_held(self) -> Updates:
        if self.freezes and not self.held:
            raise refuse("`held: true` beside freezes", "false", key="freezes")
        return self

    @property
    def minutes(self) -> tuple[int, int]:
        """First and last minute of the window, of the day."""
        first, last = (int(each[:2]) * 60 + int(each[3:]) for each in self.window.split("-"))
        return first, last


class Prepare(FileModel):
    """Demands on a tablet before anything is changed on it."""

    battery_min_percent: int = Field(default=30, ge=0, le=100, description="refuse below this charge")
    storage_min_mb: int = Field(default=500, ge=0, le=1_000_000, description="refuse below this free space")
    donor_files: DonorFiles = Field(default=DonorFiles.REFUSE, description="files a donor left: refuse or warn")


class Seal(FileModel):
    """Closures made when everything else is done and recorded."""

    debugging: Debugging = Field(default=Debugging.OPEN, description="USB debugging afterwards: open or closed")


WARD_ID = r"^[a-z][a-z0-9]{0,11}(-[a-z0-9]{1,12})?$"
"""A ward's short name, as people type it: `cardio-2`."""

NOT_REQUIRED = {
    Control.MAKER_SWITCHES: "what a maker's switch does is not seen over adb, so no tablet is held to it",
    Control.ADB_AUTHORISATION: "it is the way of the bench to the tablet and is kept wherever an agent locks it",
}
"""Controls that `require` may not name, and why."""


class Site(FileModel):
    """The whole file.

    `require` says which control must hold how firmly for a tablet to end `done`; a control that is
    not named is done as well as the tablet can.
    """

    name: Line = Field(description="name of the hospital or ward")
    former_names: tuple[Line, ...] = Field(
        default=(), description="names the site had, or has at another bench: agents before 0.5.0 obey only those"
    )
    language: Language = Field(description="language of the tablets: fr or en")
    wifi: Wifi
    location: Location = Location()
    screen: Screen = Screen()
    clock: Clock = Clock()
    kiosk: Kiosk
    wards: dict[Annotated[str, Field(pattern=WARD_ID)], Ward] = Field(
        default_factory=dict, description="short name -> name, hotline and colour of a ward; `provision assign`"
    )
    calls: Calls = Calls()
    closed: Closed = Closed()
    updates: Updates = Updates()
    prepare: Prepare = Prepare()
    seal: Seal = Seal()
    require: dict[Control, Annotated[Assurance, AfterValidator(_required)]] = Field(
        default_factory=dict, description="control -> enforced or set"
    )

    @model_validator(mode="after")
    def _requires_only_what_it_does(self) -> Site:
        for control, hint in NOT_REQUIRED.items():
            if control in self.require:
                raise refuse("controls that a tablet can be held to", str(control), hint, key="require")
        for control in self.require:
            if not self.asks_for(control):
                # A control's name has a dot, so the place is the mapping `require`.
                setting = "; ".join(map(str, list_settings(control)))
                raise refuse(f"only controls this site asks for ({setting})", str(control), key="require")
        return self

    @model_validator(mode="after")
    def _closes_tasks_of_a_kiosk_there_is(self) -> Site:
        if self.closed.in_task and not self.kiosk.lock_task:
            raise refuse("false, or a kiosk", "true", "it is a part of kiosk.lock_task", key="closed.in_task")
        return self

    @model_validator(mode="after")
    def _knows_outside_by_what_it_hears(self) -> Site:
        if self.kiosk.outside is not None and not (self.kiosk.lock_task and self.location.on):
            raise refuse(
                "no such key, or a kiosk and location",
                "one of them is off",
                "a tablet knows by the names of networks it hears, which Android tells only with location on",
                key="kiosk.outside",
            )
        return self

    @model_validator(mode="after")
    def _names_wards_that_fit(self) -> Site:
        key = "name" if self.kiosk.place is None else "kiosk.place"
        check_wards(self.wards, self.place, key)
        return self

    @model_validator(mode="after")
    def _calls_in_a_kiosk_there_is(self) -> Site:
        if self.calls.in_kiosk and not self.kiosk.lock_task:
            raise refuse(
                "false, or a kiosk", "true", "without kiosk.lock_task nothing silences a call", key="calls.in_kiosk"
            )
        return self

    @model_validator(mode="after")
    def _seals_only_with_a_way_back(self) -> Site:
        """A way back must exist before debugging is closed (Wi-Fi and kiosk document 3.5): the kiosk's code."""
        if self.seals and not (self.kiosk.lock_task and Control.KIOSK_LOCK_TASK in self.require):
            hint = "its maintenance code is the way back to USB debugging: `require` must name kiosk.lock_task"
            raise refuse("open, or a kiosk that every tablet must have", "closed", hint, key="seal.debugging")
        return self

    @property
    def place(self) -> str:
        """The hospital as patients read it, on tablets of no ward."""
        return self.kiosk.place or self.name[:LONGEST_PLACE]

    def name_place(self, ward: Ward | None) -> str:
        """The place that a tablet of a ward shows, or one of none."""
        return self.place if ward is None else join_place(self.place, ward)

    def name_hotline(self, ward: Ward | None) -> str:
        """Whom a tablet of a ward calls for help, or one of none."""
        return (ward and ward.hotline) or self.kiosk.hotline

    @property
    def networks(self) -> tuple[Network, ...]:
        """The hospital's networks, the first one first; `wifi.networks` in either form of the file."""
        return self.wifi.networks

    @property
    def ssids(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(network.ssid for network in self.wifi.networks)

    def keep_networks(self, kept: Sequence[Network]) -> Site:
        """The same site with these networks alone: what one tablet can be given."""
        if tuple(kept) == self.networks:
            return self
        wifi = SeveralNetworks(
            networks=tuple(kept), other_networks=self.wifi.other_networks, clinical=self.wifi.clinical
        )
        return self.model_copy(update={"wifi": wifi})

    def asks_for(self, control: Control) -> bool:
        """Tell whether its settings ask for a control; one that no setting is about is asked for by every site."""
        return all(getattr(getattr(self, one.section), one.key) == one.value for one in list_settings(control))

    @property
    def seals(self) -> bool:
        """Tell whether finished tablets lose USB debugging."""
        return self.seal.debugging is Debugging.CLOSED


@dataclass(frozen=True)
class Setting:
    """A setting that asks for a control when it has one value; `default` where the file does not name it."""

    section: str
    key: str
    value: object
    default: object

    def __str__(self) -> str:
        """As it stands in messages; what is to be true needs no word."""
        place = f"{self.section}.{self.key}"
        return place if self.value is True else f"{place}: {self.value}"


@cache
def list_settings(control: Control) -> tuple[Setting, ...]:
    """The settings of `site.yaml` that ask for a control, as their fields say (`AsksFor`)."""
    found = (
        Setting(section, key, mark.value, member.default)
        for section, field in Site.model_fields.items()
        for schema in _list_schemas(field.annotation)
        for key, member in schema.model_fields.items()
        for mark in member.metadata
        if isinstance(mark, AsksFor) and mark.control is control
    )
    return tuple(dict.fromkeys(found))


def _list_schemas(kind: object) -> Iterator[type[FileModel]]:
    """The schema that a section has, or those of a union."""
    if isinstance(kind, type) and issubclass(kind, FileModel):
        yield kind
    for one in get_args(kind):
        yield from _list_schemas(one)


def load_site(file: Path) -> Site:
    """Read and check `site.yaml`; secrets are not fetched.

    Raises:
        ConfigurationError: every fault of the file.
    """
    return load(file, Site)


def site_without_secrets(site: Site) -> bytes:
    """Canonical JSON of the site for the digest in records: sorted keys, no spaces, UTF-8.

    Neither a secret nor where it is kept is in it: two benches of one site give the same bytes.
    """
    data = site.model_dump(mode="json")
    data["wifi"] = describe_networks(site.wifi)
    del data["former_names"]  # decides nothing of what a tablet gets
    if not site.wards:
        del data["wards"]  # as before a site could have some
    for key in ("place", "staff", "outside", "idle_minutes"):
        if data["kiosk"][key] is None:
            del data["kiosk"][key]  # as before the site could say it
    for key in ("alarm", "wipe_after_days"):
        if site.kiosk.outside is not None and data["kiosk"]["outside"][key] is None:
            del data["kiosk"]["outside"][key]  # likewise
    if site.kiosk.staff is not None:
        del data["kiosk"]["staff"]["pin"]
    if site.closed == Closed():
        del data["closed"]  # a site that closes nothing keeps the digest that its records have
    if site.calls == Calls():
        del data["calls"]  # likewise
    elif site.calls.ceiling_percent is None:
        del data["calls"]["ceiling_percent"]
    if site.updates == Updates():
        del data["updates"]  # likewise
    elif not site.updates.freezes:
        del data["updates"]["freezes"]
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_site(site: Site) -> str:
    """SHA-256 of `site_without_secrets`, as records name a site: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(site_without_secrets(site)).hexdigest()
