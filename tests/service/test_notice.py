"""What a station tells the systemd that started it, received as systemd does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.service.notice import ServiceNotice


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket as systemd's, and its name in the environment."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@provision-tests-{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        ear.settimeout(0)
        yield ear, name


def take(ear: socket.socket) -> list[str]:
    lines = []
    while True:
        try:
            lines.append(ear.recv(4096).decode())
        except BlockingIOError:
            return lines


def test_it_is_ready_once_and_alive_four_times_within_the_watchdogs_time(heard: tuple[socket.socket, str]) -> None:
    ear, name = heard
    notice = ServiceNotice({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "60000000"})
    for tenths in range(600):
        notice.tell_alive(tenths / 10)
    assert take(ear) == ["READY=1", *["WATCHDOG=1"] * 4]


def test_its_end_is_told_once(heard: tuple[socket.socket, str]) -> None:
    ear, name = heard
    notice = ServiceNotice({"NOTIFY_SOCKET": name})
    notice.tell_stopping()
    notice.tell_stopping()
    assert take(ear) == ["STOPPING=1"]


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/notify", "WATCHDOG_USEC": "soon"}])
def test_a_station_works_without_systemd(environ: dict[str, str]) -> None:
    notice = ServiceNotice(environ)
    notice.tell_alive(1.0)
    notice.tell_stopping()
