"""What a tablet is seen through, and what of it a ward home takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.bench.adb import ServerAddress
from provision.bench.usb import is_present
from provision.cli.options import Access
from provision.cli.reach import find_seen_through, name_seen_through, require_seen_through
from provision.errors import HomeError
from provision.home.create import Details, create_home
from provision.home.folder import load_home
from provision.terms import HomeKind, SeenThrough

ELSEWHERE = ServerAddress("127.0.0.1", 5038)
WAYS = tuple(SeenThrough)


def access(virtual: int | None = None, server: ServerAddress | None = None) -> Access:
    return Access(home=None, virtual=virtual, seed=1, adb=None, server=server, language=None)


@pytest.mark.parametrize(
    ("given", "port", "in_slots", "alone"),
    [
        (access(virtual=2), "1-1", SeenThrough.TRAINING, SeenThrough.TRAINING),
        (access(virtual=2, server=ELSEWHERE), "1-1", SeenThrough.TRAINING, SeenThrough.TRAINING),
        (access(server=ELSEWHERE), "1-1", SeenThrough.ADB_SERVER, SeenThrough.ADB_SERVER),
        (access(server=ELSEWHERE), None, SeenThrough.ADB_SERVER, SeenThrough.ADB_SERVER),
        (access(), None, SeenThrough.USB, SeenThrough.NETWORK),
        (access(), "99-9.9", SeenThrough.USB, SeenThrough.NETWORK),
    ],
)
def test_it_is_named_by_what_this_computer_sees_itself(
    given: Access, port: str | None, in_slots: SeenThrough, alone: SeenThrough
) -> None:
    assert (name_seen_through(given), find_seen_through(given, port)) == (in_slots, alone)


def test_a_port_is_the_kernels(tmp_path: Path) -> None:
    (tmp_path / "1-1.2").mkdir()
    assert not is_present("1-1.2", tmp_path)
    (tmp_path / "1-1.2/idVendor").write_text("04e8\n")
    assert is_present("1-1.2", tmp_path)
    assert not is_present("../" + tmp_path.name + "/1-1.2", tmp_path)


@pytest.mark.parametrize(
    ("kind", "allowed", "taken"),
    [
        (HomeKind.WARD, "", {SeenThrough.USB, SeenThrough.TRAINING}),
        (HomeKind.WARD, "foreign_adb_server: allow\n", set(WAYS)),
        (HomeKind.TRAINING, "", set(WAYS)),
    ],
)
def test_a_ward_home_takes_what_hangs_here_unless_told_otherwise(
    kind: HomeKind, allowed: str, taken: set[SeenThrough], tmp_path: Path
) -> None:
    create_home(tmp_path / "home", kind, 2, Details(name="CHU", ssid="HOPITAL"))
    site, settings = tmp_path / "home/site.yaml", tmp_path / "home/bench.yaml"
    if kind is HomeKind.WARD:
        site.write_text(site.read_text("utf-8").replace("hotline: ", 'hotline: "12 34" '))
    settings.write_text(settings.read_text("utf-8") + allowed)
    home, refused = load_home(tmp_path / "home"), {}
    for through in WAYS:
        try:
            require_seen_through(home, through)
        except HomeError as error:
            refused[through] = str(error)
    assert set(WAYS) - set(refused) == taken
    assert all(f"foreign_adb_server: allow into {settings}" in text for text in refused.values())
