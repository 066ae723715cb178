"""`provision suggest`: a first profile out of a capture."""

from __future__ import annotations

from pathlib import Path

import click

from provision.bench_settings import TOOLKIT
from provision.captures.read import read_capture
from provision.captures.suggest import suggest as suggest_profile
from provision.cli.speech import speak_to_anybody
from provision.errors import ConfigurationError, ConfigurationFault
from provision.files import make_folder, write_atomically
from provision.identity.identify import identify
from provision.language import Language
from provision.profiles.load import load_profiles
from provision.profiles.match import choose
from provision.report.identity import tell_question
from provision.texts.catalogue import say


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--profiles",
    type=click.Path(path_type=Path, file_okay=False),
    default=TOOLKIT / "device_profiles",
    help="Folder of profiles  [default: the toolkit's].",
)
@click.option("--write", is_flag=True, help="Write the files into the folder; those that exist are left alone.")
@click.option("--language", type=click.Choice([str(name) for name in Language]), help="Of the messages.")
def suggest(file: Path, profiles: Path, write: bool, language: str | None) -> None:
    """Print a profile for the model in the capture FILE, extending the nearest one; --write keeps it."""
    capture = read_capture(file)
    known = load_profiles(profiles)
    found = identify(capture.as_props, lambda values: choose(values, known), capture.shape)
    try:
        files = suggest_profile(capture, found).files
    except ValueError as error:
        fault = ConfigurationFault(file, None, "props", "ro.product.device or ro.product.model", str(error))
        raise ConfigurationError(fault) from None
    spoken = speak_to_anybody(Language(language) if language else None)
    for name, text in files.items():
        place = profiles / name
        if write and not place.exists():
            make_folder(place.parent)
            write_atomically(place, text.encode())
            click.echo(say(spoken, "suggest.written", file=place))
        else:
            click.echo(f"# {place}\n{text}")
    question = tell_question(spoken, found)
    if question is not None:
        click.echo(f"# {question}")
