"""Wards: the sheet for a ward's wall, a look through it by its labels, and tables of all tablets for other programs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial
from importlib import metadata

from starlette.responses import Response

from provision.agent.site_identity import list_site_keys, name_site
from provision.console.asking import Ask, Page, Ways
from provision.console.roles import Action
from provision.errors import ConfigurationError
from provision.exports.glpi import ITEM_TYPES, GlpiDevices, write_document
from provision.home.folder import load_home
from provision.identity.label_code import read_label
from provision.paper.render import render_pdf
from provision.register.events import EventRefused
from provision.register.room_audit import Place, RoomAudit, compare_room, tell_audit
from provision.register.sql.tablet_rows import list_lives
from provision.report.room_audit import tell_audit_rows
from provision.report.spreadsheet import write_table
from provision.report.tablet_page import list_cells
from provision.report.tablet_papers import describe_ward_sheet
from provision.site.model import Site
from provision.station.house_register import see_house_wards

MOST_LABELS = 1000
UNTAKEN = 422
"""Status of a form that was not taken; what was typed stands in it again."""

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Of every file in a ZIP, so that the same tablets are the same bytes; ZIP knows no earlier one."""


def see_site(ask: Ask, show: Callable[[Ask, Site], Response]) -> Response:
    """Answer with the site as its files and the other benches tell it at this moment."""
    try:
        site = see_house_wards(load_home(ask.console.home.path)).site
    except ConfigurationError:
        return ask.refuse(503, "console.refused.site")
    return show(ask, site)


def show(ask: Ask, site: Site, told: tuple[str, ...] = (), status: int = 200, looked: str = "") -> Response:
    """List the wards with the tablets that are told to be there; `told` is what a look through one found."""
    lives = ask.console.read(list_lives)
    places = [Place(ward.name, short) for short, ward in site.wards.items()]
    wards = [
        {"short": place.short, "name": place.ward, "count": sum(place.expects(life) for life in lives)}
        for place in places
    ]
    again = ask.typed_again("labels") if status == UNTAKEN else ""
    return ask.show("wards.html.j2", status=status, wards=wards, told=told, looked=looked, again=again)


def draw_sheet(ask: Ask, site: Site) -> Response:
    """Give the sheet for the wall of a ward as PDF, with the tablets that are told to be there."""
    place = _find_place(ask, site)
    if place is None:
        return ask.refuse(404, "console.refused.ward", ward=ask.parts["ward"])
    numbers = [life.number for life in ask.console.read(list_lives) if place.expects(life)]
    sheet = render_pdf("ward-sheet", describe_ward_sheet(site, place.short, numbers, ask.language))
    return _give(sheet, "application/pdf", f"ward-{place.short}.pdf")


def look_through(ask: Ask, site: Site) -> Response:
    """Compare the labels that were scanned into a field, a line each, with what is told of a ward, and keep it."""
    place = _find_place(ask, site)
    if place is None:
        return ask.refuse(404, "console.refused.ward", ward=ask.parts["ward"])
    site_keys = list_site_keys(ask.console.home.keys)
    lines = [line for line in ask.typed("labels").splitlines() if line.strip()]
    if len(lines) > MOST_LABELS:  # read in part, the tablets of the others would be missed
        return show(ask, site, (ask.say("console.wards.too-many", most=MOST_LABELS),), UNTAKEN, place.ward)
    read = [read_label(line) for line in lines]
    own = {label.number for label in read if label is not None and label.is_of(site_keys)}
    odd = sum(label is None or not label.is_of(site_keys) for label in read)
    if not own:
        return show(ask, site, (ask.say("room.nothing"),), UNTAKEN, place.ward)
    audit = compare_room(place, ask.console.read(list_lives), own)
    try:
        ask.console.register.tell_all(tell_audit(audit, ask.actor))
    except EventRefused as refused:
        told = ask.say_refused("console.refused.value", refused)
        return show(ask, site, (told,), UNTAKEN, place.ward)
    ask.note(Action.AUDIT_WARD, f"{place.ward}: {len(own)}")
    return show(ask, site, _tell(ask, audit, odd), looked=place.ward)


def _tell(ask: Ask, audit: RoomAudit, odd: int) -> tuple[str, ...]:
    left_out = (ask.say("console.wards.left-out", count=odd),) if odd else ()
    return (*tell_audit_rows(audit, ask.language), *left_out)


def give_table(ask: Ask) -> Response:
    """Give every tablet with everything that is known of it, as CSV."""
    table = "\ufeff" + write_table(list_cells(ask.console.read(list_lives)))
    ask.note(Action.EXPORT, "tablets.csv")
    return _give(table.encode(errors="replace"), "text/csv; charset=utf-8", "tablets.csv")


def give_glpi(ask: Ask) -> Response:
    """Give the tablets in the house for GLPI, a file each, in a ZIP."""
    devices = GlpiDevices(name_site(ask.console.home.keys), ITEM_TYPES[0], metadata.version("provision"))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, document in devices.describe(ask.console.read(list_lives)).items():
            packed.writestr(zipfile.ZipInfo(f"{number}.json", _FIRST_DAY), write_document(document))
    ask.note(Action.EXPORT, "glpi.zip")
    return _give(made.getvalue(), "application/zip", "glpi.zip")


def _find_place(ask: Ask, site: Site) -> Place | None:
    short = ask.parts["ward"]
    ward = site.wards.get(short)
    return None if ward is None else Place(ward.name, short)


def _give(content: bytes, kind: str, name: str) -> Response:
    """Give a file; its name is of letters, digits and `-` alone, as short names of wards are."""
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


PAGES = (
    Page("/wards", Action.WARDS, partial(see_site, show=show), menu="console.menu.wards"),
    Page("/wards/{ward}/sheet", Action.WARDS, partial(see_site, show=draw_sheet)),
    Page("/wards/{ward}/audit", Action.AUDIT_WARD, partial(see_site, show=look_through), Ways.FORM),
    Page("/exports/csv", Action.EXPORT, give_table),
    Page("/exports/glpi", Action.EXPORT, give_glpi),
)
