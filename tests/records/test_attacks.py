"""Attacks on a records folder: each changes the verdict, and each gets its own sentence.

The standalone verifier runs as an auditor runs it: copied alone into an empty folder, with an empty
environment and without site-packages. The product's reader must find every attack too.
"""

from __future__ import annotations

import ast
import base64
import json
import quopri
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from record_bed import FIRST_START, Bed, make_bed, make_closing_statement, make_result, record, record_sealed

from provision.errors import RecordError
from provision.records import verify_record
from provision.records.canonical import canonical_json, sha256_hex
from provision.records.closing_statement import build_closing_statement
from provision.records.content import build_documents, build_statement
from provision.records.envelope import sign_envelope
from provision.records.ledger import Leaf
from provision.records.note import Checkpoint, sign_checkpoint
from provision.records.reader import verify_folder
from provision.records.store import Acknowledgement, RecordStore
from provision.records.tree import leaf_hash, tree_root
from provision.terms import HomeKind, Outcome, Reason

PROGRAM = Path(verify_record.__file__)


@dataclass(frozen=True)
class Stage:
    """What an attacker finds, and what the auditor kept elsewhere."""

    folder: Path  # the records folder under another name; attacks change it
    bed: Bed  # its home, a ward with four records, the last two of sealed tablets: six statements
    training: Bed  # a training bench with the same asset ids
    older: Path  # the records folder as it was after two runs
    kept: Path  # the checkpoint after all six statements, outside


@pytest.fixture(scope="module")
def beds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bed, Bed, Path]:
    bed = make_bed(tmp_path_factory.mktemp("ward"), runs=2)
    older = bed.folder / "older"
    shutil.copytree(bed.records, older)
    store = bed.store()
    for number in (3, 4):
        record_sealed(store, number)
    return bed, make_bed(tmp_path_factory.mktemp("training"), HomeKind.TRAINING, runs=2), older


@pytest.fixture
def stage(beds: tuple[Bed, Bed, Path], tmp_path: Path) -> Stage:
    return set_stage(beds, tmp_path)


def set_stage(beds: tuple[Bed, Bed, Path], place: Path) -> Stage:
    """A copy of the records in a folder, to be attacked."""
    bed, training, older = beds
    folder, kept = place / "on a stick", place / "kept"
    shutil.copytree(bed.records, folder)
    shutil.copy(folder / "ledger/checkpoint", kept)
    return Stage(folder, bed, training, older, kept)


def bundle(folder: Path, number: int) -> Path:
    (path,) = folder.glob(f"A-{number:04}-*.intoto.jsonl")
    return path


def document(folder: Path, number: int, which: int = 1) -> Path:
    return folder / "documents" / f"{sha256_hex(build_documents(make_result(number))[which])}.json"


def edit_json(path: Path, edit: Callable[[dict], object]) -> None:
    value = json.loads(path.read_bytes())
    edit(value)
    path.write_bytes(canonical_json(value) + b"\n")


def edit_payload(path: Path, old: bytes, new: bytes) -> None:
    envelope = json.loads(path.read_bytes())
    payload = base64.b64decode(envelope["payload"])
    assert old in payload
    edit_json(path, lambda one: one.update(payload=base64.b64encode(payload.replace(old, new)).decode()))


