"""Special app access: what Android lets a person switch for one app beside permissions ("Special app access").

Each is an operation of Android's app ops, by its name in `appops` (packages document 8). Not offered: installing other
apps (`REQUEST_INSTALL_PACKAGES`), which no app of a ward may. The exemption from battery saving is no operation: an
app that takes calls has it (`controls/calls_awake.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

FIRST_API = 23
"""Before Android 6 these come with the installation."""


class SpecialAccess(StrEnum):
    """One operation; the value is its name in `appops`."""

    OVERLAY = "SYSTEM_ALERT_WINDOW"
    SETTINGS = "WRITE_SETTINGS"
    USAGE = "GET_USAGE_STATS"
    PROJECTION = "PROJECT_MEDIA"
    BACKGROUND = "RUN_IN_BACKGROUND"
    ANY_BACKGROUND = "RUN_ANY_IN_BACKGROUND"
    FULL_SCREEN = "USE_FULL_SCREEN_INTENT"


INTRODUCED: Mapping[SpecialAccess, int] = {
    SpecialAccess.BACKGROUND: 24,
    SpecialAccess.ANY_BACKGROUND: 28,
    SpecialAccess.FULL_SCREEN: 34,
}
"""First API level that has it, where that is later than `FIRST_API`: nothing is to be given before."""

PERMISSIONS: Mapping[SpecialAccess, str] = {
    SpecialAccess.OVERLAY: "android.permission.SYSTEM_ALERT_WINDOW",
    SpecialAccess.SETTINGS: "android.permission.WRITE_SETTINGS",
    SpecialAccess.USAGE: "android.permission.PACKAGE_USAGE_STATS",
    SpecialAccess.FULL_SCREEN: "android.permission.USE_FULL_SCREEN_INTENT",
}
"""What an app must ask for in its manifest, or the access is of no use to it."""


def is_known(access: SpecialAccess, api: int) -> bool:
    """Tell whether a release has it to give."""
    return api >= INTRODUCED.get(access, FIRST_API)
