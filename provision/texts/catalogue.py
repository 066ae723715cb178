"""Sentences of the product for people, in French and English.

1. Texts stand in `provision/texts/*.yaml`, one room a file, each `key: {en: "...", fr: "..."}`.
2. Both languages of a key have the same placeholders: plain names, `{label}`, nothing else.
3. Where a count changes the words, there are two keys, `KEY.one` and `KEY.many` (`say_count`).
4. The no-break spaces of French (before : ; ! ? » and after «) are set here; files hold plain ones.
5. Values come from tablets and files and are not trusted: `printable` is applied to each of them.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING or not yaml.__with_libyaml__:
    from yaml import SafeLoader
else:  # ten times as quick, and every command reads all texts
    from yaml import CSafeLoader as SafeLoader


class Language(StrEnum):
    """A language of the catalogue."""

    EN = "en"
    FR = "fr"


Texts = Mapping[str, Mapping[Language, str]]
"""Key to language to template; every key has every language."""

NO_BREAK_SPACE = "\u00a0"

ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that can move a cursor, reorder or break a line, or that have no shape."""


class CatalogueError(LookupError):
    """A text is missing or a text file is wrong: a fault of the product, not of its user."""


def printable(text: str) -> str:
    r"""The text with everything that could steer a terminal written as an escape (`\x1b`, `\u202e`).

    Letters, marks and spaces of every script stay; a second call changes nothing.
    """
    if text.isprintable():  # none of `ESCAPED_CATEGORIES`, nor of the spaces but the common one
        return text
    return "".join(_escaped(char) if _is_hostile(char) else char for char in text)


def say(language: Language, key: str, /, **values: object) -> str:
    """The text of a key with its placeholders filled; values that it does not name are ignored.

    Raises:
        CatalogueError: no such key, or a placeholder without a value.
    """
    entry = catalogue().get(key)
    if entry is None:
        raise CatalogueError(f"no text for `{key}`")
    try:
        return entry[language].format_map({name: printable(str(value)) for name, value in values.items()})
    except KeyError as missing:
        raise CatalogueError(f"text `{key}` needs a value for {missing}") from None


def say_count(language: Language, key: str, count: int, /, **values: object) -> str:
    """The text of `KEY.one` or `KEY.many` with `{count}` filled; French takes the singular for 0 too."""
    singular = count == 1 or (count == 0 and language is Language.FR)
    return say(language, f"{key}.one" if singular else f"{key}.many", count=count, **values)


def write_number(language: Language, told: str) -> str:
    """A figure, told in digits with a point, as the language writes it."""
    return told.replace(".", ",") if language is Language.FR else told


@cache
def catalogue() -> Texts:
    """All texts of the package, read once."""
    folder = resources.files("provision.texts")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return read_texts((f.name, f.read_text(encoding="utf-8")) for f in files)


def read_texts(files: Iterable[tuple[str, str]]) -> Texts:
    """Read text files, given as (name, YAML text), into one catalogue.

    Raises:
        CatalogueError: bad YAML, a key twice, a language missing or unknown, or placeholders that differ.
    """
    texts: dict[str, Mapping[Language, str]] = {}
    for name, content in files:
        for key, entry in _read_yaml(name, content).items():
            if key in texts:
                raise CatalogueError(f"{name}: {key}: stands in the catalogue already")
            texts[key] = _read_entry(f"{name}: {key}", entry)
    return texts


def placeholders(template: str) -> frozenset[str]:
    """Names between braces in a template.

    Raises:
        CatalogueError: braces that do not match, or a placeholder that is not a plain name.
    """
    names = set()
    for _, name, spec, conversion in _parse_fields(template):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise CatalogueError(f"`{template}`: expected a plain name in braces, got `{{{name}}}`")
        names.add(name)
    return frozenset(names)


def _parse_fields(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(string.Formatter().parse(template))
    except ValueError as error:
        raise CatalogueError(f"`{template}`: {error}") from None


def _read_yaml(name: str, content: str) -> Mapping[str, object]:
    try:
        document = yaml.load(content, Loader=_UniqueKeys)  # noqa: S506  a SafeLoader that refuses double keys
    except yaml.YAMLError as error:
        raise CatalogueError(f"{name}: {error}") from None
    if not isinstance(document, dict):
        raise CatalogueError(f"{name}: expected keys with texts, got {type(document).__name__}")
    return {str(key): entry for key, entry in document.items()}


def _read_entry(place: str, entry: object) -> Mapping[Language, str]:
    if not isinstance(entry, dict) or set(entry) != set(Language):
        raise CatalogueError(f"{place}: expected the members en and fr, got {entry!r}")
    if not all(isinstance(text, str) and text for text in entry.values()):
        raise CatalogueError(f"{place}: expected two texts, got {entry!r}")
    if placeholders(entry["en"]) != placeholders(entry["fr"]):
        raise CatalogueError(f"{place}: the placeholders of the two languages differ")
    return {Language.EN: entry["en"], Language.FR: _typeset_french(entry["fr"])}


def _typeset_french(text: str) -> str:
    return re.sub(r" (?=[:;!?»])|(?<=«) ", NO_BREAK_SPACE, text)


def _is_hostile(char: str) -> bool:
    return unicodedata.category(char) in ESCAPED_CATEGORIES


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


class _UniqueKeys(SafeLoader):
    """A safe loader of YAML, but a key that stands twice in one mapping is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002  signature of PyYAML
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubled = {key for key in keys if keys.count(key) > 1}
        if doubled:
            raise yaml.constructor.ConstructorError(None, None, f"{doubled} stands twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)
