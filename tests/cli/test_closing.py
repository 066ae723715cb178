"""The end of a batch whose records are not whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.cli.batch import close_batch
from provision.errors import RecordError
from provision.home.create import Details, create_home
from provision.home.folder import load_home
from provision.records.run_end import unexpected_end
from provision.state.opening import open_bench_state
from provision.station.setup import open_ledger
from provision.terms import HomeKind
from provision.texts.catalogue import Language, say


@pytest.mark.parametrize("language", Language)
def test_each_tablets_own_end_is_told_and_no_batch_counts_as_ended(
    tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    create_home(tmp_path / "home", HomeKind.TRAINING, 1, Details(language))
    place = load_home(tmp_path / "home")
    with open_bench_state(place.path) as state, open_ledger(place, state) as books:
        leaves = next((place.records / "ledger").glob("leaves*"), place.records / "ledger/leaves.jsonl")
        leaves.write_bytes(b"{")  # the disk was full in the middle of a line
        with pytest.raises(RecordError) as caught:
            close_batch(place, books, [unexpected_end("7", ValueError("x"))], {}, as_json=False)
    said = capsys.readouterr().out
    assert say(language, "reason.unexpected.title") in said
    assert say(language, "closing.checkpoint") not in said
    assert str(caught.value).endswith(say(language, "closing.records-wrong"))
