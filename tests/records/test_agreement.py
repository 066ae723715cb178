"""The verifiers agree on every folder, whatever was changed in it and whoever signed it again.

They are the station's reader and the standalone program, which `provision record verify` calls.
"""

from __future__ import annotations

import base64
import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from record_bed import Bed, make_bed, make_closing_statement, make_result, record

from provision.cli.apps import apps
from provision.cli.record import record as command
from provision.errors import RecordError, RecordLater
from provision.home.create import Details, create_home
from provision.records import verify_record
from provision.records.canonical import sha256_hex
from provision.records.envelope import PAYLOAD_TYPE
from provision.records.note import Checkpoint, sign_checkpoint
from provision.records.reader import verify_folder
from provision.records.tree import leaf_hash, tree_root
from provision.terms import Assurance, Control, HomeKind, Outcome, ProofVerdict, Reason

Json = Any


@dataclass(frozen=True)
class Verdicts:
    """What each verifier says; True: nothing is wrong.

    Attributes:
        later: what each cannot judge; empty where something is wrong.
    """

    reader: bool
    standalone: bool
    later: tuple[int, int] = (0, 0)

    @property
    def agree(self) -> bool:
        return self.reader == self.standalone and self.later[0] == self.later[1]


class Quiet(verify_record.Report):
    """Counts and says nothing."""

    def say(self, sentence: str, **values: object) -> None:
        self.text(sentence, **values)

    def blame(self, fault: verify_record.Fault) -> None:
        self.verdict(fault)


def judge(folder: Path, fingerprint: str, kept: bytes | None = None) -> Verdicts:
    """Ask both."""
    report, later = Quiet("en"), 0
    try:
        verdict = verify_folder(folder, fingerprint, kept)
        reader, later = not verdict.faults, len(verdict.unjudged)
    except RecordError:
        reader = False
    try:
        status = verify_record.check_folder(folder, fingerprint, kept, report)
    except (OSError, verify_record.Fault):
        status = 1
    assert (status == 2) == (report.unjudged > 0 == report.faults)
    standalone = status != 1
    return Verdicts(reader, standalone, (later, report.unjudged) if reader and standalone else (0, 0))


@dataclass(frozen=True)
class Folder:
    """One sealed record of a ward, in parts that can be changed and signed again."""

    bed: Bed
    place: Path

    @property
    def bundle(self) -> Path:
        return next(self.place.glob("A-*.jsonl"))

    def files(self) -> list[Path]:
        return sorted(path for path in self.place.rglob("*") if path.is_file())

    def statements(self) -> list[Json]:
        lines = self.bundle.read_bytes().splitlines()
        return [json.loads(base64.b64decode(json.loads(line)["payload"])) for line in lines]

    def envelope(self, payload: bytes, **changes: Json) -> bytes:
        """An envelope over any bytes, whatever they say, signed with the home's own key."""
        kind = PAYLOAD_TYPE.encode()
        signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
        signature = bytes.fromhex(self.bed.keys.signer.sign(signed).signature)
        said = {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": self.bed.keys.fingerprint, "sig": base64.b64encode(signature).decode()}],
        }
        return canonical(said | changes) + b"\n"

    def sign_again(self, statements: list[Json], leaves: Callable[[list[Json]], None] = lambda _leaves: None) -> None:
        """Put other statements in the place of the record's, with a ledger that names them: only the home could."""
        first = self.envelope(canonical(statements[0]))
        if len(statements) > 1 and isinstance(statements[1], dict):
            with_first(statements[1], sha256_hex(first))
        data = b"".join([first, *(self.envelope(canonical(one)) for one in statements[1:])])
        self.bundle.write_bytes(data)
        self.sign_ledger(leaves)

    def sign_ledger(self, change: Callable[[list[Json]], None] = lambda _leaves: None) -> None:
        """Sign a ledger over the bundle as it is."""
        lines = self.bundle.read_bytes().splitlines(keepends=True)
        listed: list[Json] = []
        for count in range(1, len(lines) + 1):
            digest = sha256_hex(b"".join(lines[:count]))
            listed.append({"bundle": self.bundle.name, "envelopes": count, "index": count - 1, "sha256": digest})
            listed[-1]["time"] = end_of(lines[count - 1])
        change(listed)
        entries = [canonical(leaf) for leaf in listed]
        (self.place / "ledger/leaves.jsonl").write_bytes(b"".join(entry + b"\n" for entry in entries))
        head = Checkpoint(self.bed.keys.origin, len(entries), tree_root([leaf_hash(entry) for entry in entries]))
        note = sign_checkpoint(head, self.bed.keys.signer, self.bed.keys.home.raw)
        (self.place / "ledger/checkpoint").write_text(note)


