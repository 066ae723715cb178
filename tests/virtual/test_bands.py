"""adb 29 (Debian) and adb 36 (wheel) drive a real model of every band of releases, over the real protocol.

Per band: connect with authorisation, banner, shell with both streams, push, pull, install as this adb and this
release do it, reconnect, `tcpip`, reboot. A last pair of servers talks with delayed acknowledgements.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.virtual.android.model import Timing, load_model, model_names
from provision.virtual.android.tablet import VirtualTablet
from provision.virtual.roster import Place
from tests.conftest import SYSTEM_ADB, AdbServer, bundled_adb, make_server, needs_system_adb
from tests.virtual.android.apk_maker import apk
from tests.virtual.smart_client import ask
from tests.virtual.tiny_tablet import LiveBench, run_bench
from tests.waiting import wait_until

pytestmark = [pytest.mark.front, pytest.mark.later]

BANDS = (21, 23, 24, 26, 28, 29, 30, 31, 33, 34, 35, 36, 37)
PROGRAMS = {"29": SYSTEM_ADB, "36": bundled_adb(), "36-burst": bundled_adb()}
QUICK = Timing(boot=0.1, reboot=0.1, commit=0.01, join=0.1)
CHAT = "org.provision.fixture.chat"


@dataclass
class Bands:
    """One adb program, its server, and a tablet of every band behind it."""

    server: AdbServer
    live: LiveBench
    tablets: dict[int, VirtualTablet]

    def adb(self, api: int, *words: str) -> tuple[int, str]:
        """Status and both streams of the adb program on the tablet of one band."""
        done = self.server.run("-s", self.path(api), *words, port=self.live.front.port)
        return done.returncode, (done.stdout + done.stderr).decode()

    def path(self, api: int) -> str:
        return f"usb:{self.live.bench.slot(self.slot(api)).port}"

    def slot(self, api: int) -> str:
        return str(BANDS.index(api) + 1)


def a_model_of(api: int) -> str:
    """The first model of a level that is a tablet."""
    return next(name for name in model_names() if load_model(name).api == api and load_model(name).kind == "tablet")


@pytest.fixture(scope="module", params=[pytest.param("29", marks=needs_system_adb), "36", "36-burst"])
def bands(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bands]:
    folder = tmp_path_factory.mktemp(request.param)
    server = make_server(folder, PROGRAMS[request.param])
    if request.param == "36-burst":
        server.env["ADB_BURST_MODE"] = "1"
    tablets = {}
    for number, api in enumerate(BANDS, 1):
        model = load_model(a_model_of(api)).model_copy(update={"timing": QUICK})
        place = Place(str(number), f"1-1.{number}", a_model_of(api), f"BAND{api}", tap_allow=0.0)
        tablets[api] = VirtualTablet(folder / str(number), place, model)
    server.start()
    try:
        with run_bench(folder / "bench", list(tablets.values()), (server.host, server.port)) as live:
            live.wait_online(*(str(number) for number in range(1, len(BANDS) + 1)))
            yield Bands(server, live, tablets)
    finally:
        server.kill()


every_band = pytest.mark.parametrize("api", BANDS)


@every_band
def test_it_says_what_its_release_says(bands: Bands, api: int) -> None:
    row = next(line for line in listed(bands) if f" {bands.path(api)} " in line)
    props = bands.tablets[api].device.model.props
    assert f"device:{props['ro.product.device'].replace('-', '_')} " in row.replace("-", "_")
    features = ask(bands.live.front.port, f"host-serial:{bands.path(api)}:features").decode()[8:].split(",")
    assert ("shell_v2" in features) is (api >= 24)
    assert ("stat_v2" in features) is (api >= 26)
    assert ("abb_exec" in features) is (api >= 29)
    assert set(features) <= set(bands.tablets[api].banner.features) | {""}
    adbd = bands.live.bench.slot(bands.slot(api)).adbd
    assert adbd is not None
    assert adbd.delayed is (api >= 34 and "ADB_BURST_MODE" in bands.server.env)


def listed(bands: Bands) -> list[str]:
    return ask(bands.live.front.port, "host:devices-l").decode().splitlines()


@every_band
def test_its_shell_joins_or_keeps_the_streams_and_the_status(bands: Bands, api: int) -> None:
    done = bands.server.run("-s", bands.path(api), "shell", "getprop ro.build.version.sdk; nope", port=front(bands))
    ends = "\r\n" if api <= 23 else "\n"
    missing = f"/system/bin/sh: nope: {'inaccessible or ' if api >= 29 else ''}not found{ends}"
    if api < 24:
        assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"{api}{ends}{missing}", b"")
    else:
        assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (127, f"{api}\n", missing)
    raw = bands.server.run("-s", bands.path(api), "exec-out", "getprop ro.build.version.sdk", port=front(bands))
    assert raw.stdout == f"{api}\n".encode(), "exec: has no terminal on any release"


def front(bands: Bands) -> int:
    return bands.live.front.port


@every_band
def test_a_file_goes_there_and_back(bands: Bands, api: int, tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(os.urandom(1_500_001))
    status, said = bands.adb(api, "push", str(source), "/data/local/tmp/there")
    assert (status, "1 file pushed" in said) == (0, True), said
    assert bands.adb(api, "pull", "/data/local/tmp/there", str(copy))[0] == 0
    assert copy.read_bytes() == source.read_bytes()
    status, said = bands.adb(api, "pull", "/data/local/tmp/none", str(tmp_path / "none"))
    assert (status, "does not exist" in said or "No such file" in said) == (1, True), said


@every_band
def test_an_app_is_installed(bands: Bands, api: int, tmp_path: Path) -> None:
    package = tmp_path / "chat.apk"
    package.write_bytes(apk("chat"))
    status, said = bands.adb(api, "install", "-r", str(package))
    assert (status, "Success" in said) == (0, True), said
    assert ("Streamed" in said) is (api >= 24), said
    assert f"package:{CHAT}" in bands.adb(api, "shell", f"pm list packages {CHAT}")[1]


@every_band
def test_a_link_that_breaks_comes_back_without_a_question(bands: Bands, api: int) -> None:
    """The key is known by now; adb says so without a dialog."""
    bands.live.unplug(bands.slot(api))
    wait_until(lambda: f" {bands.path(api)} " not in str(listed(bands)), "gone")
    bands.live.plug(bands.slot(api))
    bands.live.wait_online(bands.slot(api))
    assert len(bands.tablets[api].device.data.keys) == 1
    status, said = bands.adb(api, "tcpip", "5555")
    assert (status, said.strip()) == (0, "restarting in TCP mode port: 5555")
    wait_until(lambda: bands.adb(api, "shell", "getprop ro.serialno")[1].strip() == f"BAND{api}", "back", 15)


@every_band
def test_it_comes_back_from_a_reboot(bands: Bands, api: int) -> None:
    before = bands.tablets[api].device.state.boot_id
    assert bands.adb(api, "reboot")[0] == 0
    wait_until(lambda: bands.tablets[api].device.state.boot_id != before, "rebooting")
    wait_until(lambda: bands.adb(api, "shell", "getprop sys.boot_completed")[1].strip() == "1", "booted", 15)
    status, said = bands.adb(api, "root")
    assert "adbd cannot run as root in production builds" in said, status
