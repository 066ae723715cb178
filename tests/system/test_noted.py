"""What a tablet noted between two visits to a bench: in the signed record, and in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.agent.contract import AGENT
from provision.agent.since import RECORDED
from provision.records.keys import load_keys
from provision.records.reader import Record
from tests.system.bench_runs import assert_records_right, read_records, run, start, state_of

pytestmark = pytest.mark.front
NOON = 1_796_040_000
NOTED = [
    {"kind": "radio-off", "healed": True, "first": NOON, "last": NOON + 600, "count": 3},
    {"kind": "wrong-password", "healed": None, "first": NOON + 700, "last": NOON + 700, "count": 1},
    {"kind": "outside", "healed": None, "first": NOON + 4000, "last": NOON + 4000, "count": 1},
    {"kind": "fell-down", "healed": False, "first": NOON + 5000, "last": NOON + 5000, "count": 1},
]
"""The last one is of a later agent."""

CLEANED = {"at": NOON - 60, "left": ["keyboard"]}
ENGLISH = (
    "cleaned last at 2026-11-30 11:59, but for: keyboard",
    "Wi-Fi switched off, 3 times, put right at once",
    "passphrase or account refused by a Wi-Fi network, 1 times.",
    "out of reach of the hospital’s networks, 1 times.",
    "unknown event “fell-down” of a later agent",
)
FRENCH = (
    "effacée la dernière fois le 2026-11-30 11:59, sauf : keyboard",
    "Wi-Fi éteint, 3 fois, rétabli aussitôt",
    "phrase secrète ou compte refusé par un réseau Wi-Fi, 1 fois.",
    "hors de portée des réseaux de l’hôpital, 1 fois.",
    "événement inconnu « fell-down »",
)


def note(home: Path, events: list[dict[str, object]], cleaned: object = None) -> None:
    """What the agent of the tablet in slot 1 lived through since its run."""
    state = json.loads(json.dumps(state_of(home, "1")))
    kept = state["data"]["app_data"][AGENT]
    kept["events"] = json.dumps(events)
    if cleaned is not None:
        kept["clean.last"] = json.dumps(cleaned)
    (home / "bench/tablets/1/state.json").write_text(json.dumps(state))


def run_again(home: Path) -> tuple[int, Record]:
    """Another run of that tablet: exit status, and its record."""
    before = {record.sha256 for record in read_records(home)}
    ended = run(home, "once", "--virtual", "1", "--slot", "1", "--json")
    assert "Traceback" not in ended.errors
    assert_records_right(home)
    (made,) = (record for record in read_records(home) if record.sha256 not in before)
    return ended.status, made


def tell(home: Path, *words: str) -> str:
    """All that a command says, with plain spaces."""
    process = start(home, *words)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return out.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("language", "lines"), [pytest.param("en", ENGLISH, marks=pytest.mark.later), ("fr", FRENCH)])
def test_what_was_noted_stands_in_the_record_and_is_told(
    language: str, lines: tuple[str, ...], finished_home: Path
) -> None:
    home = finished_home
    note(home, [*({"kind": "inside", "healed": None, "first": 1, "last": 1, "count": 1},) * RECORDED, *NOTED], CLEANED)
    status, record = run_again(home)
    assert status == 0
    assert record.run.observed["events"][-len(NOTED) :] == NOTED
    assert len(record.run.observed["events"]) == RECORDED
    assert record.run.observed["cleaned"] == CLEANED
    words = ("--language", language)
    key = ("--key", load_keys(home / "keys").fingerprint)
    for told in (
        tell(home, "show", "--virtual", "1", "--slot", "1", "--seconds", "1", *words),
        tell(home, "record", "show", str(record.path), *key, *words),
    ):
        assert [line for line in lines if line not in told] == []


@pytest.mark.later
def test_an_event_of_no_form_ends_the_run_with_a_word_and_steers_no_terminal(finished_home: Path) -> None:
    """The agent never notes one; a tablet that does is not believed."""
    note(finished_home, [{**NOTED[0], "kind": "\x1b[2J"}])
    status, record = run_again(finished_home)
    assert (status, str(record.run.outcome)) == (1, "failed")
    assert "events" not in record.run.observed
    told = tell(
        finished_home, "record", "show", str(record.path), "--key", load_keys(finished_home / "keys").fingerprint
    )
    assert ("\x1b" in told, "kind" in told) == (False, True)
