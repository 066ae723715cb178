"""Kernel, udev and kmod for the virtual machine, unpacked beside the checkout's caches, never installed.

Installing udev would pull systemd upgrades onto the build machine (reference, USB bench, section 1).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_FOLDED = ("bin", "sbin", "lib", "lib64")
_TOOLS = ("udev", "kmod", "libkmod2")


@dataclass(frozen=True)
class Layer:
    """The unpacked packages: `root` is laid over the machine's own root in the guest."""

    root: Path
    release: str

    @property
    def kernel(self) -> Path:
        """The kernel image."""
        return self.root / "boot" / f"vmlinuz-{self.release}"

    def kmod(self, name: str, *words: str) -> str:
        """Output of `depmod` or `modprobe`, as the layer's kmod has them."""
        return subprocess.run(
            [name, *words],
            executable=self.root / "usr/bin/kmod",
            env=os.environ | {"LD_LIBRARY_PATH": str(self.root / "usr/lib/x86_64-linux-gnu")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout


def fetch_layer(cache: Path) -> Layer:
    """The layer for Debian's present kernel; downloaded once for each release of it.

    Raises:
        LookupError: apt knows no generic kernel (package lists missing, or not Debian).
        subprocess.CalledProcessError: a download or unpacking failed; nothing half-made is kept.
    """
    release = _kernel_release()
    layer = Layer(cache / f"layer-{release}", release)
    if not layer.root.exists():
        for older in cache.glob("layer*"):
            shutil.rmtree(older)
        making = Layer(cache / "layer.part", release)
        _unpack(making.root, [f"linux-image-{release}", *_TOOLS])
        making.kmod("depmod", "-b", str(making.root / "usr"), release)
        making.root.rename(layer.root)
    return layer


def _kernel_release() -> str:
    """Kernel names move with security updates: the meta package says which one is present."""
    shown = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", "linux-image-amd64"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^Depends:.*\blinux-image-([0-9][^ ,]*-amd64)\b", shown.stdout, re.MULTILINE)
    if not found:
        raise LookupError("apt knows no linux-image-amd64: run apt-get update (Debian only)")
    return found[1]


def _unpack(root: Path, packages: list[str]) -> None:
    downloads = root / "downloads"
    downloads.mkdir(parents=True)
    unsandboxed = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    subprocess.run(["apt-get", "download", "-q", *unsandboxed, *packages], cwd=downloads, check=True)
    for package in downloads.iterdir():
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    shutil.rmtree(downloads)
    for name in _FOLDED:
        if (root / name).is_dir():
            _fold(root / name, root / "usr" / name)


def _fold(source: Path, target: Path) -> None:
    """Move a folder into another: left at the top, /lib would hide the machine's link of that name."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir() and not entry.is_symlink() and (target / entry.name).is_dir():
            _fold(entry, target / entry.name)
        else:
            entry.rename(target / entry.name)
    source.rmdir()
