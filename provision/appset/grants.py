"""Permissions that a tablet can be told to give an app, and the releases that know them.

Asked for at run time (`dangerous`) or given by `pm grant` alone (`development`); everything else of Android's comes
with the installation or not at all (packages document 8). Names and levels: the framework's own manifest of each
release (reference/facts/manifest.json).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_API, NO_END = 23, 10_000
_ANDROID = "android.permission."

_SINCE: Mapping[int, str] = {
    23: """ACCESS_COARSE_LOCATION ACCESS_FINE_LOCATION BATTERY_STATS BODY_SENSORS CALL_PHONE CAMERA
        CHANGE_CONFIGURATION DUMP GET_ACCOUNTS GET_APP_OPS_STATS INTERACT_ACROSS_USERS PACKAGE_USAGE_STATS
        PROCESS_OUTGOING_CALLS READ_CALENDAR READ_CALL_LOG READ_CELL_BROADCASTS READ_CONTACTS READ_EXTERNAL_STORAGE
        READ_LOGS READ_PHONE_STATE READ_SMS RECEIVE_MMS RECEIVE_SMS RECEIVE_WAP_PUSH RECORD_AUDIO SEND_SMS
        SET_ALWAYS_FINISH SET_ANIMATION_SCALE SET_DEBUG_APP SET_PROCESS_LIMIT SIGNAL_PERSISTENT_PROCESSES
        SYSTEM_ALERT_WINDOW USE_SIP WRITE_CALENDAR WRITE_CALL_LOG WRITE_CONTACTS WRITE_EXTERNAL_STORAGE
        WRITE_SECURE_SETTINGS""",
    24: "GET_PROCESS_STATE_AND_OOM_SCORE",
    26: """ANSWER_PHONE_CALLS INSTANT_APP_FOREGROUND_SERVICE READ_PHONE_NUMBERS SET_MEDIA_KEY_LISTENER
        SET_VOLUME_KEY_LONG_PRESS_LISTENER""",
    28: """ACCEPT_HANDOVER ACCESS_AMBIENT_LIGHT_STATS BRIGHTNESS_SLIDER_USAGE CONFIGURE_DISPLAY_BRIGHTNESS
        WRITE_EMBEDDED_SUBSCRIPTIONS""",
    29: "ACCESS_BACKGROUND_LOCATION ACCESS_MEDIA_LOCATION ACTIVITY_RECOGNITION",
    31: """ACCESS_BLOBS_ACROSS_USERS BLUETOOTH_ADVERTISE BLUETOOTH_CONNECT BLUETOOTH_SCAN CONTROL_UI_TRACING
        MODIFY_QUIET_MODE UWB_RANGING""",
    33: """ACCESS_BROADCAST_RESPONSE_STATS BODY_SENSORS_BACKGROUND NEARBY_WIFI_DEVICES POST_NOTIFICATIONS
        READ_MEDIA_AUDIO READ_MEDIA_IMAGES READ_MEDIA_VIDEO""",
    34: "READ_MEDIA_VISUAL_USER_SELECTED",
    35: "ACCESS_SMARTSPACE READ_DROPBOX_DATA",
    36: "ACCESS_FINE_POWER_MONITORS RANGING READ_UPDATE_ENGINE_LOGS",
    37: "ACCESS_LOCAL_NETWORK SCHEDULE_DELAYED_RESTORE",
}
INTRODUCED: Mapping[str, int] = {_ANDROID + name: api for api, names in _SINCE.items() for name in names.split()}
"""First API level on which Android's own permission can be given."""


@dataclass(frozen=True)
class Grant:
    """One permission of one app, and the releases on which there is anything to give.

    Attributes:
        first: the first that knows it.
        last: the last on which the app asks for it (maxSdkVersion).
    """

    name: str
    first: int = FIRST_API
    last: int = NO_END

    def is_on(self, api: int) -> bool:
        """Tell whether a release gives it; on the others it is neither missing nor granted."""
        return max(FIRST_API, self.first) <= api <= self.last


def make_grant(name: str, ends: Mapping[str, int]) -> Grant:
    """One grant, with the ends that the app's manifest has."""
    return Grant(name, INTRODUCED.get(name, FIRST_API), ends.get(name, NO_END))


def can_be_given(name: str) -> bool:
    """Tell whether a permission can be given one by one; those of apps and makers are taken for such."""
    return name in INTRODUCED or not name.startswith(_ANDROID)
