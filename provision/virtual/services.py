"""Which service answers an OPEN: shell, exec, abb, sync, reboot, root, tcpip, usb, track-app; all else is refused.

Source: reference, adb host side, section 1 (services a device accepts, exact replies).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from provision.virtual.android.contract import Banner, Effect
from provision.virtual.consoles import PacketConsole, RawConsole, TookInput
from provision.virtual.shell import Ending, Shell
from provision.virtual.streams import Stream
from provision.virtual.sync import SyncService
from provision.virtual.tablet_executor import TabletExecutor

TERMINAL_LAST_API = 23
"""Android 6: the last release whose `shell:` always runs on a terminal."""
ROOT_REPLIES = {
    "root:": b"adbd cannot run as root in production builds\n",
    "unroot:": b"adbd not running as root\n",
}

Service = Callable[[Stream, TookInput], Awaitable[Ending]]
"""Serves one accepted stream to its end; the caller closes it and carries the effect out."""


class Cable(Protocol):
    """Effects on the connection as a whole; each call returns at once."""

    async def reboot(self, mode: str) -> None:
        """Restart the tablet (`""`, `recovery`, `bootloader`)."""
        ...

    async def replug(self) -> None:
        """The link broke: gone, and back as a new connection."""
        ...

    def command_ended(self) -> None:
        """A stream ended: its command may have switched the tablet's own debugging off."""
        ...


@dataclass(frozen=True)
class Services:
    """The services of one tablet."""

    executor: TabletExecutor
    shell: Shell
    cable: Cable

    def find(self, name: bytes) -> Service | None:
        """The service of an OPEN payload (without its final NUL); None is refused with CLSE."""
        text = name.decode("utf-8", "surrogateescape")
        kind, colon, rest = text.partition(":")
        banner = self.executor.tablet.banner
        if not colon:
            return self._track if text == "track-app" and "track_app" in banner.features else None
        if kind.split(",")[0] == "shell":
            return self._find_shell(banner, kind.split(",")[1:], rest)
        if kind == "exec" and rest:
            return self._line(rest, version=1, terminal=False)
        if kind in {"abb", "abb_exec"} and kind in banner.features and rest:
            return self._words(["cmd", *rest.split("\0")], version=2 if kind == "abb" else 1)
        return self._find_other(text, kind, rest)

    def _find_shell(self, banner: Banner, options: list[str], line: str) -> Service | None:
        """`shell:` and `shell,v2,...:`; a shell without a line would be interactive, which nobody needs."""
        if not line or (options and "shell_v2" not in banner.features):
            return None
        version = 2 if "v2" in options else 1
        return self._line(line, version=version, terminal="pty" in options or banner.api <= TERMINAL_LAST_API)

    def _find_other(self, text: str, kind: str, rest: str) -> Service | None:
        if text == "sync:":
            return self._sync
        if kind == "reboot":
            return self._rebooting(rest)
        if text in ROOT_REPLIES:
            return self._saying(ROOT_REPLIES[text])
        if kind == "tcpip" and rest.isdecimal():
            return self._restarting(f"restarting in TCP mode port: {rest}\n")
        return self._restarting("restarting in USB mode\n") if text == "usb:" else None

    def _restarting(self, text: str) -> Service:
        """The daemon says what it does and starts anew: the link breaks and comes back."""

        async def serve(stream: Stream, _took: TookInput) -> Ending:
            await stream.write(text.encode())
            await stream.close()
            await self.cable.replug()
            return Ending()

        return serve

    @staticmethod
    async def _track(stream: Stream, _took: TookInput) -> Ending:
        """The list of debuggable processes, empty, for as long as somebody listens."""
        await stream.write(b"0000")
        while await stream.read():
            pass
        return Ending()

    def _line(self, line: str, *, version: int, terminal: bool) -> Service:
        async def serve(stream: Stream, took: TookInput) -> Ending:
            console = _console(stream, took, version=version, terminal=terminal)
            return await _finished(console, await self.shell.run(line, console))

        return serve

    def _words(self, words: list[str], *, version: int) -> Service:
        async def serve(stream: Stream, took: TookInput) -> Ending:
            console = _console(stream, took, version=version, terminal=False)
            return await _finished(console, await self.shell.run_words(words, console))

        return serve

    async def _sync(self, stream: Stream, took: TookInput) -> Ending:
        await SyncService(stream, self.executor, took).serve()
        return Ending()

    def _rebooting(self, mode: str) -> Service:
        async def serve(stream: Stream, _took: TookInput) -> Ending:
            await stream.close()
            await self.cable.reboot(mode)
            return Ending()

        return serve

    @staticmethod
    def _saying(text: bytes) -> Service:
        async def serve(stream: Stream, _took: TookInput) -> Ending:
            await stream.write(text)
            return Ending()

        return serve


def _console(stream: Stream, took: TookInput, *, version: int, terminal: bool) -> RawConsole | PacketConsole:
    kind = PacketConsole if version > 1 else RawConsole
    return kind(stream, took, terminal=terminal)


async def _finished(console: RawConsole | PacketConsole, ending: Ending) -> Ending:
    """Send the status, unless the tablet goes away before the command could end."""
    if ending.effect is Effect.NONE:
        await console.finish(ending.status)
    return ending
