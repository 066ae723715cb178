"""Port names, interface lists and the event itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.bench import ports
from tests.case_files import read_cases

CASES: dict[str, Any] = read_cases(Path(__file__).parents[1] / "cases/bench/ports.yaml")
EVENT = {
    "action": "add",
    "port": "1-1",
    "interfaces": ":ff4201:",
    "vendor_id": "04e8",
    "product_id": "6860",
}


@pytest.mark.parametrize("name", CASES["names"])
def test_a_port_name_is_its_bus_and_its_chain_of_hub_ports(name: str) -> None:
    assert ports.is_port(name)
    assert ports.check_port(name) == name


@pytest.mark.parametrize("text", CASES["not_names"])
def test_what_is_no_port_name_is_refused_with_the_form_expected(text: str) -> None:
    assert not ports.is_port(text)
    with pytest.raises(ValueError, match=r"expected a name like 1-1\.2, got"):
        ports.check_port(text)


@pytest.mark.parametrize(("interfaces", "expected"), CASES["interfaces"].items())
def test_interfaces_tell_debugging_and_hubs(interfaces: str, expected: list[bool]) -> None:
    assert [ports.has_adb(interfaces), ports.is_hub(interfaces)] == expected
    assert ports.PortEvent(**EVENT | {"interfaces": interfaces}).interfaces == interfaces


@pytest.mark.parametrize(("member", "value"), CASES["wrong_events"].items())
def test_an_event_with_a_wrong_member_names_it(member: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{member}: expected .*, got {value!r}"):
        ports.PortEvent(**EVENT | {member: value})
