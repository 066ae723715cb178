"""Model files: what one kind of tablet is before anybody touched it.

A model file is YAML in `provision/virtual/models`, strict: an unknown key is an error. Its `props`
are those of a real tablet, with their source; what the reference marks unconfirmed (U) and what
differs between makers is an option under `answers`, so that both answers can be played.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from provision.errors import TrainingError
from provision.virtual.android.documents import read_document
from provision.virtual.android.oem_gates import gates

MODELS = Path(__file__).resolve().parent.parent / "models"
"""Folder of the model files that come with the product."""


class Strict(BaseModel):
    """A frozen document part that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Screen(Strict):
    """Panel size in pixels (portrait) and density in dpi."""

    width: int
    height: int
    density: int


class Storage(Strict):
    """Size and use of /data in MiB, as found on a freshly reset tablet."""

    total_mb: int
    used_mb: int


class Battery(Strict):
    """Battery at the first plug: level in percent, voltage in mV, temperature in tenths of a degree."""

    level: int = Field(ge=0, le=100)
    technology: str
    voltage: int
    temperature: int


ANY_KEY = "any"
"""In the place of a digest: whatever a tablet has saved is right."""


class Network(Strict):
    """One access point in range; without `passphrase` and `secured` it is an open network.

    `secured`: digest of its passphrase where that is not to be written down, or `ANY_KEY`; `authority`: PEM of the one
    whose certificates its server lets in.
    """

    ssid: str
    passphrase: str | None
    secured: str = ""
    authority: str = ""
    bssid: str = "02:15:6d:10:20:30"


TRAINING_NETWORK = Network(ssid="HOPITAL-FORMATION", passphrase="formation-seulement")  # noqa: S106 - the training home's own throw-away secret
"""The hospital network of every training home."""


class Answers(Strict):
    """Which answer is played where the reference is unconfirmed or makers differ.

    Attributes:
        wifi_autojoin: `throws` prints the exception text after a successful join on API 30-32
            (reference, Wi-Fi document 1.4).
        already_admin_line: late API 34 prints "was already an admin" first (packages document 6.4).
        accounts_cached: API 34 answers "already some accounts" for a while after boot even with
            none (packages document 6.2).
        asleep: the screen is dark until a key wakes it, and `dumpsys activity` names no resumed activity
            (Wi-Fi document 3.7 does not say).
        data_block: the persistent data block that test harness mode needs (Wi-Fi document 6).
        test_harness: whether the build has `cmd testharness` at all (Wi-Fi document 9).
        closed_usb: what USB shows of a tablet whose debugging is off: `mtp` (USB bench document, section 2), or
            `nothing` where the maker offers no function at all then (unconfirmed).
        finalize_throws: API 34 throws after it has set the owner (packages document 6.5).
        hides_ssid: the shell reads `<unknown ssid>` on 29 and later while location is off (Wi-Fi document 1.6).
        owner_name: name of user 0 as `pm list users` prints it (packages document 6.7).
        late_13: 13 with the change that ends downgrades of release apps by the shell (packages document 3.9).
        least_target_15: lowest target of an app on 15 and 16 (packages document 3.10).
        suspend_on_9: the shell of 9 may suspend packages (packages document 5.1).
        dumps_configuration: 15 and 16 print managed configuration with its values in `dumpsys device_policy`
            (Wi-Fi document 13.4).
    """

    wifi_autojoin: Literal["clean", "throws"] = "clean"
    already_admin_line: bool = False
    accounts_cached: bool = False
    asleep: bool = False
    finalize_throws: bool = False
    hides_ssid: bool = False
    data_block: bool = True
    test_harness: bool = True
    closed_usb: Literal["mtp", "nothing"] = "mtp"
    owner_name: str = "Owner"
    late_13: bool = False
    least_target_15: Literal[23, 24] = 24
    suspend_on_9: bool = False
    dumps_configuration: bool = False


