"""The application of the console: whoever comes is known first, then led to a page or told why not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from traceback import format_tb
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from provision.console.accessibility import judge_pages
from provision.console.asking import Ask, Console, Page, Ways, lead
from provision.console.provider.door import OUT, ProviderDoor
from provision.console.provider.question import read_way
from provision.console.render import ASSETS, render
from provision.console.roles import Action, may
from provision.console.sessions import LONGEST_SECONDS, make_token
from provision.console.signing_in import find_person, sign_in
from provision.register.people import Person
from provision.site.secret import Secret
from provision.texts.catalogue import Language, say
from provision.web.body import read_body
from provision.web.bounded_socket import Standing, name_holder
from provision.web.fault_log import LOG
from provision.web.guard import Note

MOST_BYTES = 65_536
"""Of a form: a text of 2000 letters of any script takes 24 000 of them."""

MOST_FIELDS = 500
FORM_TOKEN = "form-token"  # noqa: S105 # the name of a field
LANGUAGE = "provision-language"
DECLARATION = "/accessibilite"
"""The address that French law's model has for it; every page leads there."""

DEVICE_SECONDS = 365 * 86_400
_TOO_LONG, _OF_ANOTHER_KIND = 413, 415
_UNREAD = {_TOO_LONG: "console.refused.long", _OF_ANOTHER_KIND: "console.refused.way"}


