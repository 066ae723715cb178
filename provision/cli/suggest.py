"""`provision suggest`: a first profile out of a capture."""

from __future__ import annotations

from pathlib import Path

import click

from provision.captures.read import read_capture
from provision.captures.suggest import suggest as suggest_profile
from provision.cli.asked import prints_only
from provision.cli.options import language_option, profiles_option
from provision.cli.speech import speak_to_anybody
from provision.errors import ConfigurationError, ConfigurationFault
from provision.files import make_folder, write_atomically
from provision.identity.identify import identify
from provision.profiles.load import load_profiles
from provision.profiles.match import choose
from provision.report.identity import tell_question
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@profiles_option
@click.option("--write", is_flag=True, help="Write the files into the folder; those that exist are left alone.")
@language_option("Of the messages.")
@prints_only
def suggest(file: Path, profiles: Path, write: bool, language: Language | None) -> None:
    """Print a profile for the model in the capture FILE, extending the nearest one; --write keeps it."""
    capture = read_capture(file)
    known = load_profiles(profiles)
    found = identify(capture.as_props, lambda values: choose(values, known), capture.shape)
    try:
        files = suggest_profile(capture, found, {each.name for each in known.known}).files
    except ValueError as error:
        fault = ConfigurationFault(file, None, "props", "ro.product.device or ro.product.model", str(error))
        raise ConfigurationError(fault) from None
    spoken = speak_to_anybody(language)
    if not files:
        click.echo(say(spoken, "suggest.known", file=found.profile.file))
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
