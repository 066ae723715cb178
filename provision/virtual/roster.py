"""Which virtual tablets a training bench has: a pure function of count and seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from provision.errors import TrainingError
from provision.virtual.android.model import load_model, serial_of

DEFAULT_SEED = 1
HUB_PORTS = 7
TapAllow = float | Literal["never"]


@dataclass(frozen=True)
class Place:
    """One port of the training bench and the tablet on it.

    Attributes:
        slot: label, "1" and up.
        port: USB port path below the bus, `1-1.1`; hubs of seven ports.
        model: name of a model file.
        serial: serial number of the unit, not unique on white-box models.
        faults: faults of the unit at its first plug.
        plugged: whether it hangs on the port when the bench starts.
        tap_allow: seconds until a hand taps Allow, or `never`; None takes the model's.
        setup: edits done before the first plug (what the donor left), one line each.
    """

    slot: str
    port: str
    model: str
    serial: str
    faults: tuple[str, ...] = ()
    plugged: bool = True
    tap_allow: TapAllow | None = None
    setup: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cast:
    """A kind of place: everything but slot, port and serial."""

    model: str
    faults: tuple[str, ...] = ()
    tap_allow: TapAllow | None = None
    setup: tuple[str, ...] = ()


FIRST = (
    Cast("samsung-sm-t510"),
    Cast("lenovo-tb328fu"),
    Cast("archos-101b-oxygen", setup=("zone Europe/Paris",)),
    Cast("xiaomi-pad-6"),
    Cast("whitebox-hipad"),
    Cast("whitebox-hipad", setup=("add-account com.google", "set secure user_setup_complete 1")),
    Cast("xiaomi-pad-6", tap_allow=2.0),
    Cast("samsung-sm-t870", faults=("hang:dumpsys",)),
)
"""The first eight places: done 1 to 5 and 7 (by plain shell 1, 2, 5 only); refused 6 (account); failed 8 (hang)."""

REST = (
    Cast("samsung-sm-p615"),
    Cast("xiaomi-pad-6-15"),
    Cast("samsung-sm-x216b"),
    Cast("lenovo-tb-x6c6l-12l"),
    Cast("lenovo-tb-x6c6l"),
    Cast("lenovo-tb-x505x"),
    Cast("amazon-kfonwi"),
    Cast("xiaomi-mi-pad-4"),
    Cast("huawei-ags2-w09"),
    Cast("amazon-kfmuwi"),
    Cast("samsung-sm-t810"),
    Cast("samsung-sm-p600"),
    Cast("archos-101c-platinum"),
    Cast("whitebox-zed-ys"),
    Cast("google-nexus-player"),
    Cast("samsung-sm-x216b", faults=("samsung-integrity",)),
    Cast("archos-access-40-4g"),
    Cast("onyx-boox"),
    Cast("bq-edison-3"),
    Cast("amazon-kfgiwi"),
    Cast("lenovo-tb3-710i"),
    Cast("asus-p00a", setup=("zone Europe/Paris",)),
    Cast("samsung-sm-t580", setup=("zone Europe/Paris",)),
    Cast("samsung-sm-j727p"),
    Cast("onn-ona19tb003"),
    Cast("xiaomi-pad-5"),
    Cast("huawei-ags2-w09", setup=("zone Europe/Paris", "open-gate emui-owner")),
    Cast("xiaomi-mi-pad-4", setup=("zone Europe/Paris", "open-gate miui-install miui-settings miui-grant miui-owner")),
    Cast("amazon-kfonwi", faults=("fire-owner",)),
    Cast("samsung-sm-t580", faults=("samsung-settings",)),
)
"""The places after them: every API level and a gate of every maker by place 24, every model by place 34,
then the other answers of gates the reference does not confirm."""

LATER = (
    (30, Cast("samsung-sm-t510")),
    (25, Cast("lenovo-tb328fu")),
    (15, Cast("samsung-sm-t870")),
    (10, Cast("archos-101b-oxygen", setup=("zone Europe/Paris",))),
    (10, Cast("xiaomi-pad-6")),
    (4, Cast("lenovo-tb328fu", setup=("add-account com.google",))),
    (3, Cast("samsung-sm-t510", faults=("hang:dumpsys",))),
    (3, Cast("lenovo-tb328fu", faults=("boot-stuck",))),
)
"""(weight, kind) of later places. No fault among them needs a write to show."""


def find_captures(home: Path) -> tuple[Cast, ...]:
    """A kind of place for each capture in `captures/` of a training home, in the order of their names."""
    return tuple(Cast(str(file)) for file in sorted((home / "captures").glob("*.json")))


def build_roster(count: int, seed: int = DEFAULT_SEED, first: tuple[Cast, ...] = ()) -> list[Place]:
    """The places of a bench of `count` tablets; the same for the same arguments.

    Args:
        first: kinds of the first places, before those that come with the product.

    Raises:
        TrainingError: count is not positive.
    """
    if count < 1:
        raise TrainingError(f"a training bench has at least 1 tablet, got {count}")
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, no secret
    weights, kinds = zip(*LATER, strict=True)
    later = chance.choices(kinds, weights, k=max(0, count - len(FIRST) - len(REST)))
    casts = [*first, *FIRST, *REST, *later][:count]
    return [_place(number, cast, seed) for number, cast in enumerate(casts, start=1)]


def _place(number: int, cast: Cast, seed: int) -> Place:
    """Put one kind on its port."""
    hub, port = divmod(number - 1, HUB_PORTS)
    return Place(
        slot=str(number),
        port=f"1-{hub + 1}.{port + 1}",
        model=cast.model,
        serial=serial_of(load_model(cast.model), str(number), seed),
        faults=cast.faults,
        tap_allow=cast.tap_allow,
        setup=cast.setup,
    )
