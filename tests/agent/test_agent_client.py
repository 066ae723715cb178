"""Orders over a virtual tablet: what a whole life of an agent looks like from the station."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from agent_bed import site_key, vectors
from agent_tablet import ASSET, KIOSK, PASSPHRASE, SECRET, AgentTablet
from scripted import Conversation

from provision.agent.answers import AgentAbsent, ReplyStatus
from provision.agent.client import AgentClient, AgentLimits, Sender
from provision.agent.contract import AGENT, HOME, Code, OrderName, call_line
from provision.agent.hello import choose_protocol, read_hello
from provision.agent.maintenance import answer_challenge
from provision.agent.order import Order, OrderTooLarge, SecretEncryptor, commit_argument, cut_pieces, sign_order
from provision.agent.report import Report, check_report, find_controls
from provision.agent.rows import VERSION
from provision.errors import AnswerError, DeadlinePassed, StepFailed, TabletGone
from provision.site.secret import Secret
from provision.terms import Assurance, Control, Reason
from provision.virtual.android.journal import mutations
from provision.virtual.android.state import Package

ODD_KEY = Path(__file__).parents[1] / "cases/agent/odd_key.yaml"
BANDS = [21, 22, 23, 26, 28, 29, 30, 31, 33, 34, 35, 36, 37]


@pytest.fixture
def tablet(tmp_path: Path) -> AgentTablet:
    return AgentTablet(tmp_path).enrol()


def apply(tablet: AgentTablet) -> Report:
    return tablet.client.apply(ASSET.id, tablet.policy, lambda _digest: None)


@pytest.mark.parametrize("api", BANDS)
def test_a_policy_brings_every_release_to_what_it_can_hold(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api).enrol()
    apply(tablet)
    tablet.bench.clock.advance(5)
    found = find_controls(tablet.client.report())
    assert {control: finding.assurance for control, finding in found.items()} == {
        Control.WIFI_OTHER_NETWORKS: Assurance.ENFORCED if api >= 33 else Assurance.SET,
        Control.LOCATION_ON: Assurance.ENFORCED if api >= 28 else Assurance.SET,
        Control.WIFI_HOSPITAL: Assurance.ENFORCED if api >= 23 else Assurance.SET,
        Control.KIOSK_LOCK_TASK: Assurance.ENFORCED if api >= 23 else Assurance.SET,
    }


def test_what_the_report_says_the_dumps_say_too(tablet: AgentTablet) -> None:
    apply(tablet)
    tablet.bench.clock.advance(5)
    dump = tablet.bench.run("dumpsys activity activities").out
    assert "mLockTaskModeState=LOCKED" in dump
    assert f"u0:[{AGENT}, {KIOSK[0]}]" in dump
    assert tablet.bench.run("settings get global wifi_device_owner_configs_lockdown").out == "1\n"
    assert 'Wifi is connected to "HOPITAL"' in tablet.bench.run("cmd wifi status").out
    assert (
        tablet.bench.run("cmd package resolve-activity --components -c android.intent.category.HOME").out.strip()
        == HOME
    )


@pytest.mark.parametrize(("api", "told"), [(21, True), (29, True), (30, False)])
def test_the_agent_tells_digests_of_what_it_is_shown_before_any_policy(api: int, told: bool, tmp_path: Path) -> None:  # noqa: FBT001 # or not
    tablet = AgentTablet(tmp_path, api).enrol()
    device, base = tablet.bench.tablet.device, "/data/app/chat-1/base.apk"
    device.data.packages["org.example.chat"] = Package(path=base, blob=device.store_blob(b"abc"))
    expected = {base: hashlib.sha256(b"abc").hexdigest()} if told else {}
    assert tablet.client.read_digests("org.example.chat") == expected
    assert tablet.client.read_digests("org.example.absent") == {}


def test_an_agent_before_digests_refuses_the_call(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 24).enrol()
    device = tablet.bench.tablet.device
    device.data.packages[AGENT].version_code = 5
    device.processes.pop(AGENT, None)
    with pytest.raises(StepFailed, match="method-unknown"):
        tablet.client.read_digests("org.example.chat")


def test_restrictions_make_later_shell_writes_silent_no_ops(tablet: AgentTablet) -> None:
    apply(tablet)
    reply = tablet.bench.run("settings put secure location_mode 0")
    assert (reply.out, reply.err, reply.status) == ("", "", 0)
    assert tablet.bench.run("settings get secure location_mode").out == "3\n"
    assert tablet.bench.run("cmd wifi forget-network 0").out == "Forget failed\n"


def test_the_allow_list_keeps_a_network_of_the_shell_unusable(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 35).enrol()
    apply(tablet)
    tablet.bench.run("cmd wifi connect-network Ailleurs wpa2 12345678")
    tablet.bench.run("svc wifi disable")
    tablet.bench.clock.advance(5)
    assert 'Wifi is connected to "HOPITAL"' in tablet.bench.run("cmd wifi status").out


def test_the_same_policy_twice_gives_the_same_report(tablet: AgentTablet) -> None:
    first, second = apply(tablet), apply(tablet)
    assert first.policy != second.policy  # another nonce, other ciphertext
    assert [row.wanted for row in first.rows] == [row.wanted for row in second.rows]
    assert len(tablet.bench.tablet.device.data.networks) == 1


def test_a_drill_opens_the_kiosk_and_closes_it_again(tablet: AgentTablet) -> None:
    apply(tablet)
    asked = tablet.client.ask_challenge()
    assert asked.challenge is not None
    opened = tablet.client.answer_challenge(answer_challenge(Secret(SECRET), asked.challenge))
    assert (opened.opened, opened.lock_task) == (True, "none")
    assert "mLockTaskModeState=NONE" in tablet.bench.run("dumpsys activity activities").out
    assert tablet.client.report().opened
    closed = tablet.client.relock()
    assert (closed.opened, closed.lock_task) == (False, "locked")


def test_a_wrong_answer_is_told_with_the_tries_left_and_given_once(tablet: AgentTablet) -> None:
    apply(tablet)
    before = len(tablet.link.lines)
    with pytest.raises(StepFailed, match="wrong-code: 4"):
        tablet.client.answer_challenge(Secret(b"00000000"))
    assert sum("--method commit" in line for line in tablet.link.lines[before:]) == 1


def test_wrong_answers_lock_out_and_a_reboot_does_not_help(tablet: AgentTablet) -> None:
    apply(tablet)
    for _ in range(4):
        with pytest.raises(StepFailed, match="wrong-code"):
            tablet.client.answer_challenge(Secret(b"00000000"))
    with pytest.raises(StepFailed, match="locked-out: 900"):
        tablet.client.answer_challenge(Secret(b"00000000"))
    tablet.bench.tablet.reboot("")
    tablet.bench.clock.advance(10)
    right = answer_challenge(Secret(SECRET), tablet.client.ask_challenge().challenge or "")
    with pytest.raises(StepFailed, match="locked-out"):
        tablet.client.answer_challenge(right)
    tablet.bench.clock.advance(900)
    again = answer_challenge(Secret(SECRET), tablet.client.ask_challenge().challenge or "")
    assert tablet.client.answer_challenge(again).opened


def test_lock_task_runs_again_after_a_reboot(tablet: AgentTablet) -> None:
    apply(tablet)
    tablet.bench.tablet.reboot("")
    tablet.bench.clock.advance(10)
    assert "mLockTaskModeState=LOCKED" in tablet.bench.run("dumpsys activity activities").out
    assert {row.kind.part: row.observed for row in tablet.client.report().rows}["running"] == "locked"


def test_show_clean_and_release(tablet: AgentTablet) -> None:
    apply(tablet)
    assert tablet.client.show(30) == "A-0042"
    assert [(row.package, row.supported, row.cleared) for row in tablet.client.clean(KIOSK).apps] == [
        (KIOSK[0], True, True)
    ]
    assert tablet.client.release()
    hello = tablet.client.hello()
    assert (hello.owner, hello.site_key) == (False, None)
    assert tablet.bench.tablet.device.data.owner is None
    assert tablet.bench.tablet.device.data.restrictions == []
    assert "mLockTaskModeState=NONE" in tablet.bench.run("dumpsys activity activities").out


def test_below_28_an_app_is_left_to_the_shell(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 26).enrol()
    apply(tablet)
    assert [(row.supported, row.cleared) for row in tablet.client.clean(KIOSK).apps] == [(False, False)]


@pytest.mark.parametrize("method", ["put", "commit", "hello", "poll"])
@pytest.mark.parametrize("fault", ["agent-crash", "agent-killed"])
def test_an_agent_that_dies_anywhere_gets_the_order_again(fault: str, method: str, tablet: AgentTablet) -> None:
    tablet.bench.edit(f"break {fault}:{method}:1")
    if method == "poll":
        tablet.bench.edit("break agent-late")
    apply(tablet)
    tablet.bench.clock.advance(5)
    assert find_controls(tablet.client.report())[Control.KIOSK_LOCK_TASK].assurance is Assurance.ENFORCED


def test_what_an_agent_said_before_it_died_is_asked_again(tablet: AgentTablet) -> None:
    apply(tablet)
    met = tablet.client.hello()
    tablet.bench.tablet.device.processes.clear()
    asked = len(tablet.link.lines)
    assert tablet.client.report(met).asset == ASSET.id
    assert sum("--method hello" in line for line in tablet.link.lines[asked:]) == 1


def test_an_agent_that_dies_twice_in_one_call_is_unfit(tablet: AgentTablet) -> None:
    tablet.bench.edit("break agent-crash:commit:1 agent-crash:commit:2")
    with pytest.raises(StepFailed, match="twice: ") as caught:
        apply(tablet)
    assert caught.value.reason is Reason.AGENT_UNFIT


def test_an_agent_killed_before_each_commit_is_given_up_after_three_times(tablet: AgentTablet) -> None:
    tablet.bench.edit("break " + " ".join(f"agent-killed:commit:{number}" for number in range(1, 9)))
    with pytest.raises(StepFailed, match="upload-incomplete"):
        apply(tablet)
    assert sum("--method commit" in line for line in tablet.link.lines) == 3


def test_an_answer_to_the_drill_is_never_repeated_after_a_crash(tablet: AgentTablet) -> None:
    apply(tablet)
    asked = tablet.client.ask_challenge()
    tablet.bench.edit("break agent-crash:commit:1")
    with pytest.raises(StepFailed, match="remote process died"):
        tablet.client.answer_challenge(answer_challenge(Secret(SECRET), asked.challenge or ""))


def test_a_late_agent_is_polled(tablet: AgentTablet) -> None:
    tablet.bench.edit("break agent-late")
    apply(tablet)
    assert any("--method poll" in line for line in tablet.link.lines)


def test_an_order_that_never_ends_is_a_hung_tablet(tablet: AgentTablet) -> None:
    tablet.bench.edit("break agent-late")
    client = tablet.client_of("Test", limits=AgentLimits(order=0.6, poll=0.2))
    with pytest.raises(StepFailed) as caught:
        client.apply(ASSET.id, tablet.policy, lambda _digest: None)
    assert caught.value.reason is Reason.TABLET_HUNG


def test_a_busy_agent_is_waited_for(tablet: AgentTablet) -> None:
    """Another bench's order still runs when ours arrives."""
    tablet.bench.edit("break agent-late")
    document = order_for(tablet, OrderName.APPLY, tablet.policy(SecretEncryptor(tablet.client.hello()).encrypt))
    assert send(tablet, document)["status"] == "accepted"
    apply(tablet)
    assert "busy" in {answer.get("error", {}).get("code") for answer in answers(tablet)}


