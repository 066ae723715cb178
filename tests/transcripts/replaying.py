"""A transcript as a tablet: it gives the answers that were recorded, and knows no other command.

Strict in two ways. A command that was never seen is an error that names it and the nearest that was. And a command is
answered out of the same stretch of the transcript: no write is passed over, and nothing from before the last write is
given as an answer after it. Only installations, which run beside each other, may end in another order.

The agent's own part is played as far as a transcript may tell it: what was left out of its answers (nonces, keys, ids)
is filled in from what the station sends now.
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from agent_bed import MATERIAL, site_key

from provision.errors import AnswerError, TabletGone
from provision.transcripts.blank import ASSET, HOSPITAL, LEFT_OUT, PASSPHRASE, Blanker
from provision.transcripts.model import Call, How, Transcript
from provision.transcripts.rounds import RoundPart, find_parts
from provision.transport import Answer, Sink
from provision.virtual.android.mutating import mutates

INSTALLS = ("install-create", "install-write", "install-commit", "install-abandon")
CHALLENGE, TABLET, NONCE = "12345678", "0" * 32, "1" * 32


class Unseen(AssertionError):
    """A command that the transcript does not answer here."""


def is_write(call: Call) -> bool:
    """Tell whether what follows may be answered differently because of it."""
    words = shlex.split(call.line)
    if call.how in {How.FEED, How.PUSH}:
        return True
    if words[:2] == ["content", "call"]:
        return "commit" in words
    return call.how is not How.PULL and mutates(words)


def is_install(call: Call) -> bool:
    return any(word in call.line.split() for word in INSTALLS)


@dataclass
class Uploads:
    """What the station sent to the agent: pieces by document, and what the documents said."""

    pieces: dict[str, dict[int, str]] = field(default_factory=dict)
    key: str | None = None
    asset: str = ASSET
    policy: str = "0" * 64
    last: str = ""
    proof: str = ""

    def put(self, argument: str) -> int:
        """One piece; how many of its document are held."""
        name, seq, _total, text = argument.split(":", 3)
        self.pieces.setdefault(name, {})[int(seq)] = text
        return len(self.pieces[name])

    def commit(self, argument: str) -> None:
        """The document is whole: read who signed it and what it is about."""
        self.last = argument.partition(":")[0]
        text = "".join(text for _, text in sorted(self.pieces.pop(self.last).items()))
        envelope = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        payload = base64.b64decode(envelope["payload"])
        order = json.loads(payload)
        self.key = envelope["signatures"][0]["keyid"]
        if order["order"] == "prove":
            self.proof = order["body"]["challenge"]
        if order["order"] == "apply":
            self.policy, self.asset = hashlib.sha256(payload).hexdigest(), order["body"]["asset"]["id"]

    def fill(self, name: str) -> object:
        """What stands for a member that was left out."""
        return {
            "key": self._show_key(),
            "made": False,
            "rekeys": 0,
            "events": [],
            "outside": False,
            "planned": 0,
            "addresses": {"factory": None, "networks": {}},
            "tablet": TABLET,
            "nonce": NONCE,
            "next": NONCE,
            "session_key": MATERIAL["session_public_key"],
            "site_key": str(self.key),
            "id": self.last,
            "asset": self.asset,
            "policy": self.policy,
            "challenge": CHALLENGE,
        }[name]

    def _show_key(self) -> Mapping[str, object]:
        """A key of the tablet's own, of which no transcript may tell (contract 14)."""
        signed = site_key().sign(f"provision-key-v1\n{TABLET}\n{self.proof}".encode())
        shown = {"public": site_key().public, "signature": signed}
        told = {name: base64.b64encode(value).decode() for name, value in shown.items()}
        return told | {"chain": ["AAAA"], "hardware": False}


