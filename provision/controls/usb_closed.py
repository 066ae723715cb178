"""Files over USB, cards and sticks closed; USB debugging stays, it is another function of the port.

A tablet that stands in file transfer when that is closed starts its port anew (24 and later, UsbDeviceManager): adb is
gone for a moment, the run is lost, and the tablet's return is a new plug. USB data signalling (31 and later) is never
switched off: it would take adb away with it.
"""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Control

CONTROL = Control.USB_CLOSED

SPEC = make_spec(
    CONTROL,
    asked_by="closed.usb",
    member="usb",
    closings=(
        Closing("media", "no_physical_media", 21),
        Closing("usb-files", "no_usb_file_transfer", 21),
    ),
    gaps=(NoAttempt("usb.files", CONTROL, 21, LATEST, Gap.NOT_HARMLESS, "Wi-Fi and kiosk document 11, row 34"),),
)
