"""Recorded answers spoilt by a grammar: a fact is right or not known; a seeded sample, and 20,000 runs later."""

from __future__ import annotations

import os
import random
from functools import cache

import pytest
from factories import make_appset, make_site

from provision.controls.desired import DesiredState
from provision.errors import AnswerError
from provision.facts.collect import Facts, read_facts
from provision.runs.plan import make_plan
from provision.runs.plan_runner import Reading
from provision.runs.verdict import outcome_from_reading
from provision.terms import Outcome
from tests.facts.answer_grammar import SpoiledTransport, Tablet, list_tablets

SAMPLE, BATCHES = 120, 20
ALL = int(os.environ.get("PROVISION_SPOILT_ANSWERS", "20000"))
"""Of the slow test: how many, counted from the first; CI takes fewer."""


class PlainTransport(SpoiledTransport):
    """The tablet as it was recorded."""

    def __init__(self, tablet: Tablet) -> None:
        super().__init__(random.Random(0), tablet)  # noqa: S311 # no secret
        self.features = frozenset()
        self._rules = {}


@cache
def read_plain(tablet: Tablet) -> Facts:
    return read_facts(PlainTransport(tablet), tablet.packages, seconds=1)


def find_wrong(said: Facts, right: Facts) -> list[str]:
    """Members that say something else than the tablet; what says that it is not known is not wrong."""
    wrong = [name for name in vars(right) if getattr(said, name) != getattr(right, name) and not _is_open(name, said)]
    if said.setup.complete not in {None, right.setup.complete} or said.setup.android_id not in {
        None,
        right.setup.android_id,
    }:
        wrong.append("setup")
    wrong += [name for name, app in said.apps.items() if not _is_known_app(name, app.granted, said, right)]
    if said.apps.keys() != right.apps.keys():
        wrong.append("apps")
    wrong += [
        one
        for one in ("users", "accounts", "guests", "local")
        if getattr(said.people, one) != getattr(right.people, one)
    ]
    wrong += [one for one in ("files", "hidden") if getattr(said.people, one) not in {None, getattr(right.people, one)}]
    if said.awake is not None and not (
        said.awake.spared <= right.awake.spared and said.awake.added <= right.awake.added
    ):
        wrong.append("awake")
    if said.wifi.ssid not in {None, right.wifi.ssid} or said.wifi.shell_joins != right.wifi.shell_joins:
        wrong.append("wifi")
    if not said.wifi.unread and set(said.wifi.saved or ()) != set(right.wifi.saved or ()):
        wrong.append("wifi.saved")
    return wrong


def _is_known_app(name: str, granted: frozenset[str], said: Facts, right: Facts) -> bool:
    """A right that was not read is given again; it changes nothing else of what is known of an app."""
    here, there = said.apps[name], right.apps.get(name)
    same = there is not None and granted <= there.granted
    return same and all(
        getattr(here, one) == getattr(there, one) for one in ("version_code", "path", "usable", "split_paths")
    )


def _is_open(name: str, said: Facts) -> bool:
    """Tell whether a member has the form that says not known, in full or in part; parts are looked at one by one."""
    return {
        "setup": True,
        "apps": True,
        "awake": True,  # what was not read is given again
        "location": said.location.on is None,
        "screen": not said.screen.known,
        "clock": said.clock.zone is None,
        "authorisation": said.authorisation is not None and not said.authorisation.known,
        "listener": said.listener is not None and not said.listener.known,
        "wifi": not said.wifi.tells_joined or bool(said.wifi.unread),
        "people": said.people.files is None or said.people.hidden is None,
    }.get(name, False)


def judge(seed: int) -> str:
    """What is wrong in one run; empty where nothing is."""
    dice = random.Random(seed)  # noqa: S311 # no secret
    tablet = dice.choice(list_tablets())
    right, spoiled = read_plain(tablet), SpoiledTransport(dice, tablet)
    try:
        said = read_facts(spoiled, tablet.packages, seconds=1)
    except AnswerError:
        return ""
    wrong = find_wrong(said, right)
    want = DesiredState(make_site(), make_appset(), is_tablet=True)
    ends = [outcome_from_reading(Reading(facts, make_plan(facts, want))).outcome for facts in (right, said)]
    refused = [{item.reason for item in make_plan(facts, want).refusals} for facts in (right, said)]
    if ends[1] is Outcome.DONE and said != right and wrong:
        wrong.append("done")
    if not refused[1] <= refused[0]:
        wrong.append(f"refused: {refused[1] - refused[0]}")
    return f"{seed}: {tablet.name}: {wrong} {spoiled.spoilt}" if wrong else ""


def test_a_sample_of_spoilt_answers_gives_no_wrong_value_and_no_refusal_of_its_own() -> None:
    assert [found for found in map(judge, range(SAMPLE)) if found] == []


@pytest.mark.later
@pytest.mark.parametrize("batch", range(BATCHES))
def test_spoilt_answers_by_the_thousand_give_none(batch: int) -> None:
    size = ALL // BATCHES
    assert [found for found in map(judge, range(batch * size, (batch + 1) * size)) if found] == []
