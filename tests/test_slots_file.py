"""Learnt ports are written into `slots.yaml`, and nothing else of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.bench.slots import Slot
from provision.errors import ConfigurationError
from provision.home.bench_settings import load_slots
from provision.home.slots_file import add_slot, move_slots

FORMS = {
    "empty": ("# ours\nslots: []\n# end\n", []),
    "empty-over-lines": ("slots: [\n]  # none yet\n", []),
    "in-lines": ('# ours\nslots:\n  - {label: "1", port: "1-1"}  # left\n# end\n', [Slot("1", "1-1")]),
    "blocks": (
        'slots:\n- label: "1"\n  port: 1-1  # left\n\n- label: B\n  port: 1-2\n',
        [Slot("1", "1-1"), Slot("B", "1-2")],
    ),
    "in-brackets": ('slots: [{label: "1", port: "1-1"}]\n', [Slot("1", "1-1")]),
    "windows": ('slots:\r\n  - {label: "1", port: "1-1"}\r\n', [Slot("1", "1-1")]),
}


def write(folder: Path, text: str) -> Path:
    file = folder / "slots.yaml"
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("form", FORMS)
def test_a_slot_is_added_in_every_form_of_the_file(form: str, tmp_path: Path) -> None:
    text, slots = FORMS[form]
    file = write(tmp_path, text)
    for new in (Slot("9", "2-1.4"), Slot("10", "2-1.3")):
        add_slot(file, new)
        slots = [*slots, new]
        assert list(load_slots(file)) == slots
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert [comment for comment in comments if comment not in file.read_text("utf-8")] == []
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("form", [name for name, (_, slots) in FORMS.items() if slots])
def test_ports_are_changed_together(form: str, tmp_path: Path) -> None:
    text, slots = FORMS[form]
    file = write(tmp_path, text)
    ports = dict(zip([slot.label for slot in slots], ["1-2", "1-1"], strict=False))  # changed with each other
    move_slots(file, ports)
    assert {slot.label: slot.port for slot in load_slots(file)} == ports
    assert len(file.read_bytes().splitlines()) == len(text.splitlines())


WRONG = {
    "label-twice": lambda file: add_slot(file, Slot("1", "1-7")),
    "port-twice": lambda file: add_slot(file, Slot("2", "1-1")),
    "no-port": lambda file: add_slot(file, Slot("2", "usb")),
    "unknown-label": lambda file: move_slots(file, {"5": "1-4"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_would_be_wrong_changes_nothing(name: str, tmp_path: Path) -> None:
    file = write(tmp_path, FORMS["in-lines"][0])
    with pytest.raises(ConfigurationError) as wrong:
        WRONG[name](file)
    assert {fault.file for fault in wrong.value.faults} == {file}
    assert file.read_text("utf-8") == FORMS["in-lines"][0]
    assert list(tmp_path.iterdir()) == [file]
