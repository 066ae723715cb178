"""`provision intake`: what becomes of a tablet that is given, before any work."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli.options import WARD_HOME, home_option, language_option, profiles_option
from provision.cli.paper_files import write_paper
from provision.cli.speech import language_of, speak
from provision.home.folder import load_home
from provision.profiles.load import load_profiles
from provision.report.donor_sheet import describe_sheet
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.group()
def intake() -> None:
    """Take tablets from donors: the sheet for them, keep, repair or refuse, the test of the hardware."""


@intake.command()
@home_option("./ward")
@language_option("Of the sheet  [default: the home's, else the computer's].")
@profiles_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("donor-sheet.pdf"),
    show_default=True,
    help="A PDF; or PNGs with 300 dots an inch, one a page (FILE-1.png).",
)
def sheet(home: Path | None, language: Language | None, profiles: Path, out: Path) -> None:
    """Write the sheet for donors: what to remove before a tablet is given, by maker, and a slip to fill in.

    The hospital's name and hotline are those of site.yaml. The file is written, and one of that name is replaced.
    """
    place = speak(load_home(home or WARD_HOME), language)
    spoken = language_of(place)
    for file in write_paper(out, "donor-sheet", describe_sheet(place.site, load_profiles(profiles), spoken)):
        click.echo(say(spoken, "intake.sheet", file=file))
