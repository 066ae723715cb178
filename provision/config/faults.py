"""Errors of pydantic as faults a person can act on: line, key, expected, got, nearest key.

A value under a model that says `holds_secret` is never shown, nor is a value where a mapping was
expected (a passphrase may stand there); unknown keys are shown by name, without their value. Of a tagged union
the faults are those of the alternative that its tag names.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict
from pydantic_core import ErrorDetails, PydanticCustomError

from provision.config.nodes import Document, KeyPath, key_text, plain
from provision.errors import ConfigurationFault

LITERAL = "a literal value"


class FileModel(BaseModel):
    """Base of every schema of a file that people write: strict types, no unknown keys, frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)
    holds_secret: ClassVar[bool] = False  # nothing of a value below this model may be shown
    elsewhere: ClassVar[Mapping[str, str]] = {}  # keys that another form of the section has, and how to write them
    tag: ClassVar[str] = ""  # its name among the alternatives of a field, where no key of the file tells them apart


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
    "union_tag_invalid": "{expected_tags}",
    "union_tag_not_found": "this key",
}
_HIDES_INPUT = {"model_type", "model_attributes_type", "dict_type", "list_type", "tuple_type"}


def fault_of(error: ErrorDetails, document: Document, model: type[BaseModel]) -> ConfigurationFault:
    """One pydantic error with its place in the file."""
    path, models = _find_place(error, model)
    if error["type"] == "extra_forbidden":
        return _unknown_key(document, path, models)
    line, context = document.line_of(path), error.get("ctx", {})
    got, hint = _got(error), context.get("hint", "") or _hint(error)
    secret = _secret_from(models)
    if secret is not None and error["type"] not in _ABSENT:
        path, got, hint = path[:secret], context.get("got") or LITERAL, context.get("hint", "")
    return ConfigurationFault(document.file, line, key_text(path), _expected(error), got, hint)


_ABSENT = {"missing", "union_tag_not_found"}
_Models: TypeAlias = list[type[BaseModel]]


def _find_place(error: ErrorDetails, model: type[BaseModel]) -> tuple[KeyPath, list[_Models]]:
    """The error's place in the file, and the models its value may be of, for each beginning of that path.

    pydantic's own place also tells the tags of unions, which no file has, and `[key]` where a key itself is wrong.
    """
    path: list[str | int] = []
    annotations: list[Any] = [model]
    models = [_only_models(annotations)]
    for part in (*error["loc"], *_key_of(error)):
        chosen = [each for each in models[-1] if len(models[-1]) > 1 and part in _tags(each)]
        if chosen:
            annotations, models[-1] = list(chosen), chosen
        elif part != "[key]":
            path.append(part)
            annotations = [inner for each in annotations for inner in _step(each, part)]
            models.append(_only_models(annotations))
    return tuple(path), models


def _key_of(error: ErrorDetails) -> KeyPath:
    """The key below the validated model, as a validator or a tag names it."""
    context = error.get("ctx", {})
    if error["type"].startswith("union_tag_"):
        return (str(context["discriminator"]).strip("'"),)
    key = str(context.get("key", ""))
    return tuple(int(part) if part.isdecimal() else part for part in key.split(".")) if key else ()


def _tags(model: type[BaseModel]) -> set[str]:
    """List the tags that tell a model apart from the other alternatives of a field."""
    literals = (typing.get_args(field.annotation) for field in model.model_fields.values() if field.is_required())
    own = {model.tag} if issubclass(model, FileModel) and model.tag else set()
    return own | {each[0] for each in literals if len(each) == 1 and isinstance(each[0], str)}


def _only_models(annotations: Iterable[Any]) -> _Models:
    return [each for each in annotations if isinstance(each, type) and issubclass(each, BaseModel)]


def _got(error: ErrorDetails) -> str:
    if error["type"] in _ABSENT:
        return "nothing"
    if error["type"] == "union_tag_invalid":
        return _shown(_find_tag(error), hides=False)
    hides = error["type"] in _HIDES_INPUT
    return error.get("ctx", {}).get("got") or _shown(error["input"], hides=hides)


def _find_tag(error: ErrorDetails) -> object:
    """Find what stands where a union has its tag; pydantic tells the mapping around it."""
    (name,) = _key_of(error)
    return error["input"][name]


def _expected(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "refused":
        return str(context["expected"])
    template = _KINDS.get(error["type"])
    return template.format(**context) if template else plain(error["msg"], 120)


def _unknown_key(document: Document, path: KeyPath, models: list[_Models]) -> ConfigurationFault:
    known = [field.alias or name for each in models[-2] for name, field in each.model_fields.items()]
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    there = next((each.elsewhere for each in models[-2] if issubclass(each, FileModel)), {}).get(str(path[-1]), "")
    hint = there or (f"did you mean `{near[0]}`?" if near else "")
    line = document.line_of(path)
    got = f"unknown key `{plain(str(path[-1]), 40)}`"
    secret = _secret_from(models)
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
    """The word of a fixed list that was probably meant; of the tag of a union, only where the case alone differs.

    Another tag means other keys: a word that merely looks like it (`wep`, `eap`) would lead to a wrong kind.
    """
    context, value, likeness = error.get("ctx", {}), error["input"], 0.6
    if error["type"] == "union_tag_invalid":
        value, likeness = _find_tag(error), 1.0
    elif error["type"] not in {"enum", "literal_error"}:
        return ""
    words = re.findall(r"'([^']+)'", str(context.get("expected_tags") or context.get("expected", "")))
    near = difflib.get_close_matches(value.lower(), words, n=1, cutoff=likeness) if isinstance(value, str) else []
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


def _secret_from(models: list[_Models]) -> int | None:
    """The length of the shortest beginning of a path that holds a secret, None when none does."""
    held = (any(issubclass(each, FileModel) and each.holds_secret for each in found) for found in models)
    return next((length for length, holds in enumerate(held) if holds), None)


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
        inner = [each for each in typing.get_args(annotation) if each is not type(None)]
        return [branch for each in inner for branch in _branches(each)]
    if typing.get_origin(annotation) is typing.Annotated:
        return _branches(typing.get_args(annotation)[0])
    return [annotation]
