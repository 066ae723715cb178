"""Rows of the long device list, and whose process listens on a port: cases as data."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from provision.bench.adb import TransportRow, name_foreign_server, parse_transports
from provision.bench.listeners import find_listener
from provision.errors import AnswerError
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/bench/rows.yaml")
HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_device_list_is_read_by_the_order_of_the_server(case: Mapping[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(AnswerError, match=case["error"]):
            parse_transports(case["text"])
        return
    assert parse_transports(case["text"]) == tuple(TransportRow(*row) for row in case["rows"])


def make_proc(folder: Path, tcp: str = "", tcp6: str | None = "", holders: Mapping[str, str] | None = None) -> Path:
    """A /proc with two tables and one descriptor a process."""
    (folder / "net").mkdir()
    (folder / "net/tcp").write_text(HEADER + tcp)
    if tcp6 is not None:
        (folder / "net/tcp6").write_text(HEADER + tcp6)
    for process, target in (holders or {}).items():
        (folder / process / "fd").mkdir(parents=True)
        (folder / process / "fd/3").symlink_to(target)
    return folder


def _row(port: int, state: str, inode: int) -> str:
    return (
        f"   0: 0100007F:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000 0 {inode} 1 0\n"
    )


def test_the_listener_is_the_process_that_holds_its_socket(tmp_path: Path) -> None:
    holders = {"12": "socket:[41]", "4711": "socket:[42]", "self": "socket:[42]"}
    assert find_listener(5037, make_proc(tmp_path, _row(5037, "0A", 42), holders=holders)) == 4711


def test_a_listener_on_ipv6_is_found_as_well(tmp_path: Path) -> None:
    row = "   0: 00000000000000000000000000000000:13AD 0:0000 0A 0:0 00:0 0 1000 0 42 1 0\n"
    assert find_listener(5037, make_proc(tmp_path, tcp6=row, holders={"4711": "socket:[42]"})) == 4711


@pytest.mark.parametrize(("port", "state"), [(5037, "01"), (5037, "06"), (5038, "0A")])
def test_a_connection_or_another_port_is_no_listener(port: int, state: str, tmp_path: Path) -> None:
    assert find_listener(5037, make_proc(tmp_path, _row(port, state, 42), holders={"4711": "socket:[42]"})) is None


def test_the_listener_of_another_user_is_unknown(tmp_path: Path) -> None:
    proc = make_proc(tmp_path, _row(5037, "0A", 42), tcp6=None, holders={"4711": "socket:[41]"})
    (proc / "4712").mkdir()  # its descriptors cannot be listed
    assert find_listener(5037, proc) is None


def test_a_machine_without_such_tables_knows_no_listener(tmp_path: Path) -> None:
    assert find_listener(5037, tmp_path) is None


def test_our_own_listener_is_found_by_its_real_port_and_named_for_the_warning() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert find_listener(port) == os.getpid()
        assert name_foreign_server(port) == f"127.0.0.1:{port} (process {os.getpid()})"
    assert find_listener(port) is None
    assert name_foreign_server(port) is None
