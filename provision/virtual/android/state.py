"""The state of one virtual tablet: one JSON document in its folder.

What a factory reset loses stands under `data`, everything else survives: identity, battery, faults
(they are hardware or firmware). The document is written whole to a temporary file, synced and
renamed, so a killed process leaves the state before or after a command, never half of it.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from provision.errors import TrainingError
from provision.virtual.android.model import Model, address_of

PROVIDERS_GONE_API = 31
"""From here on `location_providers_allowed` has left the settings (Wi-Fi document 4)."""

STATE_FILE = "state.json"
BLOBS = "blobs"
SHELL_FOLDERS = ("/data/local/tmp", "/sdcard", "/sdcard/DCIM", "/sdcard/DCIM/Camera", "/sdcard/Download")
"""Folders the shell sees on a fresh tablet."""


Setting = StrictBool | StrictInt | StrictStr | list[StrictStr]
"""A value of managed configuration, as it came: true is not 1."""

IMAGE_TIME = "2026-01-01 00:00:00"
"""When the packages of the system image were built."""


class Part(BaseModel):
    """A mutable document part that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid")


class Identity(Part):
    """Part that survives everything: the unit itself."""

    model: str
    serial: str
    mac: str


class Package(Part):
    """One package; `system` ones have a preloaded version and no signer we know.

    `enabled` is the component state: 0 default, 1 enabled, 2 disabled, 3 disabled-user, and so are the values
    of `components`, by class name; `updates` counts installations over an installed one; `preloaded` is what an
    update of a system package covers; `splits` are blobs by split name; `signing` is the newest signature
    scheme; `last_update` and `first_install` are moments of the tablet's own clock, in UTC; `defines` and
    `authorities` belong to this app alone.
    """

    version_code: int = 1
    version_name: str = "1.0"
    min_sdk: int = 21
    target_sdk: int = 30
    system: bool = False
    installed: bool = True
    enabled: int = 0
    hidden: bool = False
    stopped: bool = True
    suspended: bool = False
    components: dict[str, int] = Field(default_factory=dict)
    test_only: bool = False
    debuggable: bool = False
    signer: str = ""
    signing: int = 2
    checksum: int = 0
    path: str = ""
    blob: str = ""
    splits: dict[str, str] = Field(default_factory=dict)
    installer: str | None = None
    permissions: list[str] = Field(default_factory=list)
    granted: list[str] = Field(default_factory=list)
    fixed: list[str] = Field(default_factory=list)
    defines: list[str] = Field(default_factory=list)
    authorities: list[str] = Field(default_factory=list)
    receivers: dict[str, str | None] = Field(default_factory=dict)
    exported: list[str] = Field(default_factory=list)
    last_update: str = IMAGE_TIME
    first_install: str = IMAGE_TIME
    updates: int = 0
    preloaded: Package | None = None

    def forget_grants(self) -> None:
        """Clearing an app's data takes its run-time permissions, but for those a device owner fixed."""
        self.granted = [name for name in self.granted if name in self.fixed]

    @property
    def factory(self) -> bool:
        """Tell whether it is the version of the system image itself."""
        return self.system and self.preloaded is None


class Account(Part):
    """One account of user 0; `allowed` ones declare that an owner may stand beside them (packages document 6.2)."""

    name: str
    type: str
    allowed: bool = False


class SavedNetwork(Part):
    """One saved Wi-Fi network; the passphrase is kept as a SHA-256 only."""

    id: int
    ssid: str
    security: str
    passphrase_digest: str | None = None
    creator: str = "shell"
    account: dict[str, str] = Field(default_factory=dict)
    """What Android tells of an 802.1X account: `method`, `phase2`, `identity`, `anonymous_identity`, `domain`, `ca`."""
    factory_mac: bool = False
    """The tablet shows its own address there."""
    proxy: dict[str, Any] = Field(default_factory=dict)
    """Web proxy, in the words of the agent's contract; empty for none."""


class KeyPair(Part):
    """One key of the KeyChain: DER of the private part and of its certificates in base64, its own certificate first."""

    private: str
    chain: list[str] = Field(default_factory=list)
    wifi: bool = False
    """Granted to Wi-Fi."""


