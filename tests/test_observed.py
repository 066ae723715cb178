"""What of the facts reaches a record: counts and digests, no names of people or networks."""

from __future__ import annotations

import json

import pytest
from factories import make_facts, make_props, make_wifi

from provision.facts.people import People
from provision.facts.props import Props
from provision.facts.setup import Setup
from provision.facts.wifi import SavedNetwork
from provision.records.canonical import canonical_json
from provision.runs.observed import describe_facts, describe_identity, describe_system

DONOR = make_facts(
    people=People(users=2, accounts=3, files=41),
    setup=Setup(complete=True, android_id="9774d56d682e549c"),
    wifi=make_wifi(ssid="Livebox-1234", saved=(SavedNetwork(1, "Livebox-1234"), SavedNetwork(1, "Livebox-1234"))),
)


def test_a_donor_is_counted_and_not_named() -> None:
    document = describe_facts(DONOR)
    assert (document["users"], document["accounts"], document["donorFiles"]) == (2, 3, 41)
    assert document["wifi"] == {"radioOn": True, "savedNetworks": 1, "shellMayJoin": True}
    text = json.dumps(document)
    assert "Livebox" not in text
    assert "9774d56d682e549c" not in text


def test_what_could_not_be_read_is_null_and_not_nought() -> None:
    facts = make_facts(wifi=make_wifi(saved=None, radio_on=None, shell_joins=None), people=People(1, 0, None))
    document = describe_facts(facts)
    assert document["wifi"] == {"radioOn": None, "savedNetworks": None, "shellMayJoin": None}
    assert document["donorFiles"] is None


def test_the_identity_is_the_same_bytes_over_resets_and_updates() -> None:
    before = describe_identity(make_props(), "A-0001", "R52N000000")
    updated = make_props(ro__build__version__sdk="31", ro__build__version__release="12", ro__build__fingerprint="other")
    after = describe_identity(updated, "A-0001", "another listing")
    assert canonical_json(before, "identity") == canonical_json(after, "identity")


def test_a_tablet_that_never_answered_is_known_by_its_listing_only() -> None:
    assert describe_identity(None, "unidentified", "R52N1") == {"assetId": "unidentified", "serial": "R52N1"}


@pytest.mark.parametrize("sdk", ["", "REL", "2²"])
def test_a_tablet_without_an_api_level_still_gets_its_record(sdk: str) -> None:
    document = describe_system(make_props(ro__build__version__sdk=sdk))
    assert document["api"] is None
    assert canonical_json(document, "system")


def test_a_tablet_without_properties_still_gets_its_record() -> None:
    assert describe_system(Props({})) == {"api": None, "release": "", "securityPatch": "", "fingerprint": ""}
