"""Papers as files: a PDF, or a PNG a page, by the ending of the name that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from provision.files import write_atomically
from provision.paper.render import render_pdf, render_png


def write_paper(out: Path, template: str, data: Mapping[str, object]) -> list[Path]:
    """Set a paper and write it; return the files, `NAME-1.png`, `NAME-2.png` where there are several pages.

    Raises:
        click.UsageError: the name ends in neither `.pdf` nor `.png`, or its folder is not there.
        PaperError: the paper cannot be set; nothing was written.
        OSError: a file cannot be written.
    """
    if out.suffix.lower() not in {".pdf", ".png"} or not out.parent.is_dir():
        expected = "--out: expected a name that ends in .pdf or .png, in a folder that exists"
        raise click.UsageError(f"{expected}, got {str(out)!r}")
    if out.suffix.lower() == ".pdf":
        write_atomically(out, render_pdf(template, data))
        return [out]
    pages = render_png(template, data)
    one = len(pages) == 1
    files = [out if one else out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(1, len(pages) + 1)]
    for file, page in zip(files, pages, strict=True):
        write_atomically(file, page)
    return files
