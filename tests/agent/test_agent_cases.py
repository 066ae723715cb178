"""Cases as data: texts of `dpm`, printed answers, blockers, roads to the owner."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_bed import make_hello
from factories import make_facts, make_props

from provision.agent import answers
from provision.agent.answers import Reply, read_call
from provision.agent.owner_command import PRECONDITIONS, read_owner_answer, set_owner_line
from provision.agent.ownership import judge_ownership
from provision.agent.preflight import (
    DEVICE_ADMIN,
    Preconditions,
    find_age,
    find_blocker,
    find_preconditions,
    read_features,
)
from provision.errors import AnswerError
from provision.facts.owner import Owner
from provision.facts.query import CommandOutput
from provision.terms import Reason
from provision.transport import Answer
from tests.case_files import check_each, read_cases

FRESH: dict[str, Any] = {
    "booted": True,
    "setup_complete": True,
    "users": 1,
    "accounts": 0,
    "owner": None,
    "agent": True,
    "device_admin": True,
}
CASES = Path(__file__).parents[1] / "cases" / "agent"


def cases(name: str) -> list[Any]:
    return list(_read(name))


def _read(name: str) -> Iterator[Any]:
    for case in read_cases(CASES / f"{name}.yaml"):
        for api in case.get("apis", [30]):
            yield pytest.param(case, api, id=f"{api}: {case['name']}")


@check_each(("case", "api"), cases("owner_command"))
def test_every_text_of_the_owner_command_is_understood(case: dict[str, Any], api: int) -> None:
    answer = Answer(case.get("out", ""), case.get("err", ""), 0)
    said = read_owner_answer(answer, api, accounts=case.get("accounts", 0))
    assert (said.verdict, said.reason) == (case["verdict"], case.get("reason"))
    assert case.get("detail", "") in said.detail
    assert len(said.detail) <= 200


MERGED = [case for case in cases("owner_command") if not case.values[0].get("err", "").startswith("Success")]


@check_each(("case", "api"), MERGED)
def test_the_streams_of_old_releases_may_be_one(case: dict[str, Any], api: int) -> None:
    said = read_owner_answer(
        Answer(case.get("out", "") + case.get("err", ""), "", None), api, accounts=case.get("accounts", 0)
    )
    assert (said.verdict, said.reason) == (case["verdict"], case.get("reason"))


@pytest.mark.parametrize(
    ("api", "line"),
    [
        (21, "dpm set-device-owner org.provision.agent/.AdminReceiver"),
        (23, "dpm set-device-owner org.provision.agent/.AdminReceiver"),
        (24, "dpm set-device-owner --user 0 org.provision.agent/.AdminReceiver"),
        (36, "dpm set-device-owner --user 0 org.provision.agent/.AdminReceiver"),
    ],
)
def test_the_command_of_each_release(api: int, line: str) -> None:
    assert set_owner_line(api) == line


@check_each(("case", "api"), cases("preflight"))
def test_a_blocker_is_named_before_the_command(case: dict[str, Any], api: int) -> None:
    fresh = {
        "booted": True,
        "setup_complete": True,
        "users": 1,
        "accounts": 0,
        "owner": None,
        "agent": True,
        "device_admin": True,
        "locked": False,
        "guests": 0,
        "local": 0,
    }
    preconditions = Preconditions(api=api, **(fresh | {name: value for name, value in case.items() if name in fresh}))
    blocker = find_blocker(preconditions)
    assert (blocker and blocker.reason) == case["blocker"]
    assert case.get("detail", "") in (blocker.detail if blocker else "")


@pytest.mark.parametrize(
    ("code", "api", "fits"),
    [
        (2, 21, "old"),
        (2, 22, "old"),
        (2, 23, ""),
        (2, 33, ""),
        (2, 34, "old"),
        (2, 37, "old"),
        (3, 21, ""),
        (3, 34, ""),
    ],
)
def test_an_agent_is_too_old_where_it_could_not_come_back_from_its_drill(code: int, api: int, fits: str) -> None:
    found = find_age(code, api)
    assert (found and found.reason) == (Reason.AGENT_TOO_OLD if fits else None)


def test_the_standing_comes_from_the_facts() -> None:
    facts = make_facts(props=make_props(ro__build__version__sdk="34"))
    preconditions = find_preconditions(facts, agent=True, features=frozenset({DEVICE_ADMIN}))
    assert preconditions == Preconditions(34, True, True, 1, 0, None, True, True)  # noqa: FBT003 - fields in their order
    assert find_preconditions(facts, agent=True).device_admin is None


def test_features_are_read_without_their_versions() -> None:
    text = "feature:reqGlEsVersion=0x30002\nfeature:android.software.device_admin\nfeature:android.hardware.wifi=1\n"
    found = read_features(CommandOutput("pm list features", text, 0))
    assert found == {"reqGlEsVersion", DEVICE_ADMIN, "android.hardware.wifi"}


def test_no_feature_at_all_is_no_answer() -> None:
    with pytest.raises(AnswerError, match="feature:NAME"):
        read_features(CommandOutput("pm list features", "\n", 0))


@pytest.mark.parametrize(("case", "api"), cases("ownership"))
def test_two_roads_to_the_owner_must_agree(case: dict[str, Any], api: int) -> None:
    assert api == 30
    hello = None if case["told"] is None else make_hello(owner=case["told"])
    found = judge_ownership(Owner(case["printed"], known=case.get("known", True)), hello)
    assert (found.ours, found.reason) == (case.get("ours", False), case.get("reason"))
    assert found.evidence


def printed(case: dict[str, Any]) -> Answer:
    text = "[" * case["deep"] + "]" * case["deep"] if "deep" in case else case.get("json")
    if text is None:
        return Answer(case.get("out", ""), case.get("err", ""), 0)
    line = f"Result: Bundle[{{a={base64.b64encode(text.encode()).decode()}}}]\n"
    return Answer(case.get("before", "") + line * (2 if case.get("twice") else 1), "", 0)


@check_each(("case", "api"), cases("answers"))
def test_a_printed_answer_is_one_reply_or_an_error(case: dict[str, Any], api: int) -> None:
    assert api == 30
    if "error" in case:
        with pytest.raises(AnswerError) as caught:
            read_call(printed(case), "content call")
        assert type(caught.value) is getattr(answers, case["error"])
        assert case.get("part", "") in str(caught.value)
        return
    reply = read_call(printed(case), "content call")
    assert {name: show(reply, name) for name in case["reply"]} == case["reply"]


def show(reply: Reply, name: str) -> object:
    return (reply.refusal and reply.refusal.code) if name == "code" else getattr(reply, name)


NOISE = ("WARNING: linker: /system/lib/libx.so has text relocations.", "[HOUDINI] no", "W/art( 77): late", "")


def test_lines_of_other_programs_change_no_answer_of_the_owner_command() -> None:
    other = []
    for case, api in (each.values for each in MERGED):
        text, accounts = case.get("out", "") + case.get("err", ""), case.get("accounts", 0)
        lines, wanted = text.split("\n"), read_owner_answer(Answer(text, "", None), api, accounts=accounts)
        for place in range(len(lines)):
            for noise in NOISE:
                said = "\n".join([*lines[:place], noise, *lines[place:]])
                found = read_owner_answer(Answer(said, "", None), api, accounts=accounts)
                if found != wanted:
                    other.append((case["name"], api, place, noise, found))
    assert other == []


CODES = json.loads((Path(__file__).parents[2] / "provision/reference/facts/codes.json").read_text("utf-8"))


def test_every_precondition_of_android_has_its_row_from_its_first_level_on() -> None:
    """7.x has its own to 7, in no table; a number that is no constant any more keeps its row."""
    first: dict[int, int] = {}
    for span, entries in CODES["android.app.admin.DevicePolicyManager"].items():
        for number, name in (entry.split(" ", 1) for entry in entries):
            if name.startswith(("CODE_", "STATUS_")):
                began = int(span.partition("-")[0])
                first[int(number)] = min(began, first.get(int(number), began))
    assert {number: since for number, (since, *_) in PRECONDITIONS.items() if number not in range(8)} == {
        number: since for number, since in first.items() if number not in range(8)
    }
    assert set(range(8)) <= set(first)
