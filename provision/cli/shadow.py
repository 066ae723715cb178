"""The model of a tablet's release beside the tablet: it gets the same commands and says what it would have answered."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from provision.captures.model import Capture
from provision.errors import TrainingError
from provision.transcripts.judge import Expected
from provision.virtual.android.model import Answers, Model, Network, load_model
from provision.virtual.android.mutating import mutates
from provision.virtual.android.oem_gates import gates
from provision.virtual.android.tablet import VirtualTablet
from provision.virtual.roster import Place

_SESSION = re.compile(r"created install session \[(\d+)\]")
_STEP_SECONDS = 2.0
_UNTOLD = (("content",), ("cmd", "wifi", "forget-network"), ("pull",), ("date",))
"""What no model can answer for another tablet: its agent's secrets, its numbers of networks, its files."""


@dataclass(frozen=True)
class _Given:
    """One command as the tablet got it; bytes on standard input lie in a file."""

    words: tuple[str, ...]
    came: str
    fed: Path | None


@dataclass
class _Double:
    """One virtual tablet that gets the commands; `sessions`: its own numbers by those of the tablet."""

    tablet: VirtualTablet
    now: list[float]
    sessions: dict[str, str] = field(default_factory=dict)

    def call(self, given: _Given) -> Expected:
        """Answer one command, some seconds after the one before."""
        self.now[0] += _STEP_SECONDS
        data = given.fed.read_bytes() if given.fed is not None else b""
        if given.words[0] == "push":
            self.tablet.write_file(given.words[1], data, 0o644)
            return Expected("", 0, writes=False)
        words = [self.sessions.get(word, word) for word in given.words]
        reply = self.tablet.call(words, io.BytesIO(data).read)
        mine, theirs = _SESSION.search(reply.out), _SESSION.search(given.came)
        if mine is not None and theirs is not None:
            self.sessions[theirs[1]] = mine[1]
        return Expected(reply.out + reply.err, reply.status, mutates(words))


class Shadow:
    """A virtual tablet of the same release, properties and features, beside a real one.

    Once the agent has a policy, what it changes by itself is unknown here; from then on nothing is expected.
    """

    def __init__(self, folder: Path, capture: Capture, network: Network) -> None:
        """Make it in a folder of its own.

        Raises:
            TrainingError: there is no model of this release.
        """
        self._folder = folder
        file = folder / "capture.json"
        file.write_text(capture.to_json(), "utf-8")
        self._model = load_model(str(file)).model_copy(update={"air": (network,)})
        self._history: list[_Given] = []
        self._blind = False
        self._count = 0
        self._double = self._open(self._model)
        self._variants: dict[str, tuple[Model, _Double]] = {}

    def expect(self, words: tuple[str, ...], came: str, fed: bytes | None) -> Expected | None:
        """See `judge.Model`."""
        if words[:2] == ("content", "call") and "commit" in words:
            self._blind = True
        if self._blind or any(words[: len(untold)] == untold for untold in _UNTOLD):
            return None
        if words[0] != "push" and words[0] not in self._double.tablet.words:
            return None
        given = _Given(words, came, self._keep(fed))
        self._history.append(given)
        return self._double.call(given)

    def vary(self) -> Iterator[tuple[str, Expected]]:
        """See `judge.Model`: each variant is told all that the tablet was told so far."""
        for name, changes in _list_variants(self._model):
            model = self._model.model_copy(update=dict(changes))
            double, expected = self._open(model), None
            for given in self._history:
                expected = double.call(given)
            if expected is not None:
                self._variants[name] = (model, double)
                yield name, expected

    def adopt(self, variant: str) -> None:
        """See `judge.Model`."""
        self._model, self._double = self._variants[variant]
        self._variants = {}

    def _keep(self, fed: bytes | None) -> Path | None:
        if fed is None:
            return None
        file = self._folder / f"fed-{len(self._history)}"
        file.write_bytes(fed)
        return file

    def _open(self, model: Model) -> _Double:
        self._count += 1
        now = [1000.0]
        place = Place("1", "1-1.1", str(self._folder / "capture.json"), "SHADOW", tap_allow=0.0)
        tablet = VirtualTablet(self._folder / f"tablet-{self._count}", place, model, lambda: now[0])
        return _Double(tablet, now)


def _list_variants(model: Model) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every answer that the reference leaves open, the other way; and each gate of a maker, shut."""
    for name, about in Answers.model_fields.items():
        here = getattr(model.answers, name)
        for value in _list_values(about.annotation):
            if value != here:
                yield f"{name}: {value}", {"answers": model.answers.model_copy(update={name: value})}
    for gate in gates():
        if gate not in model.gates:
            yield f"gate: {gate}", {"gates": (*model.gates, gate)}


def _list_values(kind: object) -> tuple[object, ...]:
    return (True, False) if kind is bool else get_args(kind)


def open_shadow(folder: Path, capture: Capture, ssid: str, passphrase: str) -> Shadow | None:
    """The model beside a tablet; None where there is none of its release."""
    try:
        return Shadow(folder, capture, Network(ssid=ssid, passphrase=passphrase or None))
    except TrainingError:
        return None
