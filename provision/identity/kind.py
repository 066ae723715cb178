"""Kind of a device: its signs weighed, and `unknown` rather than a wrong word.

1. Strong signs say one thing: that, with the limits of 4 and 5.
2. They say tablet and something else: a television, reader or other device whose tree kept `tablet` in the
   characteristics is what its hardware or maker says, when nothing but the characteristics says tablet.
   Everything else that contradicts itself is unknown.
3. No strong sign: a modem alone makes a phone, where the tablet was asked and did not say `tablet`
   (reference, packages document 2.2), and nothing speaks of a larger screen. Else unknown.
4. The characteristics alone make no tablet of a device whose maker nobody knows: chip makers' trees say
   `tablet` in every box.
5. A word in the name or a wide screen alone makes no tablet of a device with a modem (foldable phones), nor
   a word of one with a phone's screen. A device with both, a modem and a phone's screen, contradicts whatever its
   properties say: that is a phone with a tablet's tree. Only a person's word about the very model (a profile) stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.identity.signs import PHONE_DP, Sign, Source
from provision.profiles.schema import Kind

WEAK = frozenset({Source.MODEM, Source.TELEPHONY, Source.DENSITY})
_MODEMS = frozenset({Source.MODEM, Source.TELEPHONY})
_ALONE_TOO_LITTLE = frozenset({Source.WORD, Source.PANEL})
_MODELS_OWN = frozenset({Source.SERIES, Source.PROFILE})
"""What a person wrote about this very model; it beats what the maker's other devices are."""


def decide(signs: Sequence[Sign], *, claims_asked: bool, maker_known: bool, width_dp: int | None) -> Kind | None:
    """The kind, None for unknown.

    Args:
        signs: all of them.
        claims_asked: the device has `ro.build.characteristics`, whatever it says.
        maker_known: whether its maker is one of those that are known to make tablets.
        width_dp: smallest width of its screen, None when not told.
    """
    strong = [sign for sign in signs if sign.source not in WEAK]
    kinds = {sign.kind for sign in strong}
    if not kinds:
        return _decide_by_modem(signs, width_dp) if claims_asked else None
    others = kinds - {Kind.TABLET}
    if not others:
        return _accept_tablet(strong, signs, width_dp, maker_known=maker_known)
    if len(others) > 1:
        return None
    kind = next(iter(others))
    return kind if len(kinds) == 1 or _is_overruled(strong, kind) else None


def _decide_by_modem(signs: Sequence[Sign], width_dp: int | None) -> Kind | None:
    """Only weak signs are there; a feature alone says no more than that it might be one."""
    wide = width_dp is not None and width_dp >= PHONE_DP
    told = {sign.kind for sign in signs if sign.source is not Source.TELEPHONY}
    return Kind.PHONE if told == {Kind.PHONE} and not wide else None


def _accept_tablet(
    strong: Sequence[Sign], signs: Sequence[Sign], width_dp: int | None, *, maker_known: bool
) -> Kind | None:
    sources = {sign.source for sign in strong}
    if Source.PROFILE in sources:
        return Kind.TABLET
    narrow = width_dp is not None and width_dp < PHONE_DP
    modem = any(sign.source in _MODEMS for sign in signs)
    if (narrow and modem) or (len(sources) == 1 and sources <= _ALONE_TOO_LITTLE and (narrow or modem)):
        return None
    return Kind.TABLET if maker_known or len(sources) > 1 or sources & _MODELS_OWN else None


def _is_overruled(strong: Sequence[Sign], kind: Kind) -> bool:
    """Tell whether only a sample tree's habit says tablet, against hardware, maker or the name."""
    for_tablet = {sign.source for sign in strong if sign.kind is Kind.TABLET}
    against = {sign.source for sign in strong if sign.kind is kind}
    if Source.MAKER in against:
        return not for_tablet & _MODELS_OWN
    return for_tablet <= {Source.CLAIM, Source.PANEL} and kind is not Kind.PHONE
