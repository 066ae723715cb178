"""The journal of one virtual tablet: every mutating call it saw, written before it acted.

"0 writes" of a second run is counted here, by the tablet, not by the station. One JSON object a
line: `seq` (from 1), `verb` (`settings put`, `pm install`, `push` ...), `argv` (a passphrase is
`***`), `at` (UTC, ISO 8601). A call that the release refuses is journalled too: it tried to write.
A call that came to its end adds a second line: `ended` (its `seq`), `status`, `effects` (what is
another on the tablet now, see `effects`); a call that was cut off has none.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.virtual.android.argv import word

JOURNAL_FILE = "journal.jsonl"
MASK = "***"
SECRET_OPTIONS = frozenset({"--old", "--pin", "--password"})
WIFI_JOINS = ("connect-network", "add-network", "add-suggestion")


@dataclass(frozen=True)
class Mutation:
    """One call of a journal."""

    seq: int
    verb: str
    argv: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Ended:
    """How one call of a journal ended; `effects` are new values by property."""

    seq: int
    status: int
    effects: Mapping[str, str]


def masked(argv: Sequence[str]) -> tuple[str, ...]:
    """The words of a call with every passphrase and screen-lock code replaced by `***`."""
    words, hidden = list(argv), {index + 1 for index, one in enumerate(argv) if one in SECRET_OPTIONS}
    if words[1:2] == ["wifi"] and word(words, 2) in WIFI_JOINS and word(words, 4) != "open":
        hidden.add(5)  # cmd wifi VERB SSID TYPE PASSPHRASE
    if words[0] == "locksettings" and word(words, 1).startswith("set-p"):
        hidden.update(range(2, len(words)))
    return tuple(MASK if index in hidden else one for index, one in enumerate(words))


def verb_of(argv: Sequence[str]) -> str:
    """The program and its verb: `settings put`, `cmd wifi connect-network`, `push`."""
    return " ".join(argv[: 3 if argv[0] == "cmd" else 2]) if argv[0] != "push" else "push"


class Journal:
    """Appends to the journal of one tablet; numbers go on over restarts of the bench."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL_FILE
        self._seq = len(mutations(folder))

    def append(self, argv: Sequence[str]) -> int:
        """Write one call down; returns its number when the line left this process."""
        self._seq += 1
        line = {
            "seq": self._seq,
            "verb": verb_of(argv),
            "argv": masked(argv),
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        }
        self._write(line)
        return self._seq

    def close(self, seq: int, status: int, effects: Mapping[str, str]) -> None:
        """Write down how a call ended."""
        self._write({"ended": seq, "status": status, "effects": dict(effects)})

    def _write(self, line: Mapping[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def mutations(folder: Path) -> tuple[Mutation, ...]:
    """All calls of a tablet's journal; a half line of a killed process is left out."""
    return tuple(Mutation(d["seq"], d["verb"], tuple(d["argv"]), d["at"]) for d in _read(folder) if "seq" in d)


def endings(folder: Path) -> tuple[Ended, ...]:
    """How its calls ended, in the order in which they did."""
    return tuple(Ended(d["ended"], d["status"], d["effects"]) for d in _read(folder) if "ended" in d)


def _read(folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / JOURNAL_FILE
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
