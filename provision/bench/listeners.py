"""Who listens on a TCP port of this machine, read from /proc."""

from __future__ import annotations

from pathlib import Path

_LISTEN = "0A"  # TCP_LISTEN in the kernel's tables


def find_listener(port: int, proc: Path = Path("/proc")) -> int | None:
    """Process id of the listener on a local TCP port; None when unknown or another user's."""
    inodes = {inode for table in ("tcp", "tcp6") for inode in _listening_inodes(proc / "net" / table, port)}
    targets = {f"socket:[{inode}]" for inode in inodes}
    if not targets:
        return None
    for process in proc.iterdir():
        if process.name.isdigit() and _holds(process / "fd", targets):
            return int(process.name)
    return None


def _listening_inodes(table: Path, port: int) -> list[str]:
    try:
        rows = table.read_text().splitlines()[1:]
    except OSError:
        return []
    fields = [row.split() for row in rows]
    return [row[9] for row in fields if row[3] == _LISTEN and int(row[1].split(":")[1], 16) == port]


def _holds(descriptors: Path, targets: set[str]) -> bool:
    try:
        return any(str(entry.readlink()) in targets for entry in descriptors.iterdir())
    except OSError:
        return False
