"""The roster and the expected outcome of each of its tablets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provision.errors import TrainingError
from provision.identity.which import digest_installation
from provision.terms import Assurance, Control, Outcome, Reason
from provision.virtual.android.model import load_model
from provision.virtual.android.mutating import mutates
from provision.virtual.android.oem_gates import gates
from provision.virtual.android.state import Package, SavedNetwork
from provision.virtual.android.tablet import open_tablet
from provision.virtual.oracle.assurances import best_by_agent
from provision.virtual.oracle.model import (
    ExpectedOutcome,
    SiteRequirements,
    format_outcomes,
    format_site,
    parse_outcomes,
    parse_site,
)
from provision.virtual.oracle.rules import predict_outcome
from provision.virtual.roster import Place, build_roster
from tests.case_files import read_cases

SITE = {
    Control.APPS_PRESENT: Assurance.SET,
    Control.WIFI_HOSPITAL: Assurance.SET,
    Control.LOCATION_ON: Assurance.SET,
    Control.SCREEN_TIMEOUT: Assurance.SET,
}
CLOSED = ExpectedOutcome(Outcome.REFUSED, Reason.WIFI_SHELL_CLOSED)
FIRST = [
    ExpectedOutcome(Outcome.DONE),
    ExpectedOutcome(Outcome.DONE),
    CLOSED,
    CLOSED,
    ExpectedOutcome(Outcome.DONE),
    ExpectedOutcome(Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS),
    CLOSED,
    ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, "hang:dumpsys"),
]


def end_of(folder: Path, place: Place, *edits: str) -> ExpectedOutcome:
    tablet = open_tablet(folder, place)
    for line in edits:
        verb, *words = line.split()
        tablet.edit(verb, words)
    return predict_outcome(place, tablet.device.state, SiteRequirements(SITE))


def place(model: str = "samsung-sm-t510", **more: object) -> Place:
    return Place("1", "1-1.1", model, "X1", **more)  # type: ignore[arg-type] # a test's shorthand


def test_the_first_eight_end_as_designed(tmp_path: Path) -> None:
    roster = build_roster(8)
    assert [end_of(tmp_path / one.slot, one) for one in roster] == FIRST


def test_the_twins_share_a_serial_and_nothing_else(tmp_path: Path) -> None:
    five, six = build_roster(8)[4:6]
    assert five.serial == six.serial == "0123456789ABCDEF"
    macs = {open_tablet(tmp_path / one.slot, one).device.state.identity.mac for one in (five, six)}
    assert len(macs) == 2


def test_the_roster_is_the_same_for_the_same_seed() -> None:
    assert build_roster(40, 7) == build_roster(40, 7)
    assert build_roster(40, 7) != build_roster(40, 8)
    assert build_roster(40, 7)[:20] == build_roster(20, 7)


def test_ports_lie_on_hubs_of_seven() -> None:
    ports = [one.port for one in build_roster(9)]
    assert ports == ["1-1.1", "1-1.2", "1-1.3", "1-1.4", "1-1.5", "1-1.6", "1-1.7", "1-2.1", "1-2.2"]
    assert [one.slot for one in build_roster(3)] == ["1", "2", "3"]


def test_no_fault_of_the_roster_but_a_makers_gate_needs_a_write_to_show() -> None:
    for one in build_roster(200, 3):
        for fault in set(one.faults) - set(gates()):
            assert fault == "boot-stuck" or not mutates([*fault.split(":")[1].split("+"), "battery"])


def test_most_of_a_large_bench_ends_well_or_refused(tmp_path: Path) -> None:
    roster = build_roster(90)
    ends = [predict_outcome(one, open_tablet(tmp_path / one.slot, one).device.state, LOCKED).outcome for one in roster]
    assert ends.count(Outcome.DONE) > 45
    assert 0 < ends.count(Outcome.FAILED) < 12
    assert set(ends) == {Outcome.DONE, Outcome.DONE_WITH_WARNINGS, Outcome.REFUSED, Outcome.FAILED}


def test_an_empty_bench_is_refused() -> None:
    with pytest.raises(TrainingError, match="at least 1"):
        build_roster(0)


def test_an_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(TrainingError, match="samsung-sm-t510"):
        load_model("nokia-3310")


@pytest.mark.parametrize(
    ("edits", "end"),
    [
        ((), ExpectedOutcome(Outcome.DONE)),
        (("add-account com.google",), ExpectedOutcome(Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS)),
        (
            ("add-account com.google", "set secure user_setup_complete 0"),
            ExpectedOutcome(Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS),
        ),
        (("add-user X",), ExpectedOutcome(Outcome.REFUSED, Reason.NOT_RESET_USERS)),
        (("add-file /sdcard/DCIM/Camera/1.jpg",), ExpectedOutcome(Outcome.REFUSED, Reason.NOT_RESET_FILES)),
        (("add-file /data/local/tmp/x",), ExpectedOutcome(Outcome.DONE)),
        (("foreign-owner a.b/a.b.C",), ExpectedOutcome(Outcome.REFUSED, Reason.FOREIGN_OWNER)),
        (("pin 1234",), ExpectedOutcome(Outcome.DONE)),
        (("battery 5",), ExpectedOutcome(Outcome.REFUSED, Reason.BATTERY_LOW)),
        (("break full-storage",), ExpectedOutcome(Outcome.REFUSED, Reason.STORAGE_LOW, "full-storage")),
        (("break boot-stuck",), ExpectedOutcome(Outcome.FAILED, Reason.BOOT_INCOMPLETE, "boot-stuck")),
        (("break lie-install",), ExpectedOutcome(Outcome.FAILED, Reason.READ_BACK_DIFFERS, "lie-install")),
        (("break verifier-refuses",), ExpectedOutcome(Outcome.FAILED, Reason.VERIFIER_REFUSED, "verifier-refuses")),
        (("break verifier-waits",), ExpectedOutcome(Outcome.FAILED, Reason.VERIFIER_REFUSED, "verifier-waits")),
        (("break lie-settings",), ExpectedOutcome(Outcome.FAILED, Reason.READ_BACK_DIFFERS, "lie-settings")),
        (("break miui-install",), ExpectedOutcome(Outcome.REFUSED, Reason.OEM_GATE, "miui-install")),
        (("break drop:dumpsys",), ExpectedOutcome(Outcome.DONE)),
        (("break hang:svc",), ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, "hang:svc")),
        (
            ("break hang:cmd+package+install-commit",),
            ExpectedOutcome(Outcome.FAILED, Reason.INSTALL_HUNG, "hang:cmd+package+install-commit"),
        ),
        (("break mute",), ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, "mute")),
        (("break strange:df",), ExpectedOutcome(Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD, "strange:df")),
        (("break strange:pm+install",), ExpectedOutcome(Outcome.FAILED, Reason.INSTALL_REFUSED, "strange:pm+install")),
        (("break strange:input",), ExpectedOutcome(Outcome.DONE)),
        (("factory-reset",), ExpectedOutcome(None)),
        (("break slow-link",), ExpectedOutcome(Outcome.DONE)),
        (("break noisy",), ExpectedOutcome(Outcome.DONE)),
        (("break lie-install", "mend"), ExpectedOutcome(Outcome.DONE)),
        (("break lie-install hang:dumpsys",), ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, "hang:dumpsys")),
        (("add-account com.google", "break lie-install"), ExpectedOutcome(Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS)),
    ],
)
def test_what_is_done_to_a_tablet_decides_its_end(tmp_path: Path, edits: tuple[str, ...], end: ExpectedOutcome) -> None:
    assert end_of(tmp_path, place(), *edits) == end


LOCKED = SiteRequirements({**SITE, Control.KIOSK_LOCK_TASK: Assurance.ENFORCED}, agent=True, zone="Europe/Paris")
DONE = ExpectedOutcome(Outcome.DONE)


def test_with_the_agent_every_release_of_the_roster_ends_done(tmp_path: Path) -> None:
    roster = build_roster(8)
    ends = [predict_outcome(one, open_tablet(tmp_path / one.slot, one).device.state, LOCKED) for one in roster]
    assert ends == [DONE, DONE, DONE, DONE, DONE, FIRST[5], DONE, FIRST[7]]


@pytest.mark.parametrize(
    ("edit", "end"),
    [
        ("foreign-owner org.provision.agent/org.provision.agent.AdminReceiver", DONE),
        ("foreign-agent", ExpectedOutcome(Outcome.FAILED, Reason.APP_OTHER_SIGNER)),
        ("foreign-owner a.b/a.b.C", ExpectedOutcome(Outcome.REFUSED, Reason.FOREIGN_OWNER)),
        ("break agent-lies", ExpectedOutcome(Outcome.FAILED, Reason.READ_BACK_DIFFERS, "agent-lies")),
        ("break agent-garbage", ExpectedOutcome(Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD, "agent-garbage")),
        ("break agent-late agent-crash:put", DONE),
        ("break owner-refuses:addNetworkPrivileged", DONE),  # a call of Android 12 and later
        (
            "break owner-refuses:addNetwork:5",
            ExpectedOutcome(Outcome.FAILED, Reason.READ_BACK_DIFFERS, "owner-refuses:addNetwork:5"),
        ),
        ("zone Asia/Tokyo", ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)),
    ],
)
def test_what_is_done_to_an_agents_tablet_decides_its_end(tmp_path: Path, edit: str, end: ExpectedOutcome) -> None:
    here = place("archos-101b-oxygen", setup=("zone Europe/Paris",))
    tablet = open_tablet(tmp_path, here)
    verb, *words = edit.split()
    tablet.edit(verb, words)
    assert predict_outcome(here, tablet.device.state, LOCKED) == end


CONFIGURED = {"org.example.chat": {"server": "x"}}
LEFT = ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)
DROPS, REFUSES = (f"owner-{word}:setApplicationRestrictions" for word in ("drops", "refuses"))


@pytest.mark.parametrize(
    ("fault", "changes", "end"),
    [
        (DROPS, {}, DONE),
        (REFUSES, {}, DONE),
        ("slow-link", {"configurations": CONFIGURED}, DONE),
        (DROPS, {"configurations": CONFIGURED}, replace(LEFT, fault=DROPS)),
        (REFUSES, {"configurations": CONFIGURED}, replace(LEFT, fault=REFUSES)),
        ("slow-link", {"configurations": CONFIGURED, "agent": False, "required": {}}, LEFT),
        (
            DROPS,
            {"configurations": CONFIGURED, "required": {**SITE, Control.APPS_CONFIGURED: Assurance.SET}},
            ExpectedOutcome(Outcome.FAILED, Reason.READ_BACK_DIFFERS, DROPS),
        ),
        (
            "slow-link",
            {"configurations": CONFIGURED, "required": {**SITE, Control.APPS_CONFIGURED: Assurance.ENFORCED}},
            ExpectedOutcome(Outcome.REFUSED, Reason.ASSURANCE_TOO_LOW),
        ),
    ],
)
def test_configuration_that_is_not_delivered_decides_the_end_where_there_is_any(
    tmp_path: Path, fault: str, changes: dict[str, Any], end: ExpectedOutcome
) -> None:
    here = place("archos-101b-oxygen", setup=("zone Europe/Paris",))
    tablet = open_tablet(tmp_path, here)
    tablet.edit("break", [fault])
    assert predict_outcome(here, tablet.device.state, replace(LOCKED, **changes)) == end


def test_configuration_that_is_withdrawn_and_cannot_be_cleared_decides_the_end(tmp_path: Path) -> None:
    here = place("archos-101b-oxygen", setup=("zone Europe/Paris",))
    tablet = open_tablet(tmp_path, here)
    tablet.device.data.configurations = dict(CONFIGURED)
    tablet.device.data.app_data["org.provision.agent"] = {"configured": "org.example.chat"}
    assert predict_outcome(here, tablet.device.state, LOCKED) == DONE
    for fault in (DROPS, f"{REFUSES}+org.example.chat"):
        tablet.edit("break", [fault])
        assert predict_outcome(here, tablet.device.state, LOCKED) == replace(LEFT, fault=fault)
        tablet.edit("mend", [])
    tablet.edit("break", [f"{DROPS}+org.example.other"])
    assert predict_outcome(here, tablet.device.state, LOCKED) == DONE, "nothing is to be given to that one"


@pytest.mark.parametrize(
    ("model", "end"),
    [
        ("samsung-sm-t510", DONE),
        (
            "onn-ona19tb003",
            ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.SEAL_NOT_SEEN),
        ),  # nothing on USB any more
    ],
)
def test_a_seal_needs_a_tablet_that_usb_goes_on_showing(tmp_path: Path, model: str, end: ExpectedOutcome) -> None:
    here = place(model, setup=("zone Europe/Paris",))
    state = open_tablet(tmp_path, here).device.state
    assert predict_outcome(here, state, replace(LOCKED, seals=True)) == end
    assert predict_outcome(here, state, LOCKED) == DONE


@pytest.mark.parametrize(
    ("model", "fault", "seen"),
    [
        ("archos-101b-oxygen", "lock-task-leaks", True),
        ("archos-101b-oxygen", "restrictions-leak", False),
        ("archos-101b-oxygen", "lockdown-leaks", False),
        ("samsung-sm-t510", "restrictions-leak", False),
        ("samsung-sm-t510", "lockdown-leaks", True),
        ("xiaomi-pad-6", "lock-task-leaks", True),
        ("xiaomi-pad-6", "restrictions-leak", True),
        ("xiaomi-pad-6", "lockdown-leaks", False),
    ],
)
def test_a_lock_that_gives_way_decides_the_end_where_a_try_shows_it(
    tmp_path: Path, model: str, fault: str, *, seen: bool
) -> None:
    here = place(model, setup=("zone Europe/Paris",))
    tablet = open_tablet(tmp_path, here)
    tablet.edit("break", [fault])
    end = ExpectedOutcome(Outcome.FAILED, Reason.PROOF_FAILED, fault) if seen else DONE
    assert predict_outcome(here, tablet.device.state, LOCKED) == end
    assert end_of(tmp_path, here).reason is not Reason.PROOF_FAILED, "plain shell tries nothing"


@pytest.mark.parametrize(
    ("model", "closed", "seen"),
    [
        ("archos-101b-oxygen", Control.RADIOS_CLOSED, False),
        ("archos-101b-oxygen", Control.SETTINGS_CLOSED, True),
        ("samsung-sm-t510", Control.RADIOS_CLOSED, True),
        ("samsung-sm-t510", Control.BLUETOOTH_CLOSED, True),
        ("archos-101b-oxygen", Control.BLUETOOTH_CLOSED, False),
    ],
)
def test_a_restriction_that_gives_way_is_seen_where_the_site_closes_what_shell_can_try(
    tmp_path: Path, model: str, closed: Control, *, seen: bool
) -> None:
    here = place(model, setup=("zone Europe/Paris",))
    tablet = open_tablet(tmp_path, here)
    tablet.edit("break", ["restrictions-leak"])
    end = predict_outcome(here, tablet.device.state, replace(LOCKED, wanted=frozenset({closed})))
    assert (end.reason is Reason.PROOF_FAILED) == seen


@pytest.mark.parametrize(
    ("control", "set_at", "enforced_at"),
    [
        (Control.WIFI_HOSPITAL, 22, 23),
        (Control.WIFI_OTHER_NETWORKS, 32, 33),
        (Control.LOCATION_ON, 27, 28),
        (Control.KIOSK_LOCK_TASK, 22, 23),
    ],
)
def test_the_agents_assurance_is_the_tables(control: Control, set_at: int, enforced_at: int) -> None:
    assert best_by_agent(set_at)[control] is Assurance.SET
    assert best_by_agent(enforced_at)[control] is Assurance.ENFORCED


@pytest.mark.parametrize("model", ["google-nexus-player", "samsung-sm-j727p", "onyx-boox"])
def test_what_is_no_tablet_is_refused(tmp_path: Path, model: str) -> None:
    assert end_of(tmp_path, place(model)) == ExpectedOutcome(Outcome.REFUSED, Reason.NOT_A_TABLET)


@pytest.mark.parametrize(
    ("setup", "after"),
    [
        ((), ExpectedOutcome(Outcome.DONE)),
        (("add-account com.google",), ExpectedOutcome(Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS)),
    ],
)
def test_what_does_not_say_its_kind_is_refused_until_a_person_says_it(
    tmp_path: Path, setup: tuple[str, ...], after: ExpectedOutcome
) -> None:
    here = place("danew-dslide710", setup=setup)
    state = open_tablet(tmp_path, here).device.state
    assert predict_outcome(here, state, LOCKED) == ExpectedOutcome(
        Outcome.REFUSED, Reason.MODEL_UNKNOWN, after_word=after
    )


@pytest.mark.parametrize("model", ["whitebox-zed-ys", "amazon-kfmuwi"])
def test_a_build_without_device_admin_has_no_owner(tmp_path: Path, model: str) -> None:
    here = place(model)
    state = open_tablet(tmp_path, here).device.state
    assert predict_outcome(here, state, LOCKED) == ExpectedOutcome(Outcome.REFUSED, Reason.OWNER_UNSUPPORTED)


GATES = read_cases(Path(__file__).parents[1] / "cases" / "virtual" / "gate_ends.yaml")


@pytest.mark.parametrize("road", ["agent", "shell"])
@pytest.mark.parametrize("case", GATES, ids=lambda case: case["name"])
def test_a_makers_gate_decides_the_end(tmp_path: Path, case: dict[str, Any], road: str) -> None:
    here = place(case["model"], setup=("zone Europe/Paris", *case.get("edits", ())))
    state = open_tablet(tmp_path, here).device.state
    outcome, reason, gate = (*case[road], None, None)[:3]
    site = LOCKED if road == "agent" else SiteRequirements(SITE)
    assert predict_outcome(here, state, site) == ExpectedOutcome(outcome, reason and Reason(reason), gate)


@pytest.mark.parametrize(
    ("grants", "end"), [(False, DONE), (True, ExpectedOutcome(Outcome.REFUSED, Reason.OEM_GATE, "miui-grant"))]
)
def test_a_gate_before_grants_counts_only_where_the_app_set_asks_for_some(
    tmp_path: Path, *, grants: bool, end: ExpectedOutcome
) -> None:
    here = place(setup=("zone Europe/Paris", "break miui-grant"))
    state = open_tablet(tmp_path, here).device.state
    assert predict_outcome(here, state, replace(LOCKED, grants=grants)) == end


def test_settings_that_nobody_requires_leave_a_warning(tmp_path: Path) -> None:
    """The site of a training home asks for the timeout and does not require it."""
    here = place(setup=("zone Europe/Paris", "break samsung-settings"))
    state = open_tablet(tmp_path, here).device.state
    wishes = {control: least for control, least in LOCKED.required.items() if control is not Control.SCREEN_TIMEOUT}
    end = predict_outcome(here, state, SiteRequirements(wishes, agent=True, zone="Europe/Paris"))
    assert end == ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, "samsung-settings")


def test_nobody_taps_allow_so_no_run_starts(tmp_path: Path) -> None:
    assert end_of(tmp_path, place(tap_allow="never")) == ExpectedOutcome(None)


def test_a_stronger_wish_than_the_shell_can_hold_is_refused(tmp_path: Path) -> None:
    tablet = open_tablet(tmp_path, place())
    wish = {**SITE, Control.KIOSK_LOCK_TASK: Assurance.ENFORCED}
    assert predict_outcome(place(), tablet.device.state, SiteRequirements(wish)).reason is Reason.ASSURANCE_TOO_LOW
    lowered = {Control.APPS_PRESENT: Assurance.SET}
    assert predict_outcome(
        place("archos-101b-oxygen"), tablet.device.state, SiteRequirements(lowered)
    ) == ExpectedOutcome(Outcome.DONE)


def test_what_a_site_requires_and_what_is_expected_travel_as_json() -> None:
    site = replace(LOCKED, configurations={"a.b": {"key": ["x", "y"], "on": True}}, known={"S": frozenset({"1", "2"})})
    outcome = ExpectedOutcome(Outcome.REFUSED, Reason.MODEL_UNKNOWN, after_word=CLOSED)
    assert parse_site(format_site(site)) == site
    assert parse_outcomes(json.loads(json.dumps(format_outcomes({"3": outcome})))) == {"3": outcome}


def test_an_end_reads_well() -> None:
    assert str(CLOSED) == "refused (wifi-shell-closed)"
    assert str(ExpectedOutcome(None)) == "no run"


def test_a_tablet_that_was_reset_is_only_a_candidate(tmp_path: Path) -> None:
    here = place("archos-101b-oxygen", setup=("zone Europe/Paris",))
    state = open_tablet(tmp_path, here).device.state
    now = digest_installation(state.data.android_id)
    assert now is not None
    for known, end in (
        ({}, DONE),
        ({here.serial: frozenset({now})}, DONE),
        ({here.serial: frozenset[str]()}, DONE),
        ({here.serial: frozenset({"earlier"})}, ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.LABEL_UNSURE)),
    ):
        assert predict_outcome(here, state, replace(LOCKED, known=known)) == end


ASKED = replace(LOCKED, apps={"org.a.chat": 3}, screen_seconds=1800, ssids=("HOPITAL",))


@pytest.mark.parametrize(
    ("edit", "end"),
    [
        ("break lie-install", DONE),
        ("break lie-settings", DONE),
        ("break verifier-refuses", DONE),
        ("break miui-install", DONE),
        ("break hang:am", DONE),
        ("break hang:settings+put", DONE),
        ("break hang:cmd+wifi", ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, "hang:cmd+wifi")),
        ("break hang:content", ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, "hang:content")),
        ("break lock-task-leaks", DONE),
        ("break agent-garbage", ExpectedOutcome(Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD, "agent-garbage")),
        ("break battery-dies:pm+path", ExpectedOutcome(Outcome.LOST, Reason.TABLET_GONE, "battery-dies:pm+path")),
        ("battery 5", ExpectedOutcome(Outcome.REFUSED, Reason.BATTERY_LOW)),
    ],
)
def test_a_finished_tablet_shows_only_faults_of_reading(tmp_path: Path, edit: str, end: ExpectedOutcome) -> None:
    here = place(setup=("zone Europe/Paris",))
    tablet = open_tablet(tmp_path, here)
    data = tablet.device.state.data
    data.packages["org.a.chat"] = Package(version_code=3)
    data.settings["system"]["screen_off_timeout"] = "1800000"
    data.settings["secure"]["location_mode"] = "3"
    data.lock_task.mode = "locked"
    data.settings["global"]["adb_allowed_connection_time"] = "0"
    data.networks = [SavedNetwork(id=1, ssid="HOPITAL", security="wpa2")]
    finished = frozenset({digest_installation(data.android_id) or ""})
    verb, *words = edit.split()
    tablet.edit(verb, words)
    assert predict_outcome(here, tablet.device.state, replace(ASKED, finished=finished)) == end
    for spoil in (
        "remove-app org.a.chat",
        "set system screen_off_timeout 15000",
        "set global adb_allowed_connection_time null",
    ):
        broken = open_tablet(tmp_path, here)
        broken.edit(spoil.split()[0], spoil.split()[1:])
        unfinished = predict_outcome(here, broken.device.state, replace(ASKED, finished=finished))
        assert unfinished == predict_outcome(here, broken.device.state, ASKED), "its next run has something to write"
