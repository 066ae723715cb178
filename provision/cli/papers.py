"""`provision papers`: what goes with tablets on paper: the patient's card, the sheet for a ward's wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from provision.appset.load import load_appset
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.paper_files import out_option, print_paper
from provision.cli.speech import language_of, speak
from provision.cli.ward_choice import find_ward
from provision.home.folder import load_home
from provision.report.tablet_papers import describe_patient_card, describe_ward_sheet
from provision.state.opening import open_bench_state
from provision.texts.language import Language


@click.group()
def papers() -> None:
    """Write what goes with tablets on paper: the patient's card, the sheet for a ward's wall."""


@papers.command("patient-card")
@home_option("./ward")
@language_option("Of the messages  [default: the home's]; the card is French and English.")
@out_option("patient-card.pdf")
@click.option("--ward", help="For the tablets of one ward, by its short name: its place, hotline and colour.")
def patient_card(home: Path | None, language: Language | None, out: Path, ward: str | None) -> None:
    """Write the card that lies beside a tablet: how to call, in large letters, French and English on a side each.

    The apps that it names are those of the app set that take calls. A5, lying.
    """
    place = speak(load_home(home or WARD_HOME), language)
    said = language_of(place)
    whose = None if ward is None else place.site.wards[find_ward(said, place, ward)]
    apps = [app for app in load_appset(place.bench.app_set).apps if app.calls]
    print_paper(said, out, "patient-card", describe_patient_card(place.site, apps, whose))


@papers.command("ward-sheet")
@home_option("./ward")
@language_option("Of the sheet  [default: the home's].")
@out_option("ward-sheet.pdf")
@click.argument("ward")
def ward_sheet(home: Path | None, language: Language | None, out: Path, ward: str) -> None:
    """Write the sheet for the wall of WARD (its short name in site.yaml): whom to call, what staff do, its tablets.

    The tablets are those that `provision assign` gave to the ward. The ward's code is never on it.
    """
    place = speak(load_home(home or WARD_HOME), language)
    said = language_of(place)
    short = find_ward(said, place, ward)
    with open_bench_state(place.path) as state:
        wards = {event.asset_id: event.ward for event in state.wards.list_current()}
    print_paper(said, out, "ward-sheet", describe_ward_sheet(place.site, short, _list_tablets(wards, short), said))


def _list_tablets(wards: Mapping[str, str], short: str) -> Sequence[str]:
    return [number for number, ward in wards.items() if ward == short]