def swap(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def rewrite_ledger(stage: Stage, size: int) -> None:
    """Sign the ledger again over the bundles as they are now; only the home itself could."""
    leaves = []
    for path in sorted(stage.folder.glob("*.intoto.jsonl"))[:size]:
        lines = path.read_bytes().splitlines(keepends=True)
        for count in range(1, len(lines) + 1):
            leaves.append(Leaf(path.name, count, len(leaves), sha256_hex(b"".join(lines[:count])), "-").entry())
    (stage.folder / "ledger/leaves.jsonl").write_bytes(b"".join(leaf + b"\n" for leaf in leaves))
    head = Checkpoint(stage.bed.keys.origin, len(leaves), tree_root([leaf_hash(leaf) for leaf in leaves]))
    note = sign_checkpoint(head, stage.bed.keys.signer, stage.bed.keys.home.raw)
    (stage.folder / "ledger/checkpoint").write_text(note)


def flip_a_bit_in_a_bundle(stage: Stage) -> None:
    edit_payload(bundle(stage.folder, 2), b'"outcome":"done"', b'"outcome":"dong"')


def put_spaces_into_a_bundle(stage: Stage) -> None:
    path = bundle(stage.folder, 2)
    path.write_bytes(path.read_bytes().replace(b",", b", "))


def flip_a_bit_in_a_document(stage: Stage) -> None:
    path = document(stage.folder, 2)
    path.write_bytes(path.read_bytes().replace(b"82", b"92"))


def flip_a_bit_in_the_descriptor(stage: Stage) -> None:
    edit_payload(stage.folder / "key.json", b"bench-a", b"bench-c")


def claim_that_training_is_ward(stage: Stage) -> None:
    shutil.rmtree(stage.folder)
    shutil.copytree(stage.training.records, stage.folder)
    edit_payload(stage.folder / "key.json", b'"training"', b'"ward"')


def sign_all_again_with_a_key_put_into_the_folder(stage: Stage) -> None:
    """The forger has no key of the ward, but may write any key.json and sign everything with it."""
    forger = make_bed(stage.folder.parent / "forger", HomeKind.WARD, runs=4)
    shutil.rmtree(stage.folder)
    shutil.copytree(forger.records, stage.folder)


def sign_all_again_under_the_name_of_our_key(stage: Stage) -> None:
    """As above, but key.json and every bundle say that the ward's key signed them."""
    sign_all_again_with_a_key_put_into_the_folder(stage)
    for path in [stage.folder / "key.json", *stage.folder.glob("*.intoto.jsonl")]:
        edit_json(path, lambda one: one["signatures"][0].update(keyid=stage.bed.keys.fingerprint))


def sign_one_bundle_with_another_key(stage: Stage) -> None:
    signer = stage.training.keys.signer
    bundle(stage.folder, 2).write_bytes(sign_envelope(build_statement(make_result(2)), signer))


def sign_one_bundle_with_another_key_under_our_name(stage: Stage) -> None:
    sign_one_bundle_with_another_key(stage)
    edit_json(bundle(stage.folder, 2), lambda one: one["signatures"][0].update(keyid=stage.bed.keys.fingerprint))


def cut_the_leaves_and_keep_the_checkpoint(stage: Stage) -> None:
    path = stage.folder / "ledger/leaves.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))


def remove_a_bundle(stage: Stage) -> None:
    bundle(stage.folder, 2).unlink()


def go_back_to_an_older_state(stage: Stage) -> None:
    shutil.rmtree(stage.folder)
    shutil.copytree(stage.older, stage.folder)


def go_back_with_the_ledger_only(stage: Stage) -> None:
    shutil.rmtree(stage.folder / "ledger")
    shutil.copytree(stage.older / "ledger", stage.folder / "ledger")


def rewrite_history(stage: Stage) -> None:
    other = make_result(1, observed={"battery": 1})
    for data in build_documents(other):
        (stage.folder / "documents" / f"{sha256_hex(data)}.json").write_bytes(data)
    bundle(stage.folder, 1).write_bytes(sign_envelope(build_statement(other), stage.bed.keys.signer))
    rewrite_ledger(stage, 4)


def replace_by_another_true_statement(stage: Stage) -> None:
    other = make_result(1, outcome=Outcome.FAILED, reason=Reason.TABLET_HUNG)
    bundle(stage.folder, 1).write_bytes(sign_envelope(build_statement(other), stage.bed.keys.signer))


def swap_two_bundles(stage: Stage) -> None:
    swap(bundle(stage.folder, 1), bundle(stage.folder, 2))


def swap_the_statements_and_keep_the_signatures(stage: Stage) -> None:
    one, other = bundle(stage.folder, 1), bundle(stage.folder, 2)
    payloads = [json.loads(path.read_bytes())["payload"] for path in (one, other)]
    edit_json(one, lambda value: value.update(payload=payloads[1]))
    edit_json(other, lambda value: value.update(payload=payloads[0]))


def swap_two_documents(stage: Stage) -> None:
    swap(document(stage.folder, 1), document(stage.folder, 2))


def remove_a_document(stage: Stage) -> None:
    document(stage.folder, 3, which=0).unlink()


def show_a_training_record_in_the_ward(stage: Stage) -> None:
    shutil.copy(bundle(stage.training.records, 1), bundle(stage.folder, 1))


def sign_a_training_statement_in_the_ward(stage: Stage) -> None:
    statement = build_statement(make_result(1, HomeKind.TRAINING))
    bundle(stage.folder, 1).write_bytes(sign_envelope(statement, stage.bed.keys.signer))
    rewrite_ledger(stage, 4)


def record_one_run_twice(stage: Stage) -> None:
    path = bundle(stage.folder, 1)
    shutil.copy(path, path.with_name(path.name.replace(".intoto", "-2.intoto")))


def edit_a_leaf(stage: Stage) -> None:
    path = stage.folder / "ledger/leaves.jsonl"
    path.write_bytes(path.read_bytes().replace(b"2025-03-01T12:02:40Z", b"2025-03-01T12:02:41Z"))


def exchange_two_leaves(stage: Stage) -> None:
    path = stage.folder / "ledger/leaves.jsonl"
    first, second, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([second, first, *rest]))


