"""Keys of a home: made once, read back, and refused when anything about them changed."""

from __future__ import annotations

import base64
import json
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.errors import RecordError
from provision.records.envelope import sign_envelope
from provision.records.keys import (
    DESCRIPTOR_NAME,
    PRIVATE_NAME,
    HomeKeys,
    create_keys,
    load_keys,
    read_descriptor,
    show_fingerprint,
)
from provision.terms import HomeKind

CREATED = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> HomeKeys:
    return create_keys(tmp_path / "keys", HomeKind.TRAINING, "test.example/bench-a", at=CREATED)


def test_a_key_reads_back_with_kind_origin_and_fingerprint(made: HomeKeys, tmp_path: Path) -> None:
    loaded = load_keys(tmp_path / "keys")
    assert (loaded.kind, loaded.origin) == (HomeKind.TRAINING, "test.example/bench-a")
    assert loaded.fingerprint == made.fingerprint == loaded.public.keyid
    assert loaded.home.created == "2025-03-01T12:00:00Z"


def test_the_private_key_is_for_its_owner_only_and_shows_nowhere(made: HomeKeys, tmp_path: Path) -> None:
    path = tmp_path / "keys" / PRIVATE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    body = path.read_text().splitlines()[1]
    assert body not in repr(made)
    assert body.encode() not in (tmp_path / "keys" / DESCRIPTOR_NAME).read_bytes()
    assert sorted(one.name for one in path.parent.iterdir()) == [DESCRIPTOR_NAME, PRIVATE_NAME]


def test_a_fingerprint_is_shown_in_eight_groups_of_eight(made: HomeKeys) -> None:
    groups = show_fingerprint(made.fingerprint).split(" ")
    assert [len(group) for group in groups] == [8] * 8
    assert "".join(groups) == made.fingerprint


@pytest.mark.parametrize("left", [DESCRIPTOR_NAME, PRIVATE_NAME])
def test_a_key_is_never_overwritten(made: HomeKeys, tmp_path: Path, left: str) -> None:
    (tmp_path / "keys" / ({DESCRIPTOR_NAME, PRIVATE_NAME} - {left}).pop()).unlink()
    before = (tmp_path / "keys" / left).read_bytes()
    with pytest.raises(RecordError, match="never overwritten"):
        create_keys(tmp_path / "keys", made.kind, made.origin)
    assert (tmp_path / "keys" / left).read_bytes() == before


@pytest.mark.parametrize("origin", ["", "with space", "plus+plus", "line\n", "ümlaut", "/first", "x" * 100])
def test_an_origin_that_no_checkpoint_could_carry_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(RecordError, match="origin"):
        create_keys(tmp_path / "keys", HomeKind.WARD, origin)
    assert not (tmp_path / "keys").exists()


def claim_ward(folder: Path, _other: Path) -> None:
    """Edit the kind inside the signed payload."""
    path = folder / DESCRIPTOR_NAME
    envelope = json.loads(path.read_bytes())
    statement = read_payload(path).replace(b"training", b"ward")
    envelope["payload"] = to_base64(statement)
    path.write_bytes(json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n")


def swap_private(folder: Path, other: Path) -> None:
    shutil.copy(other / PRIVATE_NAME, folder / PRIVATE_NAME)


def swap_descriptor(folder: Path, other: Path) -> None:
    shutil.copy(other / DESCRIPTOR_NAME, folder / DESCRIPTOR_NAME)


def open_to_group(folder: Path, _other: Path) -> None:
    (folder / PRIVATE_NAME).chmod(0o640)


def remove_private(folder: Path, _other: Path) -> None:
    (folder / PRIVATE_NAME).unlink()


def remove_descriptor(folder: Path, _other: Path) -> None:
    (folder / DESCRIPTOR_NAME).unlink()


def spoil_private(folder: Path, _other: Path) -> None:
    (folder / PRIVATE_NAME).write_text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")


def cut_descriptor(folder: Path, _other: Path) -> None:
    path = folder / DESCRIPTOR_NAME
    path.write_bytes(path.read_bytes()[:-40])


MISHAPS: dict[Callable[[Path, Path], None], str] = {
    claim_ward: "does not fit",
    swap_private: "expected the private key of",
    swap_descriptor: "expected the private key of",
    open_to_group: "0640",
    remove_private: "cannot be read",
    remove_descriptor: "cannot be read",
    spoil_private: "PKCS#8",
    cut_descriptor: "expected",
}


@pytest.mark.parametrize(("mishap", "said"), MISHAPS.items(), ids=lambda one: getattr(one, "__name__", one))
def test_a_changed_keys_folder_is_refused_with_the_file_and_no_secret(
    made: HomeKeys, tmp_path: Path, mishap: Callable[[Path, Path], None], said: str
) -> None:
    assert load_keys(tmp_path / "keys") is not made
    create_keys(tmp_path / "other", HomeKind.WARD, "test.example/bench-b")
    mishap(tmp_path / "keys", tmp_path / "other")
    with pytest.raises(RecordError, match=said) as caught:
        load_keys(tmp_path / "keys")
    assert str(tmp_path / "keys") in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)


def test_a_path_that_a_key_uri_cannot_carry_is_refused_clearly(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="key URI"):
        create_keys(tmp_path / "bench #2", HomeKind.WARD, "test.example/bench-a")
    assert not list(tmp_path.iterdir())


DESCRIPTORS = {
    "a member more": lambda said: said["predicate"].update(owner="x"),
    "an unknown kind": lambda said: said["predicate"].update(homeKind="hospital"),
    "no time": lambda said: said["predicate"].update(created="now"),
    "an origin with a space": lambda said: said["predicate"].update(origin="a b"),
    "a short key": lambda said: said["predicate"].update(publicKey="AAAA"),
    "another subject": lambda said: said["subject"][0].update(name="other"),
    "another type": lambda said: said.update(predicateType="https://example.com"),
}


@pytest.mark.parametrize("edit", DESCRIPTORS.values(), ids=DESCRIPTORS.keys())
def test_a_descriptor_that_is_not_exact_is_refused_even_when_its_key_signed_it(
    made: HomeKeys, tmp_path: Path, edit: Callable[[dict], None]
) -> None:
    said = json.loads(read_payload(tmp_path / "keys" / DESCRIPTOR_NAME))
    assert read_descriptor(sign_envelope(said, made.signer), "key.json").origin == made.origin
    edit(said)
    with pytest.raises(RecordError, match=r"key\.json"):
        read_descriptor(sign_envelope(said, made.signer), "key.json")


def read_payload(path: Path) -> bytes:
    return base64.b64decode(json.loads(path.read_bytes())["payload"])


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
