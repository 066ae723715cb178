"""One server of pages: who asks is who is connected, whatever they say of themselves."""

from __future__ import annotations

import json
import threading

import httpx
from starlette.types import Receive, Scope, Send

from provision.web.address import bind
from provision.web.serving import make_server


async def tell_client(scope: Scope, _receive: Receive, send: Send) -> None:
    """An application that says who asks, and how."""
    body = json.dumps([scope["client"][0], scope["scheme"]]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def test_nobody_names_their_own_address() -> None:
    opened = bind("127.0.0.1", 0)
    server = make_server(tell_client, None)
    thread = threading.Thread(target=server.run, args=([opened],), daemon=True)
    thread.start()
    said = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "forwarded": "for=203.0.113.9"}
    answer = httpx.get(f"http://127.0.0.1:{opened.getsockname()[1]}/", headers=said, timeout=30).json()
    server.should_exit = True
    thread.join()
    opened.close()
    assert answer == ["127.0.0.1", "http"]
