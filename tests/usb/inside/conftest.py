"""One adb server for all tests, as at a real bench; every test ends with all cables out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench, adb_server, wait_for

from provision.bench.adb import AdbHost, ServerAddress
from provision.bench.ports import DEVICES


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


@pytest.fixture
def hubs() -> Iterator[Path]:
    """The nested hubs of the machine's second controller, with a tablet that shows its files at the end."""
    subprocess.run(["modprobe", "xhci-pci"], check=True)
    found = wait_for(lambda: next(iter(DEVICES.glob("*-1.4.2")), None))
    wait_for((found / f"{found.name}:1.0").exists)
    yield found
    subprocess.run(["modprobe", "-r", "xhci-pci"], check=True)
