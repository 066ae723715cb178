"""Reasons to refuse a tablet before anything on it is changed."""

from __future__ import annotations

from collections.abc import Iterator

from provision.controls.model import Refusal
from provision.facts.collect import Facts
from provision.site.model import Prepare
from provision.terms import Reason
from provision.texts.message import message, verbatim

OLDEST_API = 21


def find_refusals(
    facts: Facts, wanted: Prepare, *, is_tablet: bool | None, agent: str | None = None
) -> tuple[Refusal, ...]:
    """All reasons at once, so that a technician walks to the tablet only once.

    Args:
        is_tablet: what identity says; None when it cannot tell.
        agent: package of this bench's agent, which may own the tablet; None where no owner is ours.
    """
    return (*_find_kind(is_tablet=is_tablet), *_find_people(facts, wanted, agent), *_find_room(facts, wanted))


def _find_kind(*, is_tablet: bool | None) -> Iterator[Refusal]:
    if is_tablet is False:
        yield Refusal(Reason.NOT_A_TABLET)
    if is_tablet is None:
        yield Refusal(Reason.MODEL_UNKNOWN)


def _find_people(facts: Facts, wanted: Prepare, agent: str | None) -> Iterator[Refusal]:
    """A donor's traces; counts only (reference, packages document 6.2, 6.7).

    An account of the maker's own contacts app is no trace of anybody; whether it keeps an owner away, the agent's
    preconditions tell.
    """
    here = facts.people
    if here.accounts > here.local:
        yield Refusal(Reason.NOT_RESET_ACCOUNTS, verbatim(str(here.accounts)))
    if here.users > 1:
        others = Reason.GUEST_USER if here.guests == here.users - 1 else Reason.NOT_RESET_USERS
        yield Refusal(others, verbatim(str(here.users)))
    if wanted.donor_files == "refuse":
        yield from _find_files(facts)
    if facts.owner.package not in {None, agent}:
        yield Refusal(Reason.FOREIGN_OWNER, verbatim(str(facts.owner.package)))


def _find_files(facts: Facts) -> Iterator[Refusal]:
    """Files of the donor; a folder that cannot be read may hold some, and nobody knows that a reset would open it."""
    files = facts.people.files
    if files is None:
        yield Refusal(Reason.FILES_UNREADABLE, message("files"))
    elif files > 0:
        yield Refusal(Reason.NOT_RESET_FILES, verbatim(str(files)))


def find_warnings(facts: Facts, wanted: Prepare) -> tuple[Refusal, ...]:
    """Find what the site wants to be told of, but does not refuse for."""
    hidden = facts.people.hidden
    accounts = (Refusal(Reason.ACCOUNT_HIDDEN, verbatim(str(hidden))),) if hidden else ()
    return (*accounts, *(_find_files(facts) if wanted.donor_files == "warn" else ()))


def _find_room(facts: Facts, wanted: Prepare) -> Iterator[Refusal]:
    if facts.props.api < OLDEST_API:
        yield Refusal(Reason.RELEASE_TOO_OLD, verbatim(facts.props.release))
    percent = facts.battery.percent
    if percent is not None and percent < wanted.battery_min_percent:
        yield Refusal(Reason.BATTERY_LOW, verbatim(f"{percent} %"))
    free = facts.storage.free_bytes // 1_000_000
    if free < wanted.storage_min_mb:
        yield Refusal(Reason.STORAGE_LOW, verbatim(f"{free} MB"))
