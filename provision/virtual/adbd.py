"""The device side of one ADB connection: handshake, authorisation, streams.

Order of a connection (reference, adb host side, section 1): the host sends CNXN; a secure build
answers AUTH token until a signature of a known key comes; a public key waits, silently, until somebody
taps Allow; then CNXN with the banner. A CNXN later on forgets every stream and begins anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from dataclasses import dataclass
from functools import partial

from provision.virtual.android.contract import Banner, Effect
from provision.virtual.auth import AUTH_PUBLIC_KEY, AUTH_SIGNATURE, AUTH_TOKEN, TOKEN_SIZE, KeyRing, key_text
from provision.virtual.pace import HubLink
from provision.virtual.packets import (
    FIRST_PAYLOAD,
    HEADER,
    VERSION_FIRST,
    VERSION_WITHOUT_SUM,
    Command,
    Packet,
    PacketError,
    decode_header,
    decode_packet,
    encode_header,
)
from provision.virtual.services import Service, Services
from provision.virtual.streams import Stream
from provision.virtual.tablet_executor import sleep

DELAYED_ACK = "delayed_ack"
UPLOAD_BEFORE_DROP = 1024
"""Bytes of one stream's input after which `drop-mid-upload` cuts the connection."""
SLOW_BYTES_PER_SECOND = 512 * 1024
"""Speed of `slow-link`, held by pausing the read: delayed OKAYs alone would not slow every host."""


def banner_payload(banner: Banner) -> bytes:
    """The CNXN payload; Android 5 and 6 announce no features."""
    text = (
        f"device::ro.product.name={banner.product};ro.product.model={banner.model};ro.product.device={banner.device};"
    )
    return (text + (f"features={','.join(banner.features)}" if banner.features else "")).encode()


def host_features(banner: bytes) -> frozenset[str]:
    """Read the abilities that a host's CNXN payload (`host::features=a,b`) tells."""
    found = re.search(rb"(?:^|[:;])features=([^;\0]*)", banner)
    return frozenset(found[1].decode("ascii", "replace").split(",")) if found else frozenset()


@dataclass
class _Terms:
    """Terms that both ends agreed on; `delayed`: every OPEN names a window, and acknowledgements count bytes."""

    version: int = VERSION_FIRST
    max_payload: int = FIRST_PAYLOAD
    delayed: bool = False

    @property
    def summed(self) -> bool:
        """Tell whether payloads carry their sum."""
        return self.version < VERSION_WITHOUT_SUM


