"""device_profiles/README.md, generated from the schema.

`python -m provision.profiles.describe` writes it to standard output; a test keeps the file current.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Iterator
from enum import StrEnum
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel

from provision.profiles.schema import (
    Gate,
    Giving,
    Keys,
    Menu,
    MenuPath,
    ProfileFile,
    Removal,
    Rule,
    Series,
    Setting,
    Switch,
    Text,
    WayOut,
)

_HEAD = """# device_profiles

How each model gets to the single configuration of the site. This file is generated from the schema
(`python -m provision.profiles.describe`); a test keeps it current.

- `common.yaml`: for every tablet, and the profile of those whose maker is unknown (`matched_on: generic`).
- `VENDOR/vendor.yaml`: one maker; its rules say which tablets.
- `VENDOR/CODENAME.yaml`: one model of that maker; the maker's rules hold for it too.

Lists are appended from layer to layer; every value remembers its file. A tablet gets exactly one
profile: model before vendor, more rules before fewer; a tie is an error that names both files.
`extends` names another profile to stand on, for twins of one model; a circle is an error. The rule property
`maker` is the maker as `provision identify` names it. `status: draft` means that no real tablet was seen with it:
it is applied with a warning, and what it would `remove` and switch (`switches`) only with `--accept-draft`.
"""


def describe_schema() -> str:
    """The whole README as Markdown."""
    parts = [_HEAD]
    for model in (
        ProfileFile,
        Rule,
        Series,
        Menu,
        MenuPath,
        Giving,
        Gate,
        WayOut,
        Keys,
        Removal,
        Switch,
        Setting,
        Text,
    ):
        parts += [f"\n## {model.__name__}\n\n{_summary(model)}\n\n", *_table(model)]
    return "".join(parts)


def _summary(model: type[BaseModel]) -> str:
    return cleandoc(model.__doc__ or "")


def _table(model: type[BaseModel]) -> Iterator[str]:
    yield "| key | value | needed | meaning |\n| --- | --- | --- | --- |\n"
    for name, field in model.model_fields.items():
        needed = "yes" if field.is_required() else "no"
        yield f"| `{name}` | {_type_text(field.annotation)} | {needed} | {field.description} |\n"


def _type_text(annotation: Any) -> str:  # noqa: ANN401 - an annotation can be anything
    """Write the text that a person gives for a value of this type."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _type_text(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return " or ".join(_type_text(each) for each in typing.get_args(annotation) if each is not type(None))
    if typing.get_origin(annotation) is tuple:
        return f"list of {_type_text(typing.get_args(annotation)[0])}"
    if issubclass(annotation, StrEnum):
        return ", ".join(f"`{each}`" for each in annotation)
    return annotation.__name__ if issubclass(annotation, BaseModel) else {str: "text", int: "whole number"}[annotation]


if __name__ == "__main__":
    sys.stdout.write(describe_schema())