def canonical(value: Json) -> bytes:
    """Canonical spelling of any JSON, also of what the product refuses to write."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def end_of(line: bytes) -> Json:
    try:
        predicate = json.loads(base64.b64decode(json.loads(line)["payload"]))["predicate"]
        return predicate.get("provision", predicate)["ended"]
    except (ValueError, LookupError, TypeError, AttributeError):
        return "-"


def with_first(statement: Json, digest: str) -> None:
    try:
        statement["subject"][0]["digest"]["sha256"] = digest
    except (LookupError, TypeError):
        return


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Bed:
    made = make_bed(tmp_path_factory.mktemp("ward"))
    store = made.store()
    record(store, make_result(1, seals=True))
    store.append_statement("run-1", make_closing_statement(1))
    return made


@pytest.fixture
def folder(bed: Bed, tmp_path: Path) -> Folder:
    return fresh(bed, tmp_path / "records")


def fresh(bed: Bed, place: Path) -> Folder:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(bed.records, place)
    return Folder(bed, place)


def test_both_take_the_folder_as_it_is_and_signed_again(folder: Folder) -> None:
    key = folder.bed.keys.fingerprint
    assert judge(folder.place, key) == Verdicts(reader=True, standalone=True)
    folder.sign_again(folder.statements())
    assert judge(folder.place, key) == Verdicts(reader=True, standalone=True)


def test_a_record_of_an_earlier_version_may_end_before_it_began(folder: Folder) -> None:
    """Those versions took both times from the computer's clock, and a clock may be set back."""
    first, second = folder.statements()
    assert "clock" not in said(first)
    said(first)["ended"] = "2025-03-01T11:00:00Z"
    folder.sign_again([first, second])
    assert judge(folder.place, folder.bed.keys.fingerprint) == Verdicts(reader=True, standalone=True)
    (read,) = verify_folder(folder.place, folder.bed.keys.fingerprint).records
    assert read.run.clock_moved < timedelta(0)


# ---- what contradicts itself, signed by the home's own key


def said(statement: Json) -> Json:
    return statement["predicate"]["provision"]


def fail_a_test(first: Json, _second: Json) -> None:
    first["predicate"]["failedTests"] = ["control:location.on"]


def fail_a_control(first: Json, _second: Json) -> None:
    said(first)["controls"][0]["observed"] = "off"
    first["predicate"] |= {"failedTests": ["control:location.on"], "passedTests": []}


def break_a_proof(first: Json, _second: Json) -> None:
    said(first)["proofs"][0]["result"] = "broken"
    first["predicate"]["failedTests"] = ["proof:settings-closed"]


def end_before_the_start(first: Json, _second: Json) -> None:
    said(first).update({"ended": "2025-03-01T11:00:00Z", "clock": "2025-03-01T11:00:00Z"})


def end_the_seal_before_its_order(_first: Json, second: Json) -> None:
    second["predicate"]["ended"] = "2025-03-01T12:00:01Z"


def lose_the_run(first: Json, _second: Json) -> None:
    del said(first)["runId"]


def change(*path: str | int, to: Json, second: bool = False) -> Callable[[Json, Json], None]:
    """Put another value at a place of the first or of the second statement."""

    def act(first: Json, other: Json) -> None:
        place = other if second else first
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    act.__name__ = f"{'/'.join(map(str, path))}={to!r:.40}{' in the seal' if second else ''}"
    return act


OURS = ("predicate", "provision")
DEEP: Json = 1
for _level in range(200):
    DEEP = [DEEP]