class Timing(Strict):
    """Durations in seconds; small, so that a bench of many tablets runs quickly.

    Attributes:
        boot: from adbd answering to `sys.boot_completed=1`.
        reboot: from the reboot command to adbd answering.
        commit: an install commit; commit_per_megabyte: what each megabyte adds to it.
        hash_per_megabyte: what reading and hashing a megabyte of an installed file takes.
        join: association with an access point.
        verifier: until Android gives up waiting for a package verifier.
        starts: what starting a program adds to its call, by its first word (`pm`, `settings` ... are Java).
    """

    boot: float = 1.5
    reboot: float = 0.3
    commit: float = 0.05
    commit_per_megabyte: float = 0.0
    hash_per_megabyte: float = 0.0
    join: float = 0.4
    verifier: float = 10.0
    starts: dict[str, float] = Field(default_factory=dict)

    def hash_seconds(self, size: int) -> float:
        """How long hashing so many bytes takes."""
        return self.hash_per_megabyte * size / 1e6


def _known_gate(name: str) -> str:
    if name not in gates():
        raise ValueError(f"expected a gate ({', '.join(sorted(gates()))}), got {name!r}")
    return name


class Model(Strict):
    """One model file.

    Attributes:
        api: API level, 21 to 37.
        kind: what the object really is; all but a tablet must be refused.
        says_kind: whether its properties, features and screen tell what it is; else a person has to say it.
        composed: property names whose values stand in no source and were set by rule; `notes` says from which row.
        serial: serial number; every `#` becomes a digit drawn from slot and seed, so a serial
            without `#` is the same on every unit.
        mac_prefix: first three bytes of the Wi-Fi address.
        launcher: short component name of the maker's HOME.
        features: `pm list features` names and versions (0: no version printed).
        air: access points in range.
        setup_complete: whether the setup wizard was finished before debugging was switched on.
        tap_allow: seconds until a hand taps Allow in the adb dialog, or `never`.
        gates: ids of the maker's gates that stand on a fresh unit (`oem_gates`).
    """

    api: int = Field(ge=21, le=37)
    title: str
    kind: Literal["tablet", "phone", "tv", "ereader"] = "tablet"
    says_kind: bool = True
    source: str
    notes: tuple[str, ...] = ()
    composed: tuple[str, ...] = ()
    serial: str
    mac_prefix: str = Field(pattern=r"^[0-9a-f]{2}(:[0-9a-f]{2}){2}$")
    screen: Screen
    storage: Storage
    battery: Battery
    launcher: str
    features: dict[str, int]
    system_packages: tuple[str, ...]
    air: tuple[Network, ...] = (TRAINING_NETWORK,)
    setup_complete: bool = True
    tap_allow: float | Literal["never"] = 0.0
    gates: tuple[Annotated[str, AfterValidator(_known_gate)], ...] = ()
    answers: Answers = Answers()
    timing: Timing = Timing()
    props: dict[str, str]

    @property
    def patch(self) -> str:
        """Security patch level `YYYY-MM-DD`, empty when the tablet does not say."""
        return self.props.get("ro.build.version.security_patch", "")


def model_names() -> tuple[str, ...]:
    """Names of the model files that come with the product, sorted."""
    return tuple(sorted(path.stem for path in MODELS.glob("*.yaml")))


@cache
def load_model(name: str) -> Model:
    """Read one model file by name; a name that ends in `.json` is the path of a capture.

    Raises:
        TrainingError: there is no such model, or its file does not fit the schema.
    """
    if name.endswith(".json"):
        from provision.virtual.captured import model_of  # noqa: PLC0415 - it makes a Model, so it imports this module

        return model_of(Path(name))
    path = MODELS / f"{name}.yaml"
    if not path.is_file():
        raise TrainingError(f"no model {name!r}; there are: {', '.join(model_names())}")
    try:
        return Model.model_validate(read_document(path))
    except (yaml.YAMLError, ValidationError) as error:
        raise TrainingError(f"{path.name}: {error}") from error


def serial_of(model: Model, slot: str, seed: int) -> str:
    """Serial number of the unit in a slot: the model's pattern filled from slot and seed."""
    digits = iter(str(int(hashlib.sha256(f"{slot}/{seed}".encode()).hexdigest(), 16)))
    return "".join(next(digits) if character == "#" else character for character in model.serial)


def address_of(model: Model, slot: str, serial: str) -> str:
    """Wi-Fi address of one unit; twins with one serial still differ (design, identity table)."""
    digest = hashlib.sha256(f"{serial}/{slot}".encode()).hexdigest()
    return ":".join((model.mac_prefix, digest[0:2], digest[2:4], digest[4:6]))
