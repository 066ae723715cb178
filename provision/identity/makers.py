"""Who made it, as a technician names the maker.

Sources that disagree (reference, packages document 2.2) are weighed by general rules; the names are data:

1. A model that begins with a known maker's name is of that maker: white boxes borrow other makers' keys.
2. Placeholders, makers of chips, chips and self-built systems name nobody; nor does a word that nobody knows where it
   is also what the device, its board or its chip is called, or where it is more number than word (`E1e`).
3. Brand before manufacturer: the brand is printed on the back, the manufacturer may be a factory. Except a
   brand that is lent to others.
4. What is still not known is said as the device writes it; nothing at all is None, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from provision.config.faults import FileModel
from provision.config.source import load
from provision.facts.props import Props
from provision.profiles.schema import Kind

MAKERS = Path(__file__).with_name("makers.yaml")
_CALLED = (
    "ro.product.device",
    "ro.product.board",
    "ro.board.platform",
    "ro.hardware",
    "ro.soc.model",
    "ro.build.product",
)
_LEAST_LETTERS = 3  # a shorter word at the front of a model may be anything


class OtherMaker(FileModel):
    """A maker without tablets."""

    kind: Kind
    also: tuple[str, ...] = ()


class MakersFile(FileModel):
    """`makers.yaml`."""

    tablet_makers: dict[str, tuple[str, ...]]
    other_makers: dict[str, OtherMaker]
    not_makers: tuple[str, ...] = Field(min_length=1)
    not_makers_forms: tuple[str, ...]
    lent_brands: tuple[str, ...]


@dataclass(frozen=True)
class Maker:
    """A maker.

    Attributes:
        name: as people say it.
        known: whether `makers.yaml` knows it.
        kind: what all its devices are, None for makers of tablets and for unknown ones.
    """

    name: str
    known: bool
    kind: Kind | None = None


@cache
def _load() -> MakersFile:
    return load(MAKERS, MakersFile)


@cache
def _by_word() -> dict[str, Maker]:
    file = _load()
    found: dict[str, Maker] = {}
    for name, also in file.tablet_makers.items():
        found |= {word.casefold(): Maker(name, known=True) for word in (name, *also)}
    for name, other in file.other_makers.items():
        found |= {word.casefold(): Maker(name, known=True, kind=other.kind) for word in (name, *other.also)}
    return found


def find_maker(props: Props) -> Maker | None:
    """The maker of a device; None when its properties name nobody."""
    first = _name_in_model(props.get("ro.product.model"))
    if first is not None:
        return first
    brand, factory = props.get("ro.product.brand"), props.get("ro.product.manufacturer")
    words = (factory, brand) if brand.casefold() in _load().lent_brands else (brand, factory)
    named = list(_read_words(words, {props.get(key).casefold() for key in _CALLED}))
    return next((maker for maker in named if maker.known), named[0] if named else None)


def _read_words(words: tuple[str, ...], called: set[str]) -> Iterator[Maker]:
    """The makers that `words` name; `called` is what the device itself is called."""
    for word in words:
        plain, file = word.casefold(), _load()
        known = _by_word().get(plain)
        if plain in file.not_makers or any(re.fullmatch(form, plain) for form in file.not_makers_forms):
            continue
        if known is not None:
            yield known
        elif word.isprintable() and plain not in called and _is_word(plain):
            yield Maker(_tidy(word), known=False)


def _is_word(plain: str) -> bool:
    """Tell whether a name that nobody knows is one: with letters, and enough of them together where it has digits."""
    letters = re.findall(r"[^\W\d_]+", plain)
    return any(len(each) >= _LEAST_LETTERS for each in letters) or (bool(letters) and not re.search(r"\d", plain))


def _name_in_model(model: str) -> Maker | None:
    """A known maker's name at the front of a model, `Nokia T20`, `YUNTAB-K107`."""
    plain = re.sub(r"[\s_-]+", " ", model).casefold()
    for word, maker in _by_word().items():
        if len(word) >= _LEAST_LETTERS and re.match(rf"{re.escape(word)}(?![^\W_])", plain):
            return maker
    return None


def _tidy(word: str) -> str:
    """An unknown name, at most 40 characters, with a capital in front."""
    short = word[:40]
    if short.isupper() and len(short) > _LEAST_LETTERS:
        return short.capitalize()
    return short[:1].upper() + short[1:]
