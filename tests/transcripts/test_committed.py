"""Every transcript of this folder: whole, without identifiers, replayed to the same end, and beside the model."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from provision.captures.blank import IDENTIFIERS
from provision.identity.identify import identify
from provision.profiles.match import choose
from provision.profiles.schema import Status
from provision.transcripts.blank import is_listed
from provision.transcripts.model import How, Transcript, TranscriptEnd
from provision.transcripts.read import read_transcript
from provision.virtual.android.model import load_model
from provision.virtual.android.tablet import VirtualTablet
from provision.virtual.roster import Place
from tests.transcripts.comparing import compare, find_touched, read_listed, read_since
from tests.transcripts.replay_run import PROFILES, capture_of, replay
from tests.transcripts.replaying import is_write
from tests.transcripts.report import list_transcripts
from tests.virtual.android.conformance_report import CASES, ROOT, read_cases, read_sections

FILES = list_transcripts()
REFERENCE = ROOT / "provision" / "reference"
T_MARK = re.compile(r"\bT:([\w.-]+\.jsonl)")


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_there_are_transcripts_of_old_and_new_releases() -> None:
    assert {21, 23, 28, 30, 34} <= {read_transcript(file).head.api for file in FILES}


def test_a_transcript_says_whether_its_tablet_was_virtual(file: Path) -> None:
    assert read_transcript(file).head.virtual is file.name.startswith("virtual-")


def test_nothing_in_a_transcript_looks_like_an_identifier(file: Path) -> None:
    calls = read_transcript(file).calls
    found = {match[0] for call in calls for match in IDENTIFIERS.finditer(f"{call.line}\n{call.text}\n{call.agent}")}
    named = {one for one in found if re.search(r"[1-9a-z]", one.casefold())}
    assert named - {"name@example.org", "0123456789ABCDEF"} == set()


def test_of_every_command_that_a_run_gives_it_is_said_what_may_be_kept(file: Path) -> None:
    calls = [call for call in read_transcript(file).calls if call.how not in {How.PUSH, How.PULL}]
    assert {call.line for call in calls if not is_listed(call.line)} == set()


CUT = {"stopped-by-operator", "tablet-gone", "tablet-hung", "adb-server-gone", "wifi-not-joined"}
"""Ends that came from outside: a person, a cable, the air. What a replay does beyond them, nobody recorded."""


def check_replay(transcript: Transcript, folder: Path, since: Mapping[str, Any]) -> None:
    """The same end at the same answer; of an end from outside only that no answer stops the replay earlier."""
    assert transcript.end is not None
    again = replay(transcript, folder, since.get("answers"))
    unknown = None if transcript.end.unknown is None else transcript.calls[transcript.end.unknown - 1]
    if unknown is not None and unknown.step == "head":  # the run gave no command: there is nothing to replay
        return
    stopped = None if unknown is None else unknown.line
    assert (again.recorder.stopped and again.recorder.stopped.line) == stopped
    if "ends_at" in since:
        assert again.tablet.unseen.startswith(f"`{since['ends_at']}` was")
        return
    if transcript.end.reason in CUT:
        return
    assert again.tablet.unseen == ""
    assert (again.end.outcome, again.end.reason) == (transcript.end.outcome, transcript.end.reason), again.end.detail
    assert again.tablet.left == ()


REPLAYED_LATER = {
    f"virtual-{name}.jsonl"
    for name in ("amazon-kfonwi-28", "archos-101b-oxygen-23", "archos-101c-platinum-21", "xiaomi-pad-6-34")
}
"""Recorded by our own machine: one whole and one with an unknown answer are quick."""


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, id=file.stem, marks=[pytest.mark.later] if file.name in REPLAYED_LATER else [])
        for file in FILES
    ],
)
def test_its_replay_comes_to_the_same_end_at_the_same_answer(file: Path, tmp_path: Path) -> None:
    check_replay(read_transcript(file), tmp_path, read_since(file))


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("stopped", "stopped-by-operator"),
        ("lost", "tablet-gone"),
        ("failed", "wifi-not-joined"),
    ],
)
def test_of_an_end_from_outside_the_replay_need_not_come_to_it(outcome: str, reason: str, tmp_path: Path) -> None:
    check_replay(cut_short(TranscriptEnd(outcome, reason, "", None)), tmp_path, {})


def test_of_any_other_end_it_must(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        check_replay(cut_short(TranscriptEnd("done", None, "", None)), tmp_path, {})


def cut_short(end: TranscriptEnd) -> Transcript:
    """The first 90 calls of a pilot, and another end."""
    whole = read_transcript(Path(__file__).parent / "virtual-samsung-sm-t510-30.jsonl")
    return replace(whole, calls=whole.calls[:90], end=end)


def test_the_virtual_tablet_answers_alike_or_the_difference_is_listed(file: Path, tmp_path: Path) -> None:
    compared = compare(read_transcript(file), tmp_path)
    assert {each.line for each in compared.differences} == set(read_listed(file))
    assert compared.forms > 30


def test_a_real_tablet_contradicts_no_line_that_was_read_in_source(file: Path) -> None:
    transcript = read_transcript(file)
    found = [each for each in find_touched(transcript, list(read_cases(CASES))) if each.holds is False]
    assert [each for each in found if each.mark in {"R", "B"}] == []


def ask_model(name: str, folder: Path) -> Transcript:
    """What a virtual model answers to the reads that a pilot of its release began with, told as a real tablet's."""
    model = load_model(name)
    known = next(one for one in map(read_transcript, FILES) if one.head.api == model.api)
    tablet = VirtualTablet(folder, Place("1", "1-1.1", name, "R52N912345T", tap_allow=0.0), model, lambda: 1000.0)
    calls = []
    for call in takewhile(lambda one: not is_write(one), known.calls):
        if call.how is not How.PULL:
            reply = tablet.call(shlex.split(call.line), io.BytesIO().read)
            calls.append(replace(call, out=reply.out + reply.err, err="", status=reply.status, left_out=0))
    return replace(known, head=replace(known.head, virtual=False), calls=tuple(calls))


