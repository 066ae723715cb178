"""Documents for people, rendered from templates. Values from tablets are made printable first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from provision.texts.catalogue import Language, printable, say


def render(template: str, language: Language, values: Mapping[str, Any]) -> str:
    """One document.

    Args:
        template: file name in `provision/report/templates`.
        values: what the template names; a missing one is an error, never an empty space.
    """
    environment = Environment(
        loader=PackageLoader("provision.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 # plain text for terminals: control characters are escaped by `finalize`
        finalize=_make_printable,
    )

    def text(key: str, **placeholders: object) -> str:
        return say(language, key, **placeholders)

    return environment.get_template(template).render(text=text, **values)


def _make_printable(value: object) -> object:
    if isinstance(value, Markup):
        return value
    return "\n".join(printable(line) for line in value.split("\n")) if isinstance(value, str) else value


def render_page(template: str, values: Mapping[str, Any]) -> str:
    """One page of HTML; every text in it is text, but for plots (`svg`), which are drawn here.

    Args:
        template: file name in `provision/report/templates`.
        values: as of `render`; the texts in them are of one language already.
    """
    environment = Environment(
        loader=PackageLoader("provision.report"), undefined=StrictUndefined, autoescape=True, finalize=_make_printable
    )
    plots = [{**plot, "svg": Markup(plot["svg"])} for plot in values["plots"]]  # noqa: S704 # made by `plots`
    return environment.get_template(template).render(**{**values, "plots": plots})
