"""A console for a scanner that others wrote: the routes of the table as OpenAPI 3, and an account of every role.

Usage, from the checkout (a scanner is no dependency; README of the console, Strangers' look):
    python -m tests.console.scan_bed FOLDER
serves the house of these tests on this computer until Ctrl-C, and writes `ROLE.json` (the description, with the form
token of that role's session) and `ROLE.cookie` (the session) into FOLDER. The house is a made one, and so are they.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from provision.console.app import FORM_TOKEN
from provision.console.pages.table import PAGES
from provision.console.server import open_door, serve
from provision.state.wards import Role
from tests.console.console_bed import open_house

PORT = 8477
ANY: Mapping[str, object] = {"type": "string"}
LETTERS: Mapping[str, object] = {"anyOf": [{"type": "string", "pattern": "^[ -~\u00e9\u05d0]{1,300}$"}, ANY]}
VALUES = {"number": ["A-0001", "A-0002", "A-0003"], "ward": ["cardio-2"]}
ASKED = ("q", "lang", "before")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "notes": ("text",),
    "calls": ("text",),
    "code": ("digits", "why"),
    "audit": ("labels",),
    "sign-in": ("login", "password", "code", "then"),
}
"""Fields of the form by the last part of its address."""

SHAPES: Mapping[str, object] = {
    name: {"anyOf": [{"type": "string", "pattern": pattern}, ANY]}
    for name, pattern in {"digits": "^[1-4]? ?[0-9]{4} ?[0-9]{4}$", "labels": "^A-000[1-9]$"}.items()
}
"""Of the fields that take few texts: no scanner would find one by itself."""

DOOR = {"/sign-in": ("GET", "POST"), "/accessibilite": ("GET",)}
"""Ways that need nobody; `/sign-out` would end the scan."""


def describe(token: str) -> Mapping[str, object]:
    """Describe every page for a session with this form token."""
    ways = {**DOOR, **{page.path: page.ways.value for page in PAGES}}
    paths = {path: {way.lower(): _describe_way(path, way, token) for way in each} for path, each in ways.items()}
    return {"openapi": "3.0.3", "info": {"title": "console", "version": "1"}, "paths": paths}


def _describe_way(path: str, way: str, token: str) -> Mapping[str, object]:
    told: list[Mapping[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": {"enum": VALUES[name]}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    answers = {"200": {"description": "a page"}}
    if way == "GET":
        told += [{"name": name, "in": "query", "schema": LETTERS} for name in (*ASKED, "then")]
        return {"parameters": told, "responses": answers}
    fields = FIELDS.get(path.rpartition("/")[2], ("text",))
    form = {
        "type": "object",
        "required": [FORM_TOKEN, *fields],
        "properties": {FORM_TOKEN: {"enum": [token]}, **{name: SHAPES.get(name, LETTERS) for name in fields}},
    }
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {"parameters": told, "requestBody": body, "responses": answers}


def main(folder: Path) -> None:
    """Serve the house until Ctrl-C."""
    with tempfile.TemporaryDirectory() as made, open_house(Path(made)) as house:
        console = replace(house.console, clock=time.monotonic)
        for role in Role:
            session = console.sessions.open(f"p{role}"[:8], 1)
            (folder / f"{role}.cookie").write_text(session)
            (folder / f"{role}.json").write_text(json.dumps(describe(console.sessions.write_form_token(session))))
        serve(console, open_door(console.home, None, PORT), lambda: True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
