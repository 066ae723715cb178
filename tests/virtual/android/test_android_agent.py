"""The agent on the tablet as the shell meets it: installed or not, killed, crashed, late, of another signer."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from provision.agent.maintenance import answer_challenge
from provision.errors import TrainingError
from provision.site.secret import Secret
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.policy import Policy
from provision.virtual.android.agent.process import lock_again
from provision.virtual.android.agent.rows import UNANNOUNCED_VERSION, VERSION
from provision.virtual.android.contract import Reply
from provision.virtual.android.state import Package
from tests.virtual.android.bench import Bench, model_for

CALL = "content call --uri content://org.provision.agent.station --method"
PIECE = "00000000000000ff:0:2:AAAA"
ADMIN = f"{AGENT}.AdminReceiver"
BUILT = Path(__file__).resolve().parents[3] / "apks" / "agent.apk"


def bench_with_agent(folder: Path, api: int = 30) -> Bench:
    bench = Bench(folder, model_for(api))
    receivers: dict[str, str | None] = {ADMIN: "android.permission.BIND_DEVICE_ADMIN"}
    bench.tablet.device.data.packages[AGENT] = Package(
        version_code=6, version_name="0.6.0", target_sdk=34, receivers=receivers
    )
    return bench


def answer_in(reply: Reply) -> dict[str, Any]:
    found = re.fullmatch(r"Result: Bundle\[\{a=(\S+)\}\]\n", reply.out)
    assert found, reply
    return dict(json.loads(base64.b64decode(found[1])))


def hello(bench: Bench) -> dict[str, Any]:
    return dict(answer_in(bench.run(f"{CALL} hello"))["result"])


def test_without_the_agent_there_is_no_provider(tmp_path: Path) -> None:
    reply = Bench(tmp_path, model_for(30)).run(f"{CALL} hello")
    assert (reply.out, reply.status) == ("", 0)
    assert "Could not find provider: org.provision.agent.station" in reply.err


@pytest.mark.parametrize("uri", ["content://org.provision.agent", "content://org.provision.agent.other"])
def test_another_authority_is_not_the_agents(uri: str, tmp_path: Path) -> None:
    assert "Could not find provider" in bench_with_agent(tmp_path).run(f"content call --uri {uri} --method hello").err


@pytest.mark.parametrize("api", [21, 23, 30, 34, 36])
def test_hello_opens_the_provider_and_ends_the_stopped_state(api: int, tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path, api)
    assert hello(bench)["owner"] is False
    assert not bench.tablet.device.data.packages[AGENT].stopped


@pytest.mark.parametrize(
    ("code", "words", "told"),
    [
        (6, "", None),
        (6, " --arg 0", None),
        (6, " --arg 1000", None),
        (6, " --arg 7", VERSION),
        (5, " --arg 7", 4),
        (4, " --arg 7", UNANNOUNCED_VERSION),
        (3, " --arg 7", None),
    ],
)
def test_only_a_station_that_tells_its_version_of_the_table_is_told_the_agents(
    code: int, words: str, told: int | None, tmp_path: Path
) -> None:
    bench = bench_with_agent(tmp_path)
    bench.tablet.device.data.packages[AGENT].version_code = code
    assert answer_in(bench.run(f"{CALL} hello{words}"))["result"].get("capabilities") == told


@pytest.mark.parametrize("api", [21, 23, 30, 34])
def test_the_owner_command_makes_hello_say_owner(api: int, tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path, api)
    tablet = hello(bench)["tablet"]
    assert "Success: Device owner set" in bench.run(f"dpm set-device-owner {AGENT}/.AdminReceiver").out
    assert (hello(bench)["owner"], hello(bench)["tablet"]) == (True, tablet)


def test_its_own_id_and_pins_survive_a_reboot_and_its_nonce_does_not(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    before = hello(bench)
    bench.tablet.reboot("")
    bench.clock.advance(10)
    after = hello(bench)
    assert before["tablet"] == after["tablet"]
    assert before["nonce"] != after["nonce"]
    assert before["session_key"] != after["session_key"]


def test_its_own_id_is_lost_with_its_data_and_in_a_reset(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    before = hello(bench)["tablet"]
    bench.run(f"pm clear {AGENT}")
    between = hello(bench)["tablet"]
    bench.edit("factory-reset")
    assert before != between
    assert bench.tablet.device.data.app_data == {}


def test_an_agent_killed_between_pieces_has_lost_them(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    bench.edit("break agent-killed:put:2")
    nonce = hello(bench)["nonce"]
    assert answer_in(bench.run(f"{CALL} put --arg {PIECE}"))["result"] == {"pieces": 1}
    assert answer_in(bench.run(f"{CALL} put --arg 00000000000000ff:1:2:BBBB"))["result"] == {"pieces": 1}
    assert hello(bench)["nonce"] != nonce


def test_a_crash_in_a_call_is_a_dead_object_and_the_next_call_starts_a_new_life(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    bench.edit("break agent-crash:put:1")
    nonce = hello(bench)["nonce"]
    reply = bench.run(f"{CALL} put --arg {PIECE}")
    assert (reply.out, reply.status) == ("", 0)
    assert reply.err.startswith(
        "Error while accessing provider:org.provision.agent.station\nandroid.os.DeadObjectException"
    )
    assert answer_in(bench.run(f"{CALL} put --arg {PIECE}"))["result"] == {"pieces": 1}
    assert hello(bench)["nonce"] != nonce


def test_an_agent_that_answers_garbage(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    bench.edit("break agent-garbage")
    with pytest.raises(json.JSONDecodeError):
        hello(bench)


@pytest.mark.parametrize("api", [21, 23, 24, 30, 34, 36])
def test_the_built_agent_installs_and_becomes_owner(api: int, tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.tablet.write_file("/data/local/tmp/agent.apk", BUILT.read_bytes(), 0o644)
    assert "Success" in bench.run("pm install -r /data/local/tmp/agent.apk").out
    assert "Success: Device owner set" in bench.run(f"dpm set-device-owner {AGENT}/.AdminReceiver").out
    assert (hello(bench)["agent"], hello(bench)["owner"]) == ("0.6.0", True)


def test_an_update_in_place_keeps_owner_and_id_and_ends_the_process(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.tablet.write_file("/data/local/tmp/agent.apk", BUILT.read_bytes(), 0o644)
    bench.run("pm install -r /data/local/tmp/agent.apk")
    bench.run(f"dpm set-device-owner {AGENT}/.AdminReceiver")
    before = hello(bench)
    assert "Success" in bench.run("pm install -r /data/local/tmp/agent.apk").out
    after = hello(bench)
    assert (after["tablet"], after["owner"]) == (before["tablet"], True)
    assert after["nonce"] != before["nonce"]


def test_an_agent_of_another_signer_is_not_updated(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.edit("foreign-agent")
    bench.tablet.write_file("/data/local/tmp/agent.apk", BUILT.read_bytes(), 0o644)
    assert "INSTALL_FAILED_UPDATE_INCOMPATIBLE" in bench.run("pm install -r /data/local/tmp/agent.apk").out


@pytest.mark.parametrize("verb", ["insert", "update", "delete"])
def test_other_verbs_are_refused_to_everybody(verb: str, tmp_path: Path) -> None:
    reply = bench_with_agent(tmp_path).run(f"content {verb} --uri content://org.provision.agent.station/answer/00")
    assert (reply.out, reply.status) == ("", 0)
    assert "java.lang.SecurityException: for the station only" in reply.err


def test_a_call_without_a_method_is_a_usage_error_on_standard_output(tmp_path: Path) -> None:
    reply = bench_with_agent(tmp_path).run("content call --uri content://org.provision.agent.station")
    assert "[ERROR]" in reply.out


def test_a_disabled_agent_has_no_provider(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    bench.run(f"pm disable-user --user 0 {AGENT}")
    assert "Could not find provider" in bench.run(f"{CALL} hello").err


def test_an_app_of_another_signer_under_the_agents_name_is_an_edit(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    assert bench.edit("foreign-agent") == f"{AGENT} of another signer installed"
    assert AGENT in bench.run("pm list packages").out
    assert bench.run(f"pm path {AGENT}").out == f"package:/data/app/{AGENT}-1/base.apk\n"
    assert bench.tablet.read_file(f"/data/app/{AGENT}-1/base.apk") == b"a foreign app"


def test_lock_task_ends_at_a_reboot_and_only_an_owner_with_a_policy_locks_again(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    bench.tablet.device.data.lock_task.mode = "locked"
    bench.tablet.reboot("")
    lock_again(bench.tablet.device)
    assert bench.tablet.device.data.lock_task.mode == "none"


def test_the_staff_screen_opens_a_locked_kiosk_and_only_then_the_settings_are_reached(tmp_path: Path) -> None:
    bench = bench_with_agent(tmp_path)
    with pytest.raises(TrainingError, match="no staff screen"):
        bench.edit("maintenance")
    data = bench.tablet.device.data
    data.owner, data.lock_task.mode, data.lock_task.packages = f"{AGENT}/{ADMIN}", "locked", [AGENT]
    secret = b"s" * 20
    asset = {"id": "A-0001", "ward": "Ward", "hotline": "12 34", "colour": "#00629B"}
    policy = Policy(asset, "fr", None, (), False, False, 3, None, secret)  # noqa: FBT003 # no Wi-Fi, no location
    store = data.app_data.setdefault(AGENT, {})
    store |= {"policy": policy.stored(), "code.secret": base64.b64encode(secret).decode(), "code.most": "3"}
    with pytest.raises(TrainingError, match="kiosk is locked"):
        bench.edit("enable-adb")
    shown = bench.edit("maintenance").split()[-1]
    with pytest.raises(TrainingError, match="wrong-code, 2 left"):
        bench.edit("maintenance 1")
    bench.again()
    assert bench.edit("maintenance").split()[-1] == shown, "the same digits until they are answered"
    with pytest.raises(TrainingError, match="wrong-code, 1 left"):
        bench.edit("maintenance 1")
    assert "open" in bench.edit(f"maintenance {answer_challenge(Secret(secret), shown).reveal().decode()}")
    assert bench.edit("enable-adb")
