"""Known tablets that an unconfirmed one may be, with what speaks for each; a person's eyes decide, by the label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provision.identity.which import UNREAD, Asset


class Fit(StrEnum):
    """What speaks for a candidate, the strongest first; words of the catalogue, `fit.<word>`."""

    LABEL = "label"  # a person read this label on this very installation
    AGENT = "agent"  # the tablet's own agent carries the number
    INSTALLATION = "installation"
    SERIAL = "serial"
    MODEL = "model"


@dataclass(frozen=True)
class Candidate:
    """A known tablet, and what speaks for it."""

    asset_id: str
    fits: tuple[Fit, ...]


def list_candidates(
    installation: str, carried: str | None, model: str, known: Iterable[Asset], models: Mapping[str, str]
) -> tuple[Candidate, ...]:
    """The candidates, the one that most speaks for first.

    Args:
        installation: of the tablet there, `UNREAD` for none that it tells.
        carried: the number in its agent, where that obeys this site.
        model: its model, as runs name it.
        known: tablets with its serial, without retired numbers.
        models: those of known tablets by number, as far as they are remembered.
    """
    found = [Candidate(one.asset_id, tuple(_fit(one, installation, carried, model, models))) for one in known]
    order = list(Fit)
    return tuple(sorted(found, key=lambda one: ([order.index(fit) for fit in one.fits], one.asset_id)))


def _fit(one: Asset, installation: str, carried: str | None, model: str, models: Mapping[str, str]) -> Iterable[Fit]:
    told = installation != UNREAD
    if told and installation in one.confirmed:
        yield Fit.LABEL
    if one.asset_id == carried:
        yield Fit.AGENT
    if told and installation in one.installations:
        yield Fit.INSTALLATION
    yield Fit.SERIAL
    if model and models.get(one.asset_id) == model:
        yield Fit.MODEL
