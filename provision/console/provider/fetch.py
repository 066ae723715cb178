"""Asks of the identity provider: JSON over HTTPS, with no redirect followed, no proxy, and an end to everything."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from provision.console.provider.faults import Fault, NotVouched
from provision.register.identity_provider import is_safe_address

SILENT_SECONDS = 4.0
"""So long the provider may be silent."""
LONGEST_SECONDS = 8.0
"""So long one answer may take to come in."""
MOST_BYTES = 262_144
_PIECE = 16_384

Answer: TypeAlias = tuple[int, Mapping[str, object]]
"""Status and JSON object."""
Fetch: TypeAlias = Callable[[str, Mapping[str, str], bytes | None], Answer]
"""Asks an address: address, headers, and the body of a POST, or None for a GET. Raises `NotVouched`."""


def make_fetch(authority: Path | None) -> Fetch:
    """Return what asks over HTTPS.

    Args:
        authority: PEM of who signs the provider's certificate; None: whom this computer trusts.

    Raises:
        OSError: the file cannot be read, or holds no certificate (`ssl.SSLError`).
    """
    context = ssl.create_default_context(cafile=None if authority is None else str(authority))
    context.minimum_version = ssl.TLSVersion.TLSv1_2

    def fetch(url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if not is_safe_address(url):
            raise NotVouched(Fault.AWAY, "an address that is not HTTPS")
        parts = urlsplit(url)
        host = parts.hostname or ""
        connection = (
            HTTPSConnection(host, parts.port, timeout=SILENT_SECONDS, context=context)
            if parts.scheme == "https"
            else HTTPConnection(host, parts.port, timeout=SILENT_SECONDS)
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("GET" if body is None else "POST", path, body, {"accept": "application/json", **headers})
            response = connection.getresponse()
            return response.status, _read_object(_read_body(response))
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            what = type(error).__name__
        finally:
            connection.close()
        raise NotVouched(Fault.AWAY, what)

    return fetch


def _read_body(response: HTTPResponse) -> bytes:
    """The body; one that is too long or comes too slowly is none."""
    ends, pieces, size = time.monotonic() + LONGEST_SECONDS, [], 0
    while piece := response.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES or time.monotonic() > ends:
            raise ValueError("too long")
    if response.length:
        raise ValueError("cut off")
    return b"".join(pieces)


def _read_object(body: bytes) -> Mapping[str, object]:
    """A JSON object; anything else is an empty one, as an answer with a redirect has it."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
