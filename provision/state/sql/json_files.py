"""Readers of the JSON files in which a home keeps its state before it has a database.

    state/assets.json          known tablets
    state/accepted.json        confirmations of models
    state/agents/ASSET.json    secret and policy of an agent
    state/proved/ASSET.json    verified installs
    state/uploads/ASSET.json   uploads under way
    logs/hotline.jsonl         the audit log

What is about one run only (verified installs, uploads) may be damaged: it is forgotten then, and costs a pull or a
refused command. Everything else is whole or an error. No error carries a word of a file that holds secrets.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Never, TypeVar

from provision.config.findings import Findings
from provision.errors import HomeError
from provision.files import complete_lines, list_folder, read_file, read_json
from provision.identity.which import Asset
from provision.proofs.attempts import Tried
from provision.site.secret import Secret
from provision.state.agent_secrets import MAINTENANCE_BYTES, Issued
from provision.state.confirmations import ModelConfirmation
from provision.state.pending_uploads import Words, keep_undos
from provision.state.sql.asset_registry import ASSET_ID
from provision.state.sql.audit_log import AuditEvent
from provision.state.verified_installs import InstallMemory, VerifiedInstall
from provision.terms import DeviceConfirmation, ProofVerdict

MOST_BYTES = 256 * 1024 * 1024
"""Of one file of an earlier version; the hotline's log grew with each use."""

PLACES = (
    Path("state/assets.json"),
    Path("state/accepted.json"),
    Path("state/agents"),
    Path("state/proved"),
    Path("state/uploads"),
    Path("logs/hotline.jsonl"),
)
"""Below a home."""

_ASSETS_VERSION, _CONFIRMATIONS_VERSION, _ISSUED_VERSION, _INSTALLS_VERSION = 1, 2, 1, 1
_SHOWN = 80
_RUN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")

_REBUILT = "put its backup back, or move it away: the list is then made anew from the records"
_GIVEN_AGAIN = "put its backup back, or move it away and give the words again with `provision accept`"
_ISSUED_AGAIN = "put its backup back, or move it away and run that tablet again: it gets another maintenance code"
_KEPT_BY_HAND = "move it away and keep it by hand; the audit log then begins anew"

Value = TypeVar("Value")


@dataclass(frozen=True)
class JsonState:
    """Everything that the files of a home say; by asset id where each tablet has a file."""

    assets: tuple[Asset, ...]
    confirmations: tuple[ModelConfirmation, ...]
    issued: Mapping[str, Issued]
    installs: Mapping[str, InstallMemory]
    uploads: Mapping[str, tuple[Words, ...]]
    events: tuple[AuditEvent, ...]


def read_json_state(home: Path) -> JsonState:
    """Read every file; a missing one says nothing.

    Raises:
        HomeError: with every damaged file.
    """
    found, state = Findings(), home / "state"
    assets = found.read(partial(_read_assets, state / "assets.json"))
    confirmations = found.read(partial(_read_confirmations, state / "accepted.json"))
    issued = {file.stem: found.read(partial(_read_issued, file)) for file in _list_files(state / "agents", found)}
    events = found.read(partial(_read_events, home / "logs/hotline.jsonl"))
    installs = {file.stem: _recall(file, _parse_installs) for file in _list_files(state / "proved", found)}
    uploads = {file.stem: _recall(file, _parse_uploads) for file in _list_files(state / "uploads", found)}
    if assets is None or confirmations is None or events is None or found.any:
        raise found.error
    return JsonState(
        assets,
        confirmations,
        {asset: one for asset, one in issued.items() if one is not None},
        {asset: one for asset, one in installs.items() if one is not None},
        {asset: one for asset, one in uploads.items() if one},
        events,
    )


def digest_place(place: Path) -> str:
    """Digest a file, or the names and bytes of the files in a folder."""
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            for part in (str(file.relative_to(place)).encode(), read_file(file, MOST_BYTES)):
                digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _list_files(folder: Path, found: Findings) -> tuple[Path, ...]:
    def look() -> tuple[Path, ...]:
        try:
            return tuple(list_folder(folder, ".json"))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise HomeError(f"{folder}: cannot be read: {error.strerror or error}") from error

    return found.read(look) or ()


def _read_assets(file: Path) -> tuple[Asset, ...]:
    try:
        document: Any = read_json(file)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise _damage(file, "JSON with known tablets", str(error), _REBUILT) from error
    try:
        if document["version"] != _ASSETS_VERSION:
            raise _damage(file, f"version {_ASSETS_VERSION}", repr(document["version"])[:40], _REBUILT)
        assets = tuple(_parse_asset(row) for row in document["assets"])
    except (KeyError, TypeError) as error:
        raise _damage(file, "`version` and `assets` with their members", repr(error)[:200], _REBUILT) from error
    twice = [asset_id for asset_id, count in Counter(asset.asset_id for asset in assets).items() if count > 1]
    if twice:
        raise _damage(file, "each asset id once", f"{', '.join(twice)} more than once", _REBUILT)
    return assets


def _parse_asset(row: Mapping[str, object]) -> Asset:
    asset_id, serial, installations = row["asset_id"], row["serial"], row["installations"]
    if not isinstance(asset_id, str) or not ASSET_ID.fullmatch(asset_id):
        raise TypeError(f"asset_id {asset_id!r}")
    if not isinstance(serial, str) or not isinstance(installations, list):
        raise TypeError(f"serial or installations of {asset_id}")
    return Asset(asset_id, serial, tuple(str(item) for item in installations))


