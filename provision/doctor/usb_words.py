"""What a device of the kernel's list is, in one line."""

from __future__ import annotations

from provision.bench.cable import find_group, name_kind
from provision.doctor.usb_tree import UsbDevice
from provision.texts.catalogue import Language, say


def tell_device(device: UsbDevice | None, language: Language) -> str:
    """Tell the device's own name and what it is by its descriptors; None is a port with nothing on it."""
    if device is None:
        return say(language, "slots.empty")
    product, kind = device.product or device.ids, name_kind(device.listed, *device.ids.split(":"))
    if find_group(kind) is None:
        return say(language, "slots.tablet", product=product)
    return say(language, "slots.device", product=product, what=say(language, f"cable.{kind}.what"))
