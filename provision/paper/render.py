"""Papers set by typst from templates and plain data. The only module that calls it.

Values reach a template as JSON, never as markup, with their control characters written as escapes. The same data give
the same bytes: fonts are those of the package, and no clock is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from provision.errors import PaperError
from provision.texts.catalogue import printable

_ROOM = Path(__file__).parent
TEMPLATES = _ROOM / "templates"
FONTS = _ROOM / "fonts"


def render_pdf(template: str, data: Mapping[str, object]) -> bytes:
    """Return a paper as PDF.

    Args:
        template: name of a file of `templates`, without `.typ`.
        data: what the template names, as JSON holds it; a missing key is an error, never an empty space.

    Raises:
        PaperError: there is no such template, or it cannot be set from these data.
    """
    return b"".join(_render(template, data, "pdf", None))


def render_png(template: str, data: Mapping[str, object], *, dpi: int = 300) -> tuple[bytes, ...]:
    """Return a paper as pictures, one a page; arguments and errors as of `render_pdf`.

    Args:
        dpi: dots an inch of the printed page.
    """
    return _render(template, data, "png", dpi)


def _render(
    template: str, data: Mapping[str, object], form: Literal["pdf", "png"], dpi: int | None
) -> tuple[bytes, ...]:
    import typst  # noqa: PLC0415 # 40 MB of program: only who prints waits for it

    place = TEMPLATES / f"{template}.typ"
    if not place.is_file():
        raise PaperError(f"{place}: there is no such template of a paper")
    try:
        made = typst.compile(
            str(place),
            root=str(TEMPLATES),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_clean(data))},
            format=form,
            ppi=dpi,
        )
    except typst.TypstError as wrong:
        raise PaperError(f"{place}: cannot be set from its data: {wrong}") from None
    pages = made if isinstance(made, list) else [made]
    return tuple(page for page in pages if page is not None)


def _clean(value: object) -> object:
    """Make every text printable, line by line; keys are the templates' own."""
    if isinstance(value, str):
        return "\n".join(printable(line) for line in value.split("\n"))
    if isinstance(value, Mapping):
        return {key: _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value