def _read_confirmations(file: Path) -> tuple[ModelConfirmation, ...]:
    try:
        return _parse_confirmations(read_json(file))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        got = (f"no {error}" if isinstance(error, KeyError) else str(error))[:_SHOWN]
        raise _damage(file, f"words of version {_CONFIRMATIONS_VERSION}", got, _GIVEN_AGAIN) from error


def _parse_confirmations(document: Any) -> tuple[ModelConfirmation, ...]:  # noqa: ANN401 # whatever a damaged file holds
    if document["version"] != _CONFIRMATIONS_VERSION:
        raise ValueError(f"version {document['version']!r}")
    return tuple(_parse_confirmation(key, row) for key, row in document["models"].items())


def _parse_confirmation(key: str, row: Mapping[str, Any]) -> ModelConfirmation:
    title, since = row["title"], row["since"]
    if not (isinstance(title, str) and isinstance(since, str)):
        raise TypeError(f"title {title!r}, since {since!r}")
    return ModelConfirmation(key, title, DeviceConfirmation(row["word"]), since)


def _read_issued(file: Path) -> Issued:
    try:
        return _parse_issued(read_json(file))
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        fault = _damage(file, f"what was issued to {file.stem}", _tell(error), _ISSUED_AGAIN)
    raise fault  # not from the error: one of json keeps the whole text, with the secret in it


def _parse_issued(document: object) -> Issued:
    if not isinstance(document, dict) or document["version"] != _ISSUED_VERSION:
        raise ValueError("another version")
    secret, *words = (document[name] for name in ("secret", "policy", "wanted", "drilled"))
    policy, wanted, drilled = (word if isinstance(word, str) else _refuse() for word in words)
    raw = base64.b64decode(str(secret), validate=True)
    return Issued(
        Secret(raw) if len(raw) in MAINTENANCE_BYTES else _refuse(),
        policy,
        wanted,
        drilled,
        unlocked={str(name): _parse_seconds(took) for name, took in _mapping(document, "unlocked").items()},
        tried={str(name): _parse_tried(*said) for name, said in _mapping(document, "tried").items()},
    )


def _mapping(document: Mapping[str, object], name: str) -> Mapping[object, Any]:
    """A member that the file of a tablet without proofs does not have."""
    found = document.get(name, {})
    return found if isinstance(found, dict) else _refuse()


def _parse_seconds(took: Any) -> float:  # noqa: ANN401 # what stands in the file
    seconds = float(took)
    return seconds if math.isfinite(seconds) and seconds >= 0 else _refuse()


def _parse_tried(verdict: str, detail: str) -> Tried:
    return Tried(ProofVerdict(verdict), detail if isinstance(detail, str) else _refuse())


def _read_events(file: Path) -> tuple[AuditEvent, ...]:
    """Every whole line; one that was cut while it was written said nothing yet."""
    try:
        lines, _ = complete_lines(read_file(file, MOST_BYTES))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise HomeError(f"{file}: cannot be read: {error.strerror or error}") from error
    return tuple(_parse_events(file, lines))


def _parse_events(file: Path, lines: list[bytes]) -> Iterator[AuditEvent]:
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            words = [row[name] for name in ("at", "event", "asset", "user")]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _damage(Path(f"{file}:{number}"), "a use", _tell(error), _KEPT_BY_HAND) from error
        if not all(isinstance(word, str) for word in words):
            raise _damage(Path(f"{file}:{number}"), "a use", "a member of another form", _KEPT_BY_HAND)
        yield AuditEvent(*words)


def _recall(file: Path, parse: Callable[[Any], Value]) -> Value | None:
    try:
        return parse(read_json(file))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _parse_installs(document: object) -> InstallMemory:
    if (
        not isinstance(document, dict)
        or document["version"] != _INSTALLS_VERSION
        or not isinstance(document["apps"], dict)
    ):
        raise ValueError("another version")
    known = {name: _parse_install(**one) for name, one in document["apps"].items()}
    return InstallMemory(known, frozenset(map(str, document.get("begun", ()))))


def _parse_install(key: str, sha256: str, splits: Mapping[str, str], run: str, ours: object = False) -> VerifiedInstall:  # noqa: FBT002 # a member
    if not isinstance(splits, dict):
        raise TypeError("a mapping expected")
    digests = (key, sha256, *splits.values())
    if not _RUN.fullmatch(run) or not all(_DIGEST.fullmatch(digest) for digest in digests):
        raise ValueError("a run and digests expected")
    return VerifiedInstall(key, sha256, dict(splits), run, ours is True)


def _parse_uploads(document: Any) -> tuple[Words, ...]:  # noqa: ANN401 # whatever a damaged file holds
    return keep_undos(tuple(map(str, words)) for words in document["left"])


def _damage(file: Path, expected: str, got: str, way_out: str) -> HomeError:
    return HomeError(f"{file}: expected {expected}, got {got}; {way_out}")


def _tell(error: Exception) -> str:
    """Tell what is wrong with a file, without a word of it."""
    match error:
        case json.JSONDecodeError():
            return f"no JSON in line {error.lineno}"
        case KeyError():
            return f"no member {error.args[0]!r}"
        case OSError():
            return error.strerror or "an error"
        case _:
            return "a member of another form"


def _refuse() -> Never:
    raise ValueError("another form expected")
