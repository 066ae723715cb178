"""One piece of the way of a slot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One piece of the way of a slot: a phase of its run, or the state it stood in, from `at` on."""

    at: float
    name: str
