"""A tablet's supplicant, told what Android's `WifiEnterpriseConfig` tells it: wpa_supplicant's `eapol_test`.

Android and Debian build the same program. What differs here: keys and certificates are files, where Android's build
asks its keystore by name; the access point is left out, its RADIUS packets are made by `eapol_test` itself.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.made_certificates import Made
from tests.radius.radius_server import CLIENT_SECRET, RadiusServer

SECONDS = 10
TAKEN_AWAY = frozenset({"engine", "engine_id", "key_id"})
"""How Android's build names a key in its keystore; here it is a file."""


@dataclass(frozen=True)
class Attempt:
    """How one attempt to join ended: whether it was let in, what the supplicant and what the server said."""

    joined: bool
    told: str
    log: str


def join(
    folder: Path, server: RadiusServer, fields: Mapping[str, str | None], trusted: Sequence[Made], own: Sequence[Made]
) -> Attempt:
    """Try once to be let in.

    Args:
        fields: as Android tells them; None and NULL for what is not set.
        trusted: the authorities whose names in the keystore stand in `ca_cert`.
        own: the certificate of the tablet's key and those above it.
    """
    (folder / "ca.pem").write_bytes(b"".join(one.pem for one in trusted))
    told = {name: value for name, value in fields.items() if value not in (None, "NULL") and name not in TAKEN_AWAY}
    told["ca_cert"] = f'"{folder}/ca.pem"'
    if "client_cert" in told:
        told |= _write_key(folder, own)
    lines = "".join(f"  {name}={value}\n" for name, value in told.items())
    (folder / "network.conf").write_text(f'network={{\n  ssid="COMPTES"\n  key_mgmt=WPA-EAP\n{lines}}}\n', "utf-8")
    start = server.size
    words = ["eapol_test", "-c", str(folder / "network.conf"), "-a", "127.0.0.1", "-p", str(server.port),
             "-s", CLIENT_SECRET, "-t", str(SECONDS)]  # fmt: skip
    run = subprocess.run(words, capture_output=True, text=True, timeout=3 * SECONDS, check=False)
    return Attempt(run.returncode == 0 and run.stdout.rstrip().endswith("SUCCESS"), run.stdout, server.read_from(start))


def _write_key(folder: Path, own: Sequence[Made]) -> dict[str, str]:
    key = own[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tablet.key").write_bytes(key)
    (folder / "tablet.pem").write_bytes(b"".join(one.pem for one in own))
    return {"client_cert": f'"{folder}/tablet.pem"', "private_key": f'"{folder}/tablet.key"'}