def tear_the_last_leaf(stage: Stage) -> None:
    path = stage.folder / "ledger/leaves.jsonl"
    path.write_bytes(path.read_bytes()[:-20])


def add_a_leaf(stage: Stage) -> None:
    path = stage.folder / "ledger/leaves.jsonl"
    path.write_bytes(
        path.read_bytes() + Leaf("A-0009-20250301T120900Z.intoto.jsonl", 1, 6, "0" * 64, "-").entry() + b"\n"
    )


def edit_the_checkpoint(stage: Stage) -> None:
    path = stage.folder / "ledger/checkpoint"
    path.write_text(path.read_text().replace("\n6\n", "\n5\n"))


def remove_the_ledger(stage: Stage) -> None:
    shutil.rmtree(stage.folder / "ledger")


def bring_the_checkpoint_of_another_home(stage: Stage) -> None:
    shutil.copy(stage.training.records / "ledger/checkpoint", stage.kept)


def seal_line(folder: Path, number: int) -> bytes:
    """The second envelope of a sealed record."""
    return bundle(folder, number).read_bytes().splitlines(keepends=True)[1]


def put_seal(stage: Stage, line: bytes, number: int = 4) -> None:
    path = bundle(stage.folder, number)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0] + line)


def bring_the_second_statement_of_another_run(stage: Stage) -> None:
    put_seal(stage, seal_line(stage.folder, 3))


def cut_the_second_statement_off(stage: Stage) -> None:
    put_seal(stage, b"")


def cut_the_second_statement_and_its_leaf_off(stage: Stage) -> None:
    put_seal(stage, b"")
    path = stage.folder / "ledger/leaves.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:5]))


def seal_a_tablet_that_nobody_sealed(stage: Stage) -> None:
    """The home's own key, a run whose site did not ask: the statement contradicts the first."""
    asked = make_result(2, seals=True)
    first = sha256_hex(bundle(stage.folder, 2).read_bytes())
    put_seal(
        stage, sign_envelope(build_closing_statement(asked, first, make_closing_statement(2)), stage.bed.keys.signer), 2
    )


def sign_the_second_statement_with_another_key(stage: Stage) -> None:
    first = sha256_hex(bundle(stage.folder, 4).read_bytes().splitlines(keepends=True)[0])
    statement = build_closing_statement(make_result(4, seals=True), first, make_closing_statement(4))
    put_seal(stage, sign_envelope(statement, stage.training.keys.signer))


def flip_a_bit_in_the_second_statement(stage: Stage) -> None:
    line = json.loads(seal_line(stage.folder, 4))
    payload = base64.b64decode(line["payload"]).replace(b'"adb lists', b'"adb lasts')
    line.update(payload=base64.b64encode(payload).decode())
    put_seal(stage, canonical_json(line) + b"\n")


def replace_the_second_statement_by_another_true_one(stage: Stage) -> None:
    first = sha256_hex(bundle(stage.folder, 4).read_bytes().splitlines(keepends=True)[0])
    statement = build_closing_statement(make_result(4, seals=True), first, make_closing_statement(4, seen=()))
    put_seal(stage, sign_envelope(statement, stage.bed.keys.signer))


def exchange_the_leaves_of_two_statements(stage: Stage) -> None:
    """Signed by the home itself: a second statement that the ledger names before its first."""
    path = stage.folder / "ledger/leaves.jsonl"
    leaves = [json.loads(line) for line in path.read_bytes().splitlines()]
    leaves[4], leaves[5] = {**leaves[5], "index": 4}, {**leaves[4], "index": 5}
    path.write_bytes(b"".join(canonical_json(leaf) + b"\n" for leaf in leaves))
    root = tree_root([leaf_hash(line) for line in path.read_bytes().splitlines()])
    note = sign_checkpoint(Checkpoint(stage.bed.keys.origin, 6, root), stage.bed.keys.signer, stage.bed.keys.home.raw)
    (stage.folder / "ledger/checkpoint").write_text(note)


