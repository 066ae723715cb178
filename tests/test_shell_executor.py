"""Single steps against a scripted tablet: what is sent, what is believed, what is refused with which reason."""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from factories import make_app, make_appset, make_facts, make_installed, make_site, make_wifi
from scripted import ENDS, Conversation

from provision.appset.model import Split
from provision.controls.desired import DesiredState
from provision.controls.model import InstallApp, JoinWifi, RunLine, Step
from provision.errors import StepFailed, TransportError
from provision.runs.executors import execute
from provision.runs.install import expect_success, refuse
from provision.runs.plan import Plan, make_plan
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.site.secret import Secret
from provision.terms import Control, Phase, Reason
from provision.transport import Answer, Transport
from tests.case_files import check_each, read_cases

FOLDER = Path(__file__).parent / "cases/apply"
LIMITS = Limits(facts=1, step=1, package=1, boot=1)
PLACE = "networks.0.passphrase"
PASSPHRASE = "it's a $ecret `word`"  # noqa: S105 # of a network that does not exist
Case = Mapping[str, Any]


def _cases(stem: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in read_cases(FOLDER / f"{stem}.yaml")]


def _step(action: RunLine | InstallApp | JoinWifi) -> Step:
    return Step("the/step", Control.APPS_PRESENT, Phase.APPS, action, undo="", reference="", source="")


def _perform(talk: Transport, action: RunLine | InstallApp | JoinWifi, secret: str | None = None) -> None:
    secrets = {} if secret is None else {PLACE: Secret(secret.encode())}
    shell = ShellExecutor(talk, LIMITS, lambda: secrets)
    try:
        execute(_step(action), shell.executors)
        shell.finish()
    finally:
        shell.close()


