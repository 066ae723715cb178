"""Single signs of what a device is: each property, feature or word alone, out of `signs.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from provision.config.faults import FileModel
from provision.config.source import load
from provision.facts.props import Props
from provision.facts.shape import Shape
from provision.identity.makers import Maker
from provision.profiles.model import MatchedOn, Profile
from provision.profiles.schema import Kind

SIGNS = Path(__file__).with_name("signs.yaml")
NAMED = ("ro.product.model", "ro.product.name", "ro.product.device", "ro.build.flavor")
MARKETING = re.compile(r"ro\.(?:product\.(?:\w+\.)?market(?:ing_)?name|config\.marketing_name|(?:odm\.)?\w+\.series)")
TOUCH, TELEPHONY = "android.hardware.touchscreen", "android.hardware.telephony"
TABLET_DP = 600
PHONE_DP = 500  # a smaller screen is no tablet's (600 is what Android lays out as one)
LOW_DENSITY = 213


class Source(StrEnum):
    """Where a sign stands; words of the text catalogue (`identity.sign.<source>`)."""

    CLAIM = "claim"  # ro.build.characteristics
    PROP = "prop"
    CHIP = "chip"
    WORD = "word"
    FEATURE = "feature"
    TOUCH = "touch"
    MAKER = "maker"  # all its devices are so
    SERIES = "series"  # the maker's model numbers
    PROFILE = "profile"
    PANEL = "panel"  # a wide touch screen that is no television's
    MODEM = "modem"
    TELEPHONY = "telephony"  # the feature, which the system tells apart from its properties
    DENSITY = "density"


@dataclass(frozen=True)
class Sign:
    """One sign: what it says the device is, where it stands, and what stands there, for people."""

    kind: Kind
    source: Source
    seen: str


class PropSign(FileModel):
    """A property that says what the device is."""

    prop: str
    begins: str = ""
    any: bool = False
    kind: Kind


class SignsFile(FileModel):
    """`signs.yaml`."""

    characteristics: dict[str, Kind]
    props: tuple[PropSign, ...]
    chips: dict[Kind, tuple[str, ...]]
    words: dict[Kind, tuple[str, ...]]
    features: dict[str, Kind]


@cache
def _load() -> SignsFile:
    return load(SIGNS, SignsFile)


def find_signs(props: Props, shape: Shape, maker: Maker | None, profile: Profile | None) -> tuple[Sign, ...]:
    """Every sign a device gives, strong and weak; `kind.decide` weighs them."""
    return (
        *_read_profile(props, maker, profile),
        *_read_claims(props),
        *_read_props(props),
        *_read_chip(props),
        *_read_words(props),
        *_read_shape(shape),
        *_read_hints(props),
    )


def names_of(props: Props) -> tuple[str, ...]:
    """Everything that names the model: code, product, trade name."""
    trade = sorted(key for key in props.values if MARKETING.fullmatch(key))
    return tuple(filter(None, (props.get(key) for key in (*NAMED, *trade))))


def _read_profile(props: Props, maker: Maker | None, profile: Profile | None) -> Iterator[Sign]:
    if maker is not None and maker.kind is not None:
        yield Sign(maker.kind, Source.MAKER, maker.name)
    if profile is None or profile.matched_on is MatchedOn.GENERIC:
        return
    if profile.kind is not None:
        yield Sign(profile.kind, Source.PROFILE, profile.name)
    for series in profile.series:
        value = props.get(series.prop)
        if value.casefold().startswith(tuple(each.casefold() for each in series.starts_with)):
            yield Sign(series.kind, Source.SERIES, value)


def _read_claims(props: Props) -> Iterator[Sign]:
    known = _load().characteristics
    claims = {word for word in props.characteristics if word in known}
    for word in sorted(claims - {"emulator"} or claims):  # some tablets say `tablet,emulator`
        yield Sign(known[word], Source.CLAIM, word)


def _read_props(props: Props) -> Iterator[Sign]:
    for sign in _load().props:
        value = props.get(sign.prop)
        if value and (sign.any or value.startswith(sign.begins)):
            yield Sign(sign.kind, Source.PROP, f"{sign.prop}={value}")


def _read_chip(props: Props) -> Iterator[Sign]:
    for key in ("ro.board.platform", "ro.product.board"):
        value = props.get(key)
        kind = _kind_of_chip(value, code_words=key == "ro.board.platform")
        if kind is not None:
            yield Sign(kind, Source.CHIP, value)
            return


def _kind_of_chip(value: str, *, code_words: bool) -> Kind | None:
    """Tell the kind that a chip is built into; code words name chips in one property only."""
    known = ((kind, chip) for kind, chips in _load().chips.items() for chip in chips)
    named = ((kind, chip) for kind, chip in known if code_words or re.search(r"\d", chip))
    return next((kind for kind, chip in named if re.fullmatch(chip, value, re.IGNORECASE)), None)


def _read_words(props: Props) -> Iterator[Sign]:
    said = {word for name in names_of(props) for word in _split(name)}
    for kind, words in _load().words.items():
        for word in words:
            if word in said:
                yield Sign(kind, Source.WORD, word)
                break


def _split(name: str) -> Iterable[str]:
    """Words of a name: parted by signs, with and without a capital after a small letter, digits at the end dropped."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return (re.sub(r"\d+$", "", part).casefold() for part in re.split(r"[\W_]+", f"{spaced} {name}"))


def _read_shape(shape: Shape) -> Iterator[Sign]:
    for name, kind in _load().features.items():
        if name in shape.features:
            yield Sign(kind, Source.FEATURE, name)
    if shape.features and TOUCH not in shape.features:
        yield Sign(Kind.TV, Source.TOUCH, TOUCH)
    if TELEPHONY in shape.features:
        yield Sign(Kind.PHONE, Source.TELEPHONY, TELEPHONY)
    wide = shape.width_dp is not None and shape.width_dp >= TABLET_DP
    if wide and shape.panel is not None and TOUCH in shape.features and not shape.is_televisions:
        yield Sign(Kind.TABLET, Source.PANEL, "{}x{}".format(*shape.panel))


def _read_hints(props: Props) -> Iterator[Sign]:
    """Weak signs: a modem is in many tablets, and old 160 dpi phones exist."""
    networks = re.findall(r"\d+", props.get("ro.telephony.default_network"))
    silent = props.get("ro.radio.noril").casefold() in {"yes", "true", "1"} or "wifi-only" in props.get("ro.carrier")
    modem = props.get("gsm.version.baseband") or (max(map(int, networks), default=0) > 0 and networks[0])
    if modem and not silent:
        yield Sign(Kind.PHONE, Source.MODEM, str(modem))
    density = props.get("ro.sf.lcd_density")
    if density.isdecimal() and 0 < int(density) <= LOW_DENSITY:
        yield Sign(Kind.TABLET, Source.DENSITY, density)
