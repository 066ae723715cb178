"""These tests need the virtual machine's kernel: only `.ci/usb` collects them, inside of it."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("PROVISION_USB_STAGE") == "1" else ["*"]
