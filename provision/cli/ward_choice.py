"""The ward that a person named on the command line."""

from __future__ import annotations

import difflib

import click

from provision.home.folder import Home
from provision.texts.catalogue import say
from provision.texts.language import Language


def find_ward(language: Language, place: Home, typed: str) -> str:
    """Find the short name of a ward.

    Raises:
        click.UsageError: the site has no such ward; the nearest are named.
    """
    wards = place.site.wards
    if typed in wards:
        return typed
    file = place.path / "site.yaml"
    if not wards:
        raise click.UsageError(say(language, "assign.no-wards", file=file))
    names = ", ".join(difflib.get_close_matches(typed, wards, n=3, cutoff=0.5) or sorted(wards))
    raise click.UsageError(say(language, "assign.no-ward", ward=typed, file=file, names=names))
