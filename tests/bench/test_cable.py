"""What hangs on a cable, by its descriptors: real devices as data, and every kind has its words."""

from __future__ import annotations

import re
from importlib import resources

import pytest
import yaml

from provision.bench.cable import CableGroup, find_group, name_kind
from provision.texts.catalogue import Language, catalogue, say
from tests.case_files import CASES, check_each, read_cases

TABLE = yaml.safe_load(resources.files("provision.bench").joinpath("cable_kinds.yaml").read_text("utf-8"))
KINDS = {kind for kinds in TABLE["groups"].values() for kind in kinds}
DEVICES: list[tuple[str, str, str, str]] = read_cases(CASES / "bench/cable.yaml")


@check_each(("ids", "interfaces", "kind", "source"), DEVICES, ids=lambda case: f"{case[0]} {case[1]}")
def test_a_device_is_named_by_its_descriptors(ids: str, interfaces: str, kind: str, source: str) -> None:
    vendor_id, product_id = ids.split(":")
    assert name_kind(interfaces, vendor_id, product_id) == kind, source


def test_every_kind_is_met_by_a_real_device() -> None:
    by_adb_alone = {"recovery", "sideload", "rescue"}
    assert KINDS - by_adb_alone - {kind for _, _, kind, _ in DEVICES} == set()


def test_every_rule_is_in_form_and_names_its_source() -> None:
    for rule in TABLE["rules"]:
        assert rule.keys() <= {"kind", "ids", "any", "all", "source"}
        assert rule["source"]
        assert all(re.fullmatch(r"[0-9a-f]{4}:([0-9a-f]{4}|\*)", each) for each in rule.get("ids", ())), rule
        assert all(re.fullmatch(r"([0-9a-f]{2}){1,3}", each) for key in ("any", "all") for each in rule.get(key, ())), (
            rule
        )
        assert rule["kind"] == "debugging" or find_group(rule["kind"]) is not None


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_every_kind_has_its_words(language: Language) -> None:
    assert all(say(language, f"cable.{kind}.what") for kind in KINDS)
    modes = [kind for kind in KINDS if find_group(kind) is CableGroup.MODE]
    assert [kind for kind in modes if f"cable.{kind}.now" not in catalogue()] == []
