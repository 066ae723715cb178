"""Identification of one device: kind, maker, model and profile, and whether the bench may write to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provision.facts.props import Props
from provision.facts.shape import Shape
from provision.identity.kind import decide
from provision.identity.makers import Maker, find_maker
from provision.identity.naming import name_model
from provision.identity.signs import Sign, find_signs
from provision.profiles.model import Profile
from provision.profiles.schema import MAKER, Kind


class Question(StrEnum):
    """A question that only a person can answer; sentences are `identity.question.<word>` of the catalogue."""

    IS_TABLET = "is-tablet"  # nothing, or contradictions
    MAKER = "maker"


@dataclass(frozen=True)
class Identification:
    """Identified device.

    Attributes:
        kind: None for unknown.
        maker: None when nothing names one.
        model: as a technician names it; may be empty.
        profile: the best one.
        accepted: whether the bench may write to it without a word: a tablet for certain.
        signs: everything that speaks for some kind, for the reason that people read.
        question: what to ask a person, None when all is known.
    """

    kind: Kind | None
    maker: Maker | None
    model: str
    profile: Profile
    signs: tuple[Sign, ...]

    @property
    def accepted(self) -> bool:
        """Only a tablet is, never a guess."""
        return self.kind is Kind.TABLET

    @property
    def is_foreign(self) -> bool:
        """Certainly no tablet: nobody's word opens it to the bench."""
        return self.kind is not None and self.kind is not Kind.TABLET

    @property
    def question(self) -> Question | None:
        """A kind that is not known is asked for first; the maker matters for the profile only."""
        if self.kind is None:
            return Question.IS_TABLET
        return Question.MAKER if self.maker is None else None


def identify(
    props: Props, choose: Callable[[Mapping[str, str]], Profile], shape: Shape | None = None
) -> Identification:
    """Pure: from properties, and from what the system says of the hardware where it was asked.

    Args:
        choose: the best profile for properties, among them `maker`.

    Raises:
        ConfigurationError: two profiles fit equally well.
    """
    shape = shape or Shape()
    maker = find_maker(props)
    profile = choose({**props.values, MAKER: maker.name if maker else ""})
    signs = find_signs(props, shape, maker, profile)
    kind = decide(
        signs,
        claims_asked="ro.build.characteristics" in props.values,
        maker_known=maker is not None and maker.known,
        width_dp=shape.width_dp,
    )
    return Identification(kind, maker, name_model(props, maker), profile, signs)
