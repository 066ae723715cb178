"""The first file system of the virtual machine: busybox, a few modules and `guest/init`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from layer import Layer

MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_rng")
INIT = Path(__file__).parent / "guest" / "init"


def build_initramfs(layer: Layer, cache: Path) -> Path:
    """Build the archive anew; it takes about a second."""
    tree, archive = cache / "initramfs", cache / "initramfs.cpio"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "bin").mkdir(parents=True)
    (tree / "modules").mkdir()
    shutil.copy2(_busybox(), tree / "bin/busybox")
    shutil.copy2(INIT, tree / "init")
    (tree / "init").chmod(0o755)
    files = _module_files(layer)
    for file in files:
        shutil.copy2(file, tree / "modules")
    (tree / "modules/order").write_text("".join(f"{file.name}\n" for file in files))
    names = "\n".join(str(entry.relative_to(tree)) for entry in sorted(tree.rglob("*")))
    with archive.open("wb") as out:
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], cwd=tree, input=names.encode(), stdout=out, check=True)
    return archive


def _busybox() -> str:
    found = shutil.which("busybox")
    if not found:
        raise LookupError("busybox is missing")
    return found


def _module_files(layer: Layer) -> list[Path]:
    """Files in the order they must be loaded in: a module's needs stand before it."""
    words = ("-d", str(layer.root / "usr"), "-S", layer.release, "--show-depends")
    shown = [layer.kmod("modprobe", *words, name) for name in MODULES]
    found = [Path(line) for text in shown for line in re.findall(r"^insmod (\S+)", text, re.MULTILINE)]
    return list(dict.fromkeys(found))
