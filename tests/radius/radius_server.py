"""A throw-away RADIUS server: freeradius on this computer alone, with one account and one authority for tablets."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.made_certificates import Made

PROGRAMS = ("freeradius", "eapol_test")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
START_SECONDS = 20.0
CLIENT_SECRET = "bench"  # noqa: S105 # between two programs of this computer

_CONFIGURATION = """
name = bench
prefix = /usr
libdir = /usr/lib/freeradius
logdir = {folder}
run_dir = {folder}
pidfile = {folder}/pid
max_requests = 256
log {{
  destination = stdout
  auth = yes
}}
client bench {{
  ipaddr = 127.0.0.1
  secret = {secret}
}}
modules {{
  pap {{
  }}
  mschap {{
  }}
  files {{
    usersfile = {folder}/users
  }}
  eap {{
    default_eap_type = peap
    tls-config bench {{
      private_key_file = {folder}/server.key
      certificate_file = {folder}/server.pem
      ca_file = {folder}/tablets.pem
      cipher_list = "DEFAULT"
      tls_min_version = "1.2"
      tls_max_version = "1.2"
    }}
    tls {{
      tls = bench
    }}
    ttls {{
      tls = bench
      default_eap_type = mschapv2
      virtual_server = inner
    }}
    peap {{
      tls = bench
      default_eap_type = {inner}
      virtual_server = inner
    }}
    mschapv2 {{
    }}
    gtc {{
      auth_type = PAP
    }}
  }}
}}
server default {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {port}
  }}
  authorize {{
    eap
  }}
  authenticate {{
    eap
  }}
}}
server inner {{
  authorize {{
    mschap
    eap
    files
    pap
  }}
  authenticate {{
    Auth-Type PAP {{
      pap
    }}
    Auth-Type MS-CHAP {{
      mschap
    }}
    eap
  }}
}}
"""


@dataclass(frozen=True)
class RadiusServer:
    """One that runs; `log` is what it has printed."""

    port: int
    log: Path

    def read_from(self, start: int) -> str:
        """What it printed since the log had this many characters."""
        return self.log.read_text("utf-8", "replace")[start:]

    @property
    def size(self) -> int:
        """Characters of its log."""
        return len(self.read_from(0))


@contextmanager
def run_server(
    folder: Path, chain: list[Made], tablets: Made, identity: str, password: str, inner: str = "mschapv2"
) -> Iterator[RadiusServer]:
    """Run a server until the end of the block.

    Args:
        chain: what it shows, its own certificate first.
        tablets: the authority of the tablets' keys.
        inner: the method within PEAP that it proposes first.
    """
    folder.mkdir(mode=0o700)
    port = _free_port()
    key = chain[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {
        "radiusd.conf": _CONFIGURATION.format(folder=folder, port=port, secret=CLIENT_SECRET, inner=inner).encode(),
        "users": f'{identity} Cleartext-Password := "{password}"\n'.encode(),
        "server.key": key,
        "server.pem": b"".join(one.pem for one in chain),
        "tablets.pem": tablets.pem,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    log = folder / "log"
    with log.open("wb") as out:
        words = ["freeradius", "-d", str(folder), "-n", "radiusd", "-f", "-l", "stdout"]
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
        try:
            _await(log, process)
            yield RadiusServer(port, log)
        finally:
            process.terminate()
            process.wait(10)


def _await(log: Path, process: subprocess.Popen[bytes]) -> None:
    """Until it answers.

    Raises:
        RuntimeError: it ended, or is silent; the message is its log.
    """
    end = time.monotonic() + START_SECONDS
    while not re.search(r"Ready to process requests", log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(log.read_text("utf-8", "replace"))
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
