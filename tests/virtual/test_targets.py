"""Which transport a request means: the server's choice and the server's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.virtual.rows import Row, in_order, on_usb, parse_rows
from provision.virtual.targets import NoChoice, choose, parse_request
from tests.case_files import read_cases

DOCUMENT: dict[str, Any] = read_cases(Path(__file__).parents[1] / "cases/virtual/targets.yaml")
ROWS = parse_rows(DOCUMENT["rows"])


def test_rows_are_read_and_written_alike() -> None:
    assert DOCUMENT["rows"] == "".join(row.long for row in ROWS)


@pytest.mark.parametrize("modern", [True, False])
@pytest.mark.parametrize("case", DOCUMENT["cases"], ids=lambda case: case["request"])
def test_a_request_means_one_transport_or_fails_as_the_server_does(case: dict[str, Any], *, modern: bool) -> None:
    request = parse_request(case["request"])
    if case.get("carried"):
        assert request is None
        return
    assert request is not None
    assert (case.get("question"), case.get("tells_id", False)) == (request.question, request.tells_id)
    if "id" in case:
        assert case["id"] == choose(ROWS, request.target, modern=modern).transport_id
        return
    with pytest.raises(NoChoice) as refusal:
        choose(ROWS, request.target, modern=modern)
    assert (case["fails"] if modern else case.get("fails_29", case["fails"])) == str(refusal.value)


def test_nothing_plugged_is_said_by_kind_of_transport() -> None:
    texts = {"usb": "no devices found", "local": "no emulators found", "any": "no devices/emulators found"}
    for kind, text in texts.items():
        request = parse_request(f"host:transport-{kind}")
        assert request is not None
        with pytest.raises(NoChoice, match=text):
            choose([], request.target, modern=True)


def test_usb_rows_come_first_and_a_missing_serial_is_said() -> None:
    local = Row("10.0.0.1:5555", "device", 1)
    usb = on_usb(Row("emulator-1", "device", 2), "", "1-1.2")
    assert [usb, local] == in_order([local, usb])
    assert usb.long.startswith("(no serial number)     device usb:1-1.2 transport_id:2")
    assert [usb] == parse_rows(usb.long)