def order_for(given: AgentTablet, word: OrderName, body: dict[str, object], **changes: str) -> bytes:
    """A signed document for a tablet now, with some members changed."""
    hello = given.client.hello()
    order = Order(word, "Test", hello.tablet, hello.nonce, body)
    return sign_order(replace(order, **changes).payload(), site_key())


def send(tablet: AgentTablet, document: bytes, name: str = "00000000000000bb") -> dict[str, Any]:
    """Upload and commit a document; the agent's answer."""
    for piece in cut_pieces(name, document):
        tablet.link.shell(call_line("put", piece), seconds=1)
    tablet.link.shell(call_line("commit", commit_argument(name, document)), seconds=1)
    return answers(tablet)[-1]


def answers(tablet: AgentTablet) -> list[dict[str, Any]]:
    found = re.findall(r"Result: Bundle\[\{a=(\S+)\}\]", "".join(tablet.link.printed))
    return [dict(json.loads(base64.b64decode(text))) for text in found]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tablet": "f" * 32}, Code.TABLET_FOREIGN),
        ({"nonce": "f" * 32}, Code.NONCE_UNKNOWN),
    ],
)
def test_an_order_for_something_else_changes_nothing(changes: dict[str, str], code: Code, tablet: AgentTablet) -> None:
    apply(tablet)
    before = tablet.bench.tablet.device.state.model_dump_json()
    answer = send(tablet, order_for(tablet, OrderName.RELEASE, {}, **changes))
    assert answer["error"]["code"] == code
    assert tablet.bench.tablet.device.state.model_dump_json() == before


