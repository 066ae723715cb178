"""Papers as files: a PDF, or a PNG a page, by the ending of the name that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from provision.files import write_atomically
from provision.paper.render import render_pdf, render_png
from provision.report.slot_labels import LabelForm
from provision.texts.catalogue import say
from provision.texts.language import Language

form_option = click.option(
    "--form",
    type=click.Choice([str(form) for form in LabelForm]),
    default=str(LabelForm.A4),
    show_default=True,
    help="a4: a sheet of 21 labels, 63.5 x 38.1 mm; 62 or 29: a label printer with a roll of so many millimetres.",
)


def out_option(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option that names the file of a paper."""
    return click.option(
        "-o",
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path(name),
        show_default=True,
        help="A PDF; or a PNG with 300 dots an inch, one a page (FILE-1.png). One of that name is replaced.",
    )


def print_paper(language: Language, out: Path, template: str, data: Mapping[str, object]) -> None:
    """Write a paper and say so, file by file; errors as of `write_paper`."""
    for file in write_paper(out, template, data):
        click.echo(say(language, "slots.printed", file=file))


def check_paper_name(out: Path) -> None:
    """Refuse a name that no paper can have, before any other work is done for it.

    Raises:
        click.UsageError: it ends in neither `.pdf` nor `.png`, or its folder is not there.
    """
    if out.suffix.lower() not in {".pdf", ".png"} or not out.parent.is_dir():
        expected = "--out: expected a name that ends in .pdf or .png, in a folder that exists"
        raise click.UsageError(f"{expected}, got {str(out)!r}")


def write_paper(out: Path, template: str, data: Mapping[str, object]) -> list[Path]:
    """Set a paper and write it; return the files, `NAME-1.png`, `NAME-2.png` where there are several pages.

    Raises:
        click.UsageError: as `check_paper_name`.
        PaperError: the paper cannot be set; nothing was written.
        OSError: a file cannot be written.
    """
    check_paper_name(out)
    if out.suffix.lower() == ".pdf":
        write_atomically(out, render_pdf(template, data))
        return [out]
    pages = render_png(template, data)
    one = len(pages) == 1
    files = [out if one else out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(1, len(pages) + 1)]
    for file, page in zip(files, pages, strict=True):
        write_atomically(file, page)
    return files