@pytest.mark.parametrize("name", ["samsung-sm-t870", "whitebox-hipad", "danew-dslide710", "whitebox-zed-ys"])
def test_what_is_the_models_own_contradicts_no_case_of_another_model(name: str, tmp_path: Path) -> None:
    touched = list(find_touched(ask_model(name, tmp_path / "tablet"), list(read_cases(CASES))))
    assert [each.what for each in touched if each.holds is False] == []
    assert [each for each in touched if each.holds] != []


def test_an_answer_against_a_case_of_android_is_a_contradiction(tmp_path: Path) -> None:
    asked = ask_model("whitebox-hipad", tmp_path / "tablet")
    calls = tuple(
        replace(call, out="Device Owner\n") if call.line == "dumpsys device_policy" else call for call in asked.calls
    )
    found = find_touched(replace(asked, calls=calls), list(read_cases(CASES)))
    assert {each.ref for each in found if each.holds is False} != set()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("dumpsys device_policy", "  Device Owner: \n    admin=ComponentInfo{org.provision.agent/.AdminReceiver}\n"),
        ("pm list packages", "package:android\npackage:org.provision.agent\n"),
    ],
)
def test_a_tablet_that_was_ours_before_says_nothing_of_the_reference(line: str, text: str, tmp_path: Path) -> None:
    asked = ask_model("whitebox-hipad", tmp_path / "tablet")
    ours = replace(asked.calls[0], line=line, out=text)
    touched = list(find_touched(replace(asked, calls=(*asked.calls, ours)), list(read_cases(CASES))))
    assert {each.holds for each in touched} == {None}


def find_objection(profile: str, transcript: Transcript) -> str:
    """Why a transcript does not confirm a profile; empty where it does."""
    capture = capture_of(transcript.head)
    taken = identify(capture.as_props, lambda values: choose(values, PROFILES), capture.shape)
    objections = {
        "a virtual tablet": transcript.head.virtual,
        f"a tablet of {taken.profile.name}": taken.profile.name != profile,
        "no end without an unknown answer": transcript.end is None or transcript.end.unknown is not None,
    }
    return next((why for why, holds in objections.items() if holds), "")


def test_a_profile_leaves_draft_with_the_transcript_of_a_real_tablet_of_its_model() -> None:
    left = [profile for profile in PROFILES.known if profile.status is not Status.DRAFT]
    named = {profile.name: Path(__file__).parent / str(profile.transcript) for profile in left}
    assert {name: find_objection(name, read_transcript(file)) for name, file in named.items()} == dict.fromkeys(
        named, ""
    )


@pytest.mark.parametrize(
    ("file", "profile", "virtual", "why"),
    [
        ("virtual-samsung-sm-t510-30.jsonl", "samsung/gta3xlwifi", True, "a virtual tablet"),
        ("virtual-samsung-sm-t510-30.jsonl", "samsung/gta3xlwifi", False, ""),
        ("virtual-xiaomi-pad-6-34.jsonl", "samsung/gta3xlwifi", False, "a tablet of xiaomi/pipa"),
        ("virtual-unknown-answer-30.jsonl", "samsung/gta3xlwifi", False, "no end without an unknown answer"),
    ],
)
def test_what_does_not_confirm_a_profile_is_named(file: str, profile: str, virtual: bool, why: str) -> None:  # noqa: FBT001
    transcript = read_transcript(Path(__file__).parent / file)
    told = replace(transcript, head=replace(transcript.head, virtual=virtual))
    assert find_objection(profile, told) == why


def test_a_mark_of_the_reference_names_a_transcript_of_a_real_tablet() -> None:
    named = {name for document in REFERENCE.glob("*.md") for name in T_MARK.findall(document.read_text("utf-8"))}
    assert {name for name in named if name.startswith("virtual-")} == set()
    assert named <= {file.name for file in FILES}


def test_the_plan_for_the_first_tablets_cites_sections_that_exist() -> None:
    plan = (REFERENCE / "first-tablet.md").read_text("utf-8")
    rows = re.findall(r"^\| \d+ (?:\| [^|]+ ){3}\| ([^|]+) \|$", plan, re.MULTILINE)
    cited = {(document, number) for row in rows for document, number in _read_citations(row)}
    assert len(rows) >= 10
    assert {f"{document} {number}" for document, number in cited} - set(read_sections(REFERENCE)) == set()


def _read_citations(row: str) -> Iterator[tuple[str, str]]:
    """`packages 3.11, 6.8; Wi-Fi 2.1 to 2.3` as single sections."""
    for part in row.split("; "):
        document, _, numbers = part.partition(" ")
        yield from ((document, number) for number in re.split(r", | to ", numbers))