def test_recorded_lines_are_worth_nothing_later(tablet: AgentTablet) -> None:
    """Replay by somebody who read the process list of the tablet."""
    apply(tablet)
    recorded = [line for line in tablet.link.lines if "--method put" in line or "--method commit" in line]
    apply(tablet)
    before = tablet.bench.tablet.device.state.model_dump_json()
    for line in recorded:
        tablet.link.shell(line, seconds=1)
    assert answers(tablet)[-1]["error"]["code"] == Code.NONCE_UNKNOWN
    assert tablet.bench.tablet.device.state.model_dump_json() == before


def test_lines_recorded_on_one_tablet_do_nothing_on_another(tablet: AgentTablet, tmp_path: Path) -> None:
    apply(tablet)
    other = AgentTablet(tmp_path / "other").enrol()
    for line in tablet.link.lines:
        other.link.shell(line, seconds=1)
    assert answers(other)[-1]["error"]["code"] == Code.TABLET_FOREIGN
    assert other.client.hello().site_key is None


def test_lines_cut_short_do_nothing(tablet: AgentTablet) -> None:
    document = order_for(tablet, OrderName.APPLY, tablet.policy(SecretEncryptor(tablet.client.hello()).encrypt))
    pieces = cut_pieces("00000000000000cc", document)
    for piece in pieces[:-1]:
        tablet.link.shell(call_line("put", piece), seconds=1)
    tablet.link.shell(call_line("commit", commit_argument("00000000000000cc", document)), seconds=1)
    assert answers(tablet)[-1]["error"]["code"] == Code.UPLOAD_INCOMPLETE
    assert tablet.client.hello().site_key is None


