"""What a person said of models that do not say themselves whether they are tablets: `state/accepted.json`.

A word is about a model at this bench, not about one unit: 28 twins need one. It decides only what is unknown; what is
certainly a phone or a television stays closed, and what is certainly a tablet stays open, whatever stands here.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provision.errors import HomeError
from provision.facts.props import Props
from provision.files import read_json, write_atomically
from provision.terms import DeviceConfirmation

VERSION = 2
SHORTEST_KEY = 8
"""So many letters of a key are shown, and are enough to name a model."""
_KEYS = ("brand", "manufacturer", "model", "name", "device", "board")
_LONGEST = 80
_WAY_OUT = "put its backup back, or move it away and give the words again with `provision accept`"


@dataclass(frozen=True)
class Given:
    """One word that counts.

    Attributes:
        key: digest of what two units of the model have in common.
        title: maker and model as the tablet wrote them, not trusted; may be empty.
        since: when it was given, ISO 8601 in UTC.
    """

    key: str
    title: str
    word: DeviceConfirmation
    since: str

    @property
    def short_key(self) -> str:
        """As lists show it."""
        return self.key[:SHORTEST_KEY]

    def is_named(self, name: str) -> bool:
        """Whether a person means this one: by its title, or by the first letters of its key."""
        by_key = len(name) >= SHORTEST_KEY and self.key.startswith(name.casefold())
        return by_key or (bool(name) and name.casefold() == self.title.casefold())


class AcceptedBook:
    """The list on disk; read anew at each question, so that a running station hears of a word at once."""

    def __init__(self, file: Path) -> None:
        """Nothing is read here."""
        self._file = file

    def find(self, props: Props) -> DeviceConfirmation | None:
        """The word for this model, None as long as nobody gave one.

        Raises:
            HomeError: the list is damaged.
        """
        given = self._read().get(_key(props))
        return None if given is None else given.word

    def list_words(self) -> tuple[Given, ...]:
        """Every word that counts, by title.

        Raises:
            HomeError: the list is damaged.
        """
        return tuple(sorted(self._read().values(), key=lambda given: (given.title.casefold(), given.key)))

    def give(self, props: Props, word: DeviceConfirmation) -> Given:
        """Note a word for this model, durably; it takes the place of an earlier one.

        Raises:
            HomeError: the list is damaged.
            OSError: it cannot be written.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        given = Given(_key(props), props.title[:_LONGEST], word, now)
        self._change(lambda known: {**known, given.key: given})
        return given

    def revoke(self, name: str) -> tuple[Given, ...]:
        """Take back every word that `name` means; those are returned.

        Raises:
            HomeError: the list is damaged.
            OSError: it cannot be written.
        """
        taken = tuple(given for given in self.list_words() if given.is_named(name))
        gone = {given.key for given in taken}
        if gone:
            self._change(lambda known: {key: given for key, given in known.items() if key not in gone})
        return taken

    def stamp(self) -> tuple[int, int, int] | None:
        """Another value after each change of the list; None where there is none, or it cannot be looked at."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _change(self, change: Callable[[Mapping[str, Given]], Mapping[str, Given]]) -> None:
        """Read, change and write as one; another process that does the same waits."""
        with _hold(self._file.parent):
            words = change(self._read())
            models = {key: _describe(given) for key, given in sorted(words.items())}
            document = {"version": VERSION, "models": models}
            write_atomically(self._file, json.dumps(document, indent=1, ensure_ascii=False).encode())

    def _read(self) -> dict[str, Given]:
        try:
            return _parse(read_json(self._file))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            got = (f"no {error}" if isinstance(error, KeyError) else str(error))[:_LONGEST]
            raise HomeError(f"{self._file}: expected words of version {VERSION}, got {got}; {_WAY_OUT}") from error


def _parse(document: Any) -> dict[str, Given]:  # noqa: ANN401 # whatever a damaged file holds
    if document["version"] != VERSION:
        raise ValueError(f"version {document['version']!r}")
    return {key: _given(key, row) for key, row in document["models"].items()}


def _describe(given: Given) -> dict[str, str]:
    return {"title": given.title, "word": str(given.word), "since": given.since}


def _given(key: str, row: Mapping[str, Any]) -> Given:
    title, since = row["title"], row["since"]
    if not (isinstance(title, str) and isinstance(since, str)):
        raise TypeError(f"title {title!r}, since {since!r}")
    return Given(key, title, DeviceConfirmation(row["word"]), since)


def _key(props: Props) -> str:
    """What two units of one model have in common, as a list so that no two sets run together."""
    parts = [props.get(f"ro.product.{key}") for key in _KEYS] + [props.get("ro.build.characteristics")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    """The folder's own lock: station and `accept` may both write, and neither word may be lost."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
