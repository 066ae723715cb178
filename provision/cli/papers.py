"""`provision papers`: the patient's card, the sheet for a ward's wall, the hotline's card of a tablet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from provision.agent.site_key import load_site_key
from provision.appset.load import load_appset
from provision.cli import ending
from provision.cli.house import open_house
from provision.cli.number import read_typed
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.paper_files import out_option, print_paper
from provision.cli.speech import language_of, speak
from provision.cli.ward_choice import find_ward
from provision.home.folder import load_home
from provision.profiles.load import load_profiles
from provision.register.lives import read_short
from provision.register.room_audit import Place
from provision.report.hotline_card import describe_hotline_card
from provision.report.tablet_papers import describe_patient_card, describe_ward_sheet
from provision.station.house_register import see_house_wards
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.group()
def papers() -> None:
    """Write what goes with tablets on paper: the patient's card, the sheet for a ward's wall, the hotline's card."""


@papers.command("patient-card")
@home_option("./ward")
@language_option("Of the messages  [default: the home's]; the card is French and English.")
@out_option("patient-card.pdf")
@click.option("--ward", help="For the tablets of one ward, by its short name: its place, hotline and colour.")
def patient_card(home: Path | None, language: Language | None, out: Path, ward: str | None) -> None:
    """Write the card that lies beside a tablet: how to call, in large letters, French and English on a side each.

    The apps that it names are those of the app set that take calls. A5, lying.
    """
    place = see_house_wards(speak(load_home(home or WARD_HOME), language))
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

    The tablets are those that are told to be there, as for `provision audit-room`: moved there, or ready with its name
    on their screens (`provision assign`). The ward's code is never on it.
    """
    with open_house(home, language) as house:
        place, said = see_house_wards(house.home), house.language
        short = find_ward(said, place, ward)
        there = Place(place.site.wards[short].name, short)
        numbers = [life.number for life in house.list_lives() if there.expects(life)]
    print_paper(said, out, "ward-sheet", describe_ward_sheet(place.site, short, numbers, said))


@papers.command("hotline-card")
@home_option("./ward")
@language_option("Of the cards  [default: the home's].")
@out_option("hotline-card.pdf")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
def hotline_card(home: Path | None, language: Language | None, out: Path, numbers: tuple[str, ...]) -> None:
    """Write the hotline's card of each tablet NUMBER: what it is, where, what is done at a call, its reset keys. A5.

    It is what the register knows now; no code is on it. Exit status 0 written, 1 a tablet is not known, or its number
    was retired: then nothing is written.
    """
    with open_house(home, language) as house:
        place, said = see_house_wards(house.home), house.language
        wanted = tuple(dict.fromkeys(read_typed(said, each) for each in numbers))
        found = {number: house.find_life(number) for number in wanted}
        profiles = load_profiles(place.bench.device_profiles)
        site_key, made = load_site_key(place.keys).key_id, f"{datetime.now(UTC).astimezone():%Y-%m-%d}"
        cards = list[dict[str, object]]()
        for number, life in found.items():
            if life is None or life.became:
                key, became = ("register.unknown", "") if life is None else ("tablet.became", life.became)
                click.echo(f"{number}: {say(said, key, number=number if life is None else became)}", err=True)
                raise SystemExit(ending.NOT_ALL)
            ward = place.site.wards.get(read_short(life.assigned))
            keys = profiles.find_reset_keys(life.profile)
            cards.append(describe_hotline_card(place.site, site_key, life, ward, keys, made, said))
    data = {"title": cards[0]["title"], "language": str(said), "cards": cards}
    print_paper(said, out, "hotline-card", data)