def test_a_foreign_site_key_is_refused_by_the_station_before_anything_is_sent(tablet: AgentTablet) -> None:
    apply(tablet)
    foreign = tablet.client_of("Test", site_key("foreign_private_key"))
    before = len(tablet.link.lines)
    with pytest.raises(StepFailed) as caught:
        foreign.release()
    assert caught.value.reason is Reason.OTHER_SITE
    assert [line for line in tablet.link.lines[before:] if "--method hello" not in line] == []


def test_a_foreign_site_key_is_refused_by_the_agent_too(tablet: AgentTablet) -> None:
    apply(tablet)
    hello = tablet.client.hello()
    payload = Order(OrderName.RELEASE, "Test", hello.tablet, hello.nonce, {}).payload()
    assert send(tablet, sign_order(payload, site_key("foreign_private_key")))["error"]["code"] == Code.SITE_KEY_FOREIGN
    assert tablet.bench.tablet.device.data.owner is not None


def test_a_site_that_was_renamed_keeps_its_tablets(tablet: AgentTablet) -> None:
    apply(tablet)
    assert tablet.client_of("Another name").report().asset == ASSET.id


def of_an_earlier_agent(tablet: AgentTablet) -> AgentTablet:
    """Agents before version code 5 pin the name of the site beside its key."""
    tablet.bench.tablet.device.data.packages[AGENT].version_code = 4
    apply(tablet)
    return tablet


