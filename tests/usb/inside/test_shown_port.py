"""A port that shows itself by its power: QEMU's hubs behind the kernel's own driver, told by the command."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bench import Watch
from test_before_a_batch import RUN_SECONDS, make_ward, start

from provision.bench.cable import name_kind

pytestmark = pytest.mark.usb


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=RUN_SECONDS)
    return process.returncode, said


def test_a_port_is_shown_by_its_power_where_its_hub_can(hubs: Path, tmp_path: Path) -> None:
    port, home = hubs.name, make_ward(tmp_path / "ward")
    outer = port.removesuffix(".4.2")
    (home / "slots.yaml").write_text(f'slots: [{{label: "7", port: "{port}"}}, {{label: "8", port: "{outer}.2"}}]\n')
    site, bench = home / "site.yaml", home / "bench.yaml"
    site.write_text(site.read_text().replace("hotline: ", 'hotline: "4242" '))
    bench.write_text(bench.read_text().replace("# port_light: lamp", "port_light: power"))
    watch = Watch()
    try:
        there = {event.port: name_kind(event.interfaces) for event in (watch.next() for _ in range(3))}
        assert there == {outer: "hub", f"{outer}.4": "hub", port: "files"}
        shown = start("light", "7", "--home", home, "--seconds", "1")
        assert [(each.action, each.port) for each in (watch.next(), watch.next())] == [("remove", port), ("add", port)]
        assert end(shown) == (0, f"Slot 7 shows itself at port {port} for 1 seconds.\n")
        assert end(start("light", "8", "--home", home))[0] == 1
        assert watch.is_quiet()
    finally:
        watch.close()
