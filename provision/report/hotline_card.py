"""The hotline's card of one tablet, as the template `hotline-card` takes it: whom it is, where, how it is helped."""

from __future__ import annotations

from provision.identity.label_code import write_label_code
from provision.paper.qr import draw_qr
from provision.profiles.schema import Keys
from provision.register.lives import TabletLife
from provision.report.tablet_page import tell_state
from provision.site.model import Site
from provision.site.wards import PALETTE, Ward, WardColour
from provision.texts.catalogue import say
from provision.texts.language import Language

_HELP = ("look", "caller", "code", "clean", "reset")
"""What the hotline does, in order."""

_WHOLE = ("Wipe data", "Yes")
"""Words of keys that name what to choose already, or erase without a menu."""


def describe_hotline_card(
    site: Site, site_key: str, life: TabletLife, ward: Ward | None, keys: Keys | None, made: str, language: Language
) -> dict[str, object]:
    """Return the data of one card; no code and no secret is on it.

    Args:
        site_key: key id of the site's key, which the code on the card says, as the label's.
        ward: on its screen; None for none. keys: of its recovery menu, None where nobody knows them.
        made: day of the card, in words.
    """
    number = life.number

    def word(key: str, **values: object) -> str:
        return say(language, f"paper.hotline.{key}", **values)

    place = ", ".join(part for part in (life.ward or (ward.name if ward else ""), life.room) if part)
    rows = {
        "state": tell_state(life.state, language),
        "place": place,
        "device": life.device,
        "release": life.release,
        "serial": life.serial,
        "donor": life.donor,
    }
    return {
        "title": word("title", number=number),
        "language": str(language),
        "colour": PALETTE[ward.colour if ward else WardColour.BLUE],
        "number": number,
        "site": site.name_place(ward),
        "hotline": word("line", hotline=site.name_hotline(ward)),
        "code": draw_qr(write_label_code(site_key, number, site.name)),
        "rows": [[word(f"row.{name}"), value or word("unknown")] for name, value in rows.items()],
        "helps": [
            {
                "head": word(f"{name}.head"),
                "how": word(f"{name}.how", number=number),
                "write": word("write") if name == "caller" else "",
            }
            for name in _HELP
        ],
        "keys": _tell_keys(keys, language),
        "made": word("made", at=made),
    }


def _tell_keys(keys: Keys | None, language: Language) -> dict[str, str]:
    """Head and text: the keys, and what to choose in the menu that they open, unless the keys alone do it all."""
    if keys is None:
        return {"head": "", "how": say(language, "paper.hotline.no-keys")}
    whole = any(word in keys.en for word in _WHOLE)
    menu = "" if whole else say(language, "paper.hotline.menu")
    return {"head": say(language, "paper.hotline.keys"), "how": f"{keys.tell(language)}. {menu}".strip()}