@pytest.mark.parametrize("former", [("Test",), ("Neither", "Test"), ("Test", "Neither")])
def test_an_earlier_agent_obeys_a_name_that_the_site_had(former: tuple[str, ...], tablet: AgentTablet) -> None:
    client = of_an_earlier_agent(tablet).client_of("Another name", former=former)
    assert client.report().asset == ASSET.id
    assert client.release()


def test_an_earlier_agent_under_an_unknown_name_is_of_this_site_and_nothing_to_reset(tablet: AgentTablet) -> None:
    with pytest.raises(StepFailed, match="site-foreign") as caught:
        of_an_earlier_agent(tablet).client_of("Another name", former=("Neither",)).report()
    assert caught.value.reason is Reason.SITE_RENAMED


def test_an_earlier_agent_that_lost_the_name_in_its_first_order_is_mended_by_its_update(tablet: AgentTablet) -> None:
    """It was killed between key and name: no name is right, whatever the station says."""
    of_an_earlier_agent(tablet)
    data = tablet.bench.tablet.device.data
    data.app_data[AGENT]["site.name"] = ""
    with pytest.raises(StepFailed, match="site-foreign"):
        tablet.client.report()
    tablet.bench.tablet.device.processes.clear()
    data.packages[AGENT].version_code = 5
    assert tablet.client.report().asset == ASSET.id


def test_an_agent_that_is_not_owner_does_nothing(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path)
    with pytest.raises(StepFailed, match="not-owner") as caught:
        apply(tablet)
    assert caught.value.reason is Reason.OWNER_REFUSED


def test_an_agent_that_lies_is_contradicted_by_the_dumps(tablet: AgentTablet) -> None:
    """Its report is of the right form; only another road finds it out."""
    tablet.bench.edit("break agent-lies")
    report = apply(tablet)
    assert find_controls(report)[Control.KIOSK_LOCK_TASK].assurance is Assurance.ENFORCED
    assert "mLockTaskModeState=NONE" in tablet.bench.run("dumpsys activity activities").out
    assert "no_config_wifi" not in tablet.bench.run("dumpsys user").out


def test_garbage_is_an_answer_error(tablet: AgentTablet) -> None:
    tablet.bench.edit("break agent-garbage")
    with pytest.raises(AnswerError, match="strict JSON"):
        tablet.client.hello()


def test_without_an_agent_there_is_nobody_to_ask(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path)
    tablet.bench.edit(f"remove-app {AGENT}")
    with pytest.raises(AgentAbsent):
        tablet.client.hello()


@pytest.mark.parametrize(("fault", "error"), [("hang:content", DeadlinePassed), ("drop:content:2", TabletGone)])
def test_a_link_that_ends_is_told_as_such(fault: str, error: type[Exception], tablet: AgentTablet) -> None:
    tablet.bench.edit(f"break {fault}")
    with pytest.raises(error):
        apply(tablet)


def test_the_rows_give_the_answer_of_a_committed_document(tablet: AgentTablet) -> None:
    document = order_for(tablet, OrderName.APPLY, tablet.policy(SecretEncryptor(tablet.client.hello()).encrypt))
    answer = send(tablet, document)
    reply = tablet.client.fetch_rows("00000000000000bb")
    assert reply is not None
    assert (reply.status, reply.result, reply.next_nonce) == (ReplyStatus.DONE, answer["result"], answer["next"])
    assert tablet.client.fetch_rows("00000000000000be") is None


def test_a_report_about_another_policy_is_refused(tablet: AgentTablet) -> None:
    report = apply(tablet)
    for asset, policy in (("A-0043", report.policy), ("A-0042", "0" * 64)):
        with pytest.raises(AnswerError, match="a report on"):
            check_report(report, asset, policy, "content call")


def test_protocols_must_meet(tablet: AgentTablet) -> None:
    hello = tablet.client.hello()
    assert choose_protocol(replace(hello, protocols=frozenset({1, 2, 3, 4, 5, 6}))) == 5
    assert choose_protocol(replace(hello, protocols=frozenset({1, 2}))) == 2
    assert choose_protocol(replace(hello, protocols=frozenset({1}))) == 1
    for spoken, least, said, reason in (
        ({6, 7}, 1, "speaks protocol 6, 7, this order needs 1, 2, 3, 4, 5", Reason.AGENT_UNFIT),
        ({1}, 2, "1, this order needs 2, 3, 4, 5", Reason.AGENT_TOO_OLD),
    ):
        with pytest.raises(StepFailed, match=said) as caught:
            choose_protocol(replace(hello, protocols=frozenset(spoken)), least)
        assert caught.value.reason is reason