WRONG = (
    fail_a_test,
    fail_a_control,
    break_a_proof,
    end_before_the_start,
    end_the_seal_before_its_order,
    lose_the_run,
    change(*OURS, "reason", to="tablet-hung"),
    change(*OURS, "firstError", to="an error"),
    change(*OURS, "firstError", to=""),
    change(*OURS, "deviations", to=["left"]),
    change(*OURS, "outcome", to="failed"),
    change(*OURS, "outcome", to="finished"),
    change(*OURS, "outcome", to=["done"]),
    change(*OURS, "version", to=True),
    change(*OURS, "version", to=2),
    change(*OURS, "runId", to=7),
    change(*OURS, "runId", to="../run"),
    change(*OURS, "assetId", to=None),
    change(*OURS, "slot", to=3),
    change(*OURS, "started", to="2025-03-01T12:01:00+00:00"),
    change(*OURS, "started", to="2025-02-30T12:01:00Z"),
    change(*OURS, "ended", to="2025-03-01T12:01:60Z"),
    change(*OURS, "ended", to="0999-03-01T12:01:00Z"),
    change(*OURS, "clock", to="now"),
    change(*OURS, "clock", to=None),
    change(*OURS, "road", to="rail"),
    change(*OURS, "changes", to="location on"),
    change(*OURS, "controls", to={}),
    change(*OURS, "controls", 0, "assurance", to="sworn"),
    change(*OURS, "controls", 0, "control", to="coffee.hot"),  # and its test is not called so
    change(*OURS, "controls", 0, "control", to="Coffee"),
    change(*OURS, "reason", to="coffee-cold"),  # and the run is done all the same
    change("predicate", "reason", to="coffee-cold", second=True),
    change(*OURS, "controls", 0, "evidence", to=[1]),
    change(*OURS, "controls", 0, "more", to=1),
    change(*OURS, "proofs", 0, "result", to="tried"),
    change(*OURS, "proofs", 0, to="held"),
    change(*OURS, "seal", to="asked"),
    change(*OURS, "more", to=1),
    change(*OURS, "profile", to=DEEP),
    change(*OURS, "toolkitVersion", to=1.5),
    change(*OURS, "toolkitVersion", to=2**60),
    change(*OURS, "homeKind", to="training"),
    change("predicate", "result", to="FAILED"),
    change("predicate", "configuration", to={}),
    change("predicate", "configuration", 0, "name", to="toolkit"),
    change("predicate", "configuration", 0, "digest", to={"sha256": "1" * 63}),
    change("predicate", "configuration", 0, "name", to=["site"]),
    change("predicate", "configuration", 0, "digest", to={"sha256": ""}),
    change("predicate", to=[]),
    change("subject", to=[]),
    change("subject", 0, "name", to="state"),
    change("subject", 0, "digest", "md5", to="1"),
    change("_type", to="https://in-toto.io/Statement/v2"),
    change("predicateType", to="https://provision.invalid/seal/v1"),
    change("more", to=1),
    change("predicate", "sealed", to=1, second=True),
    change("predicate", "sealed", to=False, second=True),
    change("predicate", "outcome", to="failed", second=True),
    change("predicate", "reason", to="seal-not-seen", second=True),
    change("predicate", "ordered", to=None, second=True),
    change("predicate", "ordered", to="2025-03-01", second=True),
    change("predicate", "ended", to=1, second=True),
    change("predicate", "seen", to="closed", second=True),
    change("predicate", "version", to=True, second=True),
    change("predicate", "runId", to="run-2", second=True),
    change("predicate", "more", to=1, second=True),
    change("predicate", to="sealed", second=True),
    change("subject", to=[{}], second=True),
    change("subject", 0, "name", to="identity", second=True),
    change("predicateType", to="https://in-toto.io/attestation/test-result/v0.1", second=True),
)


@pytest.mark.parametrize("contradict", WRONG, ids=lambda act: act.__name__)
def test_what_contradicts_itself_is_refused_by_both_whoever_signed_it(
    contradict: Callable[[Json, Json], None], folder: Folder
) -> None:
    statements = folder.statements()
    contradict(*statements)
    folder.sign_again(statements)
    assert judge(folder.place, folder.bed.keys.fingerprint) == Verdicts(reader=False, standalone=False)


# ---- what a later version signs


def a_reason(first: Json, second: Json) -> None:
    said(first).update({"outcome": "done-with-warnings", "reason": "coffee-cold"})
    first["predicate"]["result"] = "WARNED"
    second["predicate"].update({"outcome": "done-with-warnings", "reason": "coffee-cold"})


def a_reason_of_the_seal(_first: Json, second: Json) -> None:
    second["predicate"].update({"outcome": "done-with-warnings", "reason": "coffee-cold", "sealed": False})


def a_control(first: Json, _second: Json) -> None:
    said(first)["controls"][0]["control"] = "coffee.hot"
    names = first["predicate"]["passedTests"]
    first["predicate"]["passedTests"] = [name.replace("location.on", "coffee.hot") for name in names]


