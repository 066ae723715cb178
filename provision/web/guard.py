"""Whose key a request shows, beside what every one passes (`gate.py`).

1. What changes something shows the operator's key, which no other page and no other account of this computer knows.
2. On the address for the room, reading needs a key too: the operator's, or the one of the wall screens.
3. A key is compared in constant time and never logged.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

from provision.site.secret import Secret
from provision.web.bounded_socket import Standing
from provision.web.gate import ASSET_PATH, Gate, Refusal

KEY_HEADER = "x-provision-key"
KEY_COOKIE = "__Host-provision-key"
"""The prefix lets a browser take it over HTTPS and from this very server alone (RFC 6265bis, 4.1.3)."""

OPEN_PATHS = ("/", "/session", "/key")


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


class Guard(Gate):
    """The gate of a bench's pages.

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
        super().__init__(app, hosts, scheme, has_forms=False)
        self._keys = keys
        self._note = note

    def judge(self, scope: Scope, headers: Headers) -> Refusal | None:
        """See `Gate`."""
        shown, path = find_key(headers), scope["path"]
        changes = scope["method"] not in {"GET", "HEAD"}
        if changes and path != "/session" and not self._keys.may_speak(shown):
            return 403, "The operator's key is needed for that: open the address that the station printed."
        if path not in OPEN_PATHS and not path.startswith(ASSET_PATH) and not self._keys.may_read(shown):
            return 403, "A key is needed for that."
        return None

    def admit(self, scope: Scope, headers: Headers) -> None:
        """See `Gate`."""
        shown = find_key(headers)
        if (client := scope.get("client")) is not None:
            self._note(client, Standing.KEYED if self._keys.know(shown) else Standing.ASKED)
        scope["state"] = {"can_read": self._keys.may_read(shown), "can_speak": self._keys.may_speak(shown)}