def test_an_order_larger_than_an_agent_takes_is_refused_here() -> None:
    assert len(cut_pieces("0" * 16, b"x" * (64 * 1152))) == 64
    with pytest.raises(OrderTooLarge, match="at most 73728"):
        cut_pieces("0" * 16, b"x" * (64 * 1152 + 1))


@pytest.mark.parametrize("answer", ["", "Result: Bundle[{}]\n"])
def test_an_answer_that_is_none_names_the_command_without_its_argument(answer: str) -> None:
    talk = Conversation([{"shell": call_line("hello", str(VERSION)), "out": answer}])
    client = AgentClient(talk, Sender("Test", site_key()))
    with pytest.raises(AnswerError, match="--method hello`"):
        client.hello()


def forms(secret: bytes) -> set[bytes]:
    """A secret in the forms in which it leaks: literal, base64 at any offset, hex, JSON, URL, UTF-16."""
    text = secret.decode()
    shifted = {base64.b64encode(b"x" * at + secret)[4:-4] for at in range(3)}
    plain = {secret, secret.hex().encode(), quote(text).encode(), json.dumps(text).encode(), text.encode("utf-16-le")}
    return plain | shifted | {shlex.quote(text).encode()}


def test_no_secret_is_in_anything_either_end_produced(tablet: AgentTablet, tmp_path: Path) -> None:
    apply(tablet)
    with pytest.raises(StepFailed) as caught:
        tablet.client.answer_challenge(Secret(b"13572468"))
    produced = [
        "\n".join(tablet.link.lines).encode(),
        "".join(tablet.link.printed).encode(),
        repr(caught.value).encode(),
    ]
    produced += [dump.encode() for dump in dumps(tablet)]
    produced += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    leaks = [form for form in forms(PASSPHRASE) | {b"13572468"} for text in produced if form in text]
    assert leaks == []
    assert [one.verb for one in mutations(tmp_path)] == ["dpm set-device-owner", "agent apply", "agent drill"]


def dumps(tablet: AgentTablet) -> list[str]:
    services = ("wifi", "device_policy", "user", "activity", f"package {AGENT}")
    return [tablet.bench.run(f"dumpsys {service}").out for service in services]


def test_hello_of_another_form_is_refused(tablet: AgentTablet) -> None:
    tablet.client.hello()
    good = answers(tablet)[-1]["result"]
    wrong: dict[str, object] = {
        "agent": "new", "api": "30", "owner": 1, "protocols": [], "tablet": "0" * 31, "site_key": "x", "nonce": None,
        "session_key": good["session_key"][4:], "piece_characters": 100, "pieces": 65, "more": 1,
    }  # fmt: skip
    odd = {"session_key": yaml.safe_load(ODD_KEY.read_text("utf-8"))["public"]}
    for name, value in [*wrong.items(), *odd.items()]:
        with pytest.raises(AnswerError):
            read_hello(good | {name: value}, "content call")
        with pytest.raises(AnswerError):
            read_hello({key: kept for key, kept in good.items() if key != name} | {"x": 1}, "content call")


@pytest.mark.parametrize(
    ("told", "protocols", "version"), [({"capabilities": 7}, [1, 2, 3], 7), ({}, [1, 2], 2), ({}, [1, 2, 3, 4], 3)]
)
def test_an_agent_that_tells_no_version_of_its_table_has_that_of_its_highest_protocol(
    told: dict[str, int], protocols: list[int], version: int
) -> None:
    steps = [step for vector in vectors("channel.json")["vectors"] for step in vector["steps"]]
    result = next(step["expect"]["result"] for step in steps if step.get("method") == "hello")
    assert read_hello({**result, "protocols": protocols, **told}, "content call").capabilities == version