class ReplayTransport:
    """Implements `provision.transport.Transport` over a transcript.

    Args:
        files: content of each package's base APK, for pulls.
        since: answers to commands that were never recorded, because the product asks them since.
    """

    address = "usb:1-1.2"
    transport_id = 7

    def __init__(
        self, transcript: Transcript, files: Mapping[str, bytes], since: Mapping[str, str] | None = None
    ) -> None:
        self._calls = transcript.calls
        self._since = since or {}
        self.features = frozenset(transcript.head.connection)
        self._files = files
        self._at = 0
        self._given: set[int] = set()
        self._uploads = Uploads()
        self._blanker = Blanker(HOSPITAL, PASSPHRASE, ())
        self._cancelled = False
        self.unseen = ""

    @property
    def left(self) -> tuple[Call, ...]:
        """Writes that were recorded and never asked for."""
        return tuple(call for place, call in enumerate(self._calls) if is_write(call) and place not in self._given)

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        assert seconds > 0
        round_ = find_parts(line)
        if round_ is not None:
            found = [self._find(How.ROUND, one) for one in round_[1]]
            parts = tuple(RoundPart(call.line, call.out, call.status, call.err) for call in found)
            said = "" if merged else "".join(f"{part.err}{round_[0]}\n" for part in parts)
            return Answer(join_answer(round_[0], parts), said, None)
        words = shlex.split(line)
        if words[:2] == ["content", "call"]:
            return self._ask_agent(words)
        return _answer(self._find(How.SHELL, line))

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        assert seconds > 0
        _drain(source, size)
        return _answer(self._find(How.FEED, line))

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        assert seconds > 0
        _drain(source, size)
        self._find(How.PUSH, f"push {remote}")

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        assert seconds > 0
        call = self._find(How.PULL, f"pull {remote}")
        if call.ended == AnswerError.__name__:
            raise AnswerError(call.line, "DATA", "a refusal")
        sink(next(data for package, data in self._files.items() if package in remote))

    def cancel(self) -> None:
        self._cancelled = True

    def _ask_agent(self, words: list[str]) -> Answer:
        method = words[words.index("--method") + 1]
        argument = words[words.index("--arg") + 1] if "--arg" in words else ""
        if method == "put":
            reply = {"protocol": 1, "ok": True, "status": "done", "result": {"pieces": self._uploads.put(argument)}}
            return _say(reply)
        if method == "commit":
            self._uploads.commit(argument)
        call = self._find(How.SHELL, shlex.join(words))
        return _answer(call) if call.agent is None else _say(_fill(call.agent, self._uploads))

    def _find(self, how: How, line: str) -> Call:
        """The recorded call that answers this one."""
        if self._cancelled:
            raise TabletGone(f"{self.address}: the replay was stopped")
        said = self._blanker.clean(line, "", "").line
        place = self._look_ahead(how, said)
        if place is None:
            place = self._look_back(how, said)
        if place is None and said in self._since and said not in {call.line for call in self._calls}:
            return Call(0, "since", how, said, 0, self._since[said], "", 0, 0.0, 0.0)
        if place is None:
            self.unseen = self.unseen or self._explain(said)
            raise Unseen(self.unseen)
        call = self._calls[place]
        self._given.add(place)
        self._at = max(self._at, place + 1)
        if call.ended and how is not How.PULL:
            raise TabletGone(f"{self.address}: {call.ended} in the transcript")
        return call

    def _look_ahead(self, how: How, line: str) -> int | None:
        """The next such call, passing over no write but installations that run beside it."""
        for place in range(len(self._calls)):
            call = self._calls[place]
            if place in self._given or (place < self._at and not is_install(call)):
                continue
            if (call.how, call.line) == (how, line):
                return place
            if is_write(call) and not is_install(call):
                return None
        return None

    def _look_back(self, how: How, line: str) -> int | None:
        """The last such call since the last write: what is asked more often than it was recorded."""
        for place in range(self._at - 1, -1, -1):
            call = self._calls[place]
            if (call.how, call.line) == (how, line) and not is_write(call):
                return place
            if is_write(call):
                return None
        return None

    def _explain(self, line: str) -> str:
        seen = {call.line for call in self._calls}
        near = difflib.get_close_matches(line, seen, n=1, cutoff=0.0)
        after = self._calls[self._at - 1].line if self._at else "the start"
        here = "not in this place" if line in seen else "never"
        return f"`{line}` was {here} recorded; nearest: `{near[0] if near else ''}`; after: `{after}`"


def join_answer(mark: str, parts: tuple[RoundPart, ...]) -> str:
    """What a tablet prints to a round."""
    return "".join(f"{part.text or ''}{mark}:{part.status or 0}\n" for part in parts)


def _fill(value: Any, uploads: Uploads) -> Any:  # noqa: ANN401 # JSON
    if isinstance(value, dict):
        return {name: uploads.fill(name) if part == LEFT_OUT else _fill(part, uploads) for name, part in value.items()}
    return [_fill(part, uploads) for part in value] if isinstance(value, list | tuple) else value


def _say(reply: Mapping[str, Any]) -> Answer:
    text = base64.b64encode(json.dumps(reply).encode()).decode()
    return Answer(f"Result: Bundle[{{a={text}}}]\n", "", 0)


def _answer(call: Call) -> Answer:
    return Answer(call.out, call.err, call.status)


def _drain(source: BinaryIO, size: int) -> None:
    while size > 0:
        size -= len(source.read(min(size, 1 << 20)) or b"x" * size)
