"""The schema of profile files: the one source of the validator and of device_profiles/README.md."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from provision.yaml_faults import FileModel, refuse


class Status(StrEnum):
    """Whether the profile was seen to work on a real tablet."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"


class Kind(StrEnum):
    """What a device is."""

    TABLET = "tablet"
    PHONE = "phone"
    TV = "tv"
    EREADER = "ereader"
    OTHER = "other"


class Mark(StrEnum):
    """How sure a fact is, as in the reference."""

    READ = "R"
    REPORTED = "P"
    UNCONFIRMED = "U"


def _line(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise refuse("printable text on one line")
    return text


Line = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_line)]
Api = Annotated[int, Field(ge=1, le=10_000)]


class Text(FileModel):
    """A sentence for people, in both languages."""

    en: Line = Field(description="English")
    fr: Line = Field(description="French")


class Rule(FileModel):
    """One condition on a system property; upper and lower case are the same (makers mix them)."""

    prop: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,90}$", description="a property (getprop), or `maker`")
    equals: tuple[Line, ...] = Field(default=(), description="its value is one of these")
    starts_with: tuple[Line, ...] = Field(default=(), description="its value starts with one of these")

    @model_validator(mode="after")
    def _is_exactly_one(self) -> Rule:
        if bool(self.equals) == bool(self.starts_with):
            given = "both" if self.equals else "neither"
            raise refuse("exactly one of equals and starts_with, not empty", given)
        return self


class Series(FileModel):
    """What this maker's model numbers say about the kind of a device."""

    kind: Kind = Field(description="what devices of this series are")
    prop: str = Field(
        default="ro.product.model", pattern=r"^[a-z0-9][a-z0-9._-]{0,90}$", description="name of the property"
    )
    starts_with: tuple[Line, ...] = Field(min_length=1, description="its value starts with one of these")


class Gate(FileModel):
    """An obstacle that this maker puts in the way, with its source."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="short name, once in a file")
    min_api: Api | None = Field(default=None, description="lowest API level it concerns")
    max_api: Api | None = Field(default=None, description="highest API level it concerns")
    says: Text = Field(description="what happens")
    mark: Mark = Field(description="R read in source, P reported, U unconfirmed")
    source: Line = Field(description="where it stands: reference section and public source")

    @model_validator(mode="after")
    def _range_is_not_empty(self) -> Gate:
        if self.min_api is not None and self.max_api is not None and self.min_api > self.max_api:
            raise refuse(f"at least min_api ({self.min_api})", str(self.max_api), key="max_api")
        return self


class ProfileFile(FileModel):
    """One profile file. Lists are appended to those of the layers above; `kind` replaces."""

    status: Status = Field(description="draft: not yet seen on a real tablet; confirmed: seen")
    kind: Kind | None = Field(default=None, description="what the devices are; leave it out when it varies")
    match: tuple[Rule, ...] = Field(default=(), description="all must hold; none in common.yaml")
    series: tuple[Series, ...] = Field(default=(), description="what model numbers say")
    hands_first: tuple[Text, ...] = Field(default=(), description="what hands do before the station can work")
    gates: tuple[Gate, ...] = Field(default=(), description="known obstacles")
