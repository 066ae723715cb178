"""The sheet for donors: what to remove before a tablet is given, as the template `donor-sheet` takes it."""

from __future__ import annotations

from collections.abc import Iterator

from provision.profiles.model import MatchedOn, Profile, Profiles
from provision.profiles.schema import MAKER, Giving, MenuPath
from provision.site.model import Site
from provision.texts.catalogue import Language, say

STEPS = ("keep", "cards", "accounts", "finder", "lock", "work", "erase", "charger")
"""What a donor does, in this order: an account goes before the reset, or its owner's word is asked for after it."""
BROKEN = ("screen", "touch", "camera", "sound", "buttons", "battery", "nothing")
FIELDS = ("number", "name", "contact", "model")


def describe_sheet(site: Site, profiles: Profiles, language: Language) -> dict[str, object]:
    """Return the data of the sheet: the hospital's name and hotline, the steps, each maker's menus, the slip."""

    def word(key: str, **values: object) -> str:
        return say(language, f"paper.donor.{key}", **values)

    return {
        "title": word("title", site=site.name),
        "language": str(language),
        "intro": word("intro"),
        "contact": word("ask", site=site.name, hotline=site.kiosk.hotline),
        "order": word("order"),
        "steps": [{"head": word(f"{step}.head"), "why": word(f"{step}.why")} for step in STEPS],
        "menus": {
            "head": word("menus"),
            "columns": [word("menus.maker"), word("menus.accounts"), word("menus.reset")],
            "rows": list(_list_menus(profiles, language)),
            "note": word("menus.note"),
        },
        "slip": {
            "head": word("slip"),
            "fields": [word(f"slip.{field}") for field in FIELDS],
            "broken": word("slip.broken"),
            "parts": [word(f"slip.broken.{part}") for part in BROKEN],
            "erased": word("slip.erased"),
            "privacy": word("slip.privacy", site=site.name),
        },
    }


def _list_menus(profiles: Profiles, language: Language) -> Iterator[list[str]]:
    """List a row for each maker with menus of its own, then one for all others."""
    known = {_name(profile): profile.giving for profile in profiles.known if _has_own_menus(profile, profiles)}
    rows = [*sorted(known.items()), (say(language, "paper.donor.menus.other"), profiles.common.giving)]
    for maker, giving in rows:
        if giving is not None:
            yield [maker, _tell(giving.accounts, language), _tell(giving.reset, language)]


def _has_own_menus(profile: Profile, profiles: Profiles) -> bool:
    return profile.matched_on is MatchedOn.VENDOR and _differs(profile.giving, profiles.common.giving)


def _differs(one: Giving | None, other: Giving | None) -> bool:
    return one is not None and one != other


def _name(profile: Profile) -> str:
    """Name the maker as its rules do, else as its folder."""
    return next((rule.equals[0] for rule in profile.match if rule.prop == MAKER and rule.equals), profile.name)


def _tell(path: MenuPath, language: Language) -> str:
    entries: tuple[str, ...] = getattr(path, str(language))
    return " › ".join(entries)
