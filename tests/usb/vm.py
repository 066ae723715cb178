"""Boots the virtual machine and runs one command in it.

KVM is used where it really comes up, which its device file alone does not tell: a nested machine may have one that
hangs or lacks registers. So the kernel is booted with it once, without a root, until it panics. Else it is emulation.
PROVISION_USB_ACCEL=tcg or kvm chooses without a trial.
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

START_SECONDS = 60.0
SYSTEMD_SECONDS = 180.0
"""Until it has come up, which takes a minute emulated, and longer beside other tests."""
TOTAL_SECONDS = 600.0
MEMORY = 1024
GUEST = Path(__file__).parent / "guest"
PROBE_SECONDS = 8.0
KVM = Path("/dev/kvm")
_ACCEL = {"tcg": ["-accel", "tcg,thread=multi", "-cpu", "qemu64"], "kvm": ["-accel", "kvm", "-cpu", "host"]}


@dataclass(frozen=True)
class Ended:
    """How a run of the machine ended.

    Attributes:
        status: exit status of the command, None when the machine never told.
        started: seconds until udevd and the virtual hub were up, None when they never were.
        seconds: from launch to switched off.
        attempts: how many times the machine was launched.
        accelerator: `kvm` or `tcg`, and why.
    """

    status: int | None
    started: float | None
    seconds: float
    attempts: int
    accelerator: str


def run_in_vm(layer: Layer, cache: Path, fill: Callable[[Path], None], *, systemd: bool = False) -> Ended:
    """Run the shell lines in `results/command` as root of the machine; their output is `results/log`.

    `fill` puts the command, and what else it needs, into the fresh results folder (in the cache folder;
    `/results` inside). The machine is launched once more when it does not come up in time. With `systemd` that is
    process 1, and the command one of its units.
    """
    archive, results = build_initramfs(layer, cache), cache / "results"
    accel, why = choose_accelerator(layer)
    ended = Ended(None, None, 0.0, 0, why)
    for attempt in (1, 2):
        shutil.rmtree(results, ignore_errors=True)
        results.mkdir()
        shutil.copy2(GUEST / ("start-systemd" if systemd else "start"), results / "start")
        if systemd:
            shutil.copytree(GUEST / "units", results / "units")
        fill(results)
        patience = SYSTEMD_SECONDS if systemd else START_SECONDS
        words = _qemu(layer, archive, results, accel)
        ended = _launch(words, results, cache / "console.log", attempt, why, patience)
        if ended.started is not None:
            break
    return ended


def choose_accelerator(layer: Layer) -> tuple[str, str]:
    """Name the accelerator, and why it is that one."""
    asked = os.environ.get("PROVISION_USB_ACCEL")
    if asked is not None:
        return asked, f"{asked} (PROVISION_USB_ACCEL)"
    if not os.access(KVM, os.R_OK | os.W_OK):
        return "tcg", f"tcg ({KVM} is not there or not ours)"
    words = ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-no-reboot", "-M", "pc", *_ACCEL["kvm"]]
    trial = [*words, "-m", "256", "-serial", "stdio", "-kernel", layer.kernel, "-append", "console=ttyS0 panic=-1"]
    try:
        said = subprocess.run(
            trial, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "tcg", f"tcg ({KVM} is there, and the kernel does not come up with it in {PROBE_SECONDS:g} s)"
    if "Kernel panic" in said.stdout:
        return "kvm", "kvm (a trial came up)"
    return "tcg", f"tcg ({KVM} is there, and does not come up: {(said.stderr.strip().splitlines() or ['?'])[0]})"


def _qemu(layer: Layer, archive: Path, results: Path, accel: str) -> list[str | Path]:
    shares = [
        *_share("host", Path("/"), ",readonly=on"),
        *_share("layer", layer.root, ",readonly=on"),
        *_share("results", results, ""),
    ]
    return [
        *("qemu-system-x86_64", "-nodefaults", "-display", "none", "-no-reboot", "-M", "pc"),
        *_ACCEL[accel],
        *("-smp", "2", "-m", str(MEMORY), "-serial", "stdio", "-device", "virtio-rng-pci"),
        *("-kernel", layer.kernel, "-initrd", archive),
        *("-append", "console=ttyS0 quiet panic=-1 mitigations=off"),
        *shares,
        *_nested_hubs(results),
    ]


def _nested_hubs(results: Path) -> list[str | Path]:
    """A controller of its own with a hub in a hub and a device that shows its files behind both.

    Its driver is loaded by the test that wants it. QEMU's hub is one of USB 1.1; the inner one switches each port.
    """
    hubs = [
        word
        for port, power in (("1", "off"), ("1.4", "on"))
        for word in ("-device", f"usb-hub,bus=nest.0,port={port},port-power={power}")
    ]
    mtp = f"usb-mtp,bus=nest.0,port=1.4.2,rootdir={results}"
    return ["-device", "qemu-xhci,id=nest", *hubs, "-device", mtp]


def _share(tag: str, path: Path, options: str) -> list[str]:
    backend = f"local,id={tag},path={path},security_model=none,multidevs=remap{options}"
    return ["-fsdev", backend, "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]


def _launch(
    words: list[str | Path], results: Path, console: Path, attempt: int, accelerator: str, patience: float
) -> Ended:
    begin = time.monotonic()
    with (
        console.open("wb") as out,
        subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT) as machine,
    ):
        try:
            started = _await(results / "started", machine, begin, patience)
            if started is not None:
                machine.wait(timeout=TOTAL_SECONDS)
        except subprocess.TimeoutExpired:
            pass  # the status file tells, or is missing
        finally:
            machine.kill()
    return Ended(_status(results), started, time.monotonic() - begin, attempt, accelerator)


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
