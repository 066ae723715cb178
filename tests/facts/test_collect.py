"""One round of questions: marks, batches, answers that were cut, services that still start."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from scripted import AnsweringTransport
from tablet_link import TabletLink

from provision.errors import AnswerCut, AnswerError, TabletGone
from provision.facts import installed, listener, setup
from provision.facts.ask import NotBooted, run_batch
from provision.facts.collect import FactCache, read_facts, read_props
from provision.facts.installed_bytes import hash_apps
from provision.facts.location import Location
from provision.facts.people import People
from provision.facts.query import CommandOutput, Query
from provision.facts.screen import Screen
from provision.facts.setup import read_installation
from provision.transport import Answer
from tests.case_files import read_cases
from tests.virtual.android.bench import Bench, model_for

TABLET = read_cases(Path(__file__).parents[1] / "cases/apply/tablet.yaml")
PACKAGES = ("org.example.chat",)


def make_tablet(cut: int | None = None, **answers: str) -> AnsweringTransport:
    named = {line.replace("__", " "): text for line, text in answers.items()}
    files = {path: text.encode() for path, text in TABLET["files"].items()}
    return AnsweringTransport(TABLET["answers"] | named, files, cut=cut)


def test_a_fresh_tablet_is_read_whole_in_three_rounds() -> None:
    tablet = make_tablet()
    facts = read_facts(tablet, PACKAGES, seconds=1)
    assert (facts.props.api, facts.battery.percent, facts.storage.free_bytes) == (30, 80, 20_480_000_000)
    assert (facts.people.users, facts.people.accounts, facts.people.files) == (1, 0, 0)
    assert (facts.owner.package, facts.location.on, facts.wifi.ssid) == (None, True, "HOPITAL")
    assert (facts.screen.timeout_ms, facts.clock.zone, facts.setup.complete) == (1_800_000, "Europe/Paris", True)
    assert facts.apps["org.example.chat"].version_code == 2
    assert len(tablet.rounds) == 3


def test_a_path_and_the_users_are_asked_again_only_where_a_dump_says_something_else() -> None:
    cache = FactCache()
    tablet = make_tablet()
    first = read_facts(tablet, PACKAGES, seconds=1, cache=cache)
    assert read_facts(tablet, PACKAGES, seconds=1, cache=cache) == first
    assert len(tablet.rounds) == 3 + 2
    dump = "dumpsys package org.example.chat"
    tablet = make_tablet(**{dump: TABLET["answers"][dump].replace("versionCode=2", "versionCode=3")})
    changed = read_facts(tablet, PACKAGES, seconds=1, cache=cache)
    assert changed.apps["org.example.chat"].version_code == 3
    assert [line for line in tablet.rounds[2].split(";") if "echo" not in line] == ["pm path org.example.chat"]
    tablet = make_tablet(
        **{"dumpsys account": "User UserInfo{0:A:13}:\n  Accounts: 0\nUser UserInfo{10:B:10}:\n  Accounts: 0\n"}
    )
    read_facts(tablet, PACKAGES, seconds=1, cache=cache)
    assert "pm list users" in tablet.rounds[2]


def test_a_list_of_listeners_that_was_not_understood_is_asked_again(tmp_path: Path) -> None:
    bench, cache = Bench(tmp_path, model_for(23)), FactCache()
    rows = bench.tablet.device.data.settings["secure"]
    rows["enabled_notification_listeners"] = "Permission denied"
    assert read_facts(TabletLink(bench), PACKAGES, seconds=1, cache=cache).listener == listener.UNKNOWN
    del rows["enabled_notification_listeners"]
    assert read_facts(TabletLink(bench), PACKAGES, seconds=1, cache=cache).listener == listener.Listener()


def test_only_what_is_to_be_kept_is_not_asked_again() -> None:
    cache, tablet = FactCache(), make_tablet()
    first = read_facts(tablet, PACKAGES, seconds=1, cache=cache)
    again = make_tablet()
    assert read_facts(again, PACKAGES, seconds=1, cache=cache, keep=setup.QUERIES) == first
    said = " ".join(again.rounds)
    assert not [query.line for query in setup.QUERIES if query.line in said]
    assert "screen_off_timeout" in said


def test_only_the_wanted_version_is_pulled_and_hashed() -> None:
    tablet = make_tablet()
    facts = read_facts(tablet, PACKAGES, seconds=1)
    right = hash_apps(tablet, facts, {"org.example.chat": 2}, {}, seconds=1).apps["org.example.chat"]
    other = hash_apps(tablet, facts, {"org.example.chat": 3}, {}, seconds=1).apps["org.example.chat"]
    assert (right.sha256, other.sha256) == (hashlib.sha256(b"abc").hexdigest(), None)


def test_no_line_of_a_round_is_longer_than_android_5_takes() -> None:
    questions = [Query(f"question {number}", ("echo", "x" * 300)) for number in range(40)]
    tablet = AnsweringTransport({question.line: "answer\n" for question in questions})
    outputs = run_batch(tablet, questions, seconds=1)
    assert [output.text for output in outputs.values()] == ["answer\n"] * 40
    assert max(len(line.encode()) for line in tablet.rounds) < 4000
    assert len(tablet.rounds) == 4


def test_one_question_longer_than_a_line_is_still_asked() -> None:
    question = Query("long", ("echo", "x" * 5000))
    assert run_batch(AnsweringTransport({question.line: "a"}), [question], seconds=1)["long"].text == "a"


def test_every_round_has_a_mark_nobody_can_guess() -> None:
    tablet = make_tablet()
    read_props(tablet, seconds=1)
    read_props(tablet, seconds=1)
    assert tablet.rounds[0] != tablet.rounds[1]


def test_words_that_look_like_a_mark_do_not_split_an_answer() -> None:
    question = Query("q", ("getprop",))
    text = "0123456789abcdef:0\nend\n"
    assert run_batch(AnsweringTransport({"getprop": text}), [question], seconds=1)["q"].text == text


@pytest.mark.parametrize("cut", [0, 1, 40, 200])
def test_an_answer_cut_before_its_mark_is_a_lost_tablet_and_no_fact(cut: int) -> None:
    with pytest.raises(TabletGone, match="the answer ended at `getprop`"):
        read_props(make_tablet(cut=cut), seconds=1)


def test_an_answer_cut_in_the_second_question_names_it() -> None:
    questions = [Query("a", ("echo", "a")), Query("b", ("echo", "b"))]
    with pytest.raises(TabletGone, match="`echo b`"):
        run_batch(AnsweringTransport({"echo a": "a\n", "echo b": "b\n"}, cut=22), questions, seconds=1)


def test_a_round_cut_at_any_byte_is_a_lost_tablet() -> None:
    """A status counts with the line end after it only: `1` may be the half of `127`."""
    answers, questions = {"echo a": "a\n", "echo b": "b\n"}, (Query("a", ("echo", "a")), Query("b", ("echo", "b")))
    length = 2 * len(f"a\n{'0' * 16}:0\n")
    whole = run_batch(AnsweringTransport(answers, cut=length), questions, seconds=1)
    assert {name: output.text for name, output in whole.items()} == {"a": "a\n", "b": "b\n"}
    kept = []
    for cut in range(length):
        try:
            kept.append((cut, run_batch(AnsweringTransport(answers, cut=cut), questions, seconds=1)))
        except TabletGone:
            continue
    assert kept == []


@pytest.mark.parametrize(
    "text",
    [
        "Error: Could not access the Package Manager.  Is the system running?\n",
        "Can't find service: package\n",
        "cmd: Can't find service: package\n",
    ],
)
def test_a_service_that_is_not_up_yet_means_still_booting(text: str) -> None:
    with pytest.raises(NotBooted, match="pm list users"):
        read_facts(make_tablet(pm__list__users=text), PACKAGES, seconds=1)


def test_a_booting_tablet_is_known_by_an_answer_that_says_nothing_else() -> None:
    with pytest.raises(NotBooted) as caught:
        read_facts(make_tablet(dumpsys__account="Can't find service: account\n"), PACKAGES, seconds=1)
    assert caught.value.got == "Can't find service: account"


def test_a_name_that_looks_like_a_missing_service_is_no_booting_tablet() -> None:
    text = "Account {name=user@example.org}\nCan't find service: account\n"
    with pytest.raises(AnswerError) as caught:
        read_facts(make_tablet(dumpsys__account=text), PACKAGES, seconds=1)
    assert not isinstance(caught.value, NotBooted)
    assert "example.org" not in str(caught.value)


def test_an_answer_that_is_not_understood_names_its_command() -> None:
    with pytest.raises(AnswerError, match="`dumpsys battery`"):
        read_facts(make_tablet(dumpsys__battery="?\n"), PACKAGES, seconds=1)


@pytest.mark.parametrize(
    ("text", "installation"),
    [
        ("9774d56d682e549c\n", "9774d56d682e549c"),
        ("null\n", None),
        ("", None),
        ("Security exception: Permission denial\n", None),
        ("9774d56d682e549c\nWARNING\n", "9774d56d682e549c"),
        ("9774d56d682e549c\n8774d56d682e549c\n", None),
    ],
)
def test_the_installation_is_hexadecimal_digits_or_nothing(text: str, installation: str | None) -> None:
    tablet = make_tablet(**{"settings get secure android_id": text})
    assert read_installation(tablet, seconds=1) == installation


TIMEOUT = "\n*** SERVICE 'x' DUMP TIMEOUT (10000ms) EXPIRED ***\n\n"


class Forgetful(AnsweringTransport):
    """Breaks the answer to one line off a number of times."""

    def __init__(self, line: str, broken: str, times: int) -> None:
        super().__init__(TABLET["answers"], {path: text.encode() for path, text in TABLET["files"].items()})
        self._line, self._broken, self._times = line, broken, times

    def _answer(self, line: str) -> str:
        if line == self._line and self._times > 0:
            self._times -= 1
            return self._broken
        return super()._answer(line)


BROKEN = {
    "dumpsys device_policy": "Current Device Policy Manager state:\n" + TIMEOUT,
    "dumpsys package org.example.chat": "Packages:\n  Package [org.example.chat] (1a):\n    versionCode=2" + TIMEOUT,
    "dumpsys account": "",
    "dumpsys battery": "  present: true\n  level: 8",
    "pm list users": "Users:\n",
    "pm path org.example.chat": "package:/data/app/~~a==/org.ex",
    "cmd wifi list-networks": "Network Id      SSID           ",
    "df /data": "Filesystem     1K-blo",
    "getprop": "[ro.build.version.sdk]: [30]\n[ro.build.ch",
}


@pytest.mark.parametrize("line", BROKEN)
def test_an_answer_that_broke_off_is_asked_for_again(line: str) -> None:
    tablet = Forgetful(line, BROKEN[line], 2)
    assert read_facts(tablet, PACKAGES, seconds=1) == read_facts(make_tablet(), PACKAGES, seconds=1)


@pytest.mark.parametrize("line", BROKEN)
def test_one_that_breaks_off_every_time_is_not_answered(line: str) -> None:
    with pytest.raises(AnswerCut, match=line):
        read_facts(Forgetful(line, BROKEN[line], 99), PACKAGES, seconds=1)


@pytest.mark.parametrize(
    ("line", "answer", "member"),
    [
        ("settings get system screen_off_timeout", "1800000.0\n", "screen"),
        ("settings get secure location_mode", "-1\n", "location"),
        ("settings get secure user_setup_complete", "2\n", "setup"),
        ("settings get global adb_allowed_connection_time", "a week\n", "authorisation"),
        ("getprop persist.sys.timezone", "Europe/Paris (summer)\n", "clock"),
        ("cmd wifi status", "Wifi is enabled\n", "wifi"),
    ],
)
def test_a_value_that_makes_no_sense_costs_its_own_fact(line: str, answer: str, member: str) -> None:
    usual = read_facts(make_tablet(), PACKAGES, seconds=1)
    odd = read_facts(make_tablet(**{line: answer}), PACKAGES, seconds=1)
    assert [name for name in vars(usual) if getattr(usual, name) != getattr(odd, name)] == [member]


class Apart(AnsweringTransport):
    """Keeps the streams apart: every answer beside a line of another program on standard error."""

    features = frozenset({"shell_v2"})

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        assert not merged
        marks = [found[1] for found in _APART.finditer(line)]
        answer = super().shell(line, seconds=seconds, merged=bool(marks))
        return Answer(answer.out, "".join(f"something of nobody's shape\n{mark}\n" for mark in marks), 0)


_APART = re.compile(r"; echo ([0-9a-f]{16}) >&2")


def test_where_the_streams_come_apart_no_line_of_standard_error_is_a_value() -> None:
    tablet = Apart(TABLET["answers"], {path: text.encode() for path, text in TABLET["files"].items()})
    assert read_facts(tablet, PACKAGES, seconds=1) == replace(
        read_facts(make_tablet(), PACKAGES, seconds=1), people=People(1, 0, 0)
    )


def test_a_refusal_on_standard_error_is_still_the_commands_own() -> None:
    question = Query("q", ("settings", "get", "system", "x"))
    words = "Security exception: no\n"
    output = CommandOutput(question.line, "", 255, words)
    assert (output.refusal(), output.body) == (words.strip(), "")


def test_who_printed_into_the_answers_is_kept_and_nothing_of_what_was_said() -> None:
    cache = FactCache()
    noise = "WARNING: linker: /data/x: y\nW/wifi( 12): joined MAISON\n[HOUDINI] z\nWarning: a@example.org: no\n"
    noise += "FORTIFY: MAISON\nJNI WARNING in MAISON\n"
    timeout = "settings get system screen_off_timeout"
    read_facts(make_tablet(**{timeout: noise + "1800000\n"}), PACKAGES, seconds=1, cache=cache)
    assert cache.speakers == {"WARNING: linker", "W/wifi( 12)", "[HOUDINI]", "Warning", "FORTIFY", "JNI"}


@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize("form", ["something nobody ever heard of", "the engine of {0} is at 0x7f{1}a, process {1}"])
def test_a_line_of_no_known_shape_around_every_answer_is_nobodys_value_and_no_file(form: str, place: str) -> None:
    lines = {asked: form.format(asked.split()[0], 100 + turn) + "\n" for turn, asked in enumerate(TABLET["answers"])}
    spoilt = {
        asked: (lines[asked] + text if place == "before" else text + lines[asked])
        for asked, text in TABLET["answers"].items()
        if asked != "settings get secure android_id"
    }
    read = read_facts(make_tablet(**spoilt), PACKAGES, seconds=1)
    assert (read.people, read.screen, read.location, read.setup.complete, read.clock.zone) == (
        People(1, 0, 0),
        Screen(1_800_000),
        Location(on=True, source="settings get secure location_mode: 3"),
        True,
        "Europe/Paris",
    )


def test_a_list_of_packages_without_one_that_is_there_by_its_own_dump_is_not_whole() -> None:
    answer = CommandOutput(installed.QUERY.line, "package:android\npackage:org.example.app\n", 0)
    assert installed.parse(answer, ["org.example.app"]) == {"android", "org.example.app"}
    with pytest.raises(AnswerCut, match="its own dump"):
        installed.parse(answer, ["org.example.app", "org.example.gone"])


@pytest.mark.parametrize(
    "end", ["java.lang.NullPointerException: x\n\tat a.b(c.java:1)\n", "Killed\n", "package:org.ex"]
)
@pytest.mark.parametrize("merged", [True, False])
def test_a_list_that_broke_off_says_of_nothing_that_it_is_absent(end: str, merged: bool) -> None:  # noqa: FBT001 # of the table
    listed = "package:android\npackage:org.example.app\n"
    answer = CommandOutput("pm list packages", listed + end, 0) if merged else CommandOutput("pm", listed, 0, end)
    with pytest.raises(AnswerError):
        installed.parse(answer)
