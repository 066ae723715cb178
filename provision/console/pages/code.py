"""The code by telephone: the answer to the digits that a tablet shows, with scope and reason."""

from __future__ import annotations

from starlette.responses import Response

from provision.agent.maintenance import DIGITS, read_scope
from provision.console.answering import NoAsset, answer, find_held, read_challenge, tell_beside, tell_numbers
from provision.console.asking import Ask, Page, Ways
from provision.console.pages.tablet import draw, find_number, refuse_number
from provision.console.roles import Action
from provision.errors import HomeError
from provision.register.events import EventRefused, tell_code
from provision.state.opening import open_bench_state

_SHOWN = 40
"""Characters of wrong digits that are said again."""


def take(ask: Ask) -> Response:
    """Answer the digits that a form brings; who, why and what it allows are written down first."""
    number = find_number(ask)
    if number is None:
        return refuse_number(ask)
    home, typed = ask.console.home.path, ask.typed("digits")
    again = {name: ask.typed_again(name) for name in ("digits", "why")}
    try:
        challenge = read_challenge(typed)
    except ValueError:
        return draw(ask, 422, ask.say("answer.wrong-digits", count=DIGITS, got=typed[:_SHOWN]), again)
    scope = read_scope(challenge).name.lower()
    with open_bench_state(home) as state:
        try:
            held = find_held(ask.language, home, state, number)
        except (NoAsset, HomeError) as missing:  # also a site key that is not there or damaged
            return draw(ask, 404 if isinstance(missing, NoAsset) else 503, str(missing))
        try:
            ask.console.register.tell(tell_code(number, scope, ask.actor, ask.typed("why")))
        except EventRefused as refused:
            return draw(ask, 422, ask.say_refused("console.code.reason", refused), again)
        ask.note(Action.CODE, scope, number)
        answered = answer(state, held, challenge)
        beside = [*tell_numbers(ask.language, state, number), *tell_beside(ask.language, held, answered)]
    return ask.show(
        "code.html.j2",
        number=number,
        digits=answered.digits.reveal().decode(),
        allows=ask.say(f"code.scope.{answered.allows}"),
        beside=beside,
    )


PAGES = (Page("/tablets/{number}/code", Action.CODE, take, Ways.FORM),)
