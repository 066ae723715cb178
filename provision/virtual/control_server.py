"""The control port of a training bench: hands at its slots, over loopback, with a token.

Wire format: see `provision.virtual.control`. A wrong token is answered once and the connection ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.errors import ProvisionError, TrainingError
from provision.virtual.bench import TrainingBench
from provision.virtual.oracle.model import ExpectedOutcome, SiteRequirements, format_outcomes, parse_site
from provision.virtual.slot import VirtualSlot

LONGEST_LINE = 1 << 20
MODES = ("adb", "mtp")

SlotVerb = Callable[[VirtualSlot, Sequence[str]], Awaitable[str]]


@dataclass(frozen=True)
class Bookkeeping:
    """Answers of the process around the bench itself.

    Attributes:
        describe: the head of `status` (`count`, `seed`, `adb_server`).
        journal: the journal lines of a slot.
        predict: how the next run of each plugged slot must end, for what a site requires.
        stop: ends the process soon.
    """

    describe: Callable[[], dict[str, Any]]
    journal: Callable[[str], list[dict[str, Any]]]
    predict: Callable[[SiteRequirements], Mapping[str, ExpectedOutcome]]
    stop: Callable[[], None]


async def _plug(slot: VirtualSlot, _words: Sequence[str]) -> str:
    await slot.plug()
    return f"slot {slot.label}: plugged"


async def _unplug(slot: VirtualSlot, _words: Sequence[str]) -> str:
    await slot.unplug()
    return f"slot {slot.label}: unplugged"


async def _allow(slot: VirtualSlot, _words: Sequence[str]) -> str:
    return f"slot {slot.label}: {await slot.allow()}"


async def _deny(slot: VirtualSlot, _words: Sequence[str]) -> str:
    return f"slot {slot.label}: {'denied' if slot.deny() else 'no dialog is shown'}"


async def _permissions(slot: VirtualSlot, words: Sequence[str]) -> str:
    state = _one_of("permissions", words, ("on", "off"))
    await slot.permit(allowed=state == "on")
    return f"slot {slot.label}: permissions {state}"


async def _mode(slot: VirtualSlot, words: Sequence[str]) -> str:
    await slot.switch(_one_of("mode", words, MODES))
    return f"slot {slot.label}: {slot.mode}"


async def _reboot(slot: VirtualSlot, _words: Sequence[str]) -> str:
    await slot.reboot("")
    return f"slot {slot.label}: restarting"


async def _break(slot: VirtualSlot, words: Sequence[str]) -> str:
    return await slot.edit("break", words)


async def _mend(slot: VirtualSlot, words: Sequence[str]) -> str:
    return await slot.edit("mend", words)


async def _edit(slot: VirtualSlot, words: Sequence[str]) -> str:
    if not words:
        raise TrainingError("edit: expected a verb after the slot")
    return await slot.edit(words[0], words[1:])


SLOT_VERBS: dict[str, SlotVerb] = {
    "plug": _plug,
    "unplug": _unplug,
    "allow": _allow,
    "deny": _deny,
    "permissions": _permissions,
    "mode": _mode,
    "reboot": _reboot,
    "break": _break,
    "mend": _mend,
    "edit": _edit,
}
OTHER_VERBS = ("status", "journal", "predict", "follow-ports", "stop")


class ControlServer:
    """Listens for hands.

    Attributes:
        port: where it listens, once started.
    """

    def __init__(self, bench: TrainingBench, books: Bookkeeping, token: str) -> None:
        self._bench, self._books, self._token = bench, books, token
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Event] = {}
        self.port = 0

    @property
    def clients(self) -> int:
        """Connections open now."""
        return len(self._open)

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LONGEST_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
        ended = [event.wait() for event in self._open.values()]
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*ended)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.Event()
        try:
            with contextlib.suppress(OSError, ValueError):  # gone, or a line that is too long
                await self._serve(reader, writer)
        finally:
            writer.close()
            self._open.pop(writer).set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            try:
                verb, words = self._read(line)
                if verb == "follow-ports":
                    await self._feed(reader, writer)
                    return
                answer: dict[str, Any] = {"ok": True, "result": await self._carry_out(verb, words)}
            except ProvisionError as refusal:
                answer = {"ok": False, "error": str(refusal)}
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            await writer.drain()

    def _read(self, line: bytes) -> tuple[str, list[str]]:
        """Verb and words of a request.

        Raises:
            TrainingError: not a request, or the wrong token.
        """
        try:
            request = json.loads(line)
            token, verb, words = str(request["token"]), str(request["verb"]), request.get("words", [])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TrainingError('expected {"token": ..., "verb": ..., "words": [...]}') from None
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise TrainingError("wrong token")
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise TrainingError(f"{verb}: expected words as a list of texts")
        return verb, words

    async def _carry_out(self, verb: str, words: list[str]) -> object:
        if verb in SLOT_VERBS:
            if not words:
                raise TrainingError(f"{verb}: expected a slot")
            return await SLOT_VERBS[verb](self._bench.slot(words[0]), words[1:])
        if verb == "journal":
            return self._books.journal(self._bench.slot(words[0] if words else "").label)
        if verb == "status":
            return self._books.describe() | {"slots": [describe(slot) for slot in self._bench.slots.values()]}
        if verb == "predict":
            return format_outcomes(self._books.predict(parse_site("".join(words))))
        if verb == "stop":
            self._books.stop()
            return "stopping"
        raise TrainingError(f"no verb {verb!r}; there are: {', '.join([*SLOT_VERBS, *OTHER_VERBS])}")

    async def _feed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Port events until the client goes."""
        with self._bench.follow_ports() as queue:
            telling = asyncio.ensure_future(_tell(queue, writer))
            try:
                await reader.read()
            finally:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)


async def _tell(queue: asyncio.Queue[dict[str, str]], writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(json.dumps(await queue.get()).encode() + b"\n")
        await writer.drain()


def describe(slot: VirtualSlot) -> dict[str, Any]:
    """One slot of `status`."""
    banner = slot.tablet.banner
    return {
        "slot": slot.label,
        "port": slot.port,
        "model": banner.model,
        "api": banner.api,
        "serial": banner.serial,
        "plugged": slot.plugged,
        "mode": slot.mode,
        "permissions": slot.permitted,
        "adb": _adb_state(slot),
    }


def _adb_state(slot: VirtualSlot) -> str:
    """Tell adb's word for a slot: `device`, `waiting` (connecting or not allowed), `no permissions`, `absent`."""
    if not slot.offers_adb:
        return "absent"
    if not slot.permitted:
        return "no permissions"
    return "device" if slot.adbd is not None and slot.adbd.online else "waiting"


def _one_of(verb: str, words: Sequence[str], choices: Sequence[str]) -> str:
    """The one word of a verb.

    Raises:
        TrainingError: it is none of the choices.
    """
    if len(words) != 1 or words[0] not in choices:
        raise TrainingError(f"{verb}: expected {' or '.join(choices)}, got {' '.join(words) or 'nothing'}")
    return words[0]
