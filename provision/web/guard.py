"""What every request passes first: where it says it goes, where it comes from, and whose key it shows.

1. `Host` names an address of this server: a page of the internet whose name was bound anew to this computer (DNS
   rebinding) names its own.
2. What changes something comes from a page of this server (`Origin`) and shows the operator's key, which no other page
   and no other account of this computer knows.
3. On the address for the room, reading needs a key too: the operator's, or the one of the wall screens.
4. Nothing is kept by a browser, runs inline, or is framed; a key is compared in constant time and never logged.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provision.site.secret import Secret
from provision.web.bounded_socket import Standing

KEY_HEADER = "x-provision-key"
KEY_COOKIE = "__Host-provision-key"
"""The prefix lets a browser take it over HTTPS and from this very server alone (RFC 6265bis, 4.1.3)."""

OPEN_PATHS = ("/", "/session", "/key")
ASSET_PATH = "/assets/"

HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True)
class Keys:
    """The keys of one server.

    Attributes:
        operator: lets its holder speak. wall: lets its holder read where reading is not open; None: it is open.
    """

    operator: Secret
    wall: Secret | None = None

    def may_speak(self, shown: str) -> bool:
        """Tell whether a key is the operator's."""
        return _is_same(shown, self.operator)

    def may_read(self, shown: str) -> bool:
        """Tell whether a key lets its holder read; always true where reading is open."""
        if self.wall is None:
            return True
        of_wall, of_operator = _is_same(shown, self.wall), _is_same(shown, self.operator)
        return of_wall or of_operator

    def know(self, shown: str) -> bool:
        """Tell whether it is one of these keys."""
        return self.may_speak(shown) or (self.wall is not None and self.may_read(shown))


def _is_same(shown: str, secret: Secret) -> bool:
    return hmac.compare_digest(shown.encode(), secret.reveal())


def find_key(headers: Headers) -> str:
    """The key that a request shows, in its header or its cookie; empty without one."""
    shown = headers.get(KEY_HEADER, "")
    if shown:
        return shown
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(KEY_COOKIE)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value


Note = Callable[[tuple[str, int], Standing], None]
"""Takes what a client, by address and port, has shown."""


class Guard:
    """Lets requests through to an application, or answers them itself.

    Args:
        app: behind it.
        hosts: `host:port` under which this server is reached.
        scheme: `http` or `https`.
        keys: who may read and speak.
        note: told of each client whose request passed.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: frozenset[str],
        scheme: str,
        keys: Keys,
        note: Note = lambda _client, _standing: None,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._origins = frozenset(f"{scheme}://{host}" for host in hosts)
        self._keys = keys
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
            await send(message)

        shown = find_key(headers)
        refusal = self._judge(scope["method"], scope["path"], headers, shown)
        if refusal is not None:
            await PlainTextResponse(refusal[1], refusal[0])(scope, receive, send_guarded)
            return
        if (client := scope.get("client")) is not None:
            self._note(client, Standing.KEYED if self._keys.know(shown) else Standing.ASKED)
        scope["state"] = {"can_read": self._keys.may_read(shown), "can_speak": self._keys.may_speak(shown)}
        await self._app(scope, receive, send_guarded)

    def _judge(self, method: str, path: str, headers: Headers, shown: str) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self._hosts:
            return 421, "This address is not served here."
        changes = method not in {"GET", "HEAD"}
        if changes and headers.get("origin", "") not in self._origins:
            return 403, "Only a page of this bench may do that."
        if changes and path != "/session" and not self._keys.may_speak(shown):
            return 403, "The operator's key is needed for that: open the address that the station printed."
        if path not in OPEN_PATHS and not path.startswith(ASSET_PATH) and not self._keys.may_read(shown):
            return 403, "A key is needed for that."
        return None
