"""Bounds of the time in which a client of the pages says nothing, the TLS handshake included."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SILENT_SECONDS = 10.0
"""After this time without a whole request a connection is looked at; the handshake has as long."""

_WAITING = {"IDLE", "SEND_BODY"}
"""States of a client that has not sent a whole request (h11: `Connection.their_state`)."""


class BoundedProtocol(H11Protocol):
    """HTTP by uvicorn, for clients that say something: one without a whole request is dropped."""

    _silence: asyncio.TimerHandle | None = None
    _known: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """See asyncio."""
        super().connection_made(transport)
        self._silence = self.loop.call_later(SILENT_SECONDS, self._judge)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if self._silence is not None:
            self._silence.cancel()
        super().connection_lost(exc)

    def _judge(self) -> None:
        """Drop it where it has been in the middle of the same request, or before one, since the last look."""
        if str(self.conn.their_state) in _WAITING and self.cycle is self._known:
            self.transport.abort()
            return
        self._known = self.cycle
        self._silence = self.loop.call_later(SILENT_SECONDS, self._judge)


class BoundedLoop(asyncio.SelectorEventLoop):
    """The loop of the pages; a TLS handshake in it has no more time than a request."""

    async def create_server(self, *args: Any, **given: Any) -> asyncio.Server:  # noqa: ANN401 # it has many forms
        """See asyncio."""
        if given.get("ssl") is not None:
            given.setdefault("ssl_handshake_timeout", SILENT_SECONDS)
        return await super().create_server(*args, **given)
