"""The forms of an agent's answers: which members, of which type, and the words for what is not so (contract 2 to 9).

What JSON allows and the contract does not is refused while decoding (`strict_json`), before a form is compared:
pydantic takes the last of two equal members.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError
from pydantic_core import ErrorDetails

from provision.agent.strict_json import encode
from provision.errors import AnswerError


class Form(BaseModel):
    """Base of everything an agent may say: these members and no others, each of its very type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


F = TypeVar("F", bound=BaseModel)
Number = Annotated[int, Field(ge=0, le=10**9)]
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]*$")]
"""A word or a short line; no text of an agent has control characters."""
Line = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x1f]*$")]
Hex32 = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Hex64 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Mac = Annotated[str, Field(pattern="^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")]
AssetId = Annotated[str, Field(pattern="^[A-Z0-9]{1,8}-[0-9]{1,8}$")]
ApiLevel = Annotated[int, Field(ge=21, le=99)]


def read_form(form: type[F], value: object, place: str, command: str) -> F:
    """Read a value that `decode_json` gave as a form.

    Args:
        form: of which model.
        value: what should be of it.
        place: its name in messages, `report`.
        command: the command whose answer it is.

    Raises:
        AnswerError: a member is missing, of another type or form, or not in the contract; it names the member.
    """
    try:
        # As JSON, because there a list is what a tuple is read from, and a word what a member of an enum is.
        return form.model_validate_json(encode(value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    # The place of a fault in a tagged union begins with the tag, which stands nowhere in the answer.
    path = first["loc"][1:] if issubclass(form, RootModel) else first["loc"]
    raise _tell(first, path, place, command)


_EXPECTED = {
    "string_type": "text",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_too_short": "text that is not empty",
    "string_too_long": "text of at most {max_length} characters",
    "int_type": "a number",
    "greater_than_equal": "a number from {ge} on",
    "less_than_equal": "a number up to {le}",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "too_short": "a list that is not empty",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "enum": "{expected}",
    "literal_error": "{expected}",
    "union_tag_invalid": "{expected_tags}",
}


def _tell(error: ErrorDetails, path: tuple[int | str, ...], place: str, command: str) -> AnswerError:
    kind, context = error["type"], error.get("ctx", {})
    if kind.startswith("union_tag_"):
        path = (str(context["discriminator"]).strip("'"),)
    place += "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    if kind in {"missing", "union_tag_not_found"}:
        return unlike(place, "a member", "none", command)
    if kind == "extra_forbidden":
        return unlike(place, "no such member", "one", command)
    expected = _EXPECTED.get(kind, error["msg"]).format(**context)
    return unlike(place, expected, context.get("tag", error["input"]), command)


def unlike(place: str, expected: str, got: object, command: str) -> AnswerError:
    """The error for a part of an answer that is not as expected."""
    return AnswerError(command, f"{place}: {expected}", str(got))
