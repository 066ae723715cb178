"""The application behind the pages: page, stream of snapshots, one snapshot, list of looks, and words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Protocol
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from provision.board.snapshot import Snapshot, describe
from provision.identity.label_code import NEW
from provision.station.desk import Answered
from provision.terms import HomeKind, OperatorWord
from provision.texts.catalogue import Language
from provision.web.body import read_body
from provision.web.feed import Feed
from provision.web.guard import KEY_COOKIE, KEY_HEADER
from provision.web.render import (
    ASSETS,
    list_states,
    name_plots,
    render_board,
    render_door,
    render_page,
    render_style,
)

BEAT_SECONDS = 2.0
GAP_SECONDS = 0.1
"""Between two pictures: no eye tells more, and no browser is drowned."""

NEAREST, FARTHEST = 0.5, 30.0
"""Metres between a wall screen and its reader."""

MOST_BYTES = 2048
"""Of what a page sends; the code of a label with a name in any script is the longest."""
LABEL = "label"
"""The word of a page that sends a label's number, too."""


class Speaker(Protocol):
    """Takes words; `station.desk.Desk` is one."""

    def give(self, word: OperatorWord, slot: str, origin: str, language: Language | None = None) -> Answered:
        """Give a word about a slot."""
        ...

    def read_label(self, slot: str, said: str, origin: str, language: Language | None = None) -> Answered:
        """Give what was read on the label of the tablet in a slot."""
        ...


class Pages:
    """The pages of one station.

    Args:
        feed: its moments.
        find_desk: where words go; None as long as the station has not begun.
        site, kind: of its home. language: unless a page asks for another.
    """

    def __init__(
        self, feed: Feed, find_desk: Callable[[], Speaker | None], site: str, kind: HomeKind, language: Language
    ) -> None:
        self._find_desk = find_desk
        self._feed = feed
        self._site = site
        self._kind = kind
        self._language = language
        self._told: dict[Language, tuple[int, Snapshot]] = {}
        self._drawn: dict[Language, tuple[int, str]] = {}

    def make_app(self) -> Starlette:
        """The application, without its guard."""
        routes = [
            Route("/", self._show_page),
            Route("/session", self._open_session, methods=["POST"]),
            Route("/key", self._tell_key),
            Route("/events", self._stream),
            Route("/snapshot", self._show_snapshot),
            Route("/states", self._show_states),
            Route("/words", self._take_word, methods=["POST"]),
            Route("/assets/marks.css", self._show_style),
            Mount("/assets", StaticFiles(directory=str(ASSETS))),
        ]
        return Starlette(routes=routes)

    async def _show_page(self, request: Request) -> Response:
        language = self._choose(request)
        if not request.state.can_read:
            return HTMLResponse(render_door(language))
        return HTMLResponse(render_page(self._tell(language)[1], language, _read_metres(request)))

    async def _open_session(self, request: Request) -> Response:
        """A screen that cannot send headers with its stream shows its key as a cookie from here on."""
        if not request.state.can_read:
            return JSONResponse({"taken": False}, 403)
        response = JSONResponse({"taken": True})
        shown = request.headers.get(KEY_HEADER, "")
        response.set_cookie(KEY_COOKIE, shown, secure=True, httponly=True, samesite="strict", path="/")
        return response

    async def _tell_key(self, request: Request) -> Response:
        """What the key that a page shows is good for."""
        return JSONResponse({"read": request.state.can_read, "speak": request.state.can_speak})

    async def _stream(self, request: Request) -> Response:
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self._events(self._choose(request)), media_type="text/event-stream", headers=headers)

    async def _events(self, language: Language) -> AsyncIterator[str]:
        """A whole snapshot at once and at each change, a heartbeat in between, and a last word."""
        yield "retry: 1000\n\n"
        sent = -1
        while not self._feed.is_over:
            number, told = self._tell(language)
            if told is not None and number != sent:
                sent = number
                yield _event("snapshot", self._picture(number, told, language), number)
                await asyncio.sleep(GAP_SECONDS)
            else:
                yield _event("beat", self._beat())
            await self._feed.wait(sent, BEAT_SECONDS)
        yield _event("end", self._beat())

    async def _show_snapshot(self, request: Request) -> Response:
        """One snapshot; with `picture=1` as the stream sends it, for pages whose stream is cut."""
        language = self._choose(request)
        number, told = self._tell(language)
        if told is None or self._feed.is_over:
            return JSONResponse({"number": number, "over": self._feed.is_over}, 503)
        if request.query_params.get("picture"):
            return JSONResponse(self._picture(number, told, language))
        return JSONResponse({**asdict(told), "number": number, **self._beat()})

    async def _show_states(self, request: Request) -> Response:
        return JSONResponse(list_states(self._choose(request)))

    async def _show_style(self, request: Request) -> Response:
        del request
        return Response(render_style(), media_type="text/css")

    async def _take_word(self, request: Request) -> Response:
        try:
            body = await read_body(request, MOST_BYTES) or b""
        except ClientDisconnect:
            return Response(status_code=400)
        asked = parse_qs(body.decode(errors="replace"))
        word, slot = asked.get("word", [""])[0], asked.get("slot", [""])[0]
        desk = self._find_desk()
        if desk is None or word not in {LABEL, *OperatorWord}:
            return JSONResponse({"taken": False, "text": ""}, 400)
        language = self._choose(request)
        if word == LABEL:
            said = NEW if "new" in asked else "" if "which" in asked else asked.get("number", [""])[0]
            answered = await run_in_threadpool(desk.read_label, slot, said, "page", language)
        else:
            answered = await run_in_threadpool(desk.give, OperatorWord(word), slot, "page", language)
        return JSONResponse(asdict(answered), 200 if answered.taken else 409)

    def _choose(self, request: Request) -> Language:
        asked = request.query_params.get("lang", "")
        return Language(asked) if asked in set(Language) else self._language

    def _tell(self, language: Language) -> tuple[int, Snapshot | None]:
        """The newest snapshot in a language, described once for everybody who looks."""
        number, moment = self._feed.newest
        if moment is None:
            return number, None
        known = self._told.get(language)
        if known is None or known[0] != number:
            known = (number, describe(moment, self._site, self._kind, language))
            self._told[language] = known
        return known

    def _beat(self) -> dict[str, object]:
        """The time of the station's last look, by which a page knows how old its picture is."""
        look = self._feed.last_look
        told = {} if look is None else {"at": look.at.timestamp(), "as_of": f"{look.at:%H:%M:%S}"}
        return {"station": self._feed.station, **told}

    def _picture(self, number: int, told: Snapshot, language: Language) -> dict[str, object]:
        drawn = self._drawn.get(language)
        if drawn is None or drawn[0] != number:
            drawn = (number, render_board(told))
            self._drawn[language] = drawn
        plots = name_plots(told.figures, language)
        return {
            "number": number,
            **self._beat(),
            "board": drawn[1],
            "ready": told.ready,
            "ready_which": told.ready_which,
            "plots": plots,
        }


def _event(name: str, data: object, number: int | None = None) -> str:
    """One event as the HTML standard writes it (server-sent events, 9.2.5)."""
    identified = "" if number is None else f"id: {number}\n"
    return f"{identified}event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


def _read_metres(request: Request) -> float | None:
    """From how far a wall screen is read; None for a page at hand, and for what is no distance in a room."""
    try:
        metres = float(request.query_params.get("wall", ""))
    except ValueError:
        return None
    return metres if NEAREST <= metres <= FARTHEST else None
