"""What a look through a ward found, for a terminal and as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from provision.register.lives import TabletLife
from provision.register.moves import Life
from provision.register.room_audit import RoomAudit
from provision.report.tablet_page import tell_state
from provision.site.model import Site
from provision.site.wards import PALETTE, WardColour
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language

_MAY_STAY = frozenset({Life.READY, Life.DEPLOYED})
"""Any other tablet has no business with patients before a bench or somebody looked at it."""


def tell_audit_rows(audit: RoomAudit, language: Language) -> Iterator[str]:
    """Yield a line for each tablet that is not where it is told to be, and what to do, then the count."""
    for life in audit.missing:
        key = "room.missing" if life.state is Life.DEPLOYED else "room.missing-stored"
        yield say(language, key, number=life.number, told=_tell_place(life, language))
    for life in audit.strangers:
        key = "room.stranger" if life.state in _MAY_STAY else "room.stranger-unfit"
        yield say(language, key, number=life.number, told=_tell_place(life, language))
    for number in audit.unknown:
        yield say(language, "room.unknown", number=number)
    for number, now in audit.relabelled.items():
        yield say(language, "room.relabelled", number=number, now=now)
    yield _count(audit, language)


def describe_audit(audit: RoomAudit, site: Site, at: datetime, language: Language) -> dict[str, object]:
    """Return the data of the template `room-audit`; `at` in the time of whoever reads it."""
    ward = site.wards.get(audit.place.short)
    parts = {
        "missing": _list_rows(audit.missing, language),
        "stranger": _list_rows(audit.strangers, language),
        "unknown": [[number, "", ""] for number in audit.unknown],
        "here": _list_rows(audit.here, language),
    }
    return {
        "title": say(language, "room.sheet.title", ward=audit.place.ward),
        "language": str(language),
        "colour": PALETTE[ward.colour if ward else WardColour.BLUE],
        "site": site.name,
        "hotline": say(language, "room.sheet.hotline", hotline=site.name_hotline(ward)),
        "at": say(language, "room.sheet.at", at=f"{at:%Y-%m-%d %H:%M}"),
        "count": _count(audit, language),
        "relabelled": [say(language, "room.relabelled", number=old, now=now) for old, now in audit.relabelled.items()],
        "parts": [
            {"head": say(language, f"room.sheet.{name}", count=len(rows)), "rows": rows} for name, rows in parts.items()
        ],
        "columns": [say(language, f"room.sheet.column.{name}") for name in ("number", "device", "told")],
        "hand": say(language, "room.sheet.hand"),
    }


def _count(audit: RoomAudit, language: Language) -> str:
    parts = {"here": len(audit.here), "missing": len(audit.missing), "stranger": len(audit.strangers)}
    if audit.unknown:
        parts["unknown"] = len(audit.unknown)
    return " · ".join(say_count(language, f"room.count.{name}", count) for name, count in parts.items())


def _list_rows(lives: Iterable[TabletLife], language: Language) -> list[list[str]]:
    return [[life.number, life.device, _tell_place(life, language)] for life in lives]


def _tell_place(life: TabletLife, language: Language) -> str:
    """Where the register has a tablet."""
    state = tell_state(life.state, language)
    room = say(language, "room.room", room=life.room) if life.room[:1].isdigit() else life.room
    place = ", ".join(part for part in (life.ward, room) if part)
    return f"{state}: {place}" if place and language is Language.EN else f"{state} : {place}" if place else state
