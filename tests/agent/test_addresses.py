"""Address and proxy of a network, and the addresses a tablet reports: who is asked, and what a record tells."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from agent_bed import vectors
from factories import make_site

from provision.agent.addresses import ShownAddress, read_addresses, tell_addresses
from provision.agent.contract import least_protocol
from provision.agent.networks import leave_out_choices
from provision.agent.policy import check_site_fits
from provision.agent.report import Addresses, read_report
from provision.agent.rows import NETWORKS, VERSION
from provision.errors import AnswerError, ConfigurationError
from provision.records.content import ControlResult
from provision.records.reader import Record
from provision.report.addresses import list_addresses
from provision.terms import Assurance, Control

OWN, MADE_UP = "5c:0a:5b:00:00:42", "06:00:00:00:42:01"
CHOICES = {"mac": "factory", "proxy": {"host": "proxy.example", "port": 3128}}
TOLD = [one for one in vectors("owner.json")["vectors"] if "addresses" in one]
REPORT = {"asset": "A-0042", "policy": "0" * 64, "opened": False}


def test_an_older_agent_gets_no_choice_and_a_bench_with_one_is_told_so() -> None:
    network = {"ssid": "N", "security": "open", "hidden": False}
    policy = {"networks": [network | CHOICES, network]}
    assert leave_out_choices(policy, VERSION) == policy
    assert leave_out_choices(policy, VERSION - 1) == {"networks": [network, network]}
    assert [least_protocol({"networks": [network | one]}) for one in ({}, {"mac": "factory"}, CHOICES)] == [4, 5, 5]
    site = make_site(wifi={"networks": [{"ssid": "N", "security": "open"} | CHOICES]})
    check_site_fits(site, [], Path("site.yaml"), NETWORKS)
    with pytest.raises(ConfigurationError) as caught:
        check_site_fits(site, [], Path("site.yaml"), NETWORKS, VERSION - 1)
    assert [fault.key for fault in caught.value.faults] == ["wifi.networks[0].mac", "wifi.networks[0].proxy"]


def test_what_an_older_agent_would_leave_out_without_a_word_is_refused_at_the_desk() -> None:
    kiosk = {"lock_task": True, "hotline": "0000", "outside": {"minutes": 60}, "idle_minutes": 5}
    site = make_site(kiosk=kiosk, location={"on": True})
    check_site_fits(site, [], Path("site.yaml"), NETWORKS)
    with pytest.raises(ConfigurationError) as caught:
        check_site_fits(site, [], Path("site.yaml"), NETWORKS, VERSION - 1)
    assert [fault.key for fault in caught.value.faults] == ["kiosk.outside", "kiosk.idle_minutes"]


def test_every_vectors_addresses_are_read_and_come_back_out_of_a_record() -> None:
    assert TOLD
    for vector in TOLD:
        said = vector["addresses"]
        result = REPORT | {"api": vector["api"], "rows": vector["rows"], "addresses": said}
        told = read_report(result, "x").addresses
        assert told == Addresses(said["factory"], said["networks"])
        found = list(read_addresses((*tell_addresses(told, said["networks"]), "agent: as wanted", "address: x in y")))
        wanted = [(said["factory"], None), *((address, name) for name, address in said["networks"].items())]
        assert found == [ShownAddress(address, name) for address, name in wanted if address is not None]


def test_a_network_that_is_not_the_sites_is_in_no_list_of_a_hospital() -> None:
    told = Addresses(None, {"HOPITAL": OWN, '=HYPERLINK("http://x")': OWN})
    assert tell_addresses(told, ("HOPITAL",)) == (f"address: {OWN} in HOPITAL",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"factory": OWN.upper(), "networks": {}},
        {"factory": OWN, "networks": {"N": "no address"}},
        {"factory": OWN, "networks": {"N\n": OWN}},
        {"factory": OWN, "networks": {f"N{n}": OWN for n in range(17)}},
        {"factory": OWN},
        {"factory": OWN, "networks": {}, "bssid": OWN},
    ],
)
def test_addresses_of_another_form_are_refused(wrong: dict[str, Any]) -> None:
    vector = TOLD[0]
    with pytest.raises(AnswerError, match="addresses"):
        read_report(REPORT | {"api": vector["api"], "rows": vector["rows"], "addresses": wrong}, "x")


def make_record(asset: str, day: int, *evidence: str, control: Control = Control.WIFI_HOSPITAL) -> Record:
    ended = datetime(2026, 11, day, tzinfo=UTC)
    result = ControlResult(control, "joined", "joined", Assurance.SET, None, evidence)
    return cast("Record", SimpleNamespace(run=SimpleNamespace(asset_id=asset, ended=ended, controls=[result])))


def test_the_list_for_access_control_has_the_last_addresses_that_each_tablet_told() -> None:
    records = [
        make_record("A-0002", 1, f"address: {OWN} own", f"address: {MADE_UP} in CHU, aile B"),
        make_record("A-0001", 2, "address: 5c:0a:5b:00:00:41 own"),
        make_record("A-0001", 3, f"address: {OWN} own", control=Control.KIOSK_LOCK_TASK),
        make_record("A-0002", 4, f"address: {OWN} own"),
        make_record("A-0002", 5, "agent: nothing yet"),
    ]
    assert list(list_addresses(records)) == [
        ("A-0001", "5c:0a:5b:00:00:41", "", "2026-11-02T00:00:00Z"),
        ("A-0002", OWN, "", "2026-11-04T00:00:00Z"),
    ]
