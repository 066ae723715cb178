"""The sheet that goes with a tablet that is given back, as the template `return-sheet` takes it."""

from __future__ import annotations

from provision.site.model import Site
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language
from provision.wipes.statements import WipeEnd, WipeOrder, WipeOutcome


def describe_return_sheet(site: Site, order: WipeOrder, end: WipeEnd, language: Language) -> dict[str, object]:
    """Return the data of the sheet: what was done, what was seen, and nothing beyond that."""
    told = "seen" if end.outcome is WipeOutcome.SEEN else "unseen"

    def word(key: str, **values: object) -> str:
        return say(language, f"paper.return.{key}", **values)

    rows = {
        "device": order.device,
        "serial": order.serial,
        "number": order.tablet,
        "donor": order.donor,
        "ended": end.at[:10],
    }
    return {
        "title": word("title"),
        "language": str(language),
        "site": site.name,
        "thanks": word("thanks"),
        "rows": [[word(f"row.{name}"), value or "–"] for name, value in rows.items()],
        "parts": [{"head": word(f"{part}.head"), "how": word(f"{part}.how")} for part in ("reset", told, "owner")],
        "training": word("training") if order.home_kind is HomeKind.TRAINING else "",
        "contact": [word("contact"), _name_hotline(site)],
        "address": [word("address"), ""],
        "record": word("record") if end.outcome is WipeOutcome.SEEN else "",
    }


def _name_hotline(site: Site) -> str:
    """The number to call; empty, to be written by hand, where the site has noughts in its place."""
    hotline = site.name_hotline(None)
    return hotline if hotline.strip(" 0") else ""
