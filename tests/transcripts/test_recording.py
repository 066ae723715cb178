"""Recording a tablet that is no model of ours: nothing of its donor or the hospital is kept, and it can be replayed."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from scripted import Conversation

from provision.errors import ConfigurationError, TransportError
from provision.terms import Outcome, Reason
from provision.transcripts.blank import Blanker
from provision.transcripts.model import How, write_line
from provision.transcripts.read import read_transcript
from provision.transcripts.record import Recorder, RecordingTransport
from tests.test_run import Breaking
from tests.transcripts.comparing import compare
from tests.transcripts.recording import DONATED, record
from tests.transcripts.replay_run import replay
from tests.transcripts.replaying import ReplayTransport, Unseen

ACCOUNT = {
    "dumpsys__account": "User UserInfo{0:Jean Dupont:c13}:\n  Accounts: 1\n    Account {name=jean.dupont@example.org}\n"
}
FILES = {"ls__/sdcard/DCIM/Camera": "IMG_20240714_101500.jpg\nIMG_20240714_101501.jpg\n"}
STRANGE = {"dumpsys__battery": "Battery: fine\n"}
ENDS = [
    ({}, Outcome.DONE, None),
    (ACCOUNT, Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS),
    (FILES, Outcome.REFUSED, Reason.NOT_RESET_FILES),
    (STRANGE, Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD),
]


@pytest.mark.parametrize(("answers", "outcome", "reason"), ENDS, ids=["done", "account", "files", "strange"])
def test_a_donated_tablet_is_recorded_without_its_donor_and_replayed(
    answers: dict[str, str], outcome: Outcome, reason: Reason | None, tmp_path: Path
) -> None:
    file = tmp_path / "it.jsonl"
    end = record(tmp_path, file, **answers)
    assert (end.outcome, end.reason) == (outcome, reason), end.detail
    text = file.read_text("utf-8")
    assert [private for private in DONATED["private"] if private in text] == []
    transcript = read_transcript(file)
    assert transcript.end is not None
    assert (transcript.end.outcome, transcript.end.reason) == (outcome, reason)
    (tmp_path / "again").mkdir()
    again = replay(transcript, tmp_path / "again")
    assert (again.end.outcome, again.end.reason, again.tablet.unseen) == (outcome, reason, "")


def test_its_head_names_what_the_gates_of_google_depend_on(tmp_path: Path) -> None:
    record(tmp_path, tmp_path / "it.jsonl")
    head = read_transcript(tmp_path / "it.jsonl").head
    assert head.google == {
        "certification": "not readable by adb",
        "gms build": "11_202106",
        "gms features": "com.google.android.feature.GOOGLE_BUILD",
        "play services": "25.26.35 (252635035)",
        "play store": "47.2.15-31 (84721530)",
        "developer verifier": None,
        "global verifier_verify_adb_installs": "1",
        "global package_verifier_enable": None,
        "global package_verifier_user_consent": "1",
        "secure package_verifier_user_consent": None,
        "global verifier_timeout": None,
        "global upload_apk_enable": "1",
    }
    assert (head.api, head.patch, head.model) == (30, "2021-10-01", "samsung SM-T500")


def test_the_virtual_tablet_answers_a_tablet_that_is_none_of_ours_in_the_same_forms(tmp_path: Path) -> None:
    record(tmp_path, tmp_path / "it.jsonl")
    compared = compare(read_transcript(tmp_path / "it.jsonl"), tmp_path)
    assert compared.differences == ()
    assert compared.words < compared.forms, "it is no copy of the model"


def lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)


def test_a_transcript_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "it.jsonl"
    file.write_text("somebody's")
    with pytest.raises(FileExistsError):
        record(tmp_path, file)
    assert file.read_text() == "somebody's"


def test_what_a_killed_pilot_left_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    file = tmp_path / "it.jsonl"
    record(tmp_path, file)
    whole = lines(file)
    file.write_bytes(b"".join(whole[:30]) + whole[30][:20])
    cut = read_transcript(file)
    assert cut.end is None
    assert cut.calls[-1].number == sum(json.loads(line)["event"] == "call" for line in whole[:30])


def _set(line: bytes, **members: object) -> bytes:
    return json.dumps(json.loads(line) | members).encode() + b"\n"


WRONG = [
    (lambda whole: whole[1:], "a head with the type"),
    (lambda whole: [whole[0].replace(b'"version": 1', b'"version": 9'), *whole[1:]], "expected version 1, got 9"),
    (lambda whole: [whole[0], whole[2], *whole[3:]], "calls numbered from 1 without a gap"),
    (lambda whole: [*whole, whole[1]], "nothing after the end"),
    (lambda whole: [whole[0], b"[]\n"], ":2: expected a JSON object, got list"),
    (lambda whole: [whole[0], b"{\n"], ":2: expected a JSON object"),
    (lambda whole: [whole[0], whole[1].replace(b'"step"', b'"strep"')], "strep too"),
    (lambda whole: [whole[0], whole[1].replace(b'"round"', b'"by hand"')], "one of round, shell"),
    (lambda whole: [whole[0], write_line("dream", {})], "call, end or a mark"),
    (lambda whole: [whole[0], b'{"event": []}\n'], ":2: expected call, end or a mark, got []"),
    (lambda whole: [_set(whole[0], version=True)], ":1: expected version 1, got True"),
    (lambda whole: [_set(whole[0], api="thirty")], ':1: expected `api` of the type int, got "thirty"'),
    (lambda whole: [_set(whole[0], props=5)], ":1: expected `props` of the type Mapping[str, str], got 5"),
    (lambda whole: [_set(whole[0], features=[5])], ":1: expected `features` of the type tuple[str, ...], got [5]"),
    (lambda whole: [whole[0], _set(whole[1], number=True)], ":2: expected `number` of the type int, got true"),
    (lambda whole: [whole[0], _set(whole[1], began=None)], ":2: expected `began` of the type float, got null"),
    (lambda whole: [whole[0], _set(whole[1], status="0")], ":2: expected `status` of the type int | None"),
    (lambda whole: [whole[0], _set(whole[1], how=[])], ":2: expected one of round, shell"),
    (lambda whole: [*whole[:-1], _set(whole[-1], unknown=9999)], "`unknown` the number of one of"),
]


@pytest.mark.parametrize(("spoil", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_transcript_is_refused_with_file_and_line(spoil: object, message: str, tmp_path: Path) -> None:
    file = tmp_path / "it.jsonl"
    record(tmp_path, file)
    file.write_bytes(b"".join(spoil(lines(file))))  # type: ignore[operator]
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        read_transcript(file)


def test_a_command_that_was_never_seen_is_named_with_the_nearest(tmp_path: Path) -> None:
    record(tmp_path, tmp_path / "it.jsonl")
    tablet = ReplayTransport(read_transcript(tmp_path / "it.jsonl"), {})
    with pytest.raises(Unseen, match=r"`dumpsys batteries` was never recorded; nearest: `dumpsys battery`"):
        tablet.shell("dumpsys batteries", seconds=1)


def test_what_the_product_asks_since_has_an_answer_of_its_own_and_nothing_else_has(tmp_path: Path) -> None:
    record(tmp_path, tmp_path / "it.jsonl")
    since = {"dumpsys batteries": "two\n", "dumpsys battery": "never given: it was recorded\n"}
    tablet = ReplayTransport(read_transcript(tmp_path / "it.jsonl"), {}, since)
    assert tablet.shell("dumpsys batteries", seconds=1).out == "two\n"
    with pytest.raises(Unseen, match="`dumpsys battery` was not in this place recorded"):
        tablet.shell("dumpsys battery", seconds=1)


MARK = "0123456789abcdef"
TIMEOUT, SIZE = (f"{line}; echo {MARK}:$?" for line in ("settings get system screen_off_timeout", "wm size"))
PUT = "settings put system screen_off_timeout 1800000"


def test_after_a_write_only_what_was_answered_after_it_counts(tmp_path: Path) -> None:
    record(tmp_path, tmp_path / "it.jsonl")
    tablet = ReplayTransport(read_transcript(tmp_path / "it.jsonl"), {})
    before = {tablet.shell(TIMEOUT, seconds=1, merged=True).out for _ in range(5)}
    assert before == {f"60000\n{MARK}:0\n"}, "however often it is asked"
    tablet.shell(PUT, seconds=1)
    assert tablet.shell(TIMEOUT, seconds=1, merged=True).out == f"1800000\n{MARK}:0\n"
    with pytest.raises(Unseen, match="not in this place"):
        tablet.shell(SIZE, seconds=1, merged=True)


def test_a_write_that_was_made_once_is_answered_once(tmp_path: Path) -> None:
    record(tmp_path, tmp_path / "it.jsonl")
    tablet = ReplayTransport(read_transcript(tmp_path / "it.jsonl"), {})
    tablet.shell(PUT, seconds=1)
    with pytest.raises(Unseen, match="not in this place"):
        tablet.shell(PUT, seconds=1)


@pytest.mark.parametrize("end", ["gone", "hung", "cancelled"])
def test_a_call_that_the_tablet_was_lost_in_is_in_the_transcript(end: str) -> None:
    recorder = Recorder(Blanker("CLINIQUE", "", ()))
    lost = Breaking({}, {}, "dumpsys", end)
    with pytest.raises(TransportError):
        RecordingTransport(lost, recorder).shell("dumpsys battery", seconds=1)
    assert recorder.calls == 1


JOINS = [
    ("CLINIQUE", "un mot de passe", "connect-network CLINIQUE wpa2 'un mot de passe'", "HOSPITAL wpa2 PASSPHRASE"),
    ("CHU", "un mot de passe", "connect-network CHU wpa2 'un mot de passe'", "HOSPITAL wpa2 PASSPHRASE"),
    ("CLINIQUE", "", "add-network Livebox wpa3 'a secret nobody told' -d", "NETWORK-1 wpa3 PASSPHRASE -d"),
    ("CLINIQUE", "", "connect-network Livebox open -d", "NETWORK-1 open -d"),
    ("CHU", "", "connect-network CHU", "HOSPITAL"),
]


@pytest.mark.parametrize(("ssid", "passphrase", "line", "kept"), JOINS, ids=[line for _, _, line, _ in JOINS])
def test_network_and_passphrase_of_a_join_are_left_out(ssid: str, passphrase: str, line: str, kept: str) -> None:
    verb = line.partition(" ")[0]
    assert Blanker(ssid, passphrase, ()).clean(f"cmd wifi {line}", "", "").line == f"cmd wifi {verb} {kept}"


REPLY = base64.b64encode(b'{"protocol": 1, "status": "done", "result": {"nonce": "of this tablet alone"}}').decode()
QUOTED = "expected one line `Result: Bundle[{a=...}]`, got "
TEXTS = [
    ("CHU", "wanted joined to CHU, got CHUTE", "wanted joined to HOSPITAL, got CHUTE"),
    ("CLINIQUE", "un mot de passe?", "PASSPHRASE?"),
    (
        "CLINIQUE",
        f"expected base64 of strict JSON, got none in {REPLY[:80]}",
        "expected base64 of strict JSON, got none in (left out)",
    ),
    ("CLINIQUE", QUOTED + f"Bundle[{{a={REPLY}, b=1}}]", QUOTED + "Bundle[{a=(left out)}]"),
    ("CLINIQUE", "rm /data/local/tmp/provision/leftovers", "rm /data/local/tmp/provision/leftovers"),
]


@pytest.mark.parametrize(("ssid", "text", "kept"), TEXTS, ids=[text for _, text, _ in TEXTS])
def test_text_about_a_tablet_leaves_the_bench_without_what_it_names(ssid: str, text: str, kept: str) -> None:
    assert Blanker(ssid, "un mot de passe", ()).replace(text) == kept


ANSWERS = [
    (f"Result: Bundle[{{a={REPLY}, b=1}}]\n", "Result: Bundle[{a=(left out)}]\n"),
    ("Result: Bundle[{a=c2hvcnQ}]!\n", "Result: Bundle[{a=(left out)}]!\n"),
    (f"Result: Bundle[{{a={REPLY[:40]}\n{REPLY[40:]}}}]\n", "Result: Bundle[{a=(left out)}]\n"),
    (f"{REPLY}\n", "(left out)\n"),
    (f"Result: Bundle[{{a={REPLY}}}]\n" * 2, "Result: Bundle[{a=(left out)}]\n" * 2),
    ("Result: null\n", "Result: null\n"),
]


@pytest.mark.parametrize(("out", "kept"), ANSWERS)
def test_an_answer_of_the_agent_in_another_form_keeps_its_form_alone(out: str, kept: str) -> None:
    call = Blanker("CLINIQUE", "", ()).clean("content call --uri content://org.provision.agent --method act", out, out)
    assert (call.out, call.err, call.agent) == (kept, kept, None)


def test_of_a_command_nobody_listed_only_its_first_words_and_its_size_are_kept() -> None:
    kept = Blanker("CLINIQUE", "", ()).clean("dumpsys contacts --all Jean", "Jean\nDupont\n", "")
    assert (kept.line, kept.out, kept.left_out) == ("dumpsys contacts", "", 2)


def test_packages_of_a_person_get_other_names() -> None:
    blanker = Blanker("CLINIQUE", "", (), {"org.example.chat"})
    blanker.learn_packages(["com.android.settings"])
    said = "package:com.android.settings\npackage:com.example.dating\npackage:org.example.chat\n"
    kept = blanker.clean("pm list packages", said, "").out
    assert kept == "package:com.android.settings\npackage:user.app.n1\npackage:org.example.chat\n"


DUMP = """\
Packages:
  Package [org.example.chat] (1a):
    pkg=Package{1a org.example.chat}
    codePath=/data/app/org.example.chat-1
    versionCode=2 minSdk=21 targetSdk=33
    versionName=v1.2.3
    installerPackageName=com.android.vending
    initiatingPackageName=com.example.dating
    requested permissions:
      android.permission.CAMERA
      com.example.dating.permission.READ
    User 0: ceDataInode=1 installed=true hidden=false enabled=0 caller=com.example.dating
      runtime permissions:
        android.permission.CAMERA: granted=true, flags=[ USER_SET]

