"""Models of which somebody said that they are tablets although they do not say so: `state/accepted.json`.

A word is about a model, not about one unit: 28 twins need one. It opens only what is unknown; what is
certainly a phone or a television stays closed whatever stands here.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from provision.errors import HomeError
from provision.facts.props import Props
from provision.files import read_json, write_atomically

VERSION = 1
_KEYS = ("brand", "manufacturer", "model", "name", "device", "board")


class AcceptedBook:
    """The list on disk; read anew at each question, so that a running station hears of a word at once."""

    def __init__(self, file: Path) -> None:
        """Nothing is read here."""
        self._file = file

    def knows(self, props: Props) -> bool:
        """Whether the word was given for this model.

        Raises:
            HomeError: the list is damaged.
        """
        return _key(props) in self._read()

    def accept(self, props: Props) -> None:
        """Give the word for this model, durably.

        Raises:
            HomeError: the list is damaged.
            OSError: it cannot be written.
        """
        models = {**self._read(), _key(props): props.title[:80]}
        document = {"version": VERSION, "models": dict(sorted(models.items()))}
        write_atomically(self._file, json.dumps(document, indent=1).encode())

    def _read(self) -> dict[str, str]:
        try:
            document = read_json(self._file)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise HomeError(f"{self._file}: expected JSON with accepted models, got {error}; {_WAY_OUT}") from error
        version, models = (document.get("version"), document.get("models")) if isinstance(document, dict) else (None, 0)
        if version != VERSION or not isinstance(models, dict):
            got = f"version {str(version)[:20]}" if version != VERSION else "none"
            raise HomeError(f"{self._file}: expected version {VERSION} with `models`, got {got}; {_WAY_OUT}")
        return models


_WAY_OUT = "put its backup back, or move it away and give the words again with `provision accept`"


def _key(props: Props) -> str:
    """What two units of one model have in common, with lengths so that no two sets run together."""
    parts = [props.get(f"ro.product.{key}") for key in _KEYS] + [props.get("ro.build.characteristics")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
