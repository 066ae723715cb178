"""The addresses of a sign-in by the provider: `/sign-in/provider` leads there, and it leads back to `/sign-in/back`.

The session's cookie is of this site alone (`SameSite=Strict`): a browser that comes from the provider neither shows it
nor would show a new one after a redirect. So a question has a cookie of its own (`Lax`), and a sign-in ends with a page
of the console that leads on by itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from provision.console.provider import question as questions
from provision.console.provider.exchange import Provider
from provision.console.provider.faults import Fault, NotVouched
from provision.console.provider.people import open_session
from provision.console.provider.question import Question
from provision.console.roles import Action
from provision.web.bounded_socket import name_holder
from provision.web.fault_log import LOG

if TYPE_CHECKING:
    from provision.console.asking import Console

OUT, BACK = "/sign-in/provider", "/sign-in/back"
MOST_SPENT = 10_000
"""Questions that were answered and are remembered; as many come in ten minutes only where somebody attacks."""

STATUS: Mapping[Fault, int] = {Fault.AWAY: 503, Fault.CLOCK: 503}
"""Of the pages that say why not; 403 for all others."""

Draw = Callable[[Request, str, int, Mapping[str, object]], Response]
"""Draws a page of nobody's: request, template, status, values."""
Admit = Callable[[Response, str], None]
"""Gives the cookie of a new session."""


class ProviderDoor:
    """Answers at both addresses.

    Args:
        is_secure: whether browsers come over HTTPS.
    """

    def __init__(self, console: Console, provider: Provider, draw: Draw, admit: Admit, *, is_secure: bool) -> None:
        self._console = console
        self._provider = provider
        self._draw = draw
        self._admit = admit
        self._is_secure = is_secure
        self._cookie = "__Host-provision-question" if is_secure else "provision-question"
        self._spent: dict[str, float] = {}
        self._lock = threading.Lock()
        # One at a time: a provider that is silent keeps no thread of the pages waiting.
        self._thread = ThreadPoolExecutor(1, "provider")

    def list_ways(self) -> Mapping[str, Callable[[Request], Awaitable[Response]]]:
        """Return both addresses with what answers there."""
        return {OUT: self._lead_out, BACK: self._take_back}

    async def _lead_out(self, request: Request) -> Response:
        then = questions.read_way(request.query_params.get("then", ""))
        question = questions.begin(self._provider.key, then, self._provider.clock())
        try:
            where = await self._ask(partial(self._provider.write_address, question, self._write_back(request)))
        except NotVouched as not_vouched:
            return self._tell(request, not_vouched)
        response = RedirectResponse(where, 303)
        self._give_cookie(response, question.cookie, int(questions.ANSWERED_SECONDS))
        return response

    async def _take_back(self, request: Request) -> Response:
        address = name_holder(request.client.host) if request.client is not None else ""
        try:
            question = self._find_question(request)
            account = f"@{question.state}"  # nobody is known yet: an address alone is counted
            wait = self._console.patience.ask(account, address)
            if wait:
                return self._draw_refusal(request, "console.sign-in.wait", 429, seconds=max(1, round(wait)))
            self._spend_question(question)
            answer = {name: request.query_params[name] for name in request.query_params}
            token = await self._ask(partial(self._vouch, question, answer, self._write_back(request)))
        except NotVouched as not_vouched:
            return self._tell(request, not_vouched)
        self._console.patience.note_right(account, address)
        where = questions.read_way(question.then)
        response = self._draw(request, "signed-in.html.j2", 200, {"where": where, "sent": True})
        response.headers["refresh"] = f"0; url={where}"
        self._give_cookie(response, "", 0)
        self._admit(response, token)
        return response

    def _find_question(self, request: Request) -> Question:
        """The question that this answer is to."""
        now, names = self._provider.clock(), [name for name, _ in request.query_params.multi_items()]
        cookie, state = request.cookies.get(self._cookie, ""), request.query_params.get("state", "")
        found = questions.take(self._provider.key, cookie, state, now)
        if found is None or len(names) != len(set(names)):
            raise NotVouched(Fault.STALE)
        return found

    def _spend_question(self, question: Question) -> None:
        """Take the answer to a question, once; who has to wait has not spent it."""
        now = self._provider.clock()
        with self._lock:
            self._spent = {each: at for each, at in self._spent.items() if now - at <= questions.ANSWERED_SECONDS}
            if question.state in self._spent or len(self._spent) >= MOST_SPENT:
                raise NotVouched(Fault.STALE)
            self._spent[question.state] = question.began

    def _vouch(self, question: Question, answer: Mapping[str, str], back: str) -> str:
        """The token of a new session; who does not come in is written down where the provider did not name them."""
        try:
            claims = self._provider.vouch(question, answer, back)
        except NotVouched as not_vouched:
            self._console.note(None, Action.REFUSED, f"{self._provider.settings.label}: {not_vouched.why}")
            raise
        return open_session(self._console, self._provider.settings, claims)

    async def _ask(self, work: Callable[[], str]) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _write_back(self, request: Request) -> str:
        """Where the provider leads back to: this console as the browser names it, which the gate has looked at."""
        return f"{'https' if self._is_secure else 'http'}://{request.headers['host'].lower()}{BACK}"

    def _tell(self, request: Request, told: NotVouched) -> Response:
        if told.what:
            LOG.error("sign-in by the identity provider: %s", told)
        response = self._draw_refusal(request, f"console.provider.{told.why}", STATUS.get(told.why, 403))
        self._give_cookie(response, "", 0)
        return response

    def _draw_refusal(self, request: Request, key: str, status: int, **values: object) -> Response:
        label = self._provider.settings.label
        told = {"key": key, "values": {"label": label, **values}, "sent": True}
        return self._draw(request, "not-signed-in.html.j2", status, told)

    def _give_cookie(self, response: Response, value: str, seconds: int) -> None:
        """Give the cookie of a question, which comes along when the provider leads back; 0 takes it away."""
        response.set_cookie(
            self._cookie, value, seconds, path="/", secure=self._is_secure, httponly=True, samesite="lax"
        )
