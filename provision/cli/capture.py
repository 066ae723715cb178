"""`provision capture`: what a model says of itself, as a file without identifiers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from provision.captures.read import read_capture
from provision.captures.take import clean_capture, take_capture
from provision.cli.options import Access, access_options
from provision.cli.pick import pick
from provision.cli.reach import open_home, visit
from provision.cli.speech import language_of, speak_to_anybody
from provision.files import write_atomically
from provision.station.setup import load_setup
from provision.texts.catalogue import say

_FILES = {".txt", ".json", ".getprop", ".prop", ".log"}
"""What nobody calls a slot."""


@click.command()
@access_options
@click.argument("slot")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@click.option("--source", default="", help="Where this device comes from, in words; stands in the file.")
def capture(access: Access, slot: str, out: Path, source: str) -> None:
    """Write what the device in SLOT says of its model into a capture file, without anything that tells it apart.

    SLOT may be a file with the output of `adb shell getprop` instead. Serial numbers, addresses, accounts and network
    names are left out. Nothing is written to the device. A file that holds something else is left alone.
    """
    language = speak_to_anybody(access.language)
    if Path(slot).is_file():
        found = clean_capture(read_capture(Path(slot)))
        found = replace(found, source=source or found.source)
    elif slot.startswith(("/", "./", "../")) or Path(slot).suffix in _FILES:
        raise click.UsageError(say(language, "capture.no-file", file=slot))
    else:
        place = open_home(access)
        language, seconds = language_of(place), load_setup(place).limits.facts
        with visit(access, place) as reached:
            found = take_capture(pick(place, reached, slot, None).transport, source, seconds=seconds)
    text = found.to_json().encode()
    if out.is_file() and out.read_bytes() != text:
        raise click.UsageError(say(language, "capture.other-there", file=out))
    write_atomically(out, text)
    click.echo(say(language, "capture.written", file=out, props=len(found.props)))