# attack: the sentences it must get, the first being its own
ATTACKS: dict[Callable[[Stage], None], tuple[str, ...]] = {
    flip_a_bit_in_a_bundle: ("signature",),
    put_spaces_into_a_bundle: ("form",),
    flip_a_bit_in_a_document: ("document",),
    flip_a_bit_in_the_descriptor: ("descriptor",),
    claim_that_training_is_ward: ("descriptor",),
    sign_all_again_with_a_key_put_into_the_folder: ("other-key",),
    sign_all_again_under_the_name_of_our_key: ("descriptor",),
    sign_one_bundle_with_another_key: ("foreign",),
    sign_one_bundle_with_another_key_under_our_name: ("signature",),
    cut_the_leaves_and_keep_the_checkpoint: ("cut", "unlisted"),
    remove_a_bundle: ("gone",),
    go_back_to_an_older_state: ("older",),
    go_back_with_the_ledger_only: ("unlisted", "older"),
    rewrite_history: ("rewritten",),
    replace_by_another_true_statement: ("digest",),
    swap_two_bundles: ("name",),
    swap_the_statements_and_keep_the_signatures: ("exchanged",),
    swap_two_documents: ("document-swapped",),
    remove_a_document: ("document",),
    show_a_training_record_in_the_ward: ("foreign",),
    sign_a_training_statement_in_the_ward: ("kind",),
    record_one_run_twice: ("twice",),
    edit_a_leaf: ("leaf",),
    exchange_two_leaves: ("leaf",),
    tear_the_last_leaf: ("leaf",),
    add_a_leaf: ("unsigned", "gone"),
    edit_the_checkpoint: ("checkpoint",),
    remove_the_ledger: ("checkpoint", "unlisted"),
    bring_the_checkpoint_of_another_home: ("checkpoint",),
    bring_the_second_statement_of_another_run: ("seal",),
    cut_the_second_statement_off: ("gone",),
    cut_the_second_statement_and_its_leaf_off: ("cut",),
    seal_a_tablet_that_nobody_sealed: ("form",),
    sign_the_second_statement_with_another_key: ("foreign",),
    flip_a_bit_in_the_second_statement: ("signature",),
    replace_the_second_statement_by_another_true_one: ("digest",),
    exchange_the_leaves_of_two_statements: ("leaf",),
}
# The attacks that must be told apart by their sentence, whatever else is said.
NAMED = {
    "bit flipped in a bundle": flip_a_bit_in_a_bundle,
    "bit flipped in a document": flip_a_bit_in_a_document,
    "bit flipped in the descriptor": flip_a_bit_in_the_descriptor,
    "re-signed with a key put into the folder": sign_all_again_with_a_key_put_into_the_folder,
    "leaves cut, checkpoint kept": cut_the_leaves_and_keep_the_checkpoint,
    "bundle removed": remove_a_bundle,
    "both cut to an older state": go_back_to_an_older_state,
    "record that the ledger does not name": go_back_with_the_ledger_only,
    "statement swapped": swap_the_statements_and_keep_the_signatures,
    "bundle files swapped": swap_two_bundles,
    "documents swapped": swap_two_documents,
    "second statement of another run": bring_the_second_statement_of_another_run,
    "training record shown as ward": show_a_training_record_in_the_ward,
}


