"""One adb server for all tests, as at a real bench; every test ends with all cables out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench, adb_server, wait_for

from provision.bench.adb import AdbHost, ServerAddress


@pytest.fixture(scope="session")
def address() -> Iterator[ServerAddress]:
    with adb_server() as address:
        yield address


@pytest.fixture
def bench(address: ServerAddress, tmp_path: Path) -> Iterator[Bench]:
    host = AdbHost(address)
    wait_for(lambda: not host.list_transports())
    bench = Bench(host, tmp_path)
    yield bench
    bench.close()
