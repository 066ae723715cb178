"""Papers that go with tablets, as templates take them: the patient's card, and the sheet for a ward's wall."""

from __future__ import annotations

from collections.abc import Sequence

from provision.appset.model import App
from provision.site.model import Site
from provision.site.wards import PALETTE, Ward, WardColour
from provision.texts.catalogue import say
from provision.texts.language import Language


def describe_patient_card(site: Site, apps: Sequence[App], ward: Ward | None) -> dict[str, object]:
    """Return the data of the template `patient-card`: one side a language, French first.

    Args:
        apps: those that take calls; none leaves the tile without a name.
        ward: whose tablets it goes with; None for all.
    """
    languages = sorted(Language, key=lambda one: one is not Language.FR)
    return {
        "title": say(Language.FR, "paper.card.head"),
        "language": str(Language.FR),
        "colour": PALETTE[ward.colour if ward else WardColour.BLUE],
        "sides": [_describe_side(site, apps, ward, language) for language in languages],
    }


def describe_ward_sheet(site: Site, short: str, numbers: Sequence[str], language: Language) -> dict[str, object]:
    """Return the data of the template `ward-sheet`.

    Args:
        short: of a ward of the site. numbers: of its tablets.

    Raises:
        KeyError: the site has no such ward.
    """
    ward = site.wards[short]
    hotline = site.name_hotline(ward)
    staff = site.kiosk.staff is not None
    steps = ["next", "next-old", "wifi", "call"] if staff else ["no-pin"]
    return {
        "title": say(language, "paper.ward.title", ward=ward.name),
        "language": str(language),
        "colour": PALETTE[ward.colour],
        "site": site.name,
        "ward": ward.name,
        "hotline": say(language, "paper.ward.hotline", hotline=hotline),
        "say": say(language, "paper.ward.say"),
        "bell": say(language, "paper.ward.bell"),
        "steps": [
            {"head": say(language, f"paper.ward.{step}.head"), "how": say(language, f"paper.ward.{step}.how")}
            for step in [*steps, "charge", "stays"]
        ],
        "tablets": say(language, "paper.ward.tablets", count=len(numbers)),
        "columns": [say(language, f"paper.ward.column.{name}") for name in ("number", "room", "note")],
        "numbers": list(numbers),
    }


def _describe_side(site: Site, apps: Sequence[App], ward: Ward | None, language: Language) -> dict[str, object]:
    def word(key: str, **values: object) -> str:
        return say(language, f"paper.card.{key}", **values)

    names = [app.labels.get(str(language), app.label) for app in apps]
    return {
        "language": str(language),
        "place": site.name_place(ward),
        "head": word("head"),
        "steps": [word("wake"), word("tile", names=word("or").join(names)) if names else word("tile-any"), word("who")],
        "rings": word("rings"),
        "ends": word("ends"),
        "bell": word("bell"),
        "help": word("help", hotline=site.name_hotline(ward)),
        "private": word("private"),
    }
