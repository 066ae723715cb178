"""Which tablet is it: certain, candidate, new or unknown.

Rules, in order (design: identity table; reference, packages document 1.4 and 2.2, 2.3):

1. While plugged, a tablet is what hangs on its port; nothing here is asked.
2. Same serial and same installation id: the same tablet, certain.
   A known tablet that never answered anything but its serial (its run failed at once, so it has no label) is this one
   when the serial is nobody else's, and is left out of everything below when it is shared.
3. A serial that no known tablet has, or that only tablets have which are on the bench right now: new.
   (The installation of one of those under a second tablet is a copied system: unknown, as in 4.)
4. Same serial, another installation id: after a factory reset it may be the same tablet. Candidate when
   exactly one known tablet has this serial and it is no placeholder (`shared_serials.yaml`): the run goes on under its
   number, ends with the warning to compare the label, and the new installation is not learnt, so that it never
   becomes certain by itself. Else unknown: a new number, with the same warning. Never a guess.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from provision.identity.shared_serials import is_placeholder

UNREAD = "unread"
"""In the place of an installation that is not known; equals nothing, not even itself."""


class Certainty(StrEnum):
    """How sure it is which tablet this is."""

    CERTAIN = "certain"
    CANDIDATE = "candidate"
    NEW = "new"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Asset:
    """One known tablet.

    Attributes:
        asset_id: the hospital's number, `A-0042`.
        serial: as the tablet says it; may be empty or shared.
        installations: digests of the `android_id` values seen, one a factory reset; `UNREAD` where it had
            none to tell or they were lost; empty for one that never answered.
    """

    asset_id: str
    serial: str
    installations: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """The answer: an asset that is already known, or None for a new one."""

    asset: Asset | None
    certainty: Certainty


def digest_installation(android_id: str | None) -> str | None:
    """A digest of `android_id`, so that no identifier of the installation is kept in clear."""
    if not android_id:
        return None
    return hashlib.sha256(f"android_id:{android_id}".encode()).hexdigest()


def match_asset(serial: str, installation: str | None, known: Iterable[Asset], on_bench: frozenset[str]) -> Match:
    """Which known tablet this is; see the rules of the module.

    Args:
        on_bench: asset ids that are in a run right now.
    """
    same_serial = [asset for asset in known if asset.serial == serial]
    told = [asset for asset in same_serial if asset.installations]
    here = _recognise(installation, told)
    certain = _exclude(here, on_bench) or _find_silent(serial, same_serial, on_bench)
    if certain:
        return Match(certain[0], Certainty.CERTAIN)
    return Match(None, Certainty.UNKNOWN) if here else _match_by_serial(serial, told, on_bench)


def _match_by_serial(serial: str, told: list[Asset], on_bench: frozenset[str]) -> Match:
    """Rules 3 and 4: the serial is known, the installation is not."""
    free = _exclude(told, on_bench)
    if not free:
        return Match(None, Certainty.NEW)
    if is_placeholder(serial) or len(told) != 1:
        return Match(None, Certainty.UNKNOWN)
    return Match(free[0], Certainty.CANDIDATE)


def _recognise(installation: str | None, assets: Iterable[Asset]) -> list[Asset]:
    """The tablets that were seen with this installation."""
    if installation == UNREAD:
        return []
    return [asset for asset in assets if installation in asset.installations]


def _exclude(assets: Iterable[Asset], on_bench: frozenset[str]) -> list[Asset]:
    return [asset for asset in assets if asset.asset_id not in on_bench]


def _find_silent(serial: str, same_serial: list[Asset], on_bench: frozenset[str]) -> list[Asset]:
    """The one tablet of a serial of its own that never answered more than that."""
    if len(same_serial) != 1 or same_serial[0].installations or is_placeholder(serial):
        return []
    return _exclude(same_serial, on_bench)
