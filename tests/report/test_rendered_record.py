"""A record as people read it: attempts in the user's place, made or not, with their reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provision.records.content import ControlResult, ProofResult
from provision.records.reader import Record
from provision.records.said import MEMBER, Said, encode_said
from provision.report.record import render_record
from provision.terms import Assurance, Control, Outcome, ProofVerdict, Reason
from provision.texts.catalogue import Language
from provision.texts.message import decode, message, verbatim
from tests.records.record_bed import make_result

GAP = "no-lock: this release has no lock against it"
PROOFS = (
    ProofResult("kiosk.settings", Control.KIOSK_LOCK_TASK, ProofVerdict.HELD, "am start: 0.5 s"),
    ProofResult("kiosk.home", Control.KIOSK_LOCK_TASK, ProofVerdict.NOT_PROVEN, "input keyevent"),
    ProofResult("location.off", Control.LOCATION_ON, ProofVerdict.NOT_TRIED, GAP),
    ProofResult("of another version", Control.LOCATION_ON, ProofVerdict.NOT_TRIED, "\x1b[31m"),
)
SAID = {
    Language.EN: [
        "attempts in the user’s place: 2 made",
        "    open Android’s settings: held: it worked before locking and failed after",
        "    | kiosk.settings: am start: 0.5 s",
        "    switch location off: not tried: this Android has no lock against it",
        "    of another version: not tried",
        "    | of another version: \\x1b[31m",
    ],
    Language.FR: [
        "essais à la place de l’utilisateur\u00a0: 2 faits",
        "    désactiver la localisation\u00a0: non essayé\u00a0: cet Android n’a pas de verrou contre cela",
        "    of another version\u00a0: non essayé",
    ],
}


def render(language: Language, *proofs: ProofResult) -> list[str]:
    record = Record(Path("a.intoto.jsonl"), "a" * 64, "b" * 64, make_result(1, proofs=proofs))
    return render_record(language, record).splitlines()


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_record_tells_what_was_tried_and_why_the_rest_was_not(language: Language) -> None:
    lines = render(language, *PROOFS)
    assert [line for line in lines if line in SAID[language]] == SAID[language]


def test_a_record_without_attempts_says_so() -> None:
    assert "attempts in the user’s place: none in this run" in render(Language.EN)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (Language.EN, ["    serial number: R52N0001", "    model: SM-T510", "    of another version: \\x1b[2J"]),
        (Language.FR, ["    n° de série : R52N0001", "    modèle : SM-T510", "    of another version: \\x1b[2J"]),
    ],
)
def test_the_identity_is_told_in_the_readers_language(language: Language, expected: list[str]) -> None:
    result = make_result(1)
    result = replace(result, identity={**result.identity, "of another version": "\x1b[2J"})
    lines = render_record(language, Record(Path("a.intoto.jsonl"), "a" * 64, "b" * 64, result)).splitlines()
    assert {line.replace("\u00a0", " ") for line in lines} >= set(expected)


def test_an_acknowledgement_is_told_as_the_decision_it_is() -> None:
    said = {"by": "B. Auditor", "why": "the stick is lost", "differences": ["A-0004 is gone", "\x1b[2J"]}
    result = replace(
        make_result(1), identity={"acknowledgement": said}, outcome=Outcome.STOPPED, reason=Reason.RECORDS_MISSING
    )
    lines = render_record(Language.EN, Record(Path("a.intoto.jsonl"), "a" * 64, "b" * 64, result)).splitlines()
    assert lines[0] == "ward: record of a bench, about no tablet"
    at = lines.index("    B. Auditor let the bench go on: the stick is lost")
    assert lines[at + 1 : at + 3] == ["    - A-0004 is gone", "    - \\x1b[2J"]


JOINED, NOT_JOINED = message("joined", ssid="HOPITAL"), message("not-joined")
SIDES = {"control": Control.WIFI_HOSPITAL, "wanted": JOINED, "observed": NOT_JOINED}
MESSAGES = Said(message("differs", **SIDES), ((JOINED, NOT_JOINED),), (message("deviates", **SIDES),))


def make_record(said: object) -> Record:
    """A run that failed by one control, with a document in the place of its messages."""
    control = ControlResult(
        Control.WIFI_HOSPITAL, str(JOINED), str(NOT_JOINED), Assurance.UNSUPPORTED, None, ("iface wlan0",)
    )
    result = replace(
        make_result(1),
        outcome=Outcome.FAILED,
        reason=Reason.WIFI_NOT_JOINED,
        first_error=str(MESSAGES.first_error),
        controls=(control,),
        deviations=tuple(map(str, MESSAGES.deviations)),
        observed={MEMBER: said},
    )
    return Record(Path("a.intoto.jsonl"), "a" * 64, "b" * 64, result)


def tell(language: Language, said: object) -> list[str]:
    return render_record(language, make_record(said)).replace("\u00a0", " ").splitlines()


def test_a_french_record_tells_in_french_what_was_signed_in_english() -> None:
    french = tell(Language.FR, encode_said(MESSAGES))
    assert "    voulu : connectée à HOPITAL ; la tablette dit : non connectée" in french
    assert "écart : wifi.hospital : voulu connectée à HOPITAL, constaté non connectée" in french
    assert "première erreur : wifi.hospital : voulu connectée à HOPITAL ; la tablette dit non connectée" in french
    assert "    | iface wlan0" in french
    assert "deviation: wifi.hospital: wanted joined to HOPITAL, observed not joined" in tell(
        Language.EN, encode_said(MESSAGES)
    )


OTHER = Said(message("off"), ((message("on"), message("on")),), (message("off"),))
FOREIGN = {
    "a version without messages": None,
    "another English": encode_said(OTHER),
    "no members": {},
    "fewer of each": {"firstError": None, "controls": [], "deviations": []},
    "more of each": {"controls": [{}, {}, {}], "deviations": [{}, {}, {}]},
    "something else": {"firstError": [], "controls": {"wanted": 1}, "deviations": 7},
    "items of another kind": {"controls": [[]], "deviations": [{"key": "deviates", "values": {}}]},
}


def test_a_record_without_messages_is_told_by_the_catalogue_where_it_has_the_very_text() -> None:
    assert decode(None, "never lapses") == message("never-lapses")
    assert decode({"key": "off", "values": {}}, "on") == verbatim("on"), (
        "what was signed beside another message is not guessed"
    )


@pytest.mark.parametrize("why", FOREIGN)
def test_messages_that_are_not_what_was_signed_leave_its_english(why: str) -> None:
    french = tell(Language.FR, FOREIGN[why])
    assert any(line.startswith("    voulu : joined to HOPITAL ; la tablette dit : ") for line in french)
    assert "écart : wifi.hospital: wanted joined to HOPITAL, observed not joined" in french
    assert "première erreur : wifi.hospital: wanted joined to HOPITAL; the tablet says not joined" in french


def test_a_record_tells_what_the_tablet_noted_and_leaves_out_what_is_no_event() -> None:
    told = {"kind": "radio-off", "healed": True, "first": 60, "last": 120, "count": 2}
    run = make_result(1)
    events = [told, told | {"kind": "fell-down", "healed": None}, told | {"count": 0}, "x"]
    run = replace(run, observed={**run.observed, "events": events, "cleaned": {"at": 60, "left": ["org.example.chat"]}})
    lines = render_record(Language.EN, Record(Path("a.intoto.jsonl"), "a" * 64, "b" * 64, run)).splitlines()
    at = lines.index("noted by the tablet between visits to a bench:")
    assert "cleaned last at 1970-01-01 00:01, but for: org.example.chat." in lines[at + 1]
    assert "Wi-Fi switched off, 2 times, put right at once" in lines[at + 2]
    assert "unknown event “fell-down”" in lines[at + 3]
    assert "clock" in lines[at + 4]
    run = replace(run, observed={**run.observed, "cleaned": {"at": 60, "left": ["\x1b[2J"], "by": "later"}})
    later = render_record(Language.EN, Record(Path("a.intoto.jsonl"), "a" * 64, "b" * 64, run))
    assert ("Wi-Fi switched off" in later, "cleaned last" in later, "\x1b" in later) == (True, False, False)
