"""The code on a port's label, written and read."""

from __future__ import annotations

from urllib.parse import quote, unquote

_BEGINS = "provision:slot/"


def write_slot_code(bench: str, label: str) -> str:
    """Return what the QR code of a port says: `provision:slot/A/7`, the bench by the first part of its asset ids.

    The port path is not in it: a hub that is replaced keeps its labels.
    """
    return f"{_BEGINS}{quote(bench, safe='')}/{quote(label, safe='')}"


def read_slot_code(said: str) -> tuple[str, str] | None:
    """Bench and label of a slot, from what a scanner read; None for anything else."""
    kind, _, rest = said.strip().partition("/")
    bench, slash, label = rest.partition("/")
    return (unquote(bench), unquote(label)) if slash and label and f"{kind.casefold()}/" == _BEGINS else None
