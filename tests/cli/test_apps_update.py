"""Which known tablets an app set will change, read from the records of the bench."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.apps import apps
from provision.home.create import Details, create_home
from provision.home.folder import load_home
from provision.records.content import RunResult
from provision.records.keys import load_keys
from provision.records.run_end import UNIDENTIFIED
from provision.records.store import RecordStore
from provision.terms import HomeKind, Outcome, Reason
from provision.texts.language import Language
from tests.records.record_bed import make_result, record

REFUSED = {"outcome": Outcome.REFUSED, "reason": Reason.NOT_A_TABLET}
CHAT = {"apps": {"org.provision.fixture.chat": {"versionCode": 0, "sha256": "0" * 64}}}


def result(number: int, **changes: object) -> RunResult:
    return make_result(number, HomeKind.TRAINING, **changes)


@pytest.mark.parametrize(
    ("ends", "touched", "known"),
    [
        pytest.param([result(1, observed=CHAT)], 1, 1, id="done"),
        pytest.param([result(1, observed={}, **REFUSED)], 0, 1, id="refused and without an app"),
        pytest.param([result(1, observed=CHAT, **REFUSED)], 1, 1, id="refused after it had got apps"),
        pytest.param([result(1, asset_id=UNIDENTIFIED, observed={}, **REFUSED)], 0, 0, id="no tablet"),
        pytest.param([result(1, observed={}, **REFUSED), result(2, observed=CHAT)], 1, 2, id="one of each"),
    ],
)
def test_no_change_is_foretold_of_what_was_refused_without_an_app(
    ends: list[RunResult], touched: int, known: int, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    create_home(home, HomeKind.TRAINING, 1, Details(name="CHU"))
    place = load_home(home)
    store = RecordStore(place.records, load_keys(place.keys), place.state)
    for end in ends:
        record(store, end)
    said = CliRunner(env={"LANG": "C.UTF-8"}).invoke(apps, ["update", "--home", str(home)])
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[-1] == f"tablets that change at their next run: {touched} of {known} known ones"
    assert UNIDENTIFIED not in said.output
    assert ("has no app of the set: A-0001" in said.output) is (touched < known)


@pytest.mark.parametrize("command", ["check", "update"])
def test_the_language_of_the_command_line_comes_before_the_benchs_and_that_before_the_computers(
    command: str, tmp_path: Path
) -> None:
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 1, Details(Language.FR))
    words = [command, "--home", str(home), "--language"]
    spoken = [CliRunner(env={"LANG": "C.UTF-8"}).invoke(apps, [*words, tongue]).output for tongue in ("en", "fr")]
    assert spoken[0] != spoken[1]
    assert spoken[1] == CliRunner(env={"LANG": "C.UTF-8"}).invoke(apps, words[:-1]).output
