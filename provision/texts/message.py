"""One thing said, kept apart from the language it is said in.

1. A message is a key of the catalogue with its values; a value may be a message, or a list of them.
2. Signed documents hold its English (`str`), people are told it in their language (`tell`): both come from the same
   key and values, so that they cannot say different things.
3. What has no key, such as a tablet's own words, is `verbatim`: the same in every language.
4. Records keep messages as JSON beside their English (`encode`). `decode` reads only what says in English exactly
   the text it stands beside: a translation never says more than what was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from provision.texts.catalogue import Language, catalogue, placeholders, say

PREFIX = "message."
VERBATIM = f"{PREFIX}verbatim"
LIST = f"{PREFIX}list"
DEEPEST = 8
"""How many messages may stand in one another in a document that is read."""


@dataclass(frozen=True)
class Message:
    """A key of the catalogue and the values of its placeholders."""

    key: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        """Return the English, values as they are: for documents, not for terminals."""
        said = {name: _say_english(value) for name, value in self.values.items()}
        return catalogue()[self.key][Language.EN].format_map(said)

    def __bool__(self) -> bool:
        """Tell whether it says anything."""
        return self != NOTHING


Value = str | int | Message | tuple[Message, ...]


def message(name: str, /, **values: Value) -> Message:
    """Return the message of a key, named without its prefix."""
    return Message(PREFIX + name, values)


def find_message(name: str, /, **values: Value) -> Message | None:
    """Return the message of a key that may be none of the catalogue."""
    return message(name, **values) if PREFIX + name in catalogue() else None


def verbatim(text: str) -> Message:
    """Return a text that is the same in every language: a name, a figure, somebody else's words."""
    return Message(VERBATIM, {"text": text})


def enumerate_messages(*items: Message) -> Message:
    """Return several messages as one, told with commas between them; one alone stays as it is."""
    return items[0] if len(items) == 1 else Message(LIST, {"items": items})


def join_clauses(*clauses: Message) -> Message:
    """Return one message of several that may hold commas themselves, told with semicolons between them."""
    *before, joined = clauses
    for clause in reversed(before):
        joined = message("clauses", first=clause, rest=joined)
    return joined


NOTHING = verbatim("")


def tell(language: Language, said: Message) -> str:
    """Return the message in a language, its values made fit for a terminal."""
    return say(language, said.key, **{name: _tell_value(language, value) for name, value in said.values.items()})


def encode(said: Message) -> dict[str, object] | str:
    """Return the message as a JSON value: a verbatim text as itself, else `key` (without prefix) and `values`."""
    if said.key == VERBATIM:
        return str(said)
    values = {name: _encode_value(value) for name, value in said.values.items()}
    return {"key": said.key.removeprefix(PREFIX), "values": values}


def decode(document: object, english: str) -> Message:
    """Return the message that a document holds beside an English text.

    A document that is no message, one of a version with other texts, or one that says something else in English
    gives the English text itself, it is what was signed: told by the catalogue where that has the very text.
    """
    try:
        found = _decode(document, DEEPEST)
    except (TypeError, ValueError, LookupError):
        return _plain_messages().get(english) or verbatim(english)
    return found if str(found) == english else verbatim(english)


@cache
def _plain_messages() -> Mapping[str, Message]:
    """Messages without values, by their English: what records without messages say most."""
    entries = {key: entry[Language.EN] for key, entry in catalogue().items() if key.startswith(PREFIX)}
    return {english: Message(key) for key, english in reversed(entries.items()) if not placeholders(english)}


def _say_english(value: Value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _tell_value(language: Language, value: Value) -> str:
    match value:
        case tuple():
            return ", ".join(tell(language, item) for item in value)
        case Message():
            return tell(language, value)
    return str(value)


def _encode_value(value: Value) -> object:
    match value:
        case tuple():
            return [encode(item) for item in value]
        case Message():
            # A verbatim value in a placeholder is told the same as its text.
            return encode(value)
    return value


def _decode(document: object, depth: int) -> Message:
    if depth == 0:
        raise ValueError("messages in messages without end")
    if isinstance(document, str):
        return verbatim(document)
    if not isinstance(document, dict) or set(document) != {"key", "values"} or not isinstance(document["values"], dict):
        raise TypeError("no message")
    key = f"{PREFIX}{document['key']}"
    values = {str(name): _decode_value(value, depth) for name, value in document["values"].items()}
    if placeholders(catalogue()[key][Language.EN]) - set(values):
        raise LookupError(key)
    return Message(key, values)


def _decode_value(value: object, depth: int) -> Value:
    match value:
        case str():
            return value
        case bool():
            raise TypeError("no value of a message")
        case int():
            return value
        case list():
            return tuple(_decode(item, depth - 1) for item in value)
    return _decode(value, depth - 1)
