"""The console's pages as HTML, from templates; the only place that knows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment

from provision.console.accessibility import judge_pages
from provision.texts.catalogue import Language, say
from provision.web.environment import make_environment

if TYPE_CHECKING:
    from provision.console.asking import Console

ASSETS = resources.files("provision.console") / "assets"


@cache
def _environment() -> Environment:
    environment = make_environment("provision.console")
    environment.filters["moment"] = write_moment
    return environment


def write_moment(at: str) -> str:
    """Write a time, ISO 8601 in UTC, as a page shows it: `2026-11-30 09:05`, still in UTC."""
    return at[:16].replace("T", " ")


def render(console: Console, language: Language, template: str, values: Mapping[str, object]) -> str:
    """Return a page.

    Beside `values`, a template knows `say`, `language`, `languages`, `site`, `kind`, `news` and `conformity`.
    """
    told = {
        "say": partial(say, language),
        "language": str(language),
        "languages": [str(each) for each in Language],
        "site": console.home.site.name,
        "kind": str(console.home.kind),
        "news": console.news,
        "conformity": judge_pages().conformity,
    }
    return _environment().get_template(template).render({**told, **values})
