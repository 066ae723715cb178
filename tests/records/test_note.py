"""Signed notes and checkpoints, with the published example of the format."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from record_bed import Bed, make_bed
from securesystemslib.signer import SSlibKey

from provision.errors import RecordError
from provision.records.note import Checkpoint, key_hash, open_checkpoint, open_note, sign_checkpoint
from provision.records.tree import EMPTY_ROOT

# golang.org/x/mod/sumdb/note, the example of its documentation: verifier key and signed note.
NEUMANN_KEY = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
NEUMANN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Bed:
    return make_bed(tmp_path_factory.mktemp("home"))


def signed(bed: Bed, checkpoint: Checkpoint) -> str:
    return sign_checkpoint(checkpoint, bed.keys.signer, bed.keys.home.raw)


def test_the_published_note_opens_with_its_published_key() -> None:
    key = SSlibKey("neumann", "ed25519", "ed25519", {"public": NEUMANN_KEY.hex()})
    assert key_hash("PeterNeumann", NEUMANN_KEY).hex() == "c74f20a3"
    assert open_note(NEUMANN_NOTE.encode(), "PeterNeumann", key, "note").startswith("If you think")


def test_a_checkpoint_reads_back_as_it_was_signed(bed: Bed) -> None:
    head = Checkpoint(bed.keys.origin, 12, bytes(range(32)))
    assert open_checkpoint(signed(bed, head).encode(), head.origin, bed.keys.public, "checkpoint") == head


def test_signatures_of_witnesses_are_skipped(bed: Bed) -> None:
    head = Checkpoint(bed.keys.origin, 0, EMPTY_ROOT)
    note = signed(bed, head) + "— witness.example/w1 " + base64.b64encode(bytes(76)).decode() + "\n"
    assert open_checkpoint(note.encode(), head.origin, bed.keys.public, "checkpoint") == head


EDITS = {
    "size": lambda note: note.replace("\n7\n", "\n6\n"),
    "leading zero": lambda note: note.replace("\n7\n", "\n07\n"),
    "extension line": lambda note: note.replace("\n\n", "\nmore\n\n"),
    "no signature": lambda note: note.split("—")[0],
    "other name": lambda note: note.replace("— test.example/bench-a", "— test.example/bench-b"),
    "hyphen for dash": lambda note: note.replace("—", "-"),
    "no final newline": lambda note: note.rstrip("\n"),
    "base64 without padding": lambda note: note.rstrip("=\n") + "\n",
    "empty": lambda note: "",  # noqa: ARG005 - one shape for all
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_checkpoint_is_refused(bed: Bed, edit: object) -> None:
    note = edit(signed(bed, Checkpoint(bed.keys.origin, 7, bytes(32))))  # type: ignore[operator]
    with pytest.raises(RecordError, match=r"^here: "):
        open_checkpoint(note.encode(), bed.keys.origin, bed.keys.public, "here")


@pytest.mark.parametrize(
    "head", [Checkpoint("other.example", 1, bytes(32)), Checkpoint("test.example/bench-a", 1, b"")]
)
def test_a_checkpoint_of_another_log_or_without_a_root_is_refused(bed: Bed, head: Checkpoint) -> None:
    with pytest.raises(RecordError, match="here: "):
        open_checkpoint(signed(bed, head).encode(), bed.keys.origin, bed.keys.public, "here")


def test_bytes_that_are_not_text_are_refused(bed: Bed, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="UTF-8"):
        open_note(b"\xff\n\n\n", bed.keys.origin, bed.keys.public, str(tmp_path))
