"""A client of a running training bench: one JSON line a request, one JSON line an answer.

`bench/bench.json` of the home tells where it listens and the token it asks for. Request:
`{"token", "verb", "words"}`; answer `{"ok": true, "result": ...}` or `{"ok": false, "error": "..."}`.
The verb `follow-ports` is different: its answer is the port feed (`provision.bench.feed`).
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from provision.errors import TrainingError
from provision.virtual.oracle.model import ExpectedOutcome, SiteRequirements, format_site, parse_outcomes

NOTE = Path("bench") / "bench.json"
SECONDS = 30.0
"""For one answer; a tablet that works on a command may make an edit wait."""


@dataclass(frozen=True)
class BenchClient:
    """Speaks to one running bench.

    Attributes:
        pid: its process.
        host, port: its control port.
        front: host and port of its adb front.
        token: asked for by the control port; enters no message.
    """

    pid: int
    host: str
    port: int
    front: tuple[str, int]
    token: str

    @classmethod
    def open(cls, home: Path) -> BenchClient:
        """The bench of a home.

        Raises:
            TrainingError: none runs there.
        """
        file = home / NOTE
        try:
            note = json.loads(file.read_text("utf-8"))
            host, port = _address(note["control"])
            return cls(note["pid"], host, port, _address(note["front"]), note["token"])
        except FileNotFoundError:
            raise TrainingError(f"no training bench runs in {home}: start a station with --virtual") from None
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise TrainingError(f"{file}: not the note of a training bench ({wrong!r})") from None

    def act(self, verb: str, *words: str) -> str:
        """One movement of a hand (`plug SLOT`, `edit SLOT VERB ...`); returns what is so now.

        Raises:
            TrainingError: the bench is gone or refused; the text says which.
        """
        return cast(str, self._request(verb, words))

    def status(self) -> dict[str, Any]:
        """`count`, `seed`, `adb_server`, and a list `slots` of what hangs where."""
        return cast(dict[str, Any], self._request("status", ()))

    def journal(self, slot: str) -> list[dict[str, Any]]:
        """Every mutating call the tablet of a slot saw."""
        return cast(list[dict[str, Any]], self._request("journal", (slot,)))

    def predict_outcomes(self, site: SiteRequirements) -> Mapping[str, ExpectedOutcome]:
        """How the next run of each plugged tablet must end, by slot."""
        return parse_outcomes(self._request("predict", (format_site(site),)))

    def stop(self) -> None:
        """End the bench."""
        self._request("stop", ())

    def follow_ports(self) -> Iterator[dict[str, str]]:
        """Port events: the present devices, `synced`, then each change; ends with the bench."""
        with self._connect() as sock, sock.makefile("rb") as lines:
            self._say(sock, "follow-ports", ())
            sock.settimeout(None)
            for line in lines:
                yield json.loads(line)

    def _request(self, verb: str, words: tuple[str, ...]) -> object:
        with self._connect() as sock:
            try:
                self._say(sock, verb, words)
                with sock.makefile("rb") as lines:
                    answer = json.loads(lines.readline() or "null")
            except (OSError, ValueError) as lost:
                raise TrainingError(f"the training bench did not answer `{verb}` ({lost})") from None
        if not isinstance(answer, dict):
            raise TrainingError(f"the training bench ended during `{verb}`")
        if not answer.get("ok"):
            raise TrainingError(str(answer.get("error")))
        return answer.get("result")

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection((self.host, self.port), timeout=SECONDS)
        except OSError as refused:
            reason = refused.strerror or refused
            raise TrainingError(f"the training bench (process {self.pid}) is gone: {reason}") from None

    def _say(self, sock: socket.socket, verb: str, words: tuple[str, ...]) -> None:
        sock.sendall(json.dumps({"token": self.token, "verb": verb, "words": words}).encode() + b"\n")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
