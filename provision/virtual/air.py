"""The access points in range of a training bench: the training network, and those of the home's own site.

`bench/air.json` in a training home, written by whoever starts the bench and read when it starts. No passphrase is in
it, only its digest, as in the tablets' own state; where a person types it, any is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates
from pydantic import TypeAdapter, ValidationError

from provision.errors import TrainingError
from provision.files import make_folder, write_atomically
from provision.virtual.android.model import ANY_KEY, TRAINING_NETWORK, Network
from provision.virtual.android.state import digest_of

FILE = Path("bench/air.json")
_NETWORKS = TypeAdapter(tuple[Network, ...])


def describe_point(ssid: str, passphrase: bytes | None, *, open_to_all: bool) -> Network:
    """An access point of a site.

    Args:
        passphrase: None where nobody knows it yet.
        open_to_all: it has none.
    """
    if open_to_all:
        return Network(ssid=ssid, passphrase=None)
    if passphrase is None:
        return Network(ssid=ssid, passphrase=None, secured=ANY_KEY)
    return Network(ssid=ssid, passphrase=None, secured=digest_of(passphrase.decode("utf-8", "replace")))


def let_in(point: Network, authority: bytes) -> Network:
    """The access point whose server lets in the tablets of an authority.

    Args:
        authority: PEM of its certificate and those above it up to the root.
    """
    roots = [one for one in load_pem_x509_certificates(authority) if one.issuer == one.subject]
    return point.model_copy(update={"authority": roots[0].public_bytes(Encoding.PEM).decode()})


def note_air(home: Path, points: Iterable[Network]) -> None:
    """Write down the site's access points; one with the training network's name stays that network.

    Raises:
        OSError: the file cannot be written.
    """
    others = [one.model_dump(mode="json") for one in points if one.ssid != TRAINING_NETWORK.ssid]
    make_folder((home / FILE).parent)
    write_atomically(home / FILE, json.dumps(others).encode(), mode=0o600)


def read_air(home: Path) -> tuple[Network, ...]:
    """Read what is in range; the training network alone where nothing was written.

    Raises:
        TrainingError: the file is not in its form.
    """
    try:
        return (TRAINING_NETWORK, *_NETWORKS.validate_json((home / FILE).read_bytes()))
    except FileNotFoundError:
        return (TRAINING_NETWORK,)
    except (OSError, ValidationError) as error:
        raise TrainingError(f"{home / FILE}: cannot be read; remove it and start again") from error
