"""Effects of one call on a virtual tablet: the properties a station cares about, before and after.

Left out is what comes and goes by itself or on the way to a change: files, open sessions, the lock task
state (the drill opens and closes it), faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provision.virtual.android.state import Data

ABSENT = ""


def properties(data: Data) -> dict[str, str]:
    """Every property that counts, by name; a package's value changes with each installation of it."""
    return dict(_list(data))


def _list(data: Data) -> Iterator[tuple[str, str]]:
    for name, package in data.packages.items():
        if not package.system:
            yield f"package {name}", f"{package.blob} {package.updates}"
        yield f"state {name}", f"{package.installed} {package.enabled} {package.hidden}"
        for permission in package.granted:
            yield f"grant {name} {permission}", "granted"
    for namespace, rows in data.settings.items():
        for key, value in rows.items():
            yield f"setting {namespace} {key}", value
    for network in data.networks:
        yield f"network {network.ssid}", f"{network.creator} {network.passphrase_digest}"
    for name in data.restrictions:
        yield f"restriction {name}", "set"
    yield "owner", data.owner or ABSENT
    yield "time zone", data.timezone
    yield "Wi-Fi radio", str(data.wifi_enabled)
    yield "home", data.preferred_home or data.home or ABSENT
    yield "lock task packages", " ".join(data.lock_task.packages)


def find_changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """New value of each property that is another now; empty for one that is gone."""
    names = [*after, *(name for name in before if name not in after)]
    return {name: after.get(name, ABSENT) for name in names if before.get(name) != after.get(name)}
