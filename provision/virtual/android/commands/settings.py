"""`settings`: three tables, observers, silent refusals.

Source: reference, packages document 2.3; Wi-Fi document 1.7 (silent no-ops), 3.3 (restrictions), 4 (location).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.contract import Effect, Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_STATUS_API, done, failed
from provision.virtual.android.state import PROVIDERS_GONE_API

NAMESPACES = ("system", "secure", "global")
LIST_API, TWO_PROVIDERS_API = 23, 24

BLOCKED: dict[str, tuple[tuple[str, frozenset[str] | None], ...]] = {
    "location_mode": (("no_config_location", None), ("no_share_location", frozenset({"1", "2", "3"}))),
    "location_providers_allowed": (("no_config_location", None), ("no_share_location", None)),
    "auto_time": (("no_config_date_time", None),),
    "auto_time_zone": (("no_config_date_time", None),),
    "screen_off_timeout": (("no_config_screen_timeout", None),),
    "screen_brightness": (("no_config_brightness", None),),
    "screen_brightness_mode": (("no_config_brightness", None),),
    "screen_brightness_float": (("no_config_brightness", None),),
    "doze_enabled": (("no_ambient_display", frozenset({"1"})),),
    "doze_always_on": (("no_ambient_display", frozenset({"1"})),),
    "doze_pulse_on_pick_up": (("no_ambient_display", frozenset({"1"})),),
    "doze_pulse_on_long_press": (("no_ambient_display", frozenset({"1"})),),
    "doze_pulse_on_double_tap": (("no_ambient_display", frozenset({"1"})),),
    "install_non_market_apps": (("no_install_unknown_sources", frozenset({"1"})),),
    "airplane_mode_on": (("no_airplane_mode", frozenset({"1"})),),
    "adb_enabled": (("no_debugging_features", frozenset({"1"})),),
    "adb_wifi_enabled": (("no_debugging_features", frozenset({"1"})),),
    "data_roaming": (("no_data_roaming", frozenset({"1"})),),
    "private_dns_mode": (("disallow_config_private_dns", None),),
    "private_dns_specifier": (("disallow_config_private_dns", None),),
    "package_verifier_enable": (("ensure_verify_apps", frozenset({"0"})),),
    "verifier_verify_adb_installs": (("ensure_verify_apps", frozenset({"0"})),),
    "preferred_network_mode": (("no_config_mobile_networks", None),),
    "safe_boot_disallowed": (("no_safe_boot", None),),
}
"""Keys a user restriction guards: (restriction, values it stops or None for all)."""

GUARDED_ON = {
    "location_providers_allowed": range(21, 31),
    "package_verifier_enable": range(21, 30),
    "screen_brightness_float": range(30, 35),
}
"""API levels on which a key is guarded, where that is not wherever its restriction is known."""

USAGE = (
    "usage:  settings [--user <USER_ID> | current] get namespace key\n"
    "        settings [--user <USER_ID> | current] put namespace key value\n"
    "        settings [--user <USER_ID> | current] delete namespace key\n"
)


def settings(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`settings [--user N] get|put|delete|list NAMESPACE [KEY [VALUE]]`."""
    words = list(argv[1:])
    if words[:1] == ["--user"]:
        words = words[2:]
    if not words or words[0] not in VERBS:
        return _usage(device, f"Invalid command: {words[0]}\n" if words else "")
    verb, arguments = words[0], words[1:]
    run, count = VERBS[verb]
    if arguments and arguments[0] not in NAMESPACES:
        return _usage(device, f"Invalid namespace '{arguments[0]}'\n")
    if len(arguments) < count:
        return _usage(device, "Bad arguments\n" if device.api >= CMD_STATUS_API else "")
    return run(device, *arguments[:count])


def _usage(device: Device, text: str) -> Reply:
    """A wrong call: text and usage with status 0 on 5.x to 7.x, status 255 from 8 on (packages document 2.3)."""
    if device.api >= CMD_STATUS_API:
        return failed(text or USAGE, 255)
    return failed(text + USAGE, 0)


def _get(device: Device, namespace: str, key: str) -> Reply:
    """Print a value, `null` for an unset key."""
    value = device.setting(namespace, key)
    return done("null" if value is None else value + "\n")


def put(device: Device, namespace: str, key: str, value: str) -> Reply:
    """Store a value; says nothing whether it was stored or silently refused."""
    if device.faulty("lie-settings") or blocked(device, key, value):
        return Reply()
    if key == "location_providers_allowed" and device.api < PROVIDERS_GONE_API:
        return _put_providers(device, value)
    if key == "user_setup_complete":
        device.data.setup_latched = device.setup_complete or value == "1"
    device.data.settings[namespace][key] = value
    if (namespace, key, value) == ("global", "adb_enabled", "0"):
        return Reply(effect=Effect.DROP)
    return Reply()


def blocked(device: Device, key: str, value: str) -> bool:
    """Tell whether a user restriction drops this write silently (Wi-Fi document 1.7)."""
    rules = BLOCKED.get(key, ()) if device.api in GUARDED_ON.get(key, (device.api,)) else ()
    return any(device.restricted(name) and (values is None or value in values) for name, values in rules)


def _put_providers(device: Device, value: str) -> Reply:
    """`+gps`, `-gps` change the list; anything without a sign is ignored.

    From 24 on several signed items may follow each other; before, all behind the first sign is one name.
    """
    for item in value.split(",") if device.api >= TWO_PROVIDERS_API else [value]:
        _change_provider(device, item)
    return Reply()


def _change_provider(device: Device, item: str) -> None:
    """Apply one signed provider name."""
    row = device.setting("secure", "location_providers_allowed") or ""
    sign, name = item[:1], item[1:]
    if sign not in {"+", "-"} or not name:
        return
    others = [one for one in row.split(",") if one not in {"", name}]
    device.data.settings["secure"]["location_providers_allowed"] = ",".join([*others, name] if sign == "+" else others)


def _delete(device: Device, namespace: str, key: str) -> Reply:
    """Remove a row; says how many went."""
    if device.faulty("lie-settings"):
        return done("Deleted 1 rows")
    gone = device.data.settings[namespace].pop(key, None)
    return done(f"Deleted {0 if gone is None else 1} rows")


def _list(device: Device, namespace: str) -> Reply:
    """`key=value` lines; the verb is absent before 6.0."""
    if device.api < LIST_API:
        return _usage(device, "Invalid command: list\n")
    return done("".join(f"{key}={value}\n" for key, value in sorted(device.data.settings[namespace].items())))


VERBS: dict[str, tuple[Callable[..., Reply], int]] = {
    "get": (_get, 2),
    "put": (put, 3),
    "delete": (_delete, 2),
    "list": (_list, 1),
}
