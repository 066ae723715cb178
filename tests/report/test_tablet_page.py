"""The page of one tablet in a terminal."""

from __future__ import annotations

from provision.register.events import Event, EventKind, Position, Told
from provision.register.lives import TabletLife
from provision.register.views import Happened, TabletPage
from provision.report.tablet_page import tell_page
from provision.texts.catalogue import Language


def tell_who(who: str, language: Language) -> str:
    told = Told("A-0001", EventKind.NOTED, who, "", {"text": "checked"})
    happened = Happened(Event(Position(1, "w", 1), "2026-11-30T10:00:00Z", told), None, fits=True)
    return list(tell_page(TabletPage(TabletLife("A-0001"), (happened,), ()), language))[-1].partition("[")[2]


def test_roles_are_told_in_the_reader_s_language_and_pseudonyms_as_they_are() -> None:
    told = {who: tell_who(who, Language.FR) for who in ("bench", "technician", "hotline", "u-17")}
    assert told == {"bench": "poste]", "technician": "technicien]", "hotline": "assistance]", "u-17": "u-17]"}
    assert tell_who("technician", Language.EN) == "technician]"