class Adbd:
    """One connection of one tablet to an adb server.

    Args:
        reader, writer: the connection.
        keys: public keys seen by this bench.
        services: what OPEN may ask for.
        link: the way over its hub, None for one without a limit.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keys: KeyRing,
        services: Services,
        link: HubLink | None = None,
    ) -> None:
        self._reader, self._writer, self._keys = reader, writer, keys
        self._services, self._executor = services, services.executor
        self._terms = _Terms()
        self._token = b""
        self._signatures: list[tuple[bytes, bytes]] = []
        self._offered: str | None = None
        self._streams: dict[int, Stream] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._dialog: asyncio.Task[None] | None = None
        self._last_id = 0
        self._slow, self._link = False, link
        self.online = False

    @property
    def delayed(self) -> bool:
        """Tell whether acknowledgements count bytes on this connection: both ends offered it."""
        return self._terms.delayed

    async def serve(self) -> None:
        """Serve until the connection ends, from either side."""
        try:
            while True:
                await self._handle(await self._receive())
        except (asyncio.IncompleteReadError, ConnectionError, PacketError):
            pass
        finally:
            await self._end()

    def cut(self) -> None:
        """Cut the connection without a word."""
        self._writer.transport.abort()

    def leave(self) -> None:
        """End the connection after what was already sent."""
        self._writer.close()

    async def allow(self) -> bool:
        """Somebody tapped Allow; False when no dialog is shown on this connection."""
        if self._offered is None or self.online:
            return False
        await self._executor.run(self._executor.tablet.accept_key, self._offered)
        await self._go_online()
        return True

    def deny(self) -> bool:
        """Somebody tapped Cancel; False when no dialog is shown. The host stays unauthorized."""
        shown = self._offered is not None and not self.online
        self._offered = None
        self._stop_dialog()
        return shown

    async def _end(self) -> None:
        self._stop_dialog()
        await self._forget_streams()
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    def _stop_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.cancel()
            self._dialog = None

    async def _receive(self) -> Packet:
        header = decode_header(await self._reader.readexactly(HEADER.size))
        if header.length > self._terms.max_payload:
            raise PacketError(f"payload of {header.length} bytes, agreed on {self._terms.max_payload}")
        payload = await self._reader.readexactly(header.length) if header.length else b""
        if self._link is not None:
            await self._link.carry(HEADER.size + header.length)
        if self._slow:
            await asyncio.sleep(header.length / SLOW_BYTES_PER_SECOND)
        return decode_packet(header, payload, summed=self._terms.summed)

    async def _send(self, packet: Packet) -> None:
        if self._link is not None and packet.payload:  # a hub of USB 2 carries one direction at a time
            await self._link.carry(HEADER.size + len(packet.payload))
        self._writer.write(encode_header(packet, summed=self._terms.summed))
        if packet.payload:
            self._writer.write(packet.payload)
        await self._writer.drain()

    async def _handle(self, packet: Packet) -> None:
        if packet.command is Command.CNXN:
            await self._connect(packet)
        elif packet.command is Command.AUTH:
            await self._authorise(packet)
        elif self.online:
            self._handle_stream(packet)

    # The handshake.

    async def _connect(self, packet: Packet) -> None:
        await self._forget_streams()
        self._stop_dialog()
        self.online, self._offered = False, None
        banner = self._executor.tablet.banner
        delayed = DELAYED_ACK in banner.features and DELAYED_ACK in host_features(packet.payload)
        self._terms = _Terms(min(banner.version, packet.arg0), min(banner.max_payload, packet.arg1), delayed)
        if banner.secure:
            await self._send_token()
        else:
            await self._go_online()

    async def _send_token(self) -> None:
        self._token = secrets.token_bytes(TOKEN_SIZE)
        await self._send(Packet(Command.AUTH, AUTH_TOKEN, 0, self._token))

    async def _go_online(self) -> None:
        self.online = True
        self._signatures.clear()
        self._slow = await self._executor.try_now(self._executor.tablet.wire_fault) == "slow-link"
        banner = self._executor.tablet.banner
        await self._send(Packet(Command.CNXN, banner.version, banner.max_payload, banner_payload(banner)))

    async def _authorise(self, packet: Packet) -> None:
        if packet.arg0 == AUTH_SIGNATURE:
            self._signatures.append((self._token, packet.payload))
            signer = self._keys.signer(self._token, packet.payload)
            if signer is not None and await self._executor.run(self._executor.tablet.knows_key, signer):
                await self._go_online()
            else:
                await self._send_token()
        elif packet.arg0 == AUTH_PUBLIC_KEY:
            await self._offer(key_text(packet.payload))

    async def _offer(self, text: str) -> None:
        """Show the dialog for a key.

        A key the tablet stored before this bench first saw it (a copied tablet folder) passes if one
        of the refused signatures was its own, as it would have on a real tablet.
        """
        self._keys.add(text)
        proven = any(self._keys.signer(*signature) == text for signature in self._signatures)
        if proven and await self._executor.run(self._executor.tablet.knows_key, text):
            await self._go_online()
            return
        self._offered = text
        seconds = await self._executor.run(self._executor.tablet.offer_key, text)
        if seconds is not None:
            self._dialog = asyncio.ensure_future(self._tap_after(seconds))

    async def _tap_after(self, seconds: float) -> None:
        await sleep(seconds)
        self._dialog = None
        await self.allow()

    # Streams.

    def _handle_stream(self, packet: Packet) -> None:
        if packet.command is Command.OPEN:
            self._begin(packet)
            return
        stream = self._streams.get(packet.arg1)
        if stream is None or stream.remote != packet.arg0:
            return
        if packet.command is Command.OKAY:
            stream.acknowledge(packet.payload)
        elif packet.command is Command.WRTE:
            stream.deliver(packet.payload)
        elif packet.command is Command.CLSE:
            self._drop(stream)

    def _drop(self, stream: Stream) -> None:
        """The host is done with a stream: its command ends."""
        stream.forget()
        task = self._tasks.get(stream.local)
        if task is not None:
            task.cancel()

    def _begin(self, packet: Packet) -> None:
        self._last_id += 1
        ahead = packet.arg1 if self._terms.delayed else None
        stream = Stream(self._last_id, packet.arg0, self._terms.max_payload, self._send, ahead)
        self._streams[stream.local] = stream
        task = asyncio.ensure_future(self._open(stream, packet))
        self._tasks[stream.local] = task
        task.add_done_callback(partial(self._ended, stream.local))

    def _ended(self, local: int, task: asyncio.Task[None]) -> None:
        self._streams.pop(local, None)
        self._tasks.pop(local, None)
        self._services.cable.command_ended()
        if not task.cancelled() and task.exception() is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a service of a virtual tablet failed", "exception": task.exception()}
            )
            self.cut()

    async def _open(self, stream: Stream, packet: Packet) -> None:
        if await self._executor.try_now(self._executor.tablet.wire_fault) == "mute":
            await sleep(float("inf"))
        name = packet.payload[:-1] if packet.payload.endswith(b"\0") else packet.payload
        service = self._services.find(name) if (packet.arg1 != 0) == self._terms.delayed else None
        if service is None:
            await self._send(Packet(Command.CLSE, 0, stream.remote))
            return
        await stream.accept()
        with contextlib.suppress(ConnectionError):
            await self._run(service, stream)

    async def _run(self, service: Service, stream: Stream) -> None:
        ending = await service(stream, _Upload(self).took)
        if ending.effect is Effect.NONE:
            await stream.close()
        elif ending.effect is Effect.REBOOT:
            await self._services.cable.reboot("")
        else:
            await self._services.cable.replug()

    async def _forget_streams(self) -> None:
        for stream in self._streams.values():
            stream.forget()
        tasks = [task for task in self._tasks.values() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def took(self, size: int, before: int) -> None:
        """Input of one stream came; the fault `drop-mid-upload` breaks the link early in it."""
        crossed = before < UPLOAD_BEFORE_DROP <= before + size
        if crossed and await self._executor.try_now(self._executor.tablet.wire_fault) == "drop-mid-upload":
            await self._services.cable.replug()


class _Upload:
    """Counts the input of one stream."""

    def __init__(self, adbd: Adbd) -> None:
        self._adbd, self._size = adbd, 0

    async def took(self, size: int) -> None:
        before, self._size = self._size, self._size + size
        await self._adbd.took(size, before)
