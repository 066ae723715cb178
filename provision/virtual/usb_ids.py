"""The vendor and product ids that a virtual tablet shows on USB, by maker (`usb_ids.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from provision.virtual.android.documents import read_document

_FILE = Path(__file__).with_suffix(".yaml")
_OTHER = "other"


class UsbIds(BaseModel):
    """One device on USB; four hexadecimal digits each, as udev prints them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vendor: str = Field(pattern="^[0-9a-f]{4}$")
    product: str = Field(pattern="^[0-9a-f]{4}$")


def find_usb_ids(maker: str) -> UsbIds:
    """The ids of a maker's word (the head of a model's name); those of white-box tablets for every other word."""
    known = _read()
    return known.get(maker, known[_OTHER])


@cache
def _read() -> dict[str, UsbIds]:
    return TypeAdapter(dict[str, UsbIds]).validate_python(read_document(_FILE))