class Pages:
    """The pages of one process.

    Args:
        console: what they stand on. pages: the table of them.
        is_secure: whether browsers come over HTTPS.
        note: told of each connection what it has shown.
    """

    def __init__(
        self,
        console: Console,
        pages: Sequence[Page],
        *,
        is_secure: bool,
        note: Note = lambda _client, _standing: None,
    ) -> None:
        self._console = console
        self._pages = pages
        self._is_secure = is_secure
        self._cookie = "__Host-provision-session" if is_secure else "provision-session"
        self._device = "__Host-provision-device" if is_secure else "provision-device"
        # The sign-in's own: a browser that comes by a link from elsewhere shows no cookie of these, and a new session
        # cookie would sign the person out.
        self._door_cookie = "__Host-provision-door" if is_secure else "provision-door"
        self._note = note
        # One password at a time: a hash takes 64 MiB, and who guesses keeps no thread of the pages waiting.
        self._door = ThreadPoolExecutor(1, "sign-in")

    def make_app(self) -> Starlette:
        """The application, without its gate."""
        routes = [
            self._make_route("/sign-in", self._open_door, Ways.BOTH),
            self._make_route("/sign-out", self._sign_out, Ways.FORM),
            self._make_route(DECLARATION, self._show_declaration, Ways.LOOK),
            Mount("/assets", StaticFiles(directory=str(ASSETS))),
            *(self._make_route(path, work, Ways.LOOK) for path, work in self._list_provider_ways()),
            *(self._make_route(page.path, partial(self._answer, page=page), page.ways) for page in self._pages),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: self._tell_status})

    def _list_provider_ways(self) -> Iterable[tuple[str, Callable[[Request], Awaitable[Response]]]]:
        provider = self._console.provider
        if provider is None:
            return ()
        door = ProviderDoor(self._console, provider, self._draw_alone, self._admit, is_secure=self._is_secure)
        return door.list_ways().items()

    def _make_route(self, path: str, work: Callable[[Request], Awaitable[Response]], ways: Ways) -> Route:
        async def answer(request: Request) -> Response:
            try:
                answered = await work(request)
            except Exception as error:  # noqa: BLE001 # the edge: no traceback reaches a browser
                answered = self._tell_fault(request, path, error)
            return self._remember_language(request, answered)

        return Route(path, answer, methods=list(ways.value))

    async def _answer(self, request: Request, page: Page) -> Response:
        token = request.cookies.get(self._cookie, "")
        person = await run_in_threadpool(find_person, self._console, token)
        if person is None:
            return self._lead_to_door(request)
        self._raise_standing(request)
        ask = self._make_ask(request, person, token)
        if not may(person.role, page.action):
            return ask.refuse(403, "console.refused.role", role=ask.say(f"role.{person.role}"))
        if request.method == "POST":
            form = await _read_form(request)
            if isinstance(form, int):
                return ask.refuse(form, _UNREAD[form])
            if not self._console.sessions.is_form_token(token, form.get(FORM_TOKEN, ("",))[0]):
                return ask.refuse(403, "console.refused.form")
            ask = replace(ask, form=form)
        return await run_in_threadpool(page.show, ask)

    def _make_ask(self, request: Request, person: Person, token: str) -> Ask:
        language = self._choose(request)
        menu = [
            (page.path, say(language, page.menu)) for page in self._pages if page.menu and may(person.role, page.action)
        ]
        return Ask(
            self._console,
            person,
            language,
            request.url.path,
            {name: str(value) for name, value in request.path_params.items()},
            {name: request.query_params[name] for name in request.query_params},
            {},
            self._console.sessions.write_form_token(token),
            tuple(menu),
        )

    async def _open_door(self, request: Request) -> Response:
        return await self._sign_in(request) if request.method == "POST" else self._draw_door(request, "", 200)

    def _draw_door(self, request: Request, told: str, status: int) -> Response:
        """The sign-in; its form shows what follows from a cookie, as those behind it do."""
        language, token = self._choose(request), request.cookies.get(self._door_cookie, "") or make_token()
        values = {
            "told": told,
            "csrf": self._console.sessions.write_form_token(token),
            "then": read_way(request.query_params.get("then", "")),
            "provider": self._console.provider,
            "provider_way": OUT,
            "menu": (),
            "person": None,
            "path": "/sign-in",
        }
        response = HTMLResponse(render(self._console, language, "sign-in.html.j2", values), status)
        self._give_cookie(response, self._door_cookie, token, LONGEST_SECONDS)
        return response

    async def _sign_in(self, request: Request) -> Response:
        language, token = self._choose(request), request.cookies.get(self._door_cookie, "")
        form = await _read_form(request)
        typed = {} if isinstance(form, int) else {name: values[0] for name, values in form.items()}
        if not self._console.sessions.is_form_token(token, typed.get(FORM_TOKEN, "")):
            return self._draw_door(request, say(language, "console.sign-in.again"), 403)
        address = name_holder(request.client.host) if request.client is not None else ""
        login, password, code = (typed.get(name, "") for name in ("login", "password", "code"))
        shown, kept = Secret(password.encode(errors="replace")), request.cookies.get(self._device, "")
        work = partial(sign_in, self._console, login, shown, code, address, kept)
        tried = await asyncio.get_running_loop().run_in_executor(self._door, work)
        if tried.wait:
            words = say(language, "console.sign-in.wait", seconds=max(1, round(tried.wait)))
            return self._draw_door(request, words, 429)
        if not tried.token:
            return self._draw_door(request, say(language, "console.sign-in.wrong"), 403)
        self._console.sessions.close(request.cookies.get(self._cookie, ""))
        response = lead()
        response.headers["location"] = read_way(typed.get("then", ""))
        self._admit(response, tried.token)
        self._give_cookie(response, self._device, tried.device, DEVICE_SECONDS)
        return response

    def _admit(self, response: Response, token: str) -> None:
        """Let a browser show the token of a session from here on."""
        self._give_cookie(response, self._cookie, token, LONGEST_SECONDS)

    async def _sign_out(self, request: Request) -> Response:
        token = request.cookies.get(self._cookie, "")
        form = await _read_form(request)
        shown = "" if isinstance(form, int) else form.get(FORM_TOKEN, ("",))[0]
        if self._console.sessions.is_form_token(token, shown):
            person = await run_in_threadpool(find_person, self._console, token)
            self._console.sessions.close(token)
            if person is not None:
                await run_in_threadpool(self._console.note, person, Action.SIGN_OUT, "")
        response = lead("sign-in")
        response.delete_cookie(self._cookie, path="/", secure=self._is_secure, httponly=True, samesite="strict")
        return response

    async def _show_declaration(self, request: Request) -> Response:
        """How accessible the pages are: for everybody, signed in or not."""
        token = request.cookies.get(self._cookie, "")
        person = await run_in_threadpool(find_person, self._console, token)
        judged, contact = judge_pages(), self._console.home.site.kiosk.hotline
        if person is not None:
            ask = self._make_ask(request, person, token)
            return ask.show("accessibility.html.j2", judged=judged, contact=contact)
        stranger = {"csrf": "", "menu": (), "person": None, "path": DECLARATION}
        values = {**stranger, "judged": judged, "contact": contact}
        return HTMLResponse(render(self._console, self._choose(request), "accessibility.html.j2", values))

    def _lead_to_door(self, request: Request) -> Response:
        """Lead to the sign-in, and from there back; a form that was sent is not."""
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return lead("sign-in", then=asked) if request.method == "GET" and asked != "/" else lead("sign-in")

    def _give_cookie(self, response: Response, name: str, value: str, seconds: float | None) -> None:
        """Give a cookie for this console's pages alone; None ends it with the browser."""
        age = None if seconds is None else int(seconds)
        response.set_cookie(name, value, age, path="/", secure=self._is_secure, httponly=True, samesite="strict")

    def _choose(self, request: Request) -> Language:
        asked = request.query_params.get("lang", "") or request.cookies.get(LANGUAGE, "")
        return Language(asked) if asked in set(Language) else self._console.language

    def _remember_language(self, request: Request, response: Response) -> Response:
        asked = request.query_params.get("lang", "")
        if asked in set(Language):
            self._give_cookie(response, LANGUAGE, asked, None)
        return response

    def _raise_standing(self, request: Request) -> None:
        if request.client is not None:
            self._note((request.client.host, request.client.port), Standing.KEYED)

    async def _tell_status(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        key = "console.refused.address" if status == 404 else "console.refused.way"
        answer = self._draw_fault(request, key, status)
        # Of what Starlette says beside a status, `Allow` alone is about these pages (RFC 9110, 15.5.6).
        allowed = (error.headers or {}).get("Allow") if isinstance(error, HTTPException) else None
        if allowed is not None:
            answer.headers["allow"] = allowed
        return answer

    def _tell_fault(self, request: Request, path: str, error: Exception) -> Response:
        """What a page ran into: kind and place alone go to the log, since its text may hold what somebody typed."""
        LOG.error("%s: %s\n%s", path, type(error).__name__, "".join(format_tb(error.__traceback__)))
        return self._draw_fault(request, "console.refused.fault", 503)

    def _draw_fault(self, request: Request, key: str, status: int) -> Response:
        return self._draw_alone(request, "refusal.html.j2", status, {"told": say(self._choose(request), key)})

    def _draw_alone(self, request: Request, template: str, status: int, values: Mapping[str, object]) -> Response:
        """Draw a page that is of nobody, and gives no session's cookie."""
        told = {"csrf": "", "menu": (), "person": None, "path": "/", **values}
        return HTMLResponse(render(self._console, self._choose(request), template, told), status)


async def _read_form(request: Request) -> Mapping[str, tuple[str, ...]] | int:
    """Every value of each name, or the status of `_UNREAD` for what is no form of these pages."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return _OF_ANOTHER_KIND
    try:
        body = await read_body(request, MOST_BYTES)
        text = (body or b"").decode()
    except (ClientDisconnect, ValueError):
        return _OF_ANOTHER_KIND
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return _TOO_LONG
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return _TOO_LONG if body is None else found