class StoredFile(Part):
    """One file the shell may read; its content is the blob of that name."""

    blob: str
    size: int
    mode: int = 0o100660
    mtime: int = 1767225600


class Session(Part):
    """One open install session of uid 2000 (reference, packages document 11.6).

    `options` as given at the create, `values` the words that followed some of them, `removed` splits,
    `children` the numbers of the sessions that are committed with it.
    """

    options: list[str] = Field(default_factory=list)
    values: dict[str, str] = Field(default_factory=dict)
    removed: list[str] = Field(default_factory=list)
    children: list[str] = Field(default_factory=list)
    parts: dict[str, str] = Field(default_factory=dict)


class LockTask(Part):
    """An owner's settings of lock task, and whether it runs (Wi-Fi document 3.2).

    `features` is None until an owner set them; `mode` is `none`, `locked` or `pinned`.
    """

    packages: list[str] = Field(default_factory=list)
    features: int | None = None
    mode: str = "none"


class Data(Part):
    """Everything a factory reset loses.

    `app_data` is the private storage of apps, package -> key -> text; `preferred_home` the owner's
    choice of HOME, which wins over `home`; `allowed_ssids` the owner's allow-list, empty for none; `update_window`
    when it lets system updates be installed, FROM-UNTIL in minutes of the day, empty for none; `update_freezes` the
    days of the year on which it does not, MM-DD/MM-DD;
    `configurations` is what the owner configured apps with, by package, installed or not;
    `staged` are committed sessions that wait for a reboot; `uninstall_blocked` packages the owner holds fast;
    `front` the activity in front, None for HOME; `asleep` a dark screen, before which nothing is resumed;
    `spared` are apps that battery saving leaves alone by the user's choice; `listeners` who may hear notifications,
    where that is no setting;
    `opened_gates` the maker's gates a hand opened in the settings;
    `installs` counts what was written below `/data/app`, so that no folder's random name comes twice;
    `setup_latched` stays true once the setup was seen complete; `owned_at_boot` what the owner property
    was written with, None when it was not; `admins` are active admins that are no owner; `user_locked`
    user 0 after a boot until somebody enters the PIN; `status_bar` the disable flags of the shell.
    """

    android_id: str
    settings: dict[str, dict[str, str]]
    packages: dict[str, Package]
    installs: int = 0
    accounts: list[Account] = Field(default_factory=list)
    users: dict[str, str] = Field(default_factory=dict)
    networks: list[SavedNetwork] = Field(default_factory=list)
    wifi_enabled: bool = True
    keys: list[str] = Field(default_factory=list)
    owner: str | None = None
    restrictions: list[str] = Field(default_factory=list)
    sessions: dict[str, Session] = Field(default_factory=dict)
    staged: list[Session] = Field(default_factory=list)
    uninstall_blocked: list[str] = Field(default_factory=list)
    folders: list[str] = Field(default_factory=lambda: list(SHELL_FOLDERS))
    files: dict[str, StoredFile] = Field(default_factory=dict)
    timezone: str = "America/New_York"
    screen: dict[str, str] = Field(default_factory=dict)
    lock_disabled: bool = False
    home: str | None = None
    preferred_home: str | None = None
    front: str | None = None
    asleep: bool = False
    lock_task: LockTask = Field(default_factory=LockTask)
    allowed_ssids: list[str] = Field(default_factory=list)
    update_window: str = ""
    update_freezes: list[str] = []
    opened_gates: list[str] = Field(default_factory=list)
    app_data: dict[str, dict[str, str]] = Field(default_factory=dict)
    setup_latched: bool = False
    owned_at_boot: bool | None = None
    admins: list[str] = Field(default_factory=list)
    profile_owner: str | None = None
    current_user: str = "0"
    pin: str | None = None
    user_locked: bool = False
    configurations: dict[str, dict[str, Setting]] = Field(default_factory=dict)
    keychain: dict[str, KeyPair] = Field(default_factory=dict)
    appops: dict[str, dict[str, str]] = Field(default_factory=dict)
    spared: list[str] = Field(default_factory=list)
    listeners: list[str] = Field(default_factory=list)
    ringer_volume: int = 5
    interruption_filter: int = 1
    suggestions: list[SavedNetwork] = Field(default_factory=list)
    verbose_wifi: bool = False
    status_bar: list[str] = Field(default_factory=list)
    volumes: dict[str, int] = Field(default_factory=dict)
    test_harness: bool = False
    boot_reason: str = "cold,powerkey"


