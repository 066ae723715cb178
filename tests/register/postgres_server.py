"""A PostgreSQL server of a test's own, from Debian's packages: its own folder, port, account and password."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waiting import wait_until

from provision.register.settings import RegisterAddress
from provision.site.secret import Secret

PASSWORD = "a-password-of-a-test"  # noqa: S105 # of a server that is thrown away
ACCOUNT = "bench"
START_SECONDS = 60


@dataclass
class Server:
    """One server; `kill` is what a failing computer does to it."""

    folder: Path
    port: int
    program: Path
    user: str | None
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    def address(self, password: str = PASSWORD, database: str = "postgres") -> RegisterAddress:
        """Where its register is."""
        return RegisterAddress("127.0.0.1", self.port, database, ACCOUNT, Secret(password.encode()), None)

    def show_certificate(self) -> Path:
        """Begin to offer TLS with a certificate of its own for 127.0.0.2; returns that certificate."""
        certificate, key = self.folder / "server.crt", self.folder / "server.key"
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch"]
        names = ["-subj", "/CN=127.0.0.2", "-addext", "subjectAltName=IP:127.0.0.2"]
        made = [*words, "-keyout", str(key), "-out", str(certificate), *names]
        subprocess.run(made, check=True, capture_output=True)
        for file in (certificate, key):
            file.chmod(0o600)
            if self.user is not None:
                shutil.chown(file, self.user)
        self.stop()
        self.options = ("-c", "ssl=on")
        self.start()
        return certificate

    def start(self) -> None:
        """Start it, and wait until it takes connections; processes of one that was killed may still be ending."""
        wait_until(self._try_start, "a PostgreSQL server that answers", START_SECONDS)

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """End it as its own service does."""
        if self.process is not None:
            self.process.send_signal(2)
            self.process.wait(START_SECONDS)
            self.process = None

    def limit(self) -> None:
        """Let no file of it grow or be written: as a full disk, of which it gets an error."""
        assert self.process is not None
        main = self.process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in map(int, children):  # one may have ended meanwhile
            self._limit(process)
        assert self._limit(main) == 0

    def _limit(self, process: int) -> int:
        words = ["prlimit", "--pid", str(process), "--fsize=0:"]
        return subprocess.run(words, check=False, capture_output=True, **self._account).returncode

    @property
    def _account(self) -> dict[str, Any]:
        """Whose its processes are, for a program that is started."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def _try_start(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            words = [self.program / "postgres", "-D", self.folder, "-p", str(self.port), "-k", self.folder]
            log = (self.folder / "log").open("ab")
            with log:
                self.process = subprocess.Popen(
                    [*words, "-c", "listen_addresses=127.0.0.1,127.0.0.2", *self.options],
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    **self._account,
                )
        ready = [self.program / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0


def find_program() -> Path:
    """The folder of PostgreSQL's programs; says what to install where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "PostgreSQL is not installed: .ci/packages"
    return found[-1].parent


@contextmanager
def make_server() -> Iterator[Server]:
    """Make and start a server; it and its folder are gone after the block."""
    program = find_program()
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to be root
    folder = Path(tempfile.mkdtemp(prefix="register-"))
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD + "\n")
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            for place in (folder, secret, data):
                shutil.chown(place, user)
        words = [program / "initdb", "-D", data, "-U", ACCOUNT, "-A", "scram-sha-256", f"--pwfile={secret}"]
        options = ["-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [*words, *options], check=True, capture_output=True, user=user, extra_groups=[] if user else None, cwd="/"
        )
        server = Server(data, _find_port(), program, user)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
