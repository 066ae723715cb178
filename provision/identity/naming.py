"""The model as a technician names it: the trade name, with the number on the back where they differ."""

from __future__ import annotations

import re

from provision.facts.props import Props
from provision.identity.makers import Maker
from provision.identity.signs import MARKETING

_LONGEST = 60


def name_model(props: Props, maker: Maker | None) -> str:
    """`Pad 6 (23043RP34G)`, `TB-X505X`, `SM-T510`; the code name where no model is told, empty for nothing at all.

    Some makers set the model at boot only, so a file of properties has none.
    """
    number = _without_maker(props.get("ro.product.model"), maker)
    trade = _without_maker(_trade_name(props), maker)
    if trade and number and number.casefold() not in trade.casefold():
        return f"{trade} ({number})"[:_LONGEST]
    return (trade or number or props.get("ro.product.device"))[:_LONGEST]


def _trade_name(props: Props) -> str:
    for key in sorted(props.values, key=lambda key: (len(key), key)):
        value = props.get(key)
        if MARKETING.fullmatch(key) and re.search(r"[^\W\d_]", value) and value.isprintable():
            return value
    return ""


def _without_maker(name: str, maker: Maker | None) -> str:
    if maker is None:
        return name
    return re.sub(rf"^{re.escape(maker.name)}[\s_-]+(?=\S)", "", name, flags=re.IGNORECASE)
