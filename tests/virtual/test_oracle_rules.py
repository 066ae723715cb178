"""Each rule of the oracle decides for some tablet, and no two rules have one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provision.terms import Assurance, Control
from provision.virtual.android.model import load_model
from provision.virtual.android.state import Data, digest_of
from provision.virtual.android.tablet import open_tablet
from provision.virtual.oracle import rules
from provision.virtual.oracle.model import SiteRequirements
from provision.virtual.oracle.situation import Situation
from provision.virtual.roster import Place
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/virtual/rules.yaml")
TABLES = (
    rules.BEFORE_A_RUN,
    rules.WHILE_READ,
    rules.BEFORE_WRITES,
    rules.WHILE_LOOKED_AT,
    rules.WHILE_WRITTEN,
    rules.IN_THE_END,
)


ASKED = SiteRequirements(
    {Control.KIOSK_LOCK_TASK: Assurance.ENFORCED, Control.SCREEN_TIMEOUT: Assurance.SET},
    agent=True,
    zone="Europe/Paris",
)
"""What a case's site asks for, where the case says nothing else."""


def make_site(wishes: Mapping[str, Any], finished: frozenset[str]) -> SiteRequirements:
    """The site of a case, in the types of its members."""
    known = {serial: frozenset(digests) for serial, digests in wishes.get("known", {}).items()}
    required = {Control(name): Assurance(least) for name, least in wishes.get("required", {}).items()}
    wanted = frozenset(Control(name) for name in wishes.get("wanted", ()))
    typed = {"known": known, "required": required, "wanted": wanted}
    return replace(ASKED, finished=finished, **{name: typed.get(name, value) for name, value in wishes.items()})


def settle(data: Data) -> frozenset[str]:
    """Leave a tablet as a run leaves it that ended well; the digest of its installation."""
    data.settings["system"]["screen_off_timeout"] = "0"
    data.settings["secure"]["location_mode"] = "3"
    data.settings["global"]["adb_allowed_connection_time"] = "0"
    data.lock_task.mode = "locked"
    return frozenset({digest_of(f"android_id:{data.android_id}")})


def test_each_rule_has_a_name_of_its_own_and_a_case() -> None:
    names = [rule.name for table in TABLES for rule in table]
    assert names == list(CASES)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", CASES)
def test_each_rule_decides_for_a_tablet(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    place = Place("1", "1-1.1", case.get("model", "samsung-sm-t510"), "X1", setup=("zone Europe/Paris",))
    tablet = open_tablet(tmp_path, place)
    for line in case.get("edits", ()):
        verb, *words = line.split()
        tablet.edit(verb, words)
    state = tablet.device.state
    for member, value in case.get("data", {}).items():
        setattr(state.data, member, value)
    finished = settle(state.data) if case.get("settled") else frozenset[str]()
    rule, _ = rules.decide(Situation(load_model(place.model), 0.0, state, make_site(case.get("site", {}), finished)))
    assert rule.name == name
