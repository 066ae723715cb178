"""Addresses of a tablet as the evidence of a record tells them: what a hospital's access control is to let in."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from provision.agent.report import Addresses

_ADDRESS = "[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_TOLD = re.compile(rf"address: ({_ADDRESS}) (?:(own)|in (.+))")


@dataclass(frozen=True)
class ShownAddress:
    """One address of a tablet.

    Attributes:
        network: where it is shown; None for the radio's own, wherever it is shown.
    """

    address: str
    network: str | None


def tell_addresses(told: Addresses | None, ssids: Container[str]) -> tuple[str, ...]:
    """The lines of a record's evidence; what nobody can tell is no line, nor what is told of another network.

    Args:
        told: by the tablet.
        ssids: networks of the site: what else a tablet names stands in no list that a hospital opens.
    """
    if told is None:
        return ()
    own = () if told.own is None else (f"address: {told.own} own",)
    known = sorted((name, address) for name, address in told.shown.items() if name in ssids and address is not None)
    shown = (f"address: {address} in {name}" for name, address in known)
    return (*own, *shown)


def read_addresses(evidence: Iterable[str]) -> Iterator[ShownAddress]:
    """The addresses such lines tell; other lines are of something else."""
    for line in evidence:
        found = _TOLD.fullmatch(line)
        if found:
            yield ShownAddress(found[1], found[3])
