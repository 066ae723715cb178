"""A home with wards, for commands about them."""

from __future__ import annotations

from pathlib import Path

from provision.home.create import create_home
from provision.state.opening import open_bench_state
from provision.terms import HomeKind

WARDS = """
wards:
  cardio-2: {name: Cardiologie 2, hotline: "4242", colour: green}
  geronto: {name: Gérontologie}
"""


def make_ward_home(folder: Path) -> Path:
    """Make a training home with two wards and the numbers A-0001 to A-0003 given."""
    home = folder / "training"
    create_home(home, HomeKind.TRAINING, 2)
    with (home / "site.yaml").open("a", encoding="utf-8") as site:
        site.write(WARDS)
    with open_bench_state(home) as state:
        for serial in "123":
            state.open_registry("A").check_in(serial, serial)
    return home
