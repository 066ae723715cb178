"""`provision identify`: what is this, from a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from provision.captures.read import read_capture, read_stream
from provision.cli.asked import prints_only
from provision.cli.options import language_option, profiles_option
from provision.cli.streams import write_json
from provision.identity.identify import identify as identify_device
from provision.profiles.load import load_profiles
from provision.profiles.match import choose
from provision.report.identity import describe_identification
from provision.texts.language import Language, detect_language


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@profiles_option
@language_option("Of reason and question.")
@prints_only
def identify(file: Path, profiles: Path, language: Language | None) -> None:
    """Say what kind of device FILE describes, who made it, and which profile it gets, as one JSON object.

    FILE is the output of `adb shell getprop`, a JSON object of properties, or a capture; `-` reads standard
    input. `accepted` is true only for what is certainly a tablet; `question` is what a person has to answer.
    """
    known = load_profiles(profiles)
    capture = read_stream(sys.stdin.buffer, Path("-")) if str(file) == "-" else read_capture(file)
    found = identify_device(capture.as_props, lambda values: choose(values, known), capture.shape)
    spoken = detect_language(os.environ, language)
    write_json(describe_identification(spoken, found))
