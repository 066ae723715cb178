"""What pydantic found wrong, as faults a person can act on: line, key, expected, got, nearest key.

A value under a model that says `holds_secret` is never shown, nor is a value where a mapping was
expected (a passphrase may stand there); unknown keys are shown by name, without their value.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import ErrorDetails, PydanticCustomError

from provision.config.nodes import Document, KeyPath, key_text, plain
from provision.errors import ConfigurationFault

LITERAL = "a literal value"


class FileModel(BaseModel):
    """Base of every schema of a file that people write: strict types, no unknown keys, frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)
    holds_secret: ClassVar[bool] = False  # nothing of a value below this model may be shown


def refuse(expected: str, got: str = "", hint: str = "", key: str = "") -> PydanticCustomError:
    """An error for validators of a `FileModel`.

    Expected, got and hint are those of `ConfigurationFault`; without `got` the value is shown.
    `key` names a field below the validated one, for checks that compare several fields.
    """
    context = {"expected": expected, "got": got, "hint": hint, "key": key}
    return PydanticCustomError("refused", "refused", context)


_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "path_type": "a path",
    "enum": "{expected}",
    "literal_error": "{expected}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text like {pattern}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "missing": "this key",
}
_HIDES_INPUT = {"model_type", "model_attributes_type", "dict_type", "list_type", "tuple_type"}


def fault_of(error: ErrorDetails, document: Document, model: type[BaseModel]) -> ConfigurationFault:
    """One pydantic error with its place in the file."""
    path = _path_in_file(error)
    if error["type"] == "extra_forbidden":
        return _unknown_key(document, path, model)
    line, context = document.line_of(path), error.get("ctx", {})
    got, hint = _got(error), context.get("hint", "") or _hint(error)
    secret = _secret_from(path, model)
    if secret is not None and error["type"] != "missing":
        path, got, hint = path[:secret], context.get("got") or LITERAL, context.get("hint", "")
    return ConfigurationFault(document.file, line, key_text(path), _expected(error), got, hint)


def _path_in_file(error: ErrorDetails) -> KeyPath:
    """The error's place; pydantic adds the step `[key]` where the key itself is wrong."""
    key = error.get("ctx", {}).get("key", "")
    location = tuple(part for part in error["loc"] if part != "[key]")
    return (*location, *str(key).split(".")) if key else location


def _got(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "nothing"
    hides = error["type"] in _HIDES_INPUT
    return error.get("ctx", {}).get("got") or _shown(error["input"], hides=hides)


def _expected(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "refused":
        return str(context["expected"])
    template = _KINDS.get(error["type"])
    return template.format(**context) if template else plain(error["msg"], 120)


def _unknown_key(document: Document, path: KeyPath, model: type[BaseModel]) -> ConfigurationFault:
    known = _keys_at(path[:-1], model)
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else ""
    line = document.line_of(path)
    got = f"unknown key `{plain(str(path[-1]), 40)}`"
    secret = _secret_from(path, model)
    if secret is not None:
        path, got = path[:secret], LITERAL
    return ConfigurationFault(document.file, line, key_text(path), f"one of {', '.join(known)}", got, hint)


def _hint(error: ErrorDetails) -> str:
    """How to write what was meant; never a value that a person wrote, it may be a secret."""
    kind, value = error["type"], error["input"]
    if kind == "string_type" and isinstance(value, int | float):
        return "put it in quotes"
    if kind in {"list_type", "tuple_type"} and isinstance(value, str | int | float):
        return "put it in square brackets, also a single entry: [...]"
    if kind in {"model_type", "model_attributes_type", "dict_type"} and value is not None:
        return "`key: value` lines below it, or {key: value}"
    return _word_hint(kind, value) or _nearest_word(error)


def _nearest_word(error: ErrorDetails) -> str:
    """The word of a fixed list that was probably meant."""
    if error["type"] not in {"enum", "literal_error"} or not isinstance(error["input"], str):
        return ""
    words = re.findall(r"'([^']+)'", str(error.get("ctx", {}).get("expected", "")))
    near = difflib.get_close_matches(error["input"].lower(), words, n=1)
    return f"did you mean `{near[0]}`?" if near else ""


def _word_hint(error_type: str, value: object) -> str:
    if error_type == "bool_type" and value in ("on", "yes", "off", "no", "True", "False"):
        return "write true or false"
    return ""


def _shown(value: object, *, hides: bool) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, str):
        return "text" if hides else f"'{plain(value)}'"
    if isinstance(value, Sequence):
        return "a list"
    if value is None:
        return "nothing"
    return "a number" if hides else str(value).lower()


def _secret_from(path: KeyPath, model: type[BaseModel]) -> int | None:
    """The length of the shortest beginning of `path` that holds a secret, None when none does."""
    for length in range(len(path) + 1):
        found = _models_at(path[:length], model)
        if any(issubclass(each, FileModel) and each.holds_secret for each in found):
            return length
    return None


def _keys_at(path: KeyPath, model: type[BaseModel]) -> list[str]:
    found = _models_at(path, model)
    return [field.alias or name for each in found for name, field in each.model_fields.items()]


def _models_at(path: KeyPath, model: type[BaseModel]) -> list[type[BaseModel]]:
    """The models a value at `path` may be, following annotations through unions and containers."""
    annotations: list[Any] = [model]
    for part in path:
        annotations = [inner for each in annotations for inner in _step(each, part)]
    return [each for each in annotations if isinstance(each, type) and issubclass(each, BaseModel)]


def _step(annotation: Any, part: str | int) -> Iterable[Any]:  # noqa: ANN401 - an annotation can be anything
    """The annotations of what lies at key or index `part` of a value of this annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        by_key = {field.alias or name: field for name, field in annotation.model_fields.items()}
        field = by_key.get(str(part))
        return _branches(field.annotation) if field else ()
    arguments = [each for each in typing.get_args(annotation) if each is not Ellipsis]
    return _branches(arguments[-1]) if arguments else ()


def _branches(annotation: Any) -> Iterable[Any]:  # noqa: ANN401 - an annotation can be anything
    """The alternatives of a union, or the annotation itself."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [each for each in typing.get_args(annotation) if each is not type(None)]
    if typing.get_origin(annotation) is typing.Annotated:
        return _branches(typing.get_args(annotation)[0])
    return [annotation]
