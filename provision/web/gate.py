"""What every request to pages of this product passes first, whoever they are for.

1. `Host` names an address of this server: a page of the internet whose name was bound anew to this computer (DNS
   rebinding) names its own.
2. What changes something comes from a page of this server (`Origin`).
3. Nothing is kept by a browser, runs inline, or is framed.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSET_PATH = "/assets/"

Refusal = tuple[int, str]
"""Status and words of an answer that is no page."""


def list_headers(*, has_forms: bool) -> Mapping[str, str]:
    """Return the headers of every answer.

    Args:
        has_forms: whether browsers send forms themselves. Without a referrer they would do so with `Origin: null`
            (Fetch standard, "append a request `Origin` header"), which is no page of this server.
    """
    form_action = "'self'" if has_forms else "'none'"
    return {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'; base-uri 'none'; form-action {form_action}; frame-ancestors 'none'",
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "same-origin" if has_forms else "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


class Gate:
    """Lets requests through to an application, or answers them itself.

    Args:
        app: behind it.
        hosts: `host:port` under which this server is reached.
        scheme: `http` or `https`.
        has_forms: as `list_headers`.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], scheme: str, *, has_forms: bool) -> None:
        self._app = app
        self._hosts = hosts
        self._origins = frozenset(f"{scheme}://{host}" for host in hosts)
        self._headers = list_headers(has_forms=has_forms)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    out.setdefault(name, value)
            await send(message)

        refusal = self._judge_way(scope["method"], headers) or self.judge(scope, headers)
        if refusal is not None:
            await PlainTextResponse(refusal[1], refusal[0])(scope, receive, send_guarded)
            return
        self.admit(scope, headers)
        await self._app(scope, receive, send_guarded)

    def judge(self, scope: Scope, headers: Headers) -> Refusal | None:
        """Refuse what came the right way, and may not pass all the same; None lets it through."""
        del scope, headers
        return None

    def admit(self, scope: Scope, headers: Headers) -> None:
        """Note what a request that passes has shown."""

    def _judge_way(self, method: str, headers: Headers) -> Refusal | None:
        if headers.get("host", "").lower() not in self._hosts:
            return 421, "This address is not served here."
        if method not in {"GET", "HEAD"} and headers.get("origin", "") not in self._origins:
            return 403, "Only a page of this bench may do that."
        return None
