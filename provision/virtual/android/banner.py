"""Account that adbd gives of itself, by release.

Source: reference, adb host side 1 (table of releases); packages document 1.5.
"""

from __future__ import annotations

from provision.virtual.android.contract import Banner
from provision.virtual.android.model import Model

FEATURES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (24, ("shell_v2", "cmd")),
    (26, ("stat_v2",)),
    (29, ("fixed_push_mkdir", "apex", "abb", "fixed_push_symlink_timestamp", "abb_exec")),
    (30, ("ls_v2", "remount_shell", "sendrecv_v2")),
    (31, ("track_app", "sendrecv_v2_dry_run_send")),
    (34, ("delayed_ack",)),
)
"""Features by first level (adb host side, section 1).

Left out on purpose: the compressions of `sendrecv_v2` (brotli from 30, lz4 and zstd from 31), because a
device that announces one gets its data so. The first level of `delayed_ack` is inferred (mark I).
"""

PAYLOADS = ((28, 1024 * 1024), (24, 256 * 1024), (21, 4096))
NEW_VERSION_API, OLD_VERSION, NEW_VERSION = 28, 0x01000000, 0x01000001


def banner_of(model: Model, serial: str) -> Banner:
    """The banner of one unit."""
    api = model.api
    return Banner(
        api=api,
        version=NEW_VERSION if api >= NEW_VERSION_API else OLD_VERSION,
        max_payload=next(size for since, size in PAYLOADS if api >= since),
        features=tuple(name for since, names in FEATURES if api >= since for name in names),
        product=model.props.get("ro.product.name", ""),
        model=model.props.get("ro.product.model", ""),
        device=model.props.get("ro.product.device", ""),
        serial=serial,
        secure=model.props.get("ro.adb.secure") == "1",
    )
