"""Which virtual tablets a training bench has: a pure function of count and seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from provision.errors import TrainingError
from provision.virtual.android.documents import read_document
from provision.virtual.android.model import Strict, load_model, serial_of

DEFAULT_SEED = 1
HUB_PORTS = 7
_FILE = Path(__file__).with_suffix(".yaml")
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


class Cast(Strict):
    """A kind of place: everything but slot, port and serial."""

    model: str
    faults: tuple[str, ...] = ()
    tap_allow: TapAllow | None = None
    setup: tuple[str, ...] = ()


class _Drawn(Cast):
    """A kind that is drawn by weight."""

    weight: int = Field(ge=1)


class _Casting(Strict):
    """The kinds that come with the product (`roster.yaml`): by place, then by chance."""

    first: tuple[Cast, ...]
    rest: tuple[Cast, ...]
    later: tuple[_Drawn, ...]


@cache
def _read() -> _Casting:
    return _Casting.model_validate(read_document(_FILE))


def find_captures(home: Path) -> tuple[Cast, ...]:
    """A kind of place for each capture in `captures/` of a training home, in the order of their names."""
    return tuple(Cast(model=str(file)) for file in sorted((home / "captures").glob("*.json")))


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
    ours = _read()
    placed = (*ours.first, *ours.rest)
    weights = [kind.weight for kind in ours.later]
    later = chance.choices(ours.later, weights, k=max(0, count - len(placed)))
    casts = [*first, *placed, *later][:count]
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
