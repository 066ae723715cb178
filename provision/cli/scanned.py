"""Labels that somebody scans one after the other: a scanner types as a keyboard does, and ends each with a line."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator

import click

from provision.agent.site_identity import list_site_keys
from provision.home.folder import Home
from provision.identity.label_code import read_label
from provision.texts.catalogue import say
from provision.texts.language import Language

_LONGEST_LINE = 2000
_LONGEST_SHOWN = 40


def read_scans(language: Language, place: Home) -> Iterator[str]:
    """Yield the number on each label that is scanned or typed, until the word for the end or the input's.

    A label of another hospital, and a line that is no label, are said and left out.
    """
    site_keys = list_site_keys(place.keys)
    words = {say(each, "scan.end") for each in Language}
    click.echo(say(language, "scan.begin", word=say(language, "scan.end")))
    while line := _read_line():
        said = line.strip()
        if said.casefold() in words:
            return
        if (number := _read_number(language, said, site_keys)) is not None:
            yield number


def _read_line() -> str:
    """One line with its end; empty at the end of the input.

    Raises:
        click.Abort: the terminal was closed, in the middle of the work.
    """
    try:
        return sys.stdin.buffer.readline(_LONGEST_LINE).decode(errors="replace")
    except OSError:
        raise click.Abort from None


def _read_number(language: Language, said: str, site_keys: Collection[str]) -> str | None:
    if not said:
        return None
    label = read_label(said)
    if label is None:
        click.echo(say(language, "scan.no-label", line=said[:_LONGEST_SHOWN]), err=True)
        return None
    if not label.is_of(site_keys):
        click.echo(say(language, "scan.foreign", number=label.number, hospital=label.hospital), err=True)
        return None
    return label.number
