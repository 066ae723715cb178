"""`provision audit-room`: which tablets of a ward are there, by their labels."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from provision.cli import ending
from provision.cli.house import House, open_house, tell_refusal
from provision.cli.options import home_option, language_option
from provision.cli.paper_files import check_paper_name, print_paper
from provision.cli.scanned import read_scans
from provision.register.events import EventKind, EventRefused, tell_look
from provision.register.lives import TabletLife, fold_text
from provision.register.room_audit import Place, RoomAudit, compare_room, follow_number, tell_audit
from provision.report.room_audit import describe_audit, tell_audit_rows
from provision.station.house_register import see_house_wards
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.command()
@home_option("./ward")
@language_option("Of the messages  [default: the home's, else the computer's].")
@click.argument("ward")
@click.option("--room", default="", help="One room of the ward alone.")
@click.option("--by", "who", default="technician", show_default=True, help="Role or pseudonym of who looks.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what was found as a sheet, too: a PDF, or a PNG a page.",
)
def audit_room(home: Path | None, language: Language | None, ward: str, room: str, who: str, out: Path | None) -> None:
    """Scan the labels of the tablets in WARD: which are there, which are missing, which belong elsewhere.

    WARD is a short name of site.yaml, or a ward as `move … deployed --ward` was told. Expected are the tablets that
    were moved there, and those that are ready and whose screens name it. Scan the labels (or type their numbers), then
    type the word that is shown, or Ctrl-D. What was found stands in each tablet's history; no tablet is moved by it.
    Ctrl-C gives up: nothing is kept.

    Exit status 0 everything as told, 1 something is missing, elsewhere or not known, or nothing was scanned.
    """
    if out is not None:
        check_paper_name(out)
    with open_house(home, language) as house:
        lives = house.list_lives()
        place = _find_place(house, lives, ward, room.strip())
        try:
            tell_look("", EventKind.SEEN, who, place.ward, place.room)  # before anybody scans forty labels in vain
        except EventRefused as refused:
            click.echo(tell_refusal(house.language, refused), err=True)
            raise SystemExit(ending.NOT_ALL) from None
        seen = _scan(house, place, lives)
        if not seen:
            click.echo(say(house.language, "room.nothing"), err=True)
            raise SystemExit(ending.NOT_ALL)
        audit = compare_room(place, lives, seen)
        house.register.tell_all(tell_audit(audit, who))
        _show(house, audit, out)
        house.sync()
    if not audit.is_as_told:
        raise SystemExit(ending.NOT_ALL)


def _scan(house: House, place: Place, lives: Iterable[TabletLife]) -> set[str]:
    """Return every number that is scanned, each answered at once, an old one as the tablet's own."""
    known = {life.number: life for life in lives}
    expected = {life.number for life in known.values() if place.expects(life)}
    seen, found = set[str](), set[str]()
    click.echo(say(house.language, "room.expected", ward=place.ward, count=len(expected)))
    for number in read_scans(house.language, house.home):
        now = follow_number(number, known)
        key = "again" if now in found else "here" if now in expected else "stranger"
        seen.add(number)
        found.add(now)
        click.echo(say(house.language, f"room.scan.{key}", number=now, count=len(found & expected)))
    return seen


def _show(house: House, audit: RoomAudit, out: Path | None) -> None:
    for line in tell_audit_rows(audit, house.language):
        click.echo(line)
    if out is not None:
        site, at = see_house_wards(house.home).site, datetime.now(UTC).astimezone()
        print_paper(house.language, out, "room-audit", describe_audit(audit, site, at, house.language))


def _find_place(house: House, lives: Iterable[TabletLife], ward: str, room: str) -> Place:
    """Find the ward that was named.

    Raises:
        click.UsageError: neither site.yaml nor a tablet names it; the nearest are said.
    """
    wards = see_house_wards(house.home).site.wards
    if ward in wards:
        return Place(wards[ward].name, ward, room)
    for short, one in wards.items():
        if fold_text(one.name) == fold_text(ward):
            return Place(one.name, short, room)
    told = {fold_text(life.ward): life.ward for life in lives if life.ward}
    if fold_text(ward) in told:
        return Place(told[fold_text(ward)], "", room)
    names = [*wards, *sorted(told.values())]
    near = difflib.get_close_matches(ward, names, n=3, cutoff=0.5) or names[:10]
    key = "room.no-ward" if near else "room.no-wards"
    raise click.UsageError(say(house.language, key, ward=ward, names=", ".join(near)))
