"""What a page sent, as far as it may be long."""

from __future__ import annotations

from starlette.requests import Request


async def read_body(request: Request, most: int) -> bytes | None:
    """Return the body of a request; None where it is longer than `most` bytes.

    Raises:
        ClientDisconnect: it went away meanwhile.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            return None
    return body