class State(Part):
    """The whole document of one tablet.

    `battery_forced` is the level `dumpsys battery set` pretends, until a reboot; `clock_offset` what has to be
    added to the device's clock for the time of day, None for the time of the computer.
    """

    identity: Identity
    boot_id: str
    battery_level: int
    battery_status: int = 2
    battery_forced: int | None = None
    clock_offset: float | None = None
    faults: list[str] = Field(default_factory=list)
    fault_hits: dict[str, int] = Field(default_factory=dict)
    resets: int = 0
    data: Data


def digest_of(text: str) -> str:
    """SHA-256 of a text, hexadecimal; used where the text itself must not be stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_boot_id() -> str:
    """A new value of `/proc/sys/kernel/random/boot_id`."""
    return str(uuid.uuid4())


def fresh_settings(model: Model) -> dict[str, dict[str, str]]:
    """Settings tables of a reset tablet on which debugging was just switched on by hand."""
    done = "1" if model.setup_complete else "0"
    secure = {"user_setup_complete": done}
    if model.api < PROVIDERS_GONE_API:
        secure["location_providers_allowed"] = ""
    if model.api >= 29:  # from 29 on the key is the switch itself (Wi-Fi document 4)
        secure["location_mode"] = "0"
    return {
        "global": {"adb_enabled": "1", "device_provisioned": done, "auto_time": "1", "auto_time_zone": "1"},
        "secure": secure,
        "system": {"screen_off_timeout": "60000", "screen_brightness": "102"},
    }


def fresh_data(model: Model, salt: str) -> Data:
    """Make what a tablet of this model holds right after a reset.

    Args:
        model: the model file.
        salt: makes the android_id of this unit and this reset unique.
    """
    packages = {
        name: Package(system=True, stopped=False, target_sdk=model.api, path=f"/system/app/{name}/{name}.apk")
        for name in model.system_packages
    }
    data = Data(android_id=digest_of(salt)[:16], settings=fresh_settings(model), packages=packages)
    data.asleep = model.answers.asleep
    data.owned_at_boot = False if model.setup_complete else None  # written once a boot (packages document 11.2)
    data.settings["secure"]["android_id"] = data.android_id
    return data


def fresh_state(model: Model, name: str, serial: str, slot: str) -> State:
    """The state of a unit that was never plugged before."""
    mac = address_of(model, slot, serial)
    return State(
        identity=Identity(model=name, serial=serial, mac=mac),
        boot_id=new_boot_id(),
        battery_level=model.battery.level,
        data=fresh_data(model, f"{mac}/0"),
    )


def factory_reset(state: State, model: Model) -> None:
    """Lose what a real reset loses; adb is off afterwards (reference, packages document 1.10).

    Serial, Wi-Fi address, battery and faults stay. A test harness reset is not this one.
    """
    state.resets += 1
    state.data = fresh_data(model, f"{state.identity.mac}/{state.resets}")
    state.data.settings["global"].update(adb_enabled="0", device_provisioned="0")
    state.data.settings["secure"]["user_setup_complete"] = "0"
    state.boot_id = new_boot_id()


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step: temporary file, sync, rename."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def save_state(folder: Path, state: State, unless: str = "") -> str:
    """Write the document of one tablet, but for one that says what was written before; returns its text."""
    text = state.model_dump_json(indent=1)
    if text != unless:
        write_whole(folder / STATE_FILE, text.encode())
    return text


def load_state(folder: Path) -> State | None:
    """Read the document of one tablet, None when it was never plugged.

    Raises:
        TrainingError: the file is not a document of this version.
    """
    path = folder / STATE_FILE
    if not path.exists():
        return None
    try:
        return State.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise TrainingError(f"{path}: not a tablet state of this version: {error}") from error
