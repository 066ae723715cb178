"""A capture as a model of the training bench: what was not captured is what most tablets have.

Behaviour follows the API level as with every model; a capture adds a name, features, a screen and packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from provision.captures.model import Capture
from provision.captures.read import read_capture
from provision.errors import ConfigurationError, TrainingError
from provision.virtual.android.model import Model

OLDEST, NEWEST = 21, 37
_LAUNCHER = "com.android.launcher3/.Launcher"
_FEATURES = (
    "bluetooth",
    "camera",
    "location",
    "microphone",
    "touchscreen",
    "wifi",
    "screen.portrait",
    "screen.landscape",
)
_PACKAGES = (
    "android",
    "com.android.launcher3",
    "com.android.managedprovisioning",
    "com.android.packageinstaller",
    "com.android.providers.settings",
    "com.android.settings",
    "com.android.shell",
    "com.android.systemui",
)
_USUAL: Mapping[str, Any] = {
    "mac_prefix": "02:15:6d",
    "storage": {"total_mb": 51200, "used_mb": 9000},
    "battery": {"level": 70, "technology": "Li-ion", "voltage": 3950, "temperature": 255},
    "launcher": _LAUNCHER,
}


def model_of(file: Path) -> Model:
    """The model of one capture file.

    Raises:
        TrainingError: the file is no capture, or its Android is none the training bench can play.
    """
    try:
        capture = read_capture(file)
    except ConfigurationError as wrong:
        raise TrainingError(str(wrong)) from wrong
    api = capture.as_props.api_if_known
    if api is None or not OLDEST <= api <= NEWEST:
        got = capture.as_props.get("ro.build.version.sdk") or "none"
        raise TrainingError(f"{file}: ro.build.version.sdk: expected {OLDEST} to {NEWEST}, got {got}")
    try:
        return Model.model_validate({**_USUAL, "api": api, **_describe(capture)})
    except ValidationError as wrong:
        raise TrainingError(f"{file}: {wrong.error_count()} values that no virtual tablet can have") from None


def _describe_screen(capture: Capture) -> dict[str, int]:
    screen = capture.screen
    if screen is None:
        told = capture.as_props.get("ro.sf.lcd_density")
        return {"width": 800, "height": 1280, "density": int(told) if told.isdecimal() else 160}
    return {"width": screen.width, "height": screen.height, "density": screen.density}


def _describe(capture: Capture) -> dict[str, Any]:
    features = capture.features or (
        *(f"android.hardware.{name}" for name in _FEATURES),
        "android.software.device_admin",
    )
    return {
        "title": capture.as_props.title,
        "source": capture.source or "a capture",
        "serial": capture.serial or "CAP#######",
        "screen": _describe_screen(capture),
        "features": dict.fromkeys(features, 0),
        "system_packages": tuple(dict.fromkeys((*_PACKAGES, *capture.packages))),
        "props": {"ro.adb.secure": "1", **capture.props},
    }
