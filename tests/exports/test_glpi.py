"""Documents for GLPI, judged by its own schema with two validators."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import pytest

from provision.exports.glpi import ITEM_TYPES, GlpiDevices, list_stale, write_document
from provision.register.lives import TabletLife
from provision.register.moves import Life

SCHEMA = Path(__file__).parent / "schema/glpi-inventory-1.2.3.schema.json"
DIGEST = "6cee24d8d78eae92eb35e9bf11541a019ce5c23305ea3d18e6368a8014cf4c70"
"""Of inventory.schema.json of glpi-project/inventory_format at its tag 1.2.3."""

DEVICES = GlpiDevices("0123456789abcdef" * 4, "Phone", "0.1.0")


def make_life(number: int, serial: str = "", **members: Any) -> TabletLife:  # noqa: ANN401 # members of every type
    """Make a tablet that a run saw."""
    known = {"maker": "samsung", "model": "SM-T510", "release": "11", "runs": 1, "state": Life.READY}
    return TabletLife(f"A-{number:04d}", **{**known, "serial": serial or f"R52N{number:04d}", **members})


def judge(document: dict[str, Any]) -> None:
    """Raise where one of two validators finds that a document is none of GLPI's."""
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft7Validator(schema).validate(document)
    fastjsonschema.validate(schema, document)


def test_the_schema_is_the_published_one() -> None:
    assert hashlib.sha256(SCHEMA.read_bytes()).hexdigest() == DIGEST


@pytest.mark.parametrize("itemtype", ITEM_TYPES)
def test_every_document_is_of_the_format(itemtype: str) -> None:
    hostile = "\"<b>&é\u202e'; DROP TABLE x --\U0001f600" * 5
    lives = [
        make_life(1),
        make_life(2, model=hostile, maker=hostile, serial=hostile),
        make_life(3, model="", release=""),
    ]
    documents = replace(DEVICES, itemtype=itemtype).describe(lives)
    assert len(documents) == 3
    for document in documents.values():
        judge(json.loads(write_document(document)))


def test_the_validators_see_a_document_that_is_none() -> None:
    document = DEVICES.describe([make_life(1)])["A-0001"]
    for spoilt in ({**document, "itemtype": "Tablet"}, {**document, "content": {}}, {**document, "extra": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(spoilt)
        with pytest.raises(fastjsonschema.JsonSchemaException):
            fastjsonschema.validate(json.loads(SCHEMA.read_text()), spoilt)


def test_twins_stay_as_many_as_they_are() -> None:
    """GLPI takes documents of equal `deviceid`, `uuid` or serial number for one device."""
    documents = DEVICES.describe([make_life(number, "HIPAD-1 ") for number in range(1, 29)]).values()
    assert {len({d["deviceid"] for d in documents}), len({d["content"]["hardware"]["uuid"] for d in documents})} == {28}
    assert [d for d in documents if "ssn" in d["content"]["bios"]] == []


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ((), True),
        ((make_life(2, "r52n0001"),), False),  # spelt in another way
        ((make_life(2, "R52N0001", state=Life.RETURNED),), False),
        ((make_life(2, "R52N0001", became="A-0001"),), True),  # the same tablet under the number that it had
    ],
)
def test_a_serial_number_is_told_where_it_is_one_tablets(others: tuple[TabletLife, ...], told: bool) -> None:  # noqa: FBT001
    document = DEVICES.describe([make_life(1), *others])["A-0001"]
    assert ("ssn" in document["content"]["bios"]) is told


def test_a_serial_number_of_whole_series_is_not_told() -> None:
    assert "ssn" not in DEVICES.describe([make_life(1, "0123456789ABCDEF")])["A-0001"]["content"]["bios"]


def test_only_tablets_in_the_house_that_a_run_saw_are_entered() -> None:
    lives = [
        make_life(1, state=Life.DEPLOYED),
        make_life(2, state=Life.RETURNED),
        make_life(3, state=Life.DESTROYED),
        make_life(4, state=Life.ANNOUNCED),
        make_life(5, runs=0),
        make_life(6, became="A-0001"),
    ]
    assert list(DEVICES.describe(lives)) == ["A-0001"]


def test_a_device_stays_itself_over_reset_ward_and_program() -> None:
    before = DEVICES.describe([make_life(1)])["A-0001"]
    later = replace(DEVICES, version="9").describe([make_life(1, release="12", state=Life.DEPLOYED, ward="x")])[
        "A-0001"
    ]
    other = replace(DEVICES, site="f" * 64).describe([make_life(1)])["A-0001"]
    assert (later["deviceid"], later["content"]["hardware"]) == (before["deviceid"], before["content"]["hardware"])
    assert other["content"]["hardware"]["uuid"] != before["content"]["hardware"]["uuid"]


def test_only_our_own_files_of_tablets_that_left_are_stale() -> None:
    files = {name: DEVICES.name_device(name) for name in ("A-0001", "A-0002")} | {"A-0003": "another", "notes": "x"}
    assert list_stale(files, DEVICES, ["A-0001"]) == ["A-0002"]
