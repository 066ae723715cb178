"""Writing learnt ports into `slots.yaml`, with every comment of whoever wrote it.

The result is read before it takes the place of the file; a fault leaves the file as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from provision.bench.slots import Slot
from provision.config.edit import Edit, put_in_place
from provision.errors import ConfigurationError, ConfigurationFault
from provision.home.bench_settings import load_slots


def add_slot(file: Path, slot: Slot) -> None:
    """Write a further slot behind the last one.

    Raises:
        ConfigurationError: the file is wrong, or would be with that slot.
        OSError: it cannot be written.
    """
    edit, item = Edit(file), {"label": slot.label, "port": slot.port}
    if load_slots(file):
        edit.append(("slots",), item)
    else:
        edit.fill(("slots",), item)
    _replace(file, edit.text)


def move_slots(file: Path, ports: Mapping[str, str]) -> None:
    """Give slots other ports, all together.

    Args:
        ports: label to its new port.

    Raises:
        ConfigurationError: the file is wrong, has no such label, or would have a port twice.
        OSError: it cannot be written.
    """
    edit, places = Edit(file), {slot.label: number for number, slot in enumerate(load_slots(file))}
    for label, port in ports.items():
        if label not in places:
            raise ConfigurationError(ConfigurationFault(file, None, "slots", "a slot of this bench", label))
        edit.replace(("slots", places[label], "port"), port)
    _replace(file, edit.text)


def _replace(file: Path, text: str) -> None:
    put_in_place(file, text, load_slots, lambda fault: replace(fault, file=file))
