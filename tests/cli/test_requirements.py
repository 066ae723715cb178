"""What a training home asks of its tablets, and which of them it has finished, by its files."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from provision.cli.requirements import read_requirements
from provision.home.create import TRAINING_SSID, Details, create_home
from provision.home.folder import load_home
from provision.site.model import digest_site, load_site
from provision.state.opening import open_bench_state
from provision.station.setup import load_setup
from provision.terms import HomeKind
from provision.virtual.oracle.model import SiteRequirements


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home that knows one tablet."""
    create_home(tmp_path / "home", HomeKind.TRAINING, 2, Details())
    with open_bench_state(tmp_path / "home") as state:
        state.open_registry("A").check_in("S1", "d1")
    return tmp_path / "home"


def requirements_of(home: Path) -> SiteRequirements:
    with open_bench_state(home) as state:
        return read_requirements(load_setup(load_home(home)), state)


def record(home: Path, name: str, *outcomes: str) -> None:
    """A record's statements, as far as the bench reads them."""
    lines = []
    site = digest_site(load_site(home / "site.yaml"))
    configuration = [{"name": "site", "digest": {"sha256": site}}]
    for number, outcome in enumerate(outcomes):
        said = {"outcome": outcome}
        statement = json.dumps({"predicate": said if number else {"configuration": configuration, "provision": said}})
        lines.append(json.dumps({"payload": base64.b64encode(statement.encode()).decode()}))
    (home / "records" / f"{name}.intoto.jsonl").write_text("\n".join(lines) + "\n")


def test_a_home_asks_what_its_files_say(home: Path) -> None:
    required = requirements_of(home)
    assert required.ssids == (TRAINING_SSID,)
    assert required.screen_seconds == 1800
    assert required.apps["org.provision.fixture.chat"] == 1
    assert required.known == {"S1": frozenset({"d1"})}
    assert required.finished == frozenset()


@pytest.mark.parametrize(
    ("records", "finished"),
    [
        ({"A-0001-20260101T000000Z": ["done"]}, True),
        ({"A-0001-20260101T000000Z": ["done-with-warnings"]}, True),
        ({"A-0001-20260101T000000Z": ["done"], "A-0001-20260102T000000Z": ["failed"]}, False),
        ({"A-0001-20260101T000000Z": ["done"], "A-0001-20260101T000000Z-2": ["failed"]}, False),
        ({"A-0001-20260101T000000Z": ["failed"], "A-0001-20260102T000000Z": ["done"]}, True),
        ({"A-0001-20260101T000000Z": ["done", "failed"]}, False),
        ({"A-0002-20260101T000000Z": ["done"]}, False),
        ({"A-0001-20260101T000000Z": []}, False),
    ],
)
def test_a_tablet_is_finished_when_its_newest_statement_ended_well(
    home: Path, records: dict[str, list[str]], *, finished: bool
) -> None:
    for name, outcomes in records.items():
        record(home, name, *outcomes)
    assert requirements_of(home).finished == (frozenset({"d1"}) if finished else frozenset())


def test_a_damaged_record_only_says_nothing(home: Path) -> None:
    record(home, "A-0001-20260101T000000Z", "done")
    (home / "records/A-0001-20260101T000000Z.intoto.jsonl").write_text("{")
    assert (requirements_of(home).known, requirements_of(home).finished) == ({"S1": frozenset({"d1"})}, frozenset())


def test_a_tablet_is_not_finished_for_a_site_that_changed_since(home: Path) -> None:
    record(home, "A-0001-20260101T000000Z", "done")
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace('hotline: "0000"', 'hotline: "4242"'), "utf-8")
    assert requirements_of(home).finished == frozenset()
