"""Two transports without a tablet: one follows a conversation line by line, one answers by command.

Both implement `provision.transport.Transport` and nothing else; no test patches the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from provision.errors import AnswerError, Cancelled, DeadlinePassed, TabletGone
from provision.transport import Answer, Sink

ENDS = {"gone": TabletGone, "hung": DeadlinePassed, "cancelled": Cancelled}
_PART = re.compile(r"(?P<line>.*?); echo (?P<mark>[0-9a-f]{16}):\$\?(?:; echo (?P=mark) >&2)?(?:; |$)")


class Conversation:
    """Expects exactly the exchanges of a case, in order.

    An exchange is `{shell|feed|push|pull: TEXT}` with `out`, `err`, `status` of the answer, or with
    `end: gone|hung|cancelled`, or with `refused: TEXT` for the sync service.
    """

    address = "usb:1-1.2"
    transport_id = 7
    features: frozenset[str] = frozenset()

    def __init__(self, exchanges: Iterable[Mapping[str, Any]]) -> None:
        self._left = list(exchanges)
        self.sent: list[bytes] = []

    def check_finished(self) -> None:
        """Nothing the case expects was left out."""
        assert self._left == []

    def _next(self, kind: str, text: str) -> Mapping[str, Any]:
        assert self._left, f"unexpected {kind}: {text}"
        exchange = self._left.pop(0)
        assert exchange.get(kind) == text
        if "end" in exchange:
            raise ENDS[exchange["end"]](f"{self.address}: {exchange['end']}")
        if "refused" in exchange:
            raise AnswerError(f"{kind} {text}", "OKAY", exchange["refused"])
        return exchange

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        assert seconds > 0
        assert not merged
        found = self._next("shell", line)
        return Answer(found.get("out", ""), found.get("err", ""), found.get("status", 0))

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        assert seconds > 0
        found = self._next("feed", line)
        self._take(source, size)
        return Answer(found.get("out", ""), "", None)

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        assert seconds > 0
        self._next("push", remote)
        self._take(source, size)

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        assert seconds > 0
        sink(bytes(self._next("pull", remote)["data"], "utf-8"))

    def cancel(self) -> None:
        self._left.clear()

    def _take(self, source: BinaryIO, size: int) -> None:
        self.sent.append(source.read(size))
        assert len(self.sent[-1]) == size


class AnsweringTransport:
    """Answers each command of a round by its line; other lines change answers by `effects`.

    Args:
        answers: shell line -> text; an unknown line is a fault of the test, but for a row of settings: nobody wrote it.
        files: path -> content, for pulls.
        effects: shell line -> answers it replaces.
        cut: the connection ends after so many characters of a round.
    """

    address = "usb:1-1.2"
    transport_id = 7
    features: frozenset[str] = frozenset()

    def __init__(
        self,
        answers: Mapping[str, str],
        files: Mapping[str, bytes] | None = None,
        effects: Mapping[str, Mapping[str, str]] | None = None,
        cut: int | None = None,
    ) -> None:
        self.answers = dict(answers)
        self.rounds: list[str] = []
        self.lines: list[str] = []
        self.pulls: list[str] = []
        self._files = files or {}
        self._effects = effects or {}
        self._cut = cut

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        assert seconds > 0
        if not merged:
            self.lines.append(line)
            self.answers.update(self._effects.get(line, {}))
            return Answer(self.answers.get(line, ""), "", None)
        self.rounds.append(line)
        out = "".join(f"{self._answer(part['line'])}{part['mark']}:0\n" for part in _PART.finditer(line))
        return Answer(out[: self._cut], "", None)

    def _answer(self, line: str) -> str:
        """What Android says of a row of settings that nobody wrote, where the test does not say."""
        return self.answers.get(line, "null\n") if line.startswith("settings get ") else self.answers[line]

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        raise AssertionError(f"no uploads here: {line} {source} {size} {seconds}")

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        raise AssertionError(f"no uploads here: {remote} {source} {size} {seconds}")

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        assert seconds > 0
        self.pulls.append(remote)
        sink(self._files[remote])

    def cancel(self) -> None:
        self.answers.clear()