ABC = hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("case", _cases("installs"))
def test_an_install_follows_the_conversation(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "chat.apk"
    file.write_bytes(b"abc")
    talk = Conversation(case["talk"])
    splits = tuple(Split(file, 3, ABC, name) for name in case.get("splits", ()))
    app = make_app(path=file, sha256=ABC, splits=splits)
    action = InstallApp(app, sessions=case["sessions"], has_cmd=case.get("has_cmd", True))
    if "refusal" in case:
        with pytest.raises(StepFailed) as caught:
            _perform(talk, action)
        assert [str(caught.value.reason), str(caught.value.detail)] == case["refusal"]
        assert caught.value.step == "the/step"
    elif "end" in case:
        with pytest.raises(ENDS[case["end"]]):
            _perform(talk, action)
    else:
        _perform(talk, action)
    talk.check_finished()
    assert set(talk.sent) <= {b"abc"}


@check_each("case", _cases("refusals"))
def test_a_refusal_keeps_the_words_of_the_tablet_and_a_reason(case: Case) -> None:
    text = case["text"].replace("LONG", "x" * case.get("long", 0))
    with pytest.raises(StepFailed) as caught:
        expect_success(_step(RunLine(("x",))), Answer(text, "", 0))
    reason, detail = case["refusal"]
    assert str(caught.value.reason) == reason
    assert detail in (str(caught.value.detail), None)
    assert len(str(caught.value.detail)) <= 200


@check_each("case", _cases("refusals"))
def test_the_stream_a_refusal_comes_on_does_not_matter(case: Case) -> None:
    step = _step(RunLine(("x",)))
    out, err = refuse(step, Answer(case["text"], "", 0)), refuse(step, Answer("", case["text"], 255))
    assert (out.reason, out.detail) == (err.reason, err.detail)


NOISE = ("WARNING: linker: /system/lib/libx.so has text relocations.", "[HOUDINI] no", "W/art( 77): late", "")


def test_lines_of_other_programs_change_no_refusal() -> None:
    """At every place, with either line end; a line in the middle of a message that goes on belongs to nobody."""
    step, other = _step(RunLine(("x",))), []
    for case in read_cases(FOLDER / "refusals.yaml"):
        lines = case["text"].split("\n")
        wanted = refuse(step, Answer(case["text"], "", 0))
        for place in range(len(lines)):
            for noise in NOISE:
                for end in ("\n", "\r\n"):
                    said = re.sub(r"\r+\n", "\n", end.join([*lines[:place], noise, *lines[place:]]))
                    found = refuse(step, Answer(said, "", 0))
                    if (found.reason, str(found.detail)) != (wanted.reason, str(wanted.detail)):
                        other.append((case["name"], place, noise, str(found)))
    assert other == []


def test_a_silent_line_is_neither_believed_nor_refused() -> None:
    """Only the read-back counts: exit status and text of such lines say nothing (reference, Wi-Fi document 1.7)."""
    talk = Conversation(
        [{"shell": "settings put system screen_off_timeout 15000", "err": "Permission denial", "status": 255}]
    )
    _perform(talk, RunLine(("settings", "put", "system", "screen_off_timeout", "15000")))
    talk.check_finished()


@pytest.mark.parametrize(
    "right",
    [
        (
            "java.lang.SecurityException: Permission denial: writing to settings requires:"
            "android.permission.WRITE_SECURE_SETTINGS"
        ),
        (
            "Operation not allowed: java.lang.SecurityException: grantRuntimePermission: Neither user 2000 nor current "
            "process has android.permission.GRANT_RUNTIME_PERMISSIONS."
        ),
        (
            "java.lang.SecurityException: com.android.shell was not granted  this permission: "
            "android.permission.WRITE_SETTINGS."
        ),
        (
            "java.lang.SecurityException: You need the android.permission.INSTALL_GRANT_RUNTIME_PERMISSIONS permission "
            "to use the PackageManager.INSTALL_GRANT_ALL_REQUESTED_PERMISSIONS flag"
        ),
        "java.lang.SecurityException: uid 2000 does not have android.permission.MANAGE_APP_OPS_MODES.",
        "Security exception: Neither user 2000 nor current process has android.permission.DELETE_PACKAGES.",
        "java.lang.SecurityException: Permission Denial: requires android.permission.CHANGE_COMPONENT_ENABLED_STATE",
    ],
)
def test_a_right_that_the_maker_took_from_the_shell_is_a_gate(right: str) -> None:
    """The words are the maker's; every other Android gives uid shell both rights (packages document 3.11)."""
    talk = Conversation([{"shell": "settings put system x 1", "err": f"\n{right}\n\tat a.b.c\n", "status": 255}])
    with pytest.raises(StepFailed) as caught:
        _perform(talk, RunLine(("settings", "put", "system", "x", "1")))
    assert (caught.value.reason, str(caught.value.detail)) == (Reason.OEM_GATE, right)


@pytest.mark.parametrize(
    "refusal",
    [
        "Permission android.permission.WRITE_SETTINGS requested by com.a is not a changeable permission type",
        "Package com.a has not requested permission android.permission.WRITE_SETTINGS",
    ],
)
def test_a_permission_that_android_itself_refuses_is_no_gate(refusal: str) -> None:
    """The read-back decides; every Android says so (packages document 8)."""
    talk = Conversation(
        [{"shell": "pm grant com.a x", "err": f"java.lang.SecurityException: {refusal}\n", "status": 255}]
    )
    _perform(talk, RunLine(("pm", "grant", "com.a", "x")))
    talk.check_finished()


JOIN_LINE = "cmd wifi connect-network 'Ward 3' wpa2 'it'\"'\"'s a $ecret `word`'"


def test_the_passphrase_is_in_the_one_line_that_joins() -> None:
    talk = Conversation([{"shell": JOIN_LINE, "out": "Connection initiated \n"}])
    _perform(talk, JoinWifi("Ward 3", "wpa2", PLACE), PASSPHRASE)
    talk.check_finished()


def test_an_open_network_is_joined_without_a_passphrase() -> None:
    talk = Conversation([{"shell": "cmd wifi connect-network HOPITAL open"}])
    _perform(talk, JoinWifi("HOPITAL", "open"))
    talk.check_finished()


@pytest.mark.parametrize(
    "text",
    ["Connection failed\n", "\nException while executing WifiShellCommand: \njava.lang.NullPointerException\n", ""],
)
def test_words_after_a_join_are_hints_only(text: str) -> None:
    """Android 11 and 12 may throw after a join that worked (reference, Wi-Fi document 1.4)."""
    talk = Conversation([{"shell": JOIN_LINE, "err": text, "status": 255}])
    _perform(talk, JoinWifi("Ward 3", "wpa2", PLACE), PASSPHRASE)
    talk.check_finished()


@pytest.mark.parametrize("end", ["gone", "hung", "cancelled"])
def test_the_passphrase_is_in_no_exception(end: str) -> None:
    talk = Conversation([{"shell": JOIN_LINE, "end": end}])
    with pytest.raises(TransportError) as caught:
        _perform(talk, JoinWifi("Ward 3", "wpa2", PLACE), PASSPHRASE)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "$ecret" not in shown


def _joining_plan() -> Plan:
    site = make_site(wifi={"ssid": "Ward 3", "security": "wpa2", "passphrase": {"file": "secrets/wifi"}})
    return make_plan(make_facts(wifi=make_wifi(ssid=None)), DesiredState(site, make_appset(), is_tablet=True))


def test_the_passphrase_is_in_no_plan_and_stars_stand_for_it() -> None:
    plan = _joining_plan()
    assert str(plan.all_steps[0].action.describe()) == "cmd wifi connect-network 'Ward 3' wpa2 ***"
    assert "secrets/wifi" not in repr(plan)
    assert not any(isinstance(value, Secret) for step in plan.all_steps for value in vars(step.action).values())


def test_the_passphrase_is_read_only_when_a_network_is_joined(tmp_path: Path) -> None:
    def read() -> dict[str, Secret]:
        raise AssertionError("nobody may ask for the secret")

    file = tmp_path / "chat.apk"
    file.write_bytes(b"abc")
    talk = Conversation(next(case for case in read_cases(FOLDER / "installs.yaml") if case["sessions"])["talk"])
    shell = ShellExecutor(talk, LIMITS, read)
    execute(_step(InstallApp(make_app(path=file, sha256=ABC), sessions=True)), shell.executors)
    shell.finish()
    shell.close()
    assert repr(shell).startswith("<provision.runs.shell_executor.ShellExecutor object")


def test_a_lying_success_is_seen_by_the_next_reading() -> None:
    """`Success` was printed, and the app is not there or has other bytes: the control does not hold."""
    app = make_app()
    for apps in ({}, {app.package: make_installed(app, sha256="00")}):
        plan = make_plan(make_facts(apps=apps), DesiredState(make_site(), make_appset(app), is_tablet=True))
        assert [str(decision.control) for decision in plan.unmet] == ["apps.present"]


REFUSALS = [
    ("Package org.x new state: disabled-user\n", None),
    ("", None),
    (
        "Security exception: Cannot disable a protected package: org.x\n\njava.lang.SecurityException: y\n\tat x\n",
        "Cannot disable a protected package: org.x",
    ),
    (
        "\nException occurred while executing 'x':\njava.lang.IllegalArgumentException: Unknown, package\tz\n",
        "Unknown; package z",
    ),
    (f"Security exception: {'x' * 400}\n", "x" * 120),
    (
        "java.lang.SecurityException: Permission denial: it requires:android.permission.WRITE_SECURE_SETTINGS\n",
        "Permission denial: it requires:android.permission.WRITE_SECURE_SETTINGS",
    ),
]


@pytest.mark.parametrize(("text", "refusal"), REFUSALS)
def test_a_step_that_nothing_rests_on_keeps_the_tablets_words_and_goes_on(text: str, refusal: str | None) -> None:
    line = "pm disable-user --user 0 org.x"
    shell = ShellExecutor(Conversation([{"shell": line, "out": text}]), LIMITS, lambda: None)
    execute(_step(RunLine(tuple(line.split()), tolerant=True)), shell.executors)
    assert shell.refusals == ({} if refusal is None else {"the/step": refusal})


def test_a_later_try_that_is_taken_forgets_the_refusal_before() -> None:
    talk = Conversation([{"shell": "pm x", "out": "Security exception: no\n"}, {"shell": "pm x"}])
    shell = ShellExecutor(talk, LIMITS, lambda: None)
    for expected in ({"the/step": "no"}, {}):
        execute(_step(RunLine(("pm", "x"), tolerant=True)), shell.executors)
        assert shell.refusals == expected


def test_a_link_that_ends_in_a_tolerant_step_ends_the_run_as_ever() -> None:
    shell = ShellExecutor(Conversation([{"shell": "pm x", "end": "gone"}]), LIMITS, lambda: None)
    with pytest.raises(TransportError):
        execute(_step(RunLine(("pm", "x"), tolerant=True)), shell.executors)
