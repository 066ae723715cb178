"""What this bench gave its agents: maintenance secrets, each on disk before it is sent, and the policy in force.

One file a tablet, `state/agents/<asset>.json`, mode 0600. A reset tablet gets the same secret again: the
hotline answers for the asset id, whatever happened to the tablet in between.
"""

from __future__ import annotations

import base64
import json
import math
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Never

from provision.agent.maintenance import MAINTENANCE_BYTES
from provision.errors import HomeError
from provision.files import make_folder, read_json, write_atomically
from provision.proofs.attempts import Tried
from provision.site.secret import Secret
from provision.terms import ProofVerdict

SECRET_BYTES = 32
VERSION = 1


@dataclass(frozen=True)
class Issued:
    """One tablet's file.

    Attributes:
        secret: HOTP secret of its maintenance code.
        policy: SHA-256 of the payload of the last policy sent; empty before the first.
        wanted: digest of what that policy asked for, `digest_wanted`.
        drilled: the policy after which the way out was last tried; empty before the first drill.
        unlocked: attempts that succeeded before locking, with the seconds it took; kept over policies, because
            a locked tablet cannot give them again, and made anew after a reset.
        tried: what came of each attempt since the last policy, by name.
    """

    secret: Secret = field(repr=False)
    policy: str = ""
    wanted: str = ""
    drilled: str = ""
    unlocked: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    tried: Mapping[str, Tried] = field(default_factory=lambda: MappingProxyType({}))


class IssuedBook:
    """The files of one home; one thread a tablet."""

    def __init__(self, folder: Path) -> None:
        """Made with mode 0700 at the first secret."""
        self._folder = folder

    def find(self, asset: str) -> Issued | None:
        """What the tablet was given, None for nothing yet.

        Raises:
            HomeError: its file is damaged: without it the hotline could not answer.
        """
        file = self._file(asset)
        try:
            return _read(read_json(file))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            fault = HomeError(f"{file}: expected what was issued to {asset}, got {_tell(error)}; {_WAY_OUT}")
        raise fault  # not from the error: one of json keeps the whole text, with the secret in it

    def assets(self) -> tuple[str, ...]:
        """The tablets that were given a secret here, sorted.

        Raises:
            HomeError: the folder cannot be read.
        """
        try:
            return tuple(sorted(file.stem for file in self._folder.iterdir() if file.suffix == ".json"))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise HomeError(f"{self._folder}: cannot be read: {error.strerror or error}") from error

    def issue(self, asset: str) -> Issued:
        """The tablet's secret, made and on disk when this returns.

        Raises:
            HomeError: its file is damaged or cannot be written.
        """
        found = self.find(asset)
        return found or self._keep(asset, Issued(Secret(secrets.token_bytes(SECRET_BYTES))))

    def note_policy(self, asset: str, policy: str, wanted: str) -> None:
        """This policy is about to be sent; whether it is in force only a report tells."""
        self._keep(asset, replace(self.issue(asset), policy=policy, wanted=wanted, drilled="", tried={}))

    def note_drill(self, asset: str) -> None:
        """The way out was tried under the policy in force."""
        issued = self.issue(asset)
        self._keep(asset, replace(issued, drilled=issued.policy))

    def note_unlocked(self, asset: str, took: Mapping[str, float]) -> None:
        """The positive controls of this tablet, in place of those before its reset."""
        self._keep(asset, replace(self.issue(asset), unlocked=took))

    def note_tried(self, asset: str, tried: Mapping[str, Tried]) -> None:
        """What came of each attempt under the policy in force."""
        self._keep(asset, replace(self.issue(asset), tried=tried))

    def _keep(self, asset: str, issued: Issued) -> Issued:
        file = self._file(asset)
        try:
            with suppress(FileExistsError):  # another tablet's thread made it in this moment
                make_folder(self._folder, mode=0o700)
            write_atomically(file, _document(issued), mode=0o600)
        except OSError as error:
            fault = HomeError(f"{file}: cannot be written: {error.strerror or error}")
        else:
            return issued
        raise fault  # not from the frame that wrote: a traceback with local variables would show the secret

    def _file(self, asset: str) -> Path:
        return self._folder / f"{asset}.json"


_WAY_OUT = "put its backup back, or move it away and run that tablet again: it gets another maintenance code"


def _tell(error: Exception) -> str:
    """What is wrong with a file, without a word of it."""
    match error:
        case json.JSONDecodeError():
            return f"no JSON in line {error.lineno}"
        case KeyError():
            return f"no member {error.args[0]!r}"
        case OSError():
            return error.strerror or "an error"
        case _:
            return "a member of another form"


def _document(issued: Issued) -> bytes:
    document = {
        "version": VERSION,
        "secret": base64.b64encode(issued.secret.reveal()).decode(),
        "policy": issued.policy,
        "wanted": issued.wanted,
        "drilled": issued.drilled,
        "unlocked": dict(issued.unlocked),
        "tried": {name: [one.verdict, one.detail] for name, one in issued.tried.items()},
    }
    return json.dumps(document, indent=1).encode()


def _read(document: object) -> Issued:
    if not isinstance(document, dict) or document["version"] != VERSION:
        raise ValueError("another version")
    secret, *words = (document[name] for name in ("secret", "policy", "wanted", "drilled"))
    policy, wanted, drilled = (word if isinstance(word, str) else _refuse() for word in words)
    raw = base64.b64decode(str(secret), validate=True)
    return Issued(
        Secret(raw) if len(raw) in MAINTENANCE_BYTES else _refuse(),
        policy,
        wanted,
        drilled,
        unlocked={str(name): _read_seconds(took) for name, took in _mapping(document, "unlocked").items()},
        tried={str(name): _read_tried(*said) for name, said in _mapping(document, "tried").items()},
    )


def _mapping(document: Mapping[str, object], name: str) -> Mapping[object, Any]:
    """A member that a file of before the proofs does not have."""
    found = document.get(name, {})
    return found if isinstance(found, dict) else _refuse()


def _read_seconds(took: Any) -> float:  # noqa: ANN401 # what stands in the file
    seconds = float(took)
    return seconds if math.isfinite(seconds) and seconds >= 0 else _refuse()


def _read_tried(verdict: str, detail: str) -> Tried:
    return Tried(ProofVerdict(verdict), detail)


def _refuse() -> Never:
    raise ValueError("another form expected")
