"""The pages as HTML, from snapshots and the catalogue; the only place that knows the templates."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from importlib import resources

from jinja2 import Environment

from provision.board.figures import Figures
from provision.board.marks import MARKS, tell_marks
from provision.board.snapshot import Snapshot
from provision.board.spans import tell_span
from provision.texts.catalogue import Language, say, write_number
from provision.web.environment import make_environment
from provision.web.menus import draw_menus

ASSETS = resources.files("provision.web") / "assets"


@cache
def _environment() -> Environment:
    environment = make_environment("provision.web")
    environment.globals["marks"] = MARKS
    environment.globals["draw_menus"] = draw_menus
    environment.globals["split_whole"] = split_whole
    environment.globals["span"] = tell_span
    return environment


def render_board(told: Snapshot) -> str:
    """The part of the page that changes: headline, what to do, slots, figures."""
    template = _environment().get_template("board.html.j2")
    return template.render(told=told, say=_sayer(told.language), number=partial(_write_number, told.language))


def render_page(told: Snapshot | None, language: Language, wall: float | None = None) -> str:
    """The whole page.

    Args:
        told: None before the station's first look.
        language: of the page.
        wall: metres from which it is read; None for a page at hand.
    """
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            board="" if told is None else render_board(told),
            told=told,
            wall=wall,
            language=str(language),
            languages=[str(each) for each in Language],
            say=_sayer(str(language)),
        )
    )


def render_door(language: Language) -> str:
    """The page of a screen in the room that has not shown its key yet; it holds nothing of the bench."""
    return _environment().get_template("door.html.j2").render(language=str(language), say=_sayer(str(language)))


def render_style() -> str:
    """The style of each look, from the one list of them."""
    return "".join(
        f".mark-{mark.name} {{ --look: {mark.colour}; --ink: {_choose_ink(mark.colour)}; }}\n"
        for mark in MARKS.values()
    )


def _choose_ink(colour: str) -> str:
    """Black or white, whichever is read better on a colour (WCAG 2.2, relative luminance)."""
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#fff"


def list_states(language: Language) -> list[dict[str, str]]:
    """The published list: every look with its word, meaning, colour and shape."""
    return [vars(told) for told in tell_marks(MARKS, language)]


def name_plots(figures: Figures, language: Language) -> dict[str, object]:
    """What the plots of a page are drawn from, with their words."""
    return {
        "times": figures.times,
        "done": figures.done,
        "others": figures.others,
        "words": {name: say(language, f"web.figures.{name}") for name in ("done", "others")},
    }


_WHOLE = re.compile(
    r"(provision(?: [a-z]+)+(?: [A-Z]?\d+)?(?=[ ,.;:”\u00a0]|$)"
    r"|“[^“”]{1,24}”|«\u00a0[^«»]{1,24}\u00a0»"
    r"|(?=[\w-]{3,20}(?![\w-]))\w+(?:-\w+)+)"
)


def split_whole(text: str) -> list[str]:
    """A sentence in pieces, every second of them one that a page does not break between lines.

    Commands, short names of buttons, and short words with a hyphen: `A-0051`, `est-ce`.
    """
    return _WHOLE.split(text)


def _sayer(language: str) -> Callable[..., str]:
    return partial(say, Language(language))


def _write_number(language: str, value: float) -> str:
    """A figure as the language writes it."""
    return write_number(Language(language), f"{value:g}")
