"""Uploads under way: noted before they begin, and nothing but this product's own commands ever comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from state_file import change_state, read_state

from provision.state.pending_uploads import PendingUploads
from provision.state.sql.bench_state import BenchState

FIRST, SECOND = ("pm", "install-abandon", "7"), ("cmd", "package", "install-abandon", "8")


def test_an_upload_is_on_disk_before_it_begins_and_gone_when_the_run_closes(
    bench_state: BenchState, tmp_path: Path
) -> None:
    store = bench_state.pending_uploads
    uploads = store.open("A-0001")
    uploads.begin(FIRST)
    uploads.begin(SECOND)
    assert [json.loads(undo) for (undo,) in read_state(tmp_path, "SELECT undo FROM pending_upload")] == [
        list(FIRST),
        list(SECOND),
    ]
    assert (store.open("A-0001").left, store.open("A-0002").left) == ((FIRST, SECOND), ())
    uploads.end(FIRST)
    uploads.close()
    assert store.open("A-0001").left == (SECOND,)


@pytest.mark.parametrize(
    "undo",
    [["reboot"], ["rm", "-r", "/sdcard"], ["pm"], ["rm", "/sdcard/DCIM"], ["pm", "install-abandon", "7; reboot"]],
)
def test_no_other_command_is_ever_taken_back(undo: list[str], bench_state: BenchState, tmp_path: Path) -> None:
    change_state(tmp_path, "INSERT INTO pending_upload VALUES ('A-0001', 0, ?)", given=[json.dumps(undo)])
    assert bench_state.pending_uploads.open("A-0001").left == ()


def test_a_memory_of_uploads_that_cannot_be_written_fails_no_run(bench_state: BenchState, tmp_path: Path) -> None:
    uploads = bench_state.pending_uploads.open("A-0001")
    change_state(tmp_path, "DROP TABLE pending_upload")
    uploads.begin(FIRST)
    uploads.close()
    assert uploads.left == (FIRST,)


def test_without_a_store_uploads_are_known_to_their_run_alone() -> None:
    uploads = PendingUploads()
    uploads.begin(FIRST)
    assert (uploads.left, PendingUploads().left) == ((FIRST,), ())
