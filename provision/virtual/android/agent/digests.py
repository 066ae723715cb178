"""SHA-256 of installed APK files, as the agent reads them itself (contract 1, `digests`).

From Android 11 on an app is shown another one only where its manifest asks for it (contract 1): the agent asks for
apps with a launcher entry. Whether an app here has one the model does not know, so that none is shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.reading import Refused
from provision.virtual.android.commands.files import split_paths
from provision.virtual.android.device import Device

HIDING_API = 30
NAME = re.compile(r"[a-zA-Z0-9_.]{3,200}")


def digest_files(device: Device, name: str) -> Mapping[str, str]:
    """Digests by path of base and splits; none of an app that is not there or not shown.

    Raises:
        Refused: `order-invalid` for what is no package name.
    """
    if not NAME.fullmatch(name):
        raise Refused("order-invalid", "expected a package name")
    return {path: hashlib.sha256(content).hexdigest() for path, content in _read_files(device, name).items()}


def digest_seconds(device: Device, name: str) -> float:
    """How long it takes."""
    return device.model.timing.hash_seconds(sum(map(len, _read_files(device, name).values())))


def _read_files(device: Device, name: str) -> Mapping[str, bytes]:
    package = device.installed(name)
    if package is None or not package.blob or (device.api >= HIDING_API and name != AGENT):
        return {}
    files = {package.path: package.blob, **split_paths(package)}
    return {path: device.blob(blob) or b"" for path, blob in files.items()}
