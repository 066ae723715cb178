"""When a tablet may be wiped, and when it shows that it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from provision.identity.which import UNREAD, Asset
from provision.texts.catalogue import say
from provision.texts.language import Language
from provision.wipes.look import Look, find_doubts, find_obstacles

OLD, NEW, SERIAL = "a" * 64, "b" * 64, "R52N123"
ASSET = Asset("A-0001", SERIAL, (OLD,))
BEFORE = Look(SERIAL, OLD, accounts=0, users=1, owner="org.provision.agent", has_agent=True)
AFTER = Look(SERIAL, NEW, accounts=0, users=1, owner="", has_agent=False)


@pytest.mark.parametrize(
    ("changed", "asset", "told"),
    [
        ({}, ASSET, []),
        ({"installation": NEW}, replace(ASSET, confirmed=frozenset({NEW})), []),
        ({"accounts": 1}, ASSET, ["account"]),
        ({"serial": "other"}, ASSET, ["other-tablet"]),
        ({"installation": UNREAD}, replace(ASSET, installations=(UNREAD,)), ["unread"]),
        ({"installation": NEW}, ASSET, ["unconfirmed"]),
        ({}, replace(ASSET, asked=frozenset({OLD})), ["unconfirmed"]),
    ],
)
def test_an_order_needs_the_very_tablet_without_an_account(
    changed: dict[str, Any], asset: Asset, told: list[str]
) -> None:
    found = list(find_obstacles(replace(BEFORE, **changed), asset))
    assert found == told
    assert all(say(language, f"wipe.obstacle.{each}", number="A-0001") for each in found for language in Language)


@pytest.mark.parametrize(
    ("changed", "shared", "told"),
    [
        ({}, False, []),
        ({}, True, ["shared-serial"]),
        ({"serial": "other"}, False, ["other-tablet"]),
        ({"installation": OLD}, False, ["same-installation"]),
        ({"installation": UNREAD}, False, ["unread"]),
        ({"owner": None}, False, ["owner-untold"]),
        ({"owner": "com.example.mdm"}, False, ["owner"]),
        ({"has_agent": True}, False, ["agent"]),
        ({"accounts": 1}, False, ["account"]),
        ({"users": 2}, False, ["users"]),
    ],
)
def test_a_tablet_that_was_not_reset_is_never_taken_for_one_that_was(
    changed: dict[str, Any],
    shared: bool,  # noqa: FBT001
    told: list[str],
) -> None:
    found = list(find_doubts(replace(AFTER, **changed), SERIAL, OLD, shared=shared))
    assert found == told
    assert all(say(language, f"wipe.doubt.{each}", number="A-0001") for each in found for language in Language)


def test_a_serial_number_of_whole_series_shows_no_tablet() -> None:
    look = replace(AFTER, serial="0123456789ABCDEF")
    assert list(find_doubts(look, "0123456789ABCDEF", OLD, shared=False)) == ["shared-serial"]
