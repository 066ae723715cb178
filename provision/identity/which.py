"""Which tablet is it: certain, candidate, new or unknown, and by what.

Rules, in order (design: identity table; reference, packages document 1.4 and 2.2, 2.3):

1. While plugged, a tablet is what hangs on its port; nothing here is asked.
2. A person compared the label of this installation: that tablet, certain.
3. The tablet's own agent obeys this site and carries a number, from whichever bench: that tablet, certain. A number
   that is known here under another serial, in a run right now, or none that this bench can have given, is a
   contradiction: the rules below, never certain. One of this bench's own that it does not remember is a candidate:
   nothing but the tablet says so.
4. Same serial and same installation id: the same tablet, certain.
   A known tablet that never answered anything but its serial (its run failed at once, so it has no label) is this one
   when the serial is nobody else's, and is left out of everything below when it is shared.
5. A serial that no known tablet has, or that only tablets have which are on the bench right now: new.
   (The installation of one of those under a second tablet is a copied system: unknown, as in 6.)
6. Same serial, another installation id: after a factory reset it may be the same tablet. Candidate when
   exactly one known tablet has this serial and it is no placeholder (`shared_serials.yaml`): the run goes on under its
   number. Else unknown: a new number. Never a guess: both are asked about, and are what they are at every later plug,
   also by rules 3 and 4, until a person confirms the label.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
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


class Basis(StrEnum):
    """By what a tablet was recognised."""

    LABEL = "label"
    AGENT = "agent"
    INSTALLATION = "installation"
    SERIAL = "serial"
    NOTHING = "nothing"


class Standing(StrEnum):
    """What a bench can say of a number that a tablet carries."""

    GIVEN = "given"  # it is known here, or of another bench
    FORGOTTEN = "forgotten"  # this bench would have given it, and does not remember that
    IMPOSSIBLE = "impossible"  # this bench cannot have given it


@dataclass(frozen=True)
class Asset:
    """One known tablet.

    Attributes:
        asset_id: the hospital's number, `A-0042`.
        serial: as the tablet says it; may be empty or shared.
        installations: digests of the `android_id` values seen, one a factory reset; `UNREAD` where it had
            none to tell or they were lost; empty for one that never answered.
        asked: installations that may be another tablet's: a person is asked at each plug.
        confirmed: installations whose label a person compared.
    """

    asset_id: str
    serial: str
    installations: tuple[str, ...]
    asked: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()

    @property
    def has_answered(self) -> bool:
        """Whether anything but its serial was ever heard of it."""
        return bool(self.installations or self.asked or self.confirmed)


@dataclass(frozen=True)
class Match:
    """The answer: a known or carried asset, or None for one to number; how sure that is, and by what."""

    asset: Asset | None
    certainty: Certainty
    basis: Basis = Basis.NOTHING


def digest_installation(android_id: str | None) -> str | None:
    """A digest of `android_id`, so that no identifier of the installation is kept in clear."""
    if not android_id:
        return None
    return hashlib.sha256(f"android_id:{android_id}".encode()).hexdigest()


def match_asset(
    serial: str,
    installation: str | None,
    known: Iterable[Asset],
    on_bench: frozenset[str],
    carried: str | None = None,
    standing: Standing = Standing.GIVEN,
) -> Match:
    """Which tablet this is; see the rules of the module.

    Args:
        known: tablets with this serial, and the one whose number is carried.
        on_bench: asset ids that are in a run right now.
        carried: the number in the tablet's own agent, where that obeys this site.
        standing: of that number.
    """
    assets = list(known)
    same_serial = [asset for asset in assets if asset.serial == serial]
    told = [asset for asset in same_serial if asset.has_answered]
    named = [asset for asset in same_serial if installation in asset.confirmed and _is_told(installation)]
    confirmed = _exclude(named, on_bench)
    if confirmed:
        return Match(confirmed[0], Certainty.CERTAIN, Basis.LABEL)
    if carried is None:
        return _match_known(serial, installation, same_serial, told, on_bench)
    owner = next((asset for asset in assets if asset.asset_id == carried), Asset(carried, serial, ()))
    if owner.serial != serial or carried in on_bench or standing is Standing.IMPOSSIBLE:
        found = _match_known(serial, installation, same_serial, told, on_bench)
        return replace(found, certainty=Certainty.UNKNOWN)
    if standing is Standing.FORGOTTEN:
        return Match(owner, Certainty.CANDIDATE, Basis.AGENT)
    if installation in owner.asked:
        return Match(owner, _doubt(serial, told), Basis.SERIAL)
    return Match(owner, Certainty.CERTAIN, Basis.LABEL if installation in owner.confirmed else Basis.AGENT)


def note_plug(asset: Asset, certainty: Certainty, installation: str | None) -> Asset:
    """The tablet with what this plug tells of it: what is certain is learnt, what is not will be asked again."""
    if installation is None:
        return asset
    if certainty in {Certainty.CANDIDATE, Certainty.UNKNOWN}:
        return replace(asset, asked=asset.asked | {installation})
    if installation in {*asset.installations, *asset.confirmed} or (installation == UNREAD and asset.installations):
        return asset
    return replace(asset, installations=(*asset.installations, installation))


def _match_known(
    serial: str, installation: str | None, same_serial: list[Asset], told: list[Asset], on_bench: frozenset[str]
) -> Match:
    """Rules 4 to 6."""
    here = _recognise(installation, told)
    silent = _find_silent(serial, same_serial, on_bench)
    certain = _exclude(here, on_bench) or silent
    if certain:
        asked = installation in certain[0].asked or len(here) > 1  # more than one tablet with it: a copied system
        basis = Basis.SERIAL if silent else Basis.INSTALLATION
        return Match(certain[0], _doubt(serial, told) if asked else Certainty.CERTAIN, basis)
    return Match(None, Certainty.UNKNOWN) if here else _match_by_serial(serial, told, on_bench)


def _doubt(serial: str, told: list[Asset]) -> Certainty:
    """How unsure an unconfirmed tablet is: one of several, or perhaps the only one of its serial."""
    shared = is_placeholder(serial) or len(told) > 1
    return Certainty.UNKNOWN if shared else Certainty.CANDIDATE


def _match_by_serial(serial: str, told: list[Asset], on_bench: frozenset[str]) -> Match:
    """Rules 5 and 6: the serial is known, the installation is not."""
    free = _exclude(told, on_bench)
    if not free:
        return Match(None, Certainty.NEW)
    if is_placeholder(serial) or len(told) != 1:
        return Match(None, Certainty.UNKNOWN)
    return Match(free[0], Certainty.CANDIDATE, Basis.SERIAL)


def _recognise(installation: str | None, assets: Iterable[Asset]) -> list[Asset]:
    """The tablets that were seen with this installation."""
    if not _is_told(installation):
        return []
    return [asset for asset in assets if installation in asset.installations]


def _is_told(installation: str | None) -> bool:
    return installation is not None and installation != UNREAD


def _exclude(assets: Iterable[Asset], on_bench: frozenset[str]) -> list[Asset]:
    return [asset for asset in assets if asset.asset_id not in on_bench]


def _find_silent(serial: str, same_serial: list[Asset], on_bench: frozenset[str]) -> list[Asset]:
    """The one tablet of a serial of its own that never answered more than that."""
    if len(same_serial) != 1 or same_serial[0].has_answered or is_placeholder(serial):
        return []
    return _exclude(same_serial, on_bench)
