"""User restrictions: the first release that knows each, and what setting one changes at once.

Source: reference, Wi-Fi document 2.3 and 3.3. From 24 on a word the release does not know is dropped; 5.x
and 6.0 store any word and enforce those they know.
"""

from __future__ import annotations

from collections.abc import Callable

from provision.virtual.android.state import PROVIDERS_GONE_API, Data

DROPS_UNKNOWN_API = 24
MODE_API, ADB_VERIFIER_API, WIRELESS_ADB_API, SAFE_BOOT_API = 29, 30, 30, 24

LEVELS: dict[int, tuple[str, ...]] = {
    18: (
        "no_config_wifi", "no_config_bluetooth", "no_config_credentials", "no_remove_user", "no_modify_accounts",
        "no_install_apps", "no_install_unknown_sources", "no_uninstall_apps", "no_usb_file_transfer",
        "no_share_location",
    ),
    21: (
        "no_config_tethering", "no_config_mobile_networks", "no_config_vpn", "no_factory_reset", "no_add_user",
        "no_control_apps", "ensure_verify_apps", "no_debugging_features", "no_physical_media", "no_outgoing_calls",
        "no_sms", "no_create_windows", "no_adjust_volume", "no_unmute_microphone", "no_outgoing_beam",
    ),
    23: ("no_network_reset", "no_safe_boot", "no_fun"),
    24: ("no_data_roaming", "no_set_wallpaper", "no_set_user_icon"),
    26: ("no_bluetooth", "no_bluetooth_sharing", "no_autofill", "no_add_managed_profile"),
    28: (
        "no_airplane_mode", "no_user_switch", "no_system_error_dialogs", "no_config_location", "no_config_date_time",
        "no_config_locale", "no_config_brightness", "no_config_screen_timeout", "no_ambient_display", "no_printing",
    ),
    29: (
        "disallow_config_private_dns", "no_install_unknown_sources_globally", "no_content_capture",
        "no_content_suggestions",
    ),
    31: ("disallow_camera_toggle", "disallow_microphone_toggle"),
    33: (
        "no_add_wifi_config", "no_change_wifi_state", "no_wifi_tethering", "no_wifi_direct",
        "no_sharing_admin_configured_wifi", "no_add_clone_profile",
    ),
    34: ("no_cellular_2g", "no_ultra_wideband_radio", "disallow_config_default_apps"),
    35: (
        "no_thread_network", "no_near_field_communication_radio", "no_change_near_field_communication_radio",
        "no_sim_globally", "no_assist_content", "no_add_private_profile",
    ),
    37: (
        "no_add_guest", "no_config_wifi_private", "no_config_wifi_shared", "no_non_tool_accessibility_service",
        "no_task_continuity_handoff",
    ),
}  # fmt: skip
"""Restrictions by the first release that knows them."""

SINCE = {name: level for level, names in LEVELS.items() for name in names}


BROUGHT = {26: "no_add_managed_profile", 33: "no_add_clone_profile", 35: "no_add_private_profile"}
"""Restrictions that come and go with an owner, by first level (packages document 11.2)."""
BASE_API = 30
"""From here on they are the system's own, before the owner's (packages document 11.2)."""


def brought(api: int) -> tuple[str, ...]:
    """List what an owner brings on a release."""
    return tuple(name for level, name in BROUGHT.items() if level <= api)


def known(api: int, name: str) -> bool:
    """Tell whether a release enforces a restriction of this name."""
    return SINCE.get(name, api + 1) <= api


def impose(data: Data, api: int, name: str) -> None:
    """Set one restriction: dropped where the release does not know it, with its effects where it does."""
    if not known(api, name) and api >= DROPS_UNKNOWN_API:
        return
    if name not in data.restrictions:
        data.restrictions.append(name)
    if known(api, name) and name in EFFECTS:
        EFFECTS[name](data, api)


def lift(data: Data, name: str) -> None:
    """Take one restriction back; what it switched stays as it is, but for safe boot."""
    data.restrictions = [one for one in data.restrictions if one != name]
    if name == "no_safe_boot" and "safe_boot_disallowed" in data.settings["global"]:
        data.settings["global"]["safe_boot_disallowed"] = "0"


def _location_off(data: Data, api: int) -> None:
    secure = data.settings["secure"]
    if api < PROVIDERS_GONE_API:
        secure["location_providers_allowed"] = ""
    if api >= MODE_API:
        secure["location_mode"] = "0"


def _airplane_off(data: Data, _api: int) -> None:
    if data.settings["global"].get("airplane_mode_on") == "1":
        data.settings["global"]["airplane_mode_on"] = "0"


def _verify_apps(data: Data, api: int) -> None:
    data.settings["global"]["verifier_verify_adb_installs"] = "1"
    if api < ADB_VERIFIER_API:
        data.settings["global"]["package_verifier_enable"] = "1"


def _debugging_off(data: Data, api: int) -> None:
    data.settings["global"]["adb_enabled"] = "0"
    if api >= WIRELESS_ADB_API:
        data.settings["global"]["adb_wifi_enabled"] = "0"


def _safe_boot_off(data: Data, api: int) -> None:
    """6.0 keeps the restriction itself and writes no row."""
    if api >= SAFE_BOOT_API:
        data.settings["global"]["safe_boot_disallowed"] = "1"


def _wake(data: Data, _api: int) -> None:
    """Suspensions, all of them the shell's here, end (Wi-Fi document 3.3)."""
    for package in data.packages.values():
        package.suspended = False


def _writes(key: str, value: str) -> Callable[[Data, int], None]:
    """An effect that is one row of the global table."""

    def write(data: Data, _api: int) -> None:
        data.settings["global"][key] = value

    return write


EFFECTS: dict[str, Callable[[Data, int], None]] = {
    "no_share_location": _location_off,
    "no_airplane_mode": _airplane_off,
    "no_bluetooth": _writes("bluetooth_on", "0"),
    "no_data_roaming": _writes("data_roaming", "0"),
    "ensure_verify_apps": _verify_apps,
    "no_safe_boot": _safe_boot_off,
    "no_debugging_features": _debugging_off,
    "no_control_apps": _wake,
    "no_uninstall_apps": _wake,
}
"""What Android switches the moment a restriction is set."""
