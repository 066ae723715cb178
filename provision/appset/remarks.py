"""Remarks on an app that a person should know before it is pinned, and no tablet refuses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provision.appset.grants import FIRST_API as FIRST_GRANTS_API
from provision.appset.model import App
from provision.appset.releases import NEWEST_API, name_releases
from provision.appset.restrictions import read_restrictions
from provision.appset.rules import PLATFORM_LIBRARIES, name_extension

INTERNET, LOCAL_NETWORK = "android.permission.INTERNET", "android.permission.ACCESS_LOCAL_NETWORK"
LOCAL_NETWORK_API = 37
"""From this target on an app reaches addresses of the local network only with a permission (packages document 3.12)."""
PUBLIC_LOGS_API = 37
"""From this target on Android asks by default that a public log knows a server's certificate, whoever issued it.

Android 17, `NetworkSecurityConfig`, change 407952621 (after target 36), and `TrustManagerImpl`, which spares no
authority: an app that talks to a server of the house must say otherwise in its own network security configuration, or
the server needs a certificate of a public authority. A build may have the change's flag off.
"""
_COMMON = "android.permission."


@dataclass(frozen=True)
class Remark:
    """One sentence: its key in the catalogue (`apps.<key>`), what is counted in it, what stands in it."""

    key: str
    count: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def find_remarks(app: App) -> Iterator[Remark]:
    """Permissions it asks for, keys of its managed configuration, what it needs of a tablet.

    Raises:
        OSError: its file cannot be read.
    """
    if app.permissions:
        names = ", ".join(sorted(name.removeprefix(_COMMON) for name in app.permissions))
        yield Remark("asks", len(app.permissions), {"names": names})
    keys = read_restrictions(app.path) if app.takes_configuration else ()
    if keys:
        yield Remark("can-configure", len(keys), {"names": ", ".join(keys)})
    rare = app.traits.libraries - PLATFORM_LIBRARIES.keys()
    if rare:
        yield Remark("needs-libraries", None, {"names": ", ".join(sorted(rare))})
    if app.traits.native_libraries:
        yield Remark("needs-libraries", None, {"names": ", ".join(sorted(app.traits.native_libraries))})
    if app.traits.extensions:
        names = ", ".join(f"{name_extension(sdk)} {lowest}" for sdk, lowest in sorted(app.traits.extensions.items()))
        yield Remark("needs-extension", None, {"names": names})
    if app.traits.features:
        yield Remark("needs-features", None, {"names": ", ".join(sorted(app.traits.features))})
    yield from _find_grant_remarks(app)
    yield from _find_network_remarks(app)


def _find_grant_remarks(app: App) -> Iterator[Remark]:
    """Grants that not every release from 6.0 on is given."""
    for grant in app.all_grants:
        first, last = max(FIRST_GRANTS_API, grant.first), min(NEWEST_API, grant.last)
        if (first, last) != (FIRST_GRANTS_API, NEWEST_API):
            yield Remark("given-on", None, {"name": grant.name, "releases": name_releases(first, last)})


def _find_network_remarks(app: App) -> Iterator[Remark]:
    if app.target_sdk < LOCAL_NETWORK_API or INTERNET not in app.permissions:
        return
    if app.target_sdk >= PUBLIC_LOGS_API:
        yield Remark("wants-public-logs")
    if LOCAL_NETWORK not in app.permissions:
        yield Remark("no-local-network")
    elif LOCAL_NETWORK not in app.grants:
        yield Remark("local-network-not-granted")


def find_doubled_labels(apps: Sequence[App]) -> tuple[str, ...]:
    """Labels that more than one app has, as people see them: letters of another form or case are the same."""
    seen = [look_of(app.label) for app in apps]
    return tuple(dict.fromkeys(app.label for app in apps if seen.count(look_of(app.label)) > 1))


def look_of(label: str) -> str:
    """A label without what nobody sees of it: forms of letters, case, widths of blanks, invisible signs."""
    shown = "".join(char for char in unicodedata.normalize("NFKC", label) if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", shown.casefold()).split())
