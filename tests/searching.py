"""Finds a secret in what was said or written, in every form in which a leak could carry it."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr


def forms_of(secret: bytes) -> dict[str, bytes]:
    """Name and bytes of each form; those of text for a secret that is text."""
    forms = {"literal": secret, "hex": secret.hex().encode(), "HEX": secret.hex().upper().encode()}
    for before in range(3):
        forms |= {
            f"base64, {before} bytes before": _inner(base64.b64encode(bytes(before) + secret), before, len(secret)),
            f"base64url, {before} bytes before": _inner(
                base64.urlsafe_b64encode(bytes(before) + secret), before, len(secret)
            ),
        }
    return forms | (_text_forms(secret.decode()) if secret.isascii() else {})


def _inner(encoded: bytes, before: int, length: int) -> bytes:
    """The characters that depend on the secret alone, whatever stands around it."""
    first = -(-before * 8 // 6)
    return encoded[first : (before + length) * 8 // 6]


def _text_forms(text: str) -> dict[str, bytes]:
    forms = {
        "JSON": json.dumps(text)[1:-1],
        "repr": repr(text)[1:-1],
        "URL": quote(text, safe=""),
        "URL form": quote_plus(text),
        "shell": shlex.quote(text),
        "XML": escape(text),
        "XML attribute": quoteattr(text)[1:-1],
    }
    wide = {"UTF-16LE": text.encode("utf-16-le"), "UTF-16BE": text.encode("utf-16-be")}
    return {name: form.encode() for name, form in forms.items()} | wide


def find_leaks(secrets: Mapping[str, bytes], said: Iterable[tuple[str, bytes]]) -> list[str]:
    """`secret as form in place` for each hit; line ends do not hide a base64 text."""
    forms = [(name, form, value) for name, secret in secrets.items() for form, value in forms_of(secret).items()]
    hits = []
    for place, text in said:
        joined = text.replace(b"\r", b"").replace(b"\n", b"")
        hits += [f"{name} as {form} in {place}" for name, form, value in forms if value in text or value in joined]
    return hits