def a_control_of_a_proof(first: Json, _second: Json) -> None:
    said(first)["proofs"][0]["control"] = "coffee.hot"


@pytest.mark.parametrize("say_more", [a_reason, a_reason_of_the_seal, a_control, a_control_of_a_proof])
def test_words_of_a_later_version_are_judged_by_none(
    say_more: Callable[[Json, Json], None], folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    statements, key = folder.statements(), folder.bed.keys.fingerprint
    say_more(*statements)
    folder.sign_again(statements)
    assert judge(folder.place, key) == Verdicts(reader=True, standalone=True, later=(1, 1))
    verdict = verify_folder(folder.place, key)
    assert verdict.records == ()
    assert "coffee" in verdict.unjudged[0]
    assert verify_record.main([str(folder.place), "--key", key]) == 2
    printed = capsys.readouterr().out
    assert [word in printed for word in ("NOT JUDGED: 1 record(s)", "coffee", "WRONG")] == [True, True, False]
    listed = CliRunner().invoke(command, ["addresses", str(folder.place)])
    assert isinstance(listed.exception, RecordLater)


def test_an_app_set_is_not_counted_against_a_record_of_a_later_version_in_silence(
    folder: Folder, tmp_path: Path
) -> None:
    statements = folder.statements()
    a_control(*statements)
    folder.sign_again(statements)
    home = tmp_path / "a home"
    create_home(home, HomeKind.TRAINING, 1, Details())
    shutil.copytree(folder.place, home / "records", dirs_exist_ok=True)
    told = CliRunner().invoke(apps, ["update", "--home", str(home), "--language", "en"])
    assert told.exit_code == 0, told.output
    assert "not counted, of a later version: " in told.stderr
    assert "0 of 0 known ones" in told.stdout


@pytest.mark.parametrize("say_more", [a_reason, a_control])
def test_a_record_of_a_later_version_that_was_changed_is_wrong(
    say_more: Callable[[Json, Json], None], folder: Folder
) -> None:
    statements = folder.statements()
    say_more(*statements)
    fail_a_test(*statements)
    folder.sign_again(statements)
    assert judge(folder.place, folder.bed.keys.fingerprint) == Verdicts(reader=False, standalone=False)


def junk_behind_the_checkpoint(folder: Folder) -> None:
    with (folder.place / "ledger/checkpoint").open("ab") as file:
        file.write(b"junk")


def a_line_of_nobody_behind_the_checkpoint(folder: Folder) -> None:
    with (folder.place / "ledger/checkpoint").open("ab") as file:
        file.write(b"junk\n")


def a_size_with_a_sign(folder: Folder) -> None:
    resign_checkpoint(folder, "+2")


def a_size_with_a_zero(folder: Folder) -> None:
    resign_checkpoint(folder, "02")


def resign_checkpoint(folder: Folder, size: str) -> None:
    path, keys = folder.place / "ledger/checkpoint", folder.bed.keys
    origin, _, root = path.read_text().partition("\n\n")[0].split("\n")
    text = f"{origin}\n{size}\n{root}\n"
    signature = bytes.fromhex(keys.signer.sign(text.encode()).signature)
    key_hash = base64.b64decode(path.read_text().split(" ")[-1])[:4]
    path.write_text(f"{text}\n— {origin} {base64.b64encode(key_hash + signature).decode()}\n")


def a_key_id_that_is_a_list(folder: Folder) -> None:
    lines = folder.bundle.read_bytes().splitlines()
    envelope = json.loads(lines[0])
    envelope["signatures"][0]["keyid"] = [envelope["signatures"][0]["keyid"]]
    folder.bundle.write_bytes(canonical(envelope) + b"\n" + lines[1] + b"\n")
    folder.sign_ledger()


def a_blank_line_behind_the_statements(folder: Folder) -> None:
    folder.bundle.write_bytes(folder.bundle.read_bytes() + b"\n")
    folder.sign_ledger(lambda leaves: leaves.pop())


def a_third_statement(folder: Folder) -> None:
    lines = folder.bundle.read_bytes().splitlines(keepends=True)
    folder.bundle.write_bytes(b"".join([*lines, lines[1]]))
    folder.sign_ledger(lambda leaves: leaves.pop())


def leaf(**changes: Json) -> Callable[[Folder], None]:
    def act(folder: Folder) -> None:
        folder.sign_ledger(lambda leaves: leaves[0].update(changes))

    act.__name__ = f"a leaf with {changes!r:.60}"
    return act


def a_document_of_another_spelling(folder: Folder) -> None:
    put_document(folder, b'{"serial": "R52N0001"}')


def a_document_that_is_a_list(folder: Folder) -> None:
    put_document(folder, b'["R52N0001"]')


def a_document_without_end(folder: Folder) -> None:
    put_document(folder, b'{"a":' + b"[" * 300 + b"]" * 300 + b"}")


def a_document_with_names_that_are_not_ascii(folder: Folder) -> None:
    put_document(folder, '{"é":1}'.encode())


def a_document_with_half_a_pair(folder: Folder) -> None:
    put_document(folder, b'{"a":"\\ud800"}')


def a_document_with_a_huge_number(folder: Folder) -> None:
    put_document(folder, b'{"a":9007199254740993}')


def put_document(folder: Folder, data: bytes) -> None:
    (folder.place / f"documents/{sha256_hex(data)}.json").write_bytes(data)
    statements = folder.statements()
    statements[0]["subject"][0]["digest"]["sha256"] = sha256_hex(data)
    folder.sign_again(statements)


def two_leaves_more(folder: Folder) -> None:
    """A bundle by another road to the same file."""

    def add(leaves: list[Json]) -> None:
        name = f"../{folder.place.name}/{folder.bundle.name}"
        leaves.append(leaves[0] | {"bundle": name, "index": 2})

    folder.sign_ledger(add)


FORMS = (
    junk_behind_the_checkpoint,
    a_line_of_nobody_behind_the_checkpoint,
    a_size_with_a_sign,
    a_size_with_a_zero,
    a_key_id_that_is_a_list,
    a_blank_line_behind_the_statements,
    a_third_statement,
    leaf(index=False),
    leaf(envelopes=True),
    leaf(time="2025-03-01T12:01:41Z"),
    leaf(time=0),
    leaf(sha256=[]),
    leaf(bundle=["A"]),
    leaf(more=1),
    a_document_of_another_spelling,
    a_document_that_is_a_list,
    a_document_without_end,
    a_document_with_names_that_are_not_ascii,
    a_document_with_half_a_pair,
    a_document_with_a_huge_number,
    two_leaves_more,
)


@pytest.mark.parametrize("spoil", FORMS, ids=lambda act: act.__name__)
def test_what_is_not_of_the_exact_form_is_refused_by_both(spoil: Callable[[Folder], None], folder: Folder) -> None:
    spoil(folder)
    assert judge(folder.place, folder.bed.keys.fingerprint) == Verdicts(reader=False, standalone=False)


SMALL = [
    bytes(32),
    bytes([1]) + bytes(31),
    (2**255 - 20).to_bytes(32, "little"),
    (2**255 - 19).to_bytes(32, "little"),
    (2**255 - 18).to_bytes(32, "little"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
]


@pytest.mark.parametrize("sign", [0, 128])
@pytest.mark.parametrize("point", SMALL, ids=bytes.hex)
def test_a_key_of_small_order_signs_for_nobody(point: bytes, sign: int, folder: Folder) -> None:
    """With such a key and R the identity, S = 0 fits one message in eight, or every one."""
    public = point[:31] + bytes([point[31] | sign])
    fingerprint = sha256_hex(public)
    statement = json.loads(base64.b64decode(json.loads((folder.place / "key.json").read_bytes())["payload"]))
    statement["predicate"]["publicKey"] = base64.b64encode(public).decode()
    statement["subject"][0]["digest"]["sha256"] = fingerprint
    refused = set()
    for nonce in SMALL:
        line = json.loads(folder.envelope(canonical(statement)))
        line["signatures"] = [{"keyid": fingerprint, "sig": base64.b64encode(nonce + bytes(32)).decode()}]
        (folder.place / "key.json").write_bytes(canonical(line) + b"\n")
        refused.add(judge(folder.place, fingerprint))
    assert refused == {Verdicts(reader=False, standalone=False)}


# ---- anything, anywhere


def flip(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([(data[at] if data else 0) ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def drop(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + data[at + chance.randint(1, 40) :]


def double(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + data[max(0, at - chance.randint(1, 200)) : at] + data[at:]


def insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.choice((0, len(data), chance.randrange(len(data) or 1)))
    return data[:at] + chance.choice((b"\n", b" ", b"\0", b"\r\n", b"\xff", b"{}", b"junk", b"=")) + data[at:]


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) or 1)]


def shuffle(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


CHANGES = (flip, flip, flip, drop, double, insert, insert, cut, shuffle)
PIECES: tuple[Json, ...] = (
    None, True, False, 0, 1, -1, 2**53 - 1, 2**53, 1.5, "", "done", "failed", "ward", "training", "é", "-", [], {},
    {"sha256": "0" * 64}, "0" * 64, "2025-03-01T12:01:00Z", "2025-03-01T12:01:40Z", "2024-02-29T00:00:00Z", "A-0001",
    "run-1", "coffee-cold", "coffee.hot", "enforced", "set", "unknown", "control:location.on", "identity",
    *(str(word) for words in (Outcome, Reason, Control, Assurance, ProofVerdict, HomeKind) for word in words),
)  # fmt: skip


def places_of(value: Json, path: tuple[Json, ...] = ()) -> Iterator[tuple[Json, ...]]:
    yield path
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places_of(value[step], (*path, step))


def contradict(chance: random.Random, statements: list[Json]) -> None:
    """Change something somewhere in what is signed."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        statement = chance.choice(statements)
        *way, last = chance.choice([place for place in places_of(statement) if place])
        at = statement
        for step in way:
            at = at[step]
        what = chance.randrange(5)
        if what == 0:
            del at[last]
        elif what == 1 and isinstance(at, dict):
            at[chance.choice(("more", "seal", "clock", "ended"))] = copy.deepcopy(chance.choice(PIECES))
        elif what == 2:
            at[last] = [copy.deepcopy(at[last])]
        elif what == 3 and isinstance(at, list):
            at.append(copy.deepcopy(at[last]))
        else:
            at[last] = copy.deepcopy(chance.choice(PIECES))


@contextmanager
def restored(file: Path) -> Iterator[bytes]:
    data = file.read_bytes()
    yield data
    if file.is_dir():
        file.rmdir()
    file.write_bytes(data)


def count_mutations(folder: Folder, seed: int, count: int) -> tuple[list[str], int]:
    """Change one file at a time; returns what the verifiers do not agree on, and how many were taken by both."""
    chance, key = random.Random(seed), folder.bed.keys.fingerprint  # noqa: S311 # chance, no secret
    files, differ, taken = folder.files(), [], 0
    kept = (folder.place / "ledger/checkpoint").read_bytes()
    for number in range(count):
        change, outside = chance.choice(CHANGES), chance.random() < 0.1
        file = chance.choice(files)
        with restored(file) as data:
            before = kept if outside else data
            after = change(chance, before)
            if not outside:
                file.write_bytes(after)
            verdicts = judge(folder.place, key, after if outside else kept)
        if not verdicts.agree or (verdicts.reader and after != before and not outside):
            name = "kept" if outside else file.name
            differ.append(f"{seed}/{number}: {change.__name__} of {name}: {verdicts}")
        taken += verdicts.reader
    return differ, taken


def count_contradictions(folder: Folder, seed: int, count: int) -> tuple[list[str], int]:
    """Change what is signed and sign it again; returns as above."""
    chance, key = random.Random(seed), folder.bed.keys.fingerprint  # noqa: S311 # chance, no secret
    whole, differ, taken = folder.statements(), [], 0
    for number in range(count):
        statements = copy.deepcopy(whole)
        contradict(chance, statements)
        folder.sign_again(statements)
        verdicts = judge(folder.place, key)
        if not verdicts.agree:
            differ.append(f"{seed}/{number}: {verdicts}: {statements}")
        taken += verdicts.reader
    return differ, taken


def test_some_changes_get_one_verdict(folder: Folder) -> None:
    assert count_mutations(folder, seed=1, count=40)[0] == []


def test_some_contradictions_get_one_verdict(folder: Folder) -> None:
    assert count_contradictions(folder, seed=1, count=40)[0] == []


@pytest.mark.later
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_changes_get_one_verdict(seed: int, folder: Folder) -> None:
    assert count_mutations(folder, seed=100 + seed, count=1000)[0] == []


@pytest.mark.later
@pytest.mark.parametrize("seed", range(6))
def test_three_thousand_contradictions_get_one_verdict(seed: int, folder: Folder) -> None:
    differ, taken = count_contradictions(folder, seed=200 + seed, count=500)
    assert differ == []
    assert 0 < taken < 250  # some changes are none, or make another record that is right