def run(empty: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the verifier alone: empty environment, empty folder, no site-packages."""
    empty.mkdir(exist_ok=True)
    shutil.copy(PROGRAM, empty)
    command = ["env", "-i", sys.executable, "-I", "-S", PROGRAM.name, *map(str, arguments)]
    return subprocess.run(command, cwd=empty, capture_output=True, text=True, timeout=60, check=False)


def words(key: str, lang: str = "en") -> str:
    """Return the fixed part of a sentence that tells it from the others."""
    sentence = verify_record.SENTENCES[key][("en", "fr").index(lang)]
    return max((part.split("}")[-1] for part in sentence.split("{")), key=len).strip(" :,()")


KEPT_FORMS: dict[str, Callable[[str], bytes]] = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old Macintosh line ends": lambda text: text.replace("\n", "\r").encode(),
    "no last line feed": lambda text: text.rstrip("\n").encode(),
    "blank lines around": lambda text: f"\n\n{text}\n\n".encode(),
    "a blank line behind each": lambda text: text.replace("\n", "\n\n").encode(),
    "no blank line": lambda text: text.replace("\n\n", "\n").encode(),
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 of a Windows shell": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "Windows' own letters": lambda text: text.encode("cp1252"),
    "letters read wrongly": lambda text: text.encode().decode("cp1252").encode(),
    "a terminal without the dash": lambda text: text.replace("\u2014", "-").encode(),
    "indented": lambda text: "".join(f"    {line} \n" for line in text.splitlines()).encode(),
    "a quotation": lambda text: "".join(f"> {line}\n" for line in text.splitlines()).encode(),
    "UTF-16 without its mark": lambda text: text.encode("utf-16-le"),
    "UTF-16 of the other order without its mark": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "a mail": lambda text: quopri.encodestring(text.encode()),
    "a mail with its end": lambda text: f"{text}\n-- \nAnna\n".encode(),
    "a mail that breaks lines at blanks": lambda text: re.sub("(?<=—) | (?=\\S+\n$)", "\n", text).encode(),
    "a block of a page": lambda text: f"```\n{text}```\n".encode(),
    "a dash of a page": lambda text: text.replace("\u2014", "&mdash;").encode(),
    "a dash without its blank": lambda text: text.replace("\u2014 ", "\u2014").encode(),
    "blanks that do not break": lambda text: text.replace(" ", "\u00a0").encode(),
    "an end of DOS": lambda text: text.encode() + b"\x1a",
    "noughts behind": lambda text: text.encode() + bytes(512),
    "an invisible blank": lambda text: text.replace("\n6\n", "\n\u200b6\n").encode(),
    "a table of a page": lambda text: "".join(f"| {line} |\n" for line in text.splitlines()).encode(),
    "a broken last line": lambda text: f"{text[:-40]}\n{text[-40:]}".encode(),
}
UNSIGNED = "provision/ward/a/0123\n6\noNcGZ7w5uG4LArhJeXNSoR52IZQJYlQiSjF3L7+85fs=\n"
NO_CHECKPOINTS = {
    "empty": b"",
    "blank lines": b"\n\r\n \n",
    "prose": b"This is\nnot a\ncheckpoint\n\nat all, really\n",
    "half of one": b"provision/ward/a/0123\n6\n",
    "unsigned": UNSIGNED.encode(),
    "a dash and no signature": f"{UNSIGNED}\n\u2014 name\n".encode(),
    "a signature without its dash": f"{UNSIGNED}\nname oNcGZ7w5\n".encode(),
    "letters that no Base64 has": f"{UNSIGNED}\n\u2014 name oNcG-7w5\n".encode(),
    "a key": b'{"payload": "x"}\n',
    "letters of another file": bytes(range(256)),
}


def judge_kept(stage: Stage, capsys: pytest.CaptureFixture[str], data: bytes) -> tuple[int, str]:
    """What is said of the untouched folder with a checkpoint kept so."""
    stage.kept.write_bytes(data)
    words = [str(stage.folder), "--key", stage.bed.keys.fingerprint, "--checkpoint", str(stage.kept)]
    status = verify_record.main(words)
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_kept_checkpoint_is_taken_as_it_is_meant(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    text = stage.kept.read_text("utf-8")
    wrong = {name: judge_kept(stage, capsys, form(text)) for name, form in KEPT_FORMS.items()}
    assert {name: said for name, (status, said) in wrong.items() if status != 0} == {}


def test_what_is_no_checkpoint_cannot_be_judged(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    found = {name: judge_kept(stage, capsys, data) for name, data in NO_CHECKPOINTS.items()}
    assert {name: status for name, (status, _) in found.items() if status != 2} == {}
    assert all("cannot be judged" in said and "Traceback" not in said for _, said in found.values())


def test_a_kept_checkpoint_that_says_something_else_is_wrong_in_every_form(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    text = stage.kept.read_text("utf-8").replace("\n6\n", "\n5\n")
    assert {name for name, form in KEPT_FORMS.items() if judge_kept(stage, capsys, form(text))[0] != 1} == set()


@pytest.mark.parametrize("how", ["| head -n 1", "> /dev/full", ">&-", ">&- 2>&-"])
def test_an_output_that_nobody_takes_changes_no_verdict(stage: Stage, how: str) -> None:
    words = [sys.executable, "-S", PROGRAM, stage.folder, "--lang", "fr", "--key", stage.bed.keys.fingerprint]
    line = f"set -o pipefail; PYTHONIOENCODING=ascii {shlex.join(map(str, words))} {how}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unmodified_copy_under_another_name_is_verified(stage: Stage, tmp_path: Path) -> None:
    done = run(tmp_path / "empty", stage.folder, "--key", stage.bed.keys.fingerprint, "--checkpoint", stage.kept)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("done: intact") == 4
    assert done.stdout.endswith(words("verified") + "\n")
    assert "TRAINING" not in done.stdout


@pytest.mark.parametrize(("lang", "word"), [("en", "sealed at"), ("fr", "scellée le")])
def test_the_two_sealed_records_say_when(stage: Stage, tmp_path: Path, lang: str, word: str) -> None:
    done = run(tmp_path / "empty", stage.folder, "--key", stage.bed.keys.fingerprint, "--lang", lang)
    sealed = [line for line in done.stdout.splitlines() if line.startswith(word)]
    assert sealed == [line for line in sealed if "2025-03-01T12:03:50Z" in line or "2025-03-01T12:04:50Z" in line]
    assert len(sealed) == 2


def test_a_record_that_waits_for_its_seal_is_called_not_sealed(tmp_path: Path) -> None:
    bed = make_bed(tmp_path / "home")
    record(bed.store(), make_result(1, seals=True))
    assert "NOT sealed (-)" in run(tmp_path / "empty", bed.records).stdout
    seen = make_closing_statement(1, sealed=False, outcome=Outcome.DONE_WITH_WARNINGS, reason=Reason.SEAL_NOT_SEEN)
    bed.store().append_statement("run-1", seen)
    done = run(tmp_path / "empty", bed.records).stdout
    assert "done-with-warnings: intact" in done
    assert "NOT sealed (seal-not-seen)" in done


def test_the_key_may_be_a_descriptor_kept_elsewhere_or_a_file_with_the_groups(stage: Stage, tmp_path: Path) -> None:
    grouped = tmp_path / "fingerprint.txt"
    digits = stage.bed.keys.fingerprint.upper()
    grouped.write_text(" ".join(digits[at : at + 8] for at in range(0, 64, 8)) + "\n")
    for key in (stage.bed.folder / "keys/key.json", grouped):
        assert run(tmp_path / "empty", stage.folder, "--key", key).returncode == 0


def test_that_records_were_missing_before_one_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bed = make_bed(tmp_path, runs=2)
    bed.bundle(1).unlink()
    decision = Acknowledgement("B. Auditor", "the stick is lost", "decision-1", FIRST_START)
    RecordStore(bed.records, bed.keys, bed.folder / "state", acknowledgement=decision)
    for lang, words in (("en", "before it records were missing"), ("fr", "il manquait des procès-verbaux")):
        assert verify_record.main([str(bed.records), "--key", bed.keys.fingerprint, "--lang", lang]) == 0
        assert words in capsys.readouterr().out


def test_many_changed_records_take_an_auditor_no_longer_than_right_ones(tmp_path: Path) -> None:
    bed = make_bed(tmp_path, runs=24)
    for number in range(1, 25):
        edit_json(bed.bundle(number), spoil_payload)
    verify_record.verify_signature.cache_clear()
    assert verify_record.main([str(bed.records), "--key", bed.keys.fingerprint]) == 1
    assert verify_record.verify_signature.cache_info().misses <= 24 + 3  # descriptor, checkpoint


def spoil_payload(envelope: dict) -> None:
    payload = base64.b64decode(envelope["payload"]).replace(b"location on", b"location ON")
    envelope["payload"] = base64.b64encode(payload).decode()


def test_what_a_folder_alone_cannot_tell_is_said(stage: Stage, tmp_path: Path) -> None:
    words = (stage.folder, "--key", stage.bed.keys.fingerprint)
    unknown = "later records may be missing: give --checkpoint"
    assert unknown in run(tmp_path / "empty", *words).stdout
    assert unknown not in run(tmp_path / "empty", *words, "--checkpoint", stage.kept).stdout


def test_one_record_is_shown_whole_once_the_folder_was_found_right(stage: Stage, tmp_path: Path) -> None:
    name = next(iter(sorted(file.name for file in stage.folder.glob("*.intoto.jsonl"))))
    words = (stage.folder, "--key", stage.bed.keys.fingerprint, "--show")
    shown = run(tmp_path / "empty", *words, name).stdout
    for value in ('"outcome": "', '"control": "', '"serial": "'):
        assert value in shown
    assert run(tmp_path / "empty", *words, "nonesuch").returncode == 2
    document = next((stage.folder / "documents").iterdir())
    document.write_bytes(document.read_bytes() + b" ")
    broken = run(tmp_path / "empty", *words, name)
    assert (broken.returncode, '"outcome": "' in broken.stdout) == (1, False)


def lay_a_lie_beside_the_documents(stage: Stage) -> str:
    """Under the digest of a configuration, of which no copy is there."""
    (stage.folder / "documents" / f"{'1' * 64}.json").write_bytes(b'{"kiosk":"forged"}')
    return bundle(stage.folder, 1).name


def change_a_copy_beside_the_documents(stage: Stage) -> str:
    (stage.folder / "documents" / f"{'2' * 64}.json").write_bytes(b"no JSON, forged")
    return bundle(stage.folder, 1).name


def lay_a_forged_record_under_a_name_that_nobody_judges(stage: Stage) -> str:
    path = Path(shutil.copy(bundle(stage.folder, 1), stage.folder / "A-0001.jsonl"))
    edit_payload(path, b'"outcome":"done"', b'"outcome":"forged"')
    return path.name


def lay_a_payload_that_is_a_list(stage: Stage) -> str:
    path = Path(shutil.copy(bundle(stage.folder, 1), stage.folder / "A-0001.jsonl"))
    edit_json(path, lambda one: one.update(payload=base64.b64encode(b'["forged"]').decode()))
    return path.name


def name_a_document_outside(stage: Stage) -> str:
    (stage.folder.parent / "forged.json").write_text('{"forged": true}')
    path = Path(shutil.copy(bundle(stage.folder, 1), stage.folder / "A-0001.jsonl"))
    digest = sha256_hex(build_documents(make_result(1))[0]).encode()
    edit_payload(path, digest, b"../../forged")
    return path.name


# attack on what `--show` prints: the exit status
SHOWN = {
    lay_a_lie_beside_the_documents: 0,
    change_a_copy_beside_the_documents: 0,
    lay_a_forged_record_under_a_name_that_nobody_judges: 2,
    lay_a_payload_that_is_a_list: 2,
    name_a_document_outside: 2,
}


@pytest.mark.parametrize("attack", SHOWN, ids=lambda attack: attack.__name__)
def test_nothing_is_shown_that_was_not_judged(
    stage: Stage, attack: Callable[[Stage], str], capsys: pytest.CaptureFixture[str]
) -> None:
    words_given = [str(stage.folder), "--key", stage.bed.keys.fingerprint, "--show", attack(stage)]
    assert verify_record.main(words_given) == SHOWN[attack]
    said = capsys.readouterr()
    assert '"forged"' not in said.out
    assert (words("verified") in said.out) == (SHOWN[attack] == 0)
    assert ("no record of this folder" in said.err) == (SHOWN[attack] != 0)


def test_without_a_key_the_signer_is_unknown(stage: Stage, tmp_path: Path) -> None:
    done = run(tmp_path / "empty", stage.folder)
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].startswith("intact, signer unknown")


@pytest.mark.parametrize(
    ("folder", "key", "option", "says"),
    [
        ("nowhere", "0" * 64, "--lang", "impossible à juger : nowhere/key.json"),
        (".", "12", "--language", "impossible à juger : --key 12 : ni fichier, ni 64 chiffres de 0 à f"),
    ],
)
def test_what_cannot_be_judged_is_named_without_the_words_of_the_system(
    folder: str, key: str, option: str, says: str, tmp_path: Path
) -> None:
    done = run(tmp_path / "empty", folder, "--key", key, option, "fr")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", says)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_training_home_says_so_first(stage: Stage, tmp_path: Path, lang: str) -> None:
    key = stage.training.keys.fingerprint
    done = run(tmp_path / "empty", stage.training.records, "--key", key, "--lang", lang)
    assert done.returncode == 0
    assert done.stdout.startswith("TRAINING")


ONE_AFTER_THE_OTHER = """
import contextlib, io, json, runpy, sys
main = runpy.run_path(sys.argv[1])["main"]
for words in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    print(json.dumps([status, out.getvalue(), err.getvalue()]))
"""


def judge_all(empty: Path, calls: list[list[str]]) -> list[tuple[int, str, str]]:
    """Run the verifier alone, as `run`, once for many folders: status, output and errors of each."""
    empty.mkdir()
    shutil.copy(PROGRAM, empty)
    command = ["env", "-i", sys.executable, "-I", "-S", "-c", ONE_AFTER_THE_OTHER, PROGRAM.name]
    given = json.dumps(calls)
    done = subprocess.run(command, cwd=empty, input=given, capture_output=True, text=True, timeout=120, check=True)
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def test_each_attack_is_seen_and_named(beds: tuple[Bed, Bed, Path], tmp_path: Path) -> None:
    calls = []
    for attack in ATTACKS:
        stage = set_stage(beds, tmp_path / attack.__name__)
        attack(stage)
        key = stage.bed.keys.fingerprint
        calls.append([str(stage.folder), "--key", key, "--checkpoint", str(stage.kept)])
    found = dict(zip(ATTACKS, judge_all(tmp_path / "empty", calls), strict=True))
    assert {attack.__name__: said for attack, said in found.items() if (said[0], said[2]) != (1, "")} == {}
    unnamed = {
        attack.__name__: [key for key in ATTACKS[attack] if words(key) not in found[attack][1]] for attack in found
    }
    assert {name: keys for name, keys in unnamed.items() if keys} == {}
    assert [attack.__name__ for attack, (_, said, _) in found.items() if words("verified") in said] == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_reader_of_the_product_finds_each_attack_too(stage: Stage, attack: Callable[[Stage], None]) -> None:
    def faults() -> tuple[str, ...]:
        return verify_folder(stage.folder, stage.bed.keys.fingerprint, stage.kept.read_bytes()).faults

    assert faults() == ()
    attack(stage)
    try:
        assert faults()
    except RecordError as error:
        assert "key.json" in str(error)  # noqa: PT017 - only the descriptor may make the whole unreadable


def test_the_named_attacks_have_a_sentence_each() -> None:
    keys = {name: ATTACKS[attack][0] for name, attack in NAMED.items()}
    assert len(set(keys.values())) == len(keys)
    assert len({words(key, lang) for key in keys.values() for lang in ("en", "fr")}) == 2 * len(keys)


def test_without_a_kept_checkpoint_an_older_state_looks_right(stage: Stage, tmp_path: Path) -> None:
    """The limit of every such log, and the reason why the station prints its checkpoint."""
    go_back_to_an_older_state(stage)
    assert run(tmp_path / "empty", stage.folder, "--key", stage.bed.keys.fingerprint).returncode == 0


def test_without_a_key_a_folder_signed_again_is_intact_but_unknown(stage: Stage, tmp_path: Path) -> None:
    sign_all_again_with_a_key_put_into_the_folder(stage)
    assert run(tmp_path / "empty", stage.folder).returncode == 3


@pytest.mark.parametrize("name", ["bundle", "document", "key.json", "ledger/leaves.jsonl", "ledger/checkpoint"])
@pytest.mark.parametrize("every", [101, pytest.param(13, marks=pytest.mark.later)])
def test_no_byte_can_be_changed_unseen(stage: Stage, name: str, every: int, capsys: pytest.CaptureFixture[str]) -> None:
    special = {"bundle": bundle(stage.folder, 4), "document": document(stage.folder, 4)}
    path = special.get(name, stage.folder / name)
    good = path.read_bytes()
    for at in range(0, len(good), every):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        status = verify_record.main([str(stage.folder), "--key", stage.bed.keys.fingerprint])
        assert status == 1, f"byte {at} of {name}: {capsys.readouterr().out}"


def inside(stage: Stage) -> list[object]:
    return [stage.folder, "--key", stage.folder / "key.json"]


def kept_inside(stage: Stage) -> list[object]:
    return [stage.folder, "--checkpoint", stage.folder / "ledger/checkpoint"]


def no_folder(stage: Stage) -> list[object]:
    return [stage.folder / "nowhere"]


def no_records_folder(stage: Stage) -> list[object]:
    return [stage.folder.parent]


def short_fingerprint(stage: Stage) -> list[object]:
    return [stage.folder, "--key", "abcd"]


def no_checkpoint(stage: Stage) -> list[object]:
    return [stage.folder, "--checkpoint", stage.folder.parent / "nowhere"]


def spoiled_key_file(stage: Stage) -> list[object]:
    (stage.folder.parent / "spoiled").write_text("{}\n")
    return [stage.folder, "--key", stage.folder.parent / "spoiled"]


def no_argument(_stage: Stage) -> list[object]:
    return []


USAGES = [inside, kept_inside, no_folder, no_records_folder, short_fingerprint, no_checkpoint, spoiled_key_file]


@pytest.mark.parametrize("usage", [*USAGES, no_argument], ids=lambda usage: usage.__name__)
def test_wrong_usage_ends_with_2_and_a_sentence(
    stage: Stage, tmp_path: Path, usage: Callable[[Stage], list[object]]
) -> None:
    done = run(tmp_path / "empty", *usage(stage))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_values_from_a_record_cannot_steer_the_terminal(stage: Stage, tmp_path: Path) -> None:
    path = stage.folder / "ledger/leaves.jsonl"
    path.write_bytes(path.read_bytes().replace(b"A-0002", b"\\u001b[2J"))
    done = run(tmp_path / "empty", stage.folder)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout


def test_both_languages_have_the_same_placeholders_and_differ() -> None:
    for english, french in verify_record.SENTENCES.values():
        assert sorted(fields(english)) == sorted(fields(french))
        assert english != french


def fields(sentence: str) -> list[str]:
    return [part.split("}")[0] for part in sentence.split("{")[1:]]


def test_the_program_is_one_file_of_the_standard_library_for_python_3_8() -> None:
    tree = ast.parse(PROGRAM.read_text(), feature_version=(3, 8))
    nodes = list(ast.walk(tree))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    assert len(PROGRAM.read_text().splitlines()) <= 800
