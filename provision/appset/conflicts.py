"""Apps of one set that exclude each other on a tablet, whatever the tablet (packages document 3.7, 3.12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from provision.appset.model import App
from provision.appset.traits import Traits


@dataclass(frozen=True)
class Conflict:
    """Two apps of which Android installs only the first.

    Attributes:
        first, second: numbers in the set.
        what: what both claim, in Android's words.
        code: what the tablet would answer.
    """

    first: int
    second: int
    what: str
    code: str


def find_conflicts(apps: Sequence[App]) -> Iterator[Conflict]:
    """Every pair, with the first thing that both claim, be it in files that few tablets get."""
    for second, app in enumerate(apps):
        for first, other in enumerate(apps[:second]):
            found = next(_compare_files(other, app), None)
            if found is not None and other.package != app.package:
                yield Conflict(first, second, *found)


def _compare_files(first: App, second: App) -> Iterator[tuple[str, str]]:
    for one, other in product((first, *first.variants), (second, *second.variants)):
        if not one.abis or not other.abis or one.abis & other.abis:
            yield from _compare(one, other)


def _compare(first: App, second: App) -> Iterator[tuple[str, str]]:
    """(what both claim, code). Permissions and user ids may be shared by apps of one signer."""
    both = _join(first), _join(second)
    for authority in sorted(both[0].authorities & both[1].authorities):
        yield f"the provider {authority}", "INSTALL_FAILED_CONFLICTING_PROVIDER"
    if first.signer == second.signer:
        return
    for permission in sorted(both[0].permissions & both[1].permissions):
        yield f"the permission {permission}", "INSTALL_FAILED_DUPLICATE_PERMISSION"
    if both[0].shared_user and both[0].shared_user == both[1].shared_user:
        yield f"the user {both[0].shared_user}", "INSTALL_FAILED_SHARED_USER_INCOMPATIBLE"


def _join(app: App) -> Traits:
    """Join the claims of an app and its splits."""
    return Traits(
        shared_user=app.traits.shared_user,
        permissions=frozenset[str]().union(*(traits.permissions for traits in app.all_traits)),
        authorities=frozenset[str]().union(*(traits.authorities for traits in app.all_traits)),
    )
