"""A TUF repository in a folder, made by python-tuf and served on this computer, and the tablet's client beside it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

CLIENT = Path(__file__).parents[2] / "scripts/tuf_client"
ROLES = ("root", "targets", "snapshot", "timestamp")

Answer = Callable[[SimpleHTTPRequestHandler], None]
"""What a server in between says instead of the file."""


class Repository:
    """Versions of the four roles, signed by the keys in `signers`; a test changes any of it before it publishes."""

    def __init__(self, folder: Path) -> None:
        """Version 1 of everything, without a target."""
        self.metadata, self.files = folder / "metadata", folder / "targets"
        self.metadata.mkdir(parents=True)
        self.files.mkdir()
        self._kept: tuple[Path, dict[str, Any], dict[str, list[CryptoSigner]]]
        self.signers = {role: [CryptoSigner.generate_ecdsa()] for role in ROLES}
        ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
        self.root = Root(expires=ends, consistent_snapshot=True)
        self.targets, self.snapshot, self.timestamp = (
            Targets(expires=ends),
            Snapshot(expires=ends),
            Timestamp(expires=ends),
        )
        for role in ROLES:
            self.root.add_key(self.signers[role][0].public_key, role)
        for role in ROLES:
            self.write(role)

    def write(self, role: str) -> None:
        """Sign the role as it is, and put its file where clients look for it."""
        signed: Any = getattr(self, role)
        metadata = Metadata(signed)
        for signer in self.signers[role]:
            metadata.sign(signer, append=True)
        name = f"{role}.json" if role == "timestamp" else f"{signed.version}.{role}.json"
        (self.metadata / name).write_bytes(metadata.to_bytes())

    def publish(self, *roles: str) -> None:
        """The next version of these roles; the snapshot and the timestamp tell what they are to."""
        for role in roles:
            getattr(self, role).version += 1
        self.snapshot.meta["targets.json"] = MetaFile(self.targets.version)
        self.timestamp.snapshot_meta = MetaFile(self.snapshot.version)
        for role in roles:
            self.write(role)

    def add(self, path: str, content: bytes) -> None:
        """A target; published with the next targets."""
        target = TargetFile.from_data(path, content, ["sha256"])
        self.targets.targets[path] = target
        if len(path) < 200:  # no file system has longer names
            (self.files / f"{target.hashes['sha256']}.{path}").write_bytes(content)

    def keep(self, house: Path) -> None:
        """Remember everything as it is, in a folder and in memory; `restore` brings it back."""
        shutil.rmtree(house, ignore_errors=True)
        shutil.copytree(self.metadata, house / "metadata")
        shutil.copytree(self.files, house / "targets")
        roles = {role: (type(getattr(self, role)), getattr(self, role).to_dict()) for role in ROLES}
        self._kept = (house, deepcopy(roles), {role: list(keys) for role, keys in self.signers.items()})

    def restore(self) -> None:
        """As it was kept."""
        house, roles, signers = self._kept
        for folder in (self.metadata, self.files):
            shutil.rmtree(folder)
            shutil.copytree(house / folder.name, folder)
        for role, (kind, told) in roles.items():
            setattr(self, role, kind.from_dict(deepcopy(told)))
        self.signers = {role: list(keys) for role, keys in signers.items()}

    def renew_key(self, role: str) -> None:
        """Another key in place of the role's own; published with the next root."""
        new = CryptoSigner.generate_ecdsa()
        for old in self.signers[role]:
            self.root.revoke_key(old.public_key.keyid, role)
        self.root.add_key(new.public_key, role)
        self.signers[role] = [*self.signers[role], new] if role == "root" else [new]


class Tablet:
    """The client with its folders; it trusts the repository's first root."""

    def __init__(self, folder: Path, repository: Repository, address: str) -> None:
        """New, with nothing but the root."""
        self.trusted, self.taken, self._address = folder / "trusted", folder / "taken", address
        self.trusted.mkdir()
        self.taken.mkdir()
        first = repository.metadata / "1.root.json"
        self._call("--metadata-dir", str(self.trusted), "init", str(first))

    def refresh(self, grace: float | None = None) -> str:
        """`ok`, or the kind of the failure."""
        return self._call(*self._options(grace), "refresh")

    def take(self, *targets: str, grace: float | None = None) -> str:
        """The same for targets, one after the other."""
        names = [word for name in targets for word in ("--target-name", name)]
        where = ("--target-base-url", f"{self._address}/targets", "--target-dir", str(self.taken))
        return self._call(*self._options(grace), *names, *where, "download")

    def _options(self, grace: float | None) -> tuple[str, ...]:
        slow = () if grace is None else ("--grace", str(grace))
        return ("--metadata-url", f"{self._address}/metadata", "--metadata-dir", str(self.trusted), *slow)

    @staticmethod
    def _call(*words: str) -> str:
        ended = subprocess.run([CLIENT, *words], capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == (": " in ended.stderr), ended.stderr
        return ended.stderr.split(":")[0] if ended.returncode else "ok"


@contextmanager
def served(folder: Path, answers: dict[str, Answer]) -> Iterator[str]:
    """The address of a folder; `answers` replaces files by path while it is served."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            instead = answers.get(self.path)
            if instead is None:
                super().do_GET()
            else:
                instead(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def send_forever(handler: SimpleHTTPRequestHandler) -> None:
    """A file without an end, as long as somebody reads it."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        try:
            handler.wfile.write(b" " * 65536)
        except OSError:
            return


def send_slowly(handler: SimpleHTTPRequestHandler) -> None:
    """A byte now and then, so that no single read times out."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(600):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.1)  # it is the attack


def send_page(handler: SimpleHTTPRequestHandler) -> None:
    """What a captive portal says to everything."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<html><body>Sign in</body></html>")


def send_nothing(handler: SimpleHTTPRequestHandler) -> None:
    """A mirror that has lost its files in another way than 404."""
    handler.send_response(503)
    handler.end_headers()
