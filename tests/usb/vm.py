"""Boots the virtual machine and runs one command in it.

Pure emulation by default, so that a machine with and one without KVM see the same thing; set
PROVISION_USB_ACCEL=kvm to be quicker while developing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from initramfs import build_initramfs
from layer import Layer

START_SECONDS = 40.0
TOTAL_SECONDS = 600.0
MEMORY = 1024
GUEST = Path(__file__).parent / "guest"
_ACCEL = {"tcg": ["-accel", "tcg,thread=multi", "-cpu", "qemu64"], "kvm": ["-accel", "kvm", "-cpu", "host"]}


@dataclass(frozen=True)
class Ended:
    """How a run of the machine ended.

    Attributes:
        status: exit status of the command, None when the machine never told.
        started: seconds until udevd and the virtual hub were up, None when they never were.
        seconds: from launch to switched off.
        attempts: how many times the machine was launched.
    """

    status: int | None
    started: float | None
    seconds: float
    attempts: int


def run_in_vm(layer: Layer, cache: Path, fill: Callable[[Path], None]) -> Ended:
    """Run the shell lines in `results/command` as root of the machine; their output is `results/log`.

    `fill` puts the command, and what else it needs, into the fresh results folder (in the cache folder;
    `/results` inside). The machine is launched once more when it does not come up in time.
    """
    archive, results = build_initramfs(layer, cache), cache / "results"
    ended = Ended(None, None, 0.0, 0)
    for attempt in (1, 2):
        shutil.rmtree(results, ignore_errors=True)
        results.mkdir()
        shutil.copy2(GUEST / "start", results / "start")
        fill(results)
        ended = _launch(_qemu(layer, archive, results), results, cache / "console.log", attempt)
        if ended.started is not None:
            break
    return ended


def _qemu(layer: Layer, archive: Path, results: Path) -> list[str | Path]:
    shares = [
        *_share("host", Path("/"), ",readonly=on"),
        *_share("layer", layer.root, ",readonly=on"),
        *_share("results", results, ""),
    ]
    return [
        *("qemu-system-x86_64", "-nodefaults", "-display", "none", "-no-reboot", "-M", "pc"),
        *_ACCEL[os.environ.get("PROVISION_USB_ACCEL", "tcg")],
        *("-smp", "2", "-m", str(MEMORY), "-serial", "stdio", "-device", "virtio-rng-pci"),
        *("-kernel", layer.kernel, "-initrd", archive),
        *("-append", "console=ttyS0 quiet panic=-1 mitigations=off"),
        *shares,
    ]


def _share(tag: str, path: Path, options: str) -> list[str]:
    backend = f"local,id={tag},path={path},security_model=none,multidevs=remap{options}"
    return ["-fsdev", backend, "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]


def _launch(words: list[str | Path], results: Path, console: Path, attempt: int) -> Ended:
    begin = time.monotonic()
    with (
        console.open("wb") as out,
        subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT) as machine,
    ):
        try:
            started = _await(results / "started", machine, begin, START_SECONDS)
            if started is not None:
                machine.wait(timeout=TOTAL_SECONDS)
        except subprocess.TimeoutExpired:
            pass  # the status file tells, or is missing
        finally:
            machine.kill()
    return Ended(_status(results), started, time.monotonic() - begin, attempt)


def _await(marker: Path, machine: subprocess.Popen[bytes], begin: float, seconds: float) -> float | None:
    while time.monotonic() - begin < seconds and machine.poll() is None:
        if marker.exists():
            return time.monotonic() - begin
        time.sleep(0.1)
    return time.monotonic() - begin if marker.exists() else None


def _status(results: Path) -> int | None:
    try:
        return int((results / "status").read_text())
    except (FileNotFoundError, ValueError):
        return None
