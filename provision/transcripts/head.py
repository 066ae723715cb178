"""Head of a transcript, before its first step: the model, its build, and what Google's gates depend on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provision.captures.model import Capture
from provision.captures.take import take_capture
from provision.errors import AnswerError
from provision.facts.ask import run_batch
from provision.facts.query import MISSING_SERVICE, CommandOutput, Outputs, Query
from provision.transcripts.model import Head
from provision.transport import Transport

PACKAGES = {
    "play services": "com.google.android.gms",
    "play store": "com.android.vending",
    "developer verifier": "com.google.android.verifier",
}
"""Of Google, which decide whether an app may be installed or run."""

SWITCHES = (
    ("global", "verifier_verify_adb_installs"),
    ("global", "package_verifier_enable"),
    ("global", "package_verifier_user_consent"),
    ("secure", "package_verifier_user_consent"),
    ("global", "verifier_timeout"),
    ("global", "upload_apk_enable"),
)
"""Rows of the settings that decide whether a verifier looks at an app (packages document 3.11)."""

_ROW = re.compile(r"-?\d{1,9}|null|")
UNREADABLE = "not readable by adb"
_GMS_BUILD = "ro.com.google.gmsversion"
_GOOGLE_FEATURES = re.compile(r"com\.google\.android\.feature\.(?:\w+)")


@dataclass(frozen=True)
class Made:
    """How and when a transcript is made: see `Head`."""

    virtual: bool
    started: datetime
    toolkit: str
    adb: str
    wants: Mapping[str, Any]


def read_head(transport: Transport, made: Made, *, seconds: float) -> tuple[Head, Capture]:
    """Query a tablet what its transcript begins with; reads only.

    Raises:
        AnswerError: no properties. NotBooted: still starting. TransportError: the way to it failed.
    """
    capture = take_capture(transport, "", seconds=seconds)
    packages = tuple(Query(name, ("dumpsys", "package", package)) for name, package in PACKAGES.items())
    rows = tuple(Query(f"{table} {key}", ("settings", "get", table, key)) for table, key in SWITCHES)
    found = run_batch(transport, (*packages, *rows), seconds=seconds)
    return _make_head(transport, made, capture, _read_google(capture, found)), capture


def make_bare_head(transport: Transport, made: Made) -> Head:
    """The head of a tablet that did not say what it is: only what is known without asking; API 0."""
    return _make_head(transport, made, Capture({"ro.build.version.sdk": "0"}), {})


def _make_head(transport: Transport, made: Made, capture: Capture, google: Mapping[str, str | None]) -> Head:
    props, screen = capture.as_props, capture.screen
    sides = None if screen is None else {"width": screen.width, "height": screen.height, "density": screen.density}
    return Head(
        virtual=made.virtual,
        started=made.started.isoformat(timespec="seconds"),
        toolkit=made.toolkit,
        adb=made.adb,
        transport="usb" if transport.address.startswith("usb:") else "server",
        connection=tuple(sorted(transport.features)),
        model=props.title,
        build=props.get("ro.build.fingerprint"),
        api=props.api,
        patch=props.get("ro.build.version.security_patch"),
        serial=capture.serial,
        props=capture.props,
        features=capture.features,
        packages=capture.packages,
        screen=sides,
        google=google,
        wants=made.wants,
    )


def _read_google(capture: Capture, found: Outputs) -> Mapping[str, str | None]:
    """Certification itself stands in no property and no dump; what the build says of Google's apps does."""
    features = [name for name in capture.features if _GOOGLE_FEATURES.fullmatch(name)]
    return {
        "certification": UNREADABLE,
        "gms build": capture.props.get(_GMS_BUILD) or None,
        "gms features": ", ".join(features) or None,
        **{name: _read_version(found[name], package) for name, package in PACKAGES.items()},
        **{f"{table} {key}": _read_row(found[f"{table} {key}"]) for table, key in SWITCHES},
    }


def _read_row(output: CommandOutput) -> str | None:
    with suppress(AnswerError):
        return output.read_value(_ROW, "a number or `null`")
    return "unreadable"


def expect_of_row(line: str, text: str) -> str:
    """Tell what had to come of one of the head's settings where it did not; empty for any other line."""
    is_row = any(line == shlex.join(("settings", "get", *row)) for row in SWITCHES)
    return (
        ""
        if not is_row or _ROW.fullmatch(text.strip()) or MISSING_SERVICE.match(text.strip())
        else "a number or `null`"
    )


def _read_version(output: CommandOutput, package: str) -> str | None:
    """Version name and code, None where the package is not there."""
    if not re.search(rf"^\s*Package \[{re.escape(package)}\]", output.body, re.MULTILINE):
        return None
    name = re.search(r"^\s+versionName=(\S+)", output.body, re.MULTILINE)
    code = re.search(r"^\s+versionCode=(\d+)", output.body, re.MULTILINE)
    return f"{name[1] if name else '?'} ({code[1] if code else '?'})"
