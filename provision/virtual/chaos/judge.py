"""Remains of a chaos run, judged by the tablets' own journals: no write twice, none after `done`.

A write is *double* when its effect had come about before, nothing has undone it since, and the same is
asked for again with success. Repeating what never took effect (a cut upload, a refused install) is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from provision.virtual.android.journal import Ended, Mutation

TRIES = ("agent drill", "push", "install-create", "install-write", "install-abandon", "rm")
"""Verbs that change nothing that lasts: the way out is tried again in each run that locks."""

ATTEMPTS = (
    ("am", "start"),
    ("input", "keyevent"),
    ("settings", "put", "secure", "location_mode", "0"),
    ("settings", "put", "secure", "location_providers_allowed", "-gps"),
    ("cmd", "wifi", "set-wifi-enabled", "disabled"),
    ("cmd", "wifi", "forget-network"),
)
"""Attempts in the user's place: they succeed before locking and are stopped after; no station wants their effect."""


@dataclass(frozen=True)
class Journalled:
    """One tablet's journal, joined.

    Attributes:
        calls: every mutating call, in order.
        endings: how those that were not cut off ended, by the number of the call.
    """

    calls: Sequence[Mutation]
    endings: Mapping[int, Ended]


def join(calls: Sequence[Mutation], endings: Sequence[Ended]) -> Journalled:
    """The journal of one tablet with each call's end beside it."""
    return Journalled(calls, {ended.seq: ended for ended in endings})


def find_double_writes(journal: Journalled) -> Iterator[str]:
    """One line for each call that did again what was so already, and once was brought about by the same call."""
    done: dict[tuple[str, ...], Mapping[str, str]] = {}
    now: dict[str, str] = {}
    for call in journal.calls:
        ended = journal.endings.get(call.seq)
        if ended is None:
            continue
        installed = {name: value for name, value in ended.effects.items() if _is_reinstall(name, value, now)}
        if installed:
            yield f"call {call.seq} ({call.verb}): {', '.join(installed)} again, in the same bytes"
        earlier = done.get(call.argv, {})
        if _needless(call, ended) and earlier and all(now.get(name) == value for name, value in earlier.items()):
            yield f"call {call.seq} ({' '.join(call.argv)}): was so since an earlier call"
        now |= ended.effects
        if ended.effects:
            done[call.argv] = ended.effects


def _is_reinstall(name: str, value: str, now: Mapping[str, str]) -> bool:
    """Tell whether a package came in the bytes it has; its value is the digest and a count."""
    before = now.get(name, "")
    return name.startswith("package ") and bool(value) and before.partition(" ")[0] == value.partition(" ")[0]


def _needless(call: Mutation, ended: Ended) -> bool:
    tried = any(word in TRIES for word in (call.verb, *call.argv[:3]))
    attempted = any(tuple(call.argv[: len(words)]) == words for words in ATTEMPTS)
    return ended.status == 0 and not ended.effects and not tried and not attempted


def find_late_writes(calls: Sequence[Mutation], done_at: datetime) -> Iterator[str]:
    """One line for each write a tablet saw after its run had ended `done`."""
    for call in calls:
        if datetime.fromisoformat(call.at) > done_at:
            yield f"call {call.seq} ({' '.join(call.argv)}) at {call.at}, after `done` at {done_at.isoformat()}"
