"""Benches with registers, for tests: homes with keys, each with its own register, perhaps with a shared one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provision.register.events import tell_move
from provision.register.identities import tell_number
from provision.register.moves import Life
from provision.register.settings import RegisterAddress
from provision.register.sql.register import Register, open_register
from provision.terms import HomeKind
from tests.records.record_bed import Bed, make_bed


@dataclass(frozen=True)
class Bench:
    """One bench: its home, its prefix."""

    bed: Bed
    prefix: str

    @contextmanager
    def open(self, address: RegisterAddress | None = None) -> Iterator[Register]:
        """Open its register, as a command does."""
        with open_register(self.bed.folder, self.bed.keys.home, self.prefix, address) as register:
            yield register

    @property
    def file(self) -> Path:
        """The database of its own register."""
        return self.bed.folder / "state/register.sqlite"


def make_bench(folder: Path, prefix: str = "A", runs: int = 0, kind: HomeKind = HomeKind.WARD) -> Bench:
    """Make a bench with some recorded runs."""
    return Bench(make_bed(folder, kind, runs, origin=f"test.example/bench-{prefix.lower()}"), prefix)


def take(bench: Bench, register: Register) -> tuple[str, ...]:
    """Bring in what the bench recorded."""
    return register.take_records(bench.bed.records, bench.bed.keys.home)


def number(register: Register, tablet: str, installation: str = "i") -> None:
    """Let a tablet be known by its number."""
    register.tell(tell_number(tablet, f"S{tablet}", installation))


def move(register: Register, tablet: str, to: Life, **where: str) -> None:
    """Move a tablet, for a reason of no interest."""
    register.tell(tell_move(tablet, to, "technician", "test", **where))


def dump(register: Register) -> bytes:
    """Everything in a register's own database."""
    return b"".join(register.dump())
