"""Becoming device owner on every release: blockers, texts, the false accounts answer, two roads back."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_bed import site_key
from agent_tablet import AgentTablet
from scripted import AnsweringTransport

from provision.agent.answers import AgentAbsent
from provision.agent.client import AgentClient, Sender
from provision.agent.contract import AGENT
from provision.agent.enrol import become_owner
from provision.agent.hello import Hello
from provision.agent.owner_command import set_owner_line
from provision.agent.ownership import Ownership
from provision.agent.preflight import FEATURES, USER, Preconditions, find_preconditions, read_features, read_locked
from provision.errors import AnswerError, DeadlinePassed, StepFailed
from provision.facts.ask import run_batch
from provision.facts.collect import read_facts
from provision.terms import Reason

BANDS = [21, 22, 23, 24, 26, 28, 30, 31, 33, 34, 36, 37]


def preconditions_of(tablet: AgentTablet, *, agent: bool = True) -> Preconditions:
    facts = read_facts(tablet.link, (AGENT,), seconds=1)
    outputs = run_batch(tablet.link, (FEATURES, USER), seconds=1)
    features, locked = read_features(outputs[FEATURES.name]), read_locked(outputs[USER.name])
    return find_preconditions(facts, agent=agent and AGENT in facts.apps, features=features, locked=locked)


def enrol(tablet: AgentTablet, preconditions: Preconditions | None = None) -> Ownership:
    return become_owner(
        tablet.link, tablet.client, preconditions or preconditions_of(tablet), wait=tablet.bench.clock.advance
    )


def owner_commands(tablet: AgentTablet) -> int:
    return sum(line.startswith("dpm set-device-owner") for line in tablet.link.lines)


@pytest.mark.parametrize("api", BANDS)
def test_a_fresh_tablet_becomes_ours_on_every_release(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    found = enrol(tablet)
    assert found.ours
    assert ("the agent alone" in found.evidence) == (api < 23)
    assert tablet.client.hello().owner


@pytest.mark.parametrize("api", [23, 30, 34])
def test_a_tablet_that_is_ours_already_gets_no_second_command(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    enrol(tablet)
    assert enrol(tablet).ours
    assert owner_commands(tablet) == 1


def test_on_5_a_second_command_finds_our_owner_by_the_agents_word(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 22)
    enrol(tablet)
    assert enrol(tablet).ours
    assert owner_commands(tablet) == 2


@pytest.mark.parametrize(
    ("api", "edit", "reason"),
    [
        (21, "add-account com.google", Reason.NOT_RESET_ACCOUNTS),
        (23, "add-account com.google", Reason.NOT_RESET_ACCOUNTS),
        (34, "add-account com.google", Reason.NOT_RESET_ACCOUNTS),
        (23, "add-user X", Reason.NOT_RESET_USERS),
        (34, "add-user X", Reason.NOT_RESET_USERS),
        (30, "foreign-owner com.other/com.other.R", Reason.FOREIGN_OWNER),
    ],
)
def test_a_blocker_stops_before_the_command(api: int, edit: str, reason: Reason, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    tablet.bench.edit(edit)
    with pytest.raises(StepFailed) as caught:
        enrol(tablet)
    assert caught.value.reason is reason
    assert owner_commands(tablet) == 0


def test_on_5_a_foreign_owner_is_found_by_the_command_only(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 22)
    tablet.bench.edit("foreign-owner com.other/com.other.R")
    with pytest.raises(StepFailed) as caught:
        enrol(tablet)
    assert caught.value.reason is Reason.FOREIGN_OWNER


def test_an_agent_that_was_not_proved_is_never_made_owner(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path)
    with pytest.raises(StepFailed) as caught:
        enrol(tablet, preconditions_of(tablet, agent=False))
    assert caught.value.reason is Reason.AGENT_UNFIT
    assert owner_commands(tablet) == 0


@pytest.mark.parametrize("api", [34, 35, 36, 37])
def test_the_false_accounts_answer_soon_after_boot_is_asked_again(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api, {"accounts_cached": True})
    tablet.bench.tablet.reboot("")
    tablet.bench.clock.advance(tablet.bench.model.timing.reboot + tablet.bench.model.timing.boot)
    assert enrol(tablet).ours
    assert owner_commands(tablet) == 2


def test_an_invisible_account_is_refused_after_a_minute(tmp_path: Path) -> None:
    """The station counted none, Android says some for ever, also after a reset (packages document 6.8, Transsion)."""
    tablet = AgentTablet(tmp_path, 34)
    preconditions = preconditions_of(tablet)
    tablet.bench.edit("add-account com.maker")
    with pytest.raises(StepFailed, match="already some accounts") as caught:
        enrol(tablet, preconditions)
    assert caught.value.reason is Reason.OWNER_REFUSED
    assert owner_commands(tablet) == 13


@pytest.mark.parametrize("api", [23, 30, 34])
def test_an_agent_that_vanished_is_named_by_the_command(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    preconditions = preconditions_of(tablet)
    tablet.bench.edit(f"remove-app {AGENT}")
    with pytest.raises(StepFailed) as caught:
        enrol(tablet, preconditions)
    assert caught.value.reason is Reason.AGENT_UNFIT


def test_late_14_hides_a_missing_agent_behind_a_kind_line(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 34, {"already_admin_line": True})
    preconditions = preconditions_of(tablet)
    tablet.bench.edit(f"remove-app {AGENT}")
    with pytest.raises(StepFailed) as caught:
        enrol(tablet, preconditions)
    assert caught.value.reason is Reason.AGENT_UNFIT


def test_a_release_without_device_administration_is_never_asked(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path)
    features = {name: version for name, version in tablet.bench.model.features.items() if "device_admin" not in name}
    model = tablet.bench.model.model_copy(update={"features": features})
    tablet.bench.model = tablet.bench.tablet.device.model = model
    with pytest.raises(StepFailed) as caught:
        enrol(tablet)
    assert caught.value.reason is Reason.OWNER_UNSUPPORTED
    assert owner_commands(tablet) == 0


def test_an_owner_set_by_a_command_that_threw_afterwards_is_ours(tmp_path: Path) -> None:
    """14 can throw after the owner was set (packages document 6.5)."""
    tablet = AgentTablet(tmp_path, 34, {"finalize_throws": True})
    assert enrol(tablet).ours
    assert owner_commands(tablet) == 1


@pytest.mark.parametrize("api", [31, 33, 34])
def test_an_affiliated_owner_is_ours(api: int, tmp_path: Path) -> None:
    assert enrol(AgentTablet(tmp_path, api)).ours


@pytest.mark.parametrize("api", [24, 25])
def test_a_user_that_never_runs_is_asked_for_a_minute(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    preconditions = preconditions_of(tablet)
    tablet.bench.edit("break boot-half")
    with pytest.raises(StepFailed, match="User must be running and unlocked") as caught:
        enrol(tablet, preconditions)
    assert caught.value.reason is Reason.USER_LOCKED
    assert owner_commands(tablet) == 13


def lock(tablet: AgentTablet) -> None:
    """A PIN, and a restart after which nobody entered it."""
    tablet.bench.edit("pin 1234")
    tablet.bench.clock.advance(tablet.bench.tablet.reboot("") + tablet.bench.model.timing.boot)


@pytest.mark.parametrize("api", [24, 28, 30, 33, 35, 37])
def test_a_locked_tablet_is_told_before_anything_is_left_on_it(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    lock(tablet)
    with pytest.raises(StepFailed, match="RUNNING_LOCKED") as caught:
        enrol(tablet)
    assert caught.value.reason is Reason.USER_LOCKED
    assert owner_commands(tablet) == 0


@pytest.mark.parametrize(
    ("api", "reason", "commands"),
    [
        (24, Reason.USER_LOCKED, 13),
        (30, Reason.USER_LOCKED, 13),
        (34, Reason.USER_LOCKED, 13),
        (35, Reason.OWNER_REFUSED, 2),  # the user came after it was counted
        (37, Reason.OWNER_REFUSED, 2),
    ],
)
def test_a_hidden_reason_leaves_an_admin_that_the_next_run_takes(
    api: int, reason: Reason, commands: int, tmp_path: Path
) -> None:
    """Up to 14 every answer hides it; 15 and later say it the second time, when no admin is added any more."""
    tablet = AgentTablet(tmp_path, api)
    preconditions = preconditions_of(tablet)
    lock(tablet)
    tablet.bench.edit("add-user X")
    with pytest.raises(StepFailed) as caught:
        enrol(tablet, preconditions)
    assert caught.value.reason is reason
    assert owner_commands(tablet) == commands
    assert f"{AGENT}/.AdminReceiver" in tablet.bench.run("dumpsys device_policy").out
    tablet.bench.edit("unlock")
    tablet.bench.edit("remove-people")
    assert enrol(tablet).ours


@pytest.mark.parametrize("api", [24, 30, 32, 34, 36, 37])
def test_a_profile_owner_is_a_foreign_owner(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    tablet.bench.edit("profile-owner com.other/com.other.R")
    with pytest.raises(StepFailed) as caught:
        enrol(tablet)
    assert caught.value.reason is Reason.FOREIGN_OWNER


@pytest.mark.parametrize("api", [23, 28, 30, 34, 36, 37])
def test_a_setup_flag_written_back_does_not_hide_accounts(api: int, tmp_path: Path) -> None:
    """The policy service keeps its own latch (packages document 2.3)."""
    tablet = AgentTablet(tmp_path, api)
    tablet.bench.run("settings put secure user_setup_complete 0")
    tablet.bench.edit("add-account com.google")
    with pytest.raises(StepFailed) as caught:
        enrol(tablet)
    assert caught.value.reason is Reason.NOT_RESET_ACCOUNTS


MAKERS_NO = "java.lang.IllegalStateException: Unexpected @ProvisioningPreCondition 99"
ALREADY_SET = "java.lang.IllegalStateException: Trying to set device owner but device owner is already set."
NO_OWNER = "Current Device Policy Manager state:\n  Enabled Device Admins (User 0, provisioningState: 0):\n"


class MuteAgent(AgentClient):
    """An agent that is there and answers nothing of use."""

    def __init__(self, tablet: AgentTablet, error: Exception) -> None:
        super().__init__(tablet.link, Sender("Test", site_key()))
        self._error = error

    def hello(self) -> Hello:
        raise self._error


@pytest.mark.parametrize(
    "error",
    [AgentAbsent("content call", "an answer", ""), AnswerError("content", "a Bundle", "?"), DeadlinePassed("x")],
)
@pytest.mark.parametrize("api", [22, 28, 30])
def test_the_words_of_the_command_are_kept_where_the_agent_is_silent_then(
    api: int, error: Exception, tmp_path: Path
) -> None:
    tablet = AgentTablet(tmp_path, api)
    conditions = preconditions_of(tablet)
    link = AnsweringTransport({set_owner_line(api): MAKERS_NO, "dumpsys device_policy": NO_OWNER})
    with pytest.raises(StepFailed) as caught:
        become_owner(link, MuteAgent(tablet, error), conditions)
    assert caught.value.reason is Reason.OEM_GATE
    assert str(caught.value.detail) == MAKERS_NO


def test_the_words_of_the_command_are_kept_where_the_owner_read_back_is_not_understood(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 28)
    conditions = preconditions_of(tablet)
    link = AnsweringTransport({set_owner_line(28): MAKERS_NO, "dumpsys device_policy": "Quelque chose\n"})
    with pytest.raises(StepFailed) as caught:
        become_owner(link, tablet.client, conditions)
    assert (caught.value.reason, str(caught.value.detail)) == (Reason.OEM_GATE, MAKERS_NO)


def test_where_the_command_leaves_open_who_owns_it_its_words_stand_beside_what_was_read_back(tmp_path: Path) -> None:
    """5.x does not name the owner: it may be the agent, which does not answer (packages document 6.6)."""
    tablet = AgentTablet(tmp_path, 22)
    conditions = preconditions_of(tablet)
    link = AnsweringTransport({set_owner_line(22): ALREADY_SET, "dumpsys device_policy": NO_OWNER})
    with pytest.raises(StepFailed) as caught:
        become_owner(link, MuteAgent(tablet, AgentAbsent("content call", "an answer", "")), conditions)
    assert caught.value.reason is Reason.AGENT_UNFIT
    assert str(caught.value.detail) == f"the agent does not answer; dpm said: {ALREADY_SET}"