Queries:
  system apps queryable: false
  queries via package name:
    com.example.dating:
      org.example.chat
"""


def test_the_dump_of_a_package_names_no_app_that_a_person_installed() -> None:
    blanker = Blanker("CLINIQUE", "", ())
    blanker.clean("pm list packages -s", "package:com.android.vending\n", "")
    kept = blanker.clean("dumpsys package org.example.chat", DUMP, "")
    gone = ("      com.example.dating.permission.READ\n", DUMP[DUMP.index("  system apps") :])
    wanted = DUMP.replace(gone[0], "").replace(gone[1], "").replace("com.example.dating", "user.app.n1")
    assert (kept.out, kept.left_out) == (wanted, 5)


def test_of_a_package_that_is_not_there_the_dump_is_kept() -> None:
    said = "Unable to find package: org.example.chat\n"
    assert Blanker("CLINIQUE", "", ()).clean("dumpsys package org.example.chat", said, "").out == said


ZERO_MAC = "00:00:00:00:00:00"
INFO = f" mWifiInfo SSID: <none>, BSSID: {ZERO_MAC}, MAC: {ZERO_MAC}, IP: /fe80::1c2d, Supplicant state: COMPLETED"
HIDDEN = [
    ("df /data", "/dev/fuse 1 1 1 1% /storage/1A2B-3C4D\n", "/dev/fuse 1 1 1 1% /storage/0000-0000\n"),
    (
        "svc wifi enable",
        "at 2001:db8:0:1:2:3:4:5f, fe80::3e5a:b4ff%wlan0\n",
        "at 0000:000:0:0:0:0:0:00, 0000::0000:0000%wlan0\n",
    ),
    ("svc wifi enable", "at 12:34:56 std::bad 2a01::/32 ::1\n", "at 12:34:56 std::bad 0000::/32 ::0\n"),
    (
        "dumpsys wifi",
        f"{INFO}, FQDN: wifi.chu-lyon.fr, ProviderFriendlyName: CHU, Lyon, Metered hint: false, score: 60\n",
        f"{INFO}, FQDN: NAME, ProviderFriendlyName: NAME, Metered hint: false, score: 60\n",
    ),
    (
        "dumpsys wifi",
        f"{INFO}, FQDN: <none>, Provider friendly name: CHU Lyon, Requesting package name: com.example.dating\n",
        f"{INFO}, FQDN: <none>, Provider friendly name: NAME, Requesting package name: NAME\n",
    ),
]


@pytest.mark.parametrize(("line", "said", "kept"), HIDDEN)
def test_addresses_volumes_and_providers_of_networks_are_left_out(line: str, said: str, kept: str) -> None:
    kept = kept.replace("fe80::1c2d", "0000::0000")
    assert Blanker("CLINIQUE", "", ()).clean(line, said, "").out == kept


def test_what_is_pushed_is_noted_by_its_size_alone(tmp_path: Path) -> None:
    file, apk = tmp_path / "it.jsonl", tmp_path / "a"
    record(tmp_path, file)
    recorder = Recorder(Blanker("CLINIQUE", "", ()))
    recorder.open(tmp_path / "push.jsonl", read_transcript(file).head)
    apk.write_bytes(b"abc")
    with apk.open("rb") as source:
        push = Conversation([{"push": "/data/local/tmp/a"}])
        RecordingTransport(push, recorder).push(source, 3, "/data/local/tmp/a", seconds=1)
    assert push.sent == [b"abc"]
    noted = read_transcript(tmp_path / "push.jsonl").calls[0]
    assert (noted.how, noted.line, noted.size, noted.text) == (How.PUSH, "push /data/local/tmp/a", 3, "")


def test_all_networks_of_the_site_get_names_of_their_own() -> None:
    blanker = Blanker("CLINIQUE", "", ())
    blanker.learn_network("SERVICE")
    blanker.learn_network("PATIENTS")
    said = 'Wifi is enabled\nWifi is connected to "{}"\n'
    for ssid, kept in (("CLINIQUE", "HOSPITAL"), ("SERVICE", "HOSPITAL-2"), ("PATIENTS", "HOSPITAL-3")):
        assert blanker.clean("cmd wifi status", said.format(ssid), "").out == said.format(kept)
    assert "NETWORK" in blanker.clean("cmd wifi status", said.format("Livebox"), "").out
