"""`provision export`: what the house knows of its tablets, for other programs."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import click

from provision.agent.site_identity import name_site
from provision.appset.load import load_appset
from provision.cli import ending
from provision.cli.house import open_house
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.speech import language_of, speak
from provision.exports.glpi import ITEM_TYPES, GlpiDevices, list_stale, write_document
from provision.exports.ical import list_calls, write_calendar
from provision.files import make_folder, read_file, write_atomically
from provision.home.folder import load_home
from provision.identity.number import read_number
from provision.plain_json import parse_json
from provision.report.spreadsheet import write_table
from provision.report.tablet_page import list_cells
from provision.site.family import FILE, follow_numbers, load_families
from provision.state.opening import open_bench_state
from provision.station.house_register import see_house_wards
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language

_PRIVATE = 0o600
_MOST_BYTES = 64 * 1024
_BYTE_ORDER_MARK = "\ufeff"
_language_option = language_option("Of the messages  [default: the home's, else the computer's].")


@click.group()
def export() -> None:
    """Write what the house knows of its tablets for other programs: a spreadsheet, GLPI, a calendar."""


@export.command("csv")
@home_option("./ward")
@_language_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("tablets.csv"), show_default=True
)
def export_csv(home: Path | None, language: Language | None, out: Path) -> None:
    """Write every tablet with everything that is known of it as CSV: commas, UTF-8.

    No cell is a formula to a spreadsheet, whatever a tablet says of itself. A file of that name is replaced.
    """
    with open_house(home, language) as house:
        lives = house.list_lives()
        table = write_table(list_cells(lives))
        write_atomically(out, (_BYTE_ORDER_MARK + table).encode(errors="replace"))
        click.echo(say_count(house.language, "export.csv", len(lives), file=out))


@export.command()
@home_option("./ward")
@_language_option
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("glpi"), show_default=True)
@click.option(
    "--itemtype",
    type=click.Choice(ITEM_TYPES),
    default=ITEM_TYPES[0],
    show_default=True,
    help="What GLPI enters tablets as; it has no kind for them.",
)
def glpi(home: Path | None, language: Language | None, out: Path, itemtype: str) -> None:
    """Write the tablets in the house for GLPI (inventory format 1.2.3): a folder with a file each, NUMBER.json.

    Announced, returned and destroyed ones, and retired numbers, have none; the file that an earlier export into the
    same folder wrote of one is removed. GLPI makes one device of equal serial numbers: one that several tablets have is
    left out.
    """
    with open_house(home, language) as house:
        devices = GlpiDevices(name_site(house.home.keys), itemtype, metadata.version("provision"))
        documents = devices.describe(house.list_lives())
        make_folder(out)
        stale = list_stale(_read_devices(out), devices, tuple(documents))
        for number, document in documents.items():
            write_atomically(out / f"{number}.json", write_document(document))
        for name in stale:
            (out / f"{name}.json").unlink(missing_ok=True)
        click.echo(say_count(house.language, "export.glpi", len(documents), folder=out))
        if stale:
            click.echo(say(house.language, "export.stale", numbers=", ".join(stale)))


@export.command()
@home_option("./ward")
@_language_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("calls.ics"), show_default=True
)
def ical(home: Path | None, language: Language | None, out: Path) -> None:
    """Write the calls that family.yaml plans (`hour`) as a calendar: each day, the tablet's number, its ward, the hour.

    Whom the patient calls, and the link, are never in it; the file is for you alone (mode 0600) all the same. Exit
    status 0 written, 1 no call is planned: then nothing is written.
    """
    place = speak(load_home((home or WARD_HOME).absolute()), language)
    said, file = language_of(place), place.path / FILE
    packages = [app.package for app in load_appset(place.bench.app_set).apps]
    written = load_families(place.path, packages, read_number)
    with open_bench_state(place.path) as state:
        became = state.open_label_checks(place.bench.asset_prefix).find_successors(written)
        current = {event.asset_id: event.ward for event in state.wards.list_current()}
    families = follow_numbers(written, became)
    counting = [number for number in families if became.get(number, number) == number]
    wards = see_house_wards(place).site.wards
    names = {number: wards[ward].name for number, ward in current.items() if ward in wards}
    calls = list_calls({number: [tile.hour for tile in families[number].tiles] for number in counting}, names)
    if not calls:
        click.echo(say(said, "export.no-calls", file=file), err=True)
        raise SystemExit(ending.NOT_ALL)
    titles = {call.number: say(said, "export.call", number=call.number) for call in calls}
    since = datetime.fromtimestamp(file.stat().st_mtime, UTC).astimezone()
    write_atomically(out, write_calendar(calls, name_site(place.keys), titles, since), mode=_PRIVATE)
    click.echo(say_count(said, "export.ical", len(calls), file=out))


def _read_devices(folder: Path) -> dict[str, str]:
    """Read `deviceid` of each document in a folder by its name; what is no document of a tablet is left out."""
    found = dict[str, str]()
    for file in sorted(folder.glob("*.json")):
        with suppress(OSError, ValueError):
            document = parse_json(read_file(file, _MOST_BYTES).decode(), fractions=True)
            if isinstance(document, dict) and isinstance(device := document.get("deviceid"), str):
                found[file.stem] = device
    return found
