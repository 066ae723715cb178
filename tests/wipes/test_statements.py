"""The signed statements of a wipe: they read back as they were written, and nothing altered or copied counts."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import HomeError, RecordError
from provision.records.keys import create_keys, load_keys
from provision.site.secret import Secret
from provision.terms import HomeKind
from provision.wipes.folder import AGREEMENT, ORDER, OpenWipe, WipeFolder
from provision.wipes.second_key import FILE, create_second_key, load_second_key, read_second_key
from provision.wipes.statements import WipeEnd, WipeOrder, WipeOutcome

PASSPHRASE = Secret(b"correct horse battery")
WHO = ("samsung", "SM-T510", "R52N123", "a" * 64, "don-A-0007")
MADE = WipeOrder(HomeKind.WARD, "A-0001", *WHO, "tech-1", "asked back", "2026-03-04T05:06:07Z")
SEEN = WipeEnd(WipeOutcome.SEEN, "tech-1", "2026-03-05T05:06:07Z", ("no account",))


@pytest.fixture
def wipes(tmp_path: Path) -> WipeFolder:
    """A home with both keys."""
    create_keys(tmp_path / "home/keys", HomeKind.WARD, "test.example/a")
    second = create_second_key(tmp_path / "second.pem", tmp_path / "home/keys", PASSPHRASE)
    return WipeFolder(tmp_path / "home", load_keys(tmp_path / "home/keys"), second)


def find(wipes: WipeFolder, tablet: str = "A-0001") -> OpenWipe:
    """Find a wipe that is open."""
    found = wipes.find_open(tablet)
    assert found is not None
    return found


def agree(wipes: WipeFolder) -> None:
    """Let the second person agree to the open wipe."""
    signer = read_second_key(wipes.home.parent / "second.pem", PASSPHRASE, wipes.second)
    wipes.agree(find(wipes), "chief", "2026-03-04T06:06:07Z", signer)


def read(file: Path) -> dict[str, object]:
    """What an envelope says, its signature aside."""
    said: dict[str, object] = json.loads(b64decode(json.loads(file.read_text())["payload"]))
    return said


def test_a_wipe_goes_through_two_persons_and_ends_once(wipes: WipeFolder) -> None:
    assert wipes.find_open("A-0001") is None
    wipes.order(MADE)
    assert (find(wipes).order, find(wipes).agreement) == (MADE, None)
    with pytest.raises(RecordError, match="nobody agreed"):
        wipes.end(find(wipes), SEEN, "provision 1")
    agree(wipes)
    with pytest.raises(RecordError):
        agree(wipes)
    file = wipes.end(find(wipes), SEEN, "provision 1")
    assert wipes.find_open("A-0001") is None
    ended = wipes.find_ended("A-0001")
    assert ended is not None
    assert (ended.order, ended.end) == (MADE, SEEN)
    assert sorted(each.name for each in file.parent.iterdir()) == [AGREEMENT, ORDER, "wipe.json"]


@pytest.mark.parametrize(("outcome", "category"), [(WipeOutcome.SEEN, "Clear"), (WipeOutcome.NOT_SEEN, None)])
def test_only_what_was_seen_is_claimed(wipes: WipeFolder, outcome: WipeOutcome, category: str | None) -> None:
    wipes.order(MADE)
    agree(wipes)
    predicate = read(wipes.end(find(wipes), WipeEnd(outcome, "tech-1", SEEN.at, ()), "provision 1"))["predicate"]
    assert isinstance(predicate, dict)
    told = predicate["sanitization"]
    assert (predicate["outcome"], told["category"], told["verification"] is None) == (
        outcome,
        category,
        category is None,
    )
    assert [told[name] is None for name in ("technique", "verifiedBy")] == [category is None] * 2
    assert predicate["endedBy"] == "tech-1"
    assert (told["orderedBy"], told["agreedBy"], told["propertyNumber"]) == ("tech-1", "chief", "A-0001")


def test_an_order_by_a_clock_that_went_back_is_refused(wipes: WipeFolder) -> None:
    wipes.order(MADE)
    for at in (MADE.at, "2025-03-04T05:06:07Z"):
        with pytest.raises(RecordError, match="clock"):
            wipes.order(replace(MADE, at=at))


def test_the_end_of_another_wipe_ends_none(wipes: WipeFolder) -> None:
    wipes.order(MADE)
    agree(wipes)
    end = wipes.end(find(wipes), SEEN, "provision 1")
    wipes.order(replace(MADE, at="2027-03-04T05:06:07Z"))
    agree(wipes)
    shutil.copy(end, find(wipes).folder / end.name)
    with pytest.raises(RecordError, match="another wipe"):
        wipes.find_ended("A-0001")


def _copy_to_another_tablet(wipes: WipeFolder) -> None:
    shutil.copytree(wipes.home / "wipes/A-0001", wipes.home / "wipes/A-0002")


def _flip_the_order(wipes: WipeFolder) -> None:
    [file] = (wipes.home / "wipes").glob(f"*/*/{ORDER}")
    said = json.loads(file.read_text())
    said["payload"] = said["payload"][:40] + ("A" if said["payload"][40] != "A" else "B") + said["payload"][41:]
    file.write_text(json.dumps(said, separators=(",", ":")) + "\n")


def _take_the_order_for_the_word(wipes: WipeFolder) -> None:
    [file] = (wipes.home / "wipes").glob(f"*/*/{ORDER}")
    shutil.copy(file, file.with_name(AGREEMENT))


def _take_the_word_on_another_order(wipes: WipeFolder) -> None:
    agree(wipes)
    [word] = (wipes.home / "wipes").glob(f"*/*/{AGREEMENT}")
    wipes.order(WipeOrder(HomeKind.WARD, "A-0001", *WHO, "tech-1", "another", "2027-03-04T05:06:07Z"))
    shutil.copy(word, find(wipes).folder / AGREEMENT)


@pytest.mark.parametrize(
    ("attack", "tablet"),
    [
        (_copy_to_another_tablet, "A-0002"),
        (_flip_the_order, "A-0001"),
        (_take_the_order_for_the_word, "A-0001"),
        (_take_the_word_on_another_order, "A-0001"),
    ],
)
def test_what_was_altered_or_copied_counts_for_nothing(
    wipes: WipeFolder, attack: Callable[[WipeFolder], None], tablet: str
) -> None:
    wipes.order(MADE)
    attack(wipes)
    with pytest.raises(RecordError):
        wipes.find_open(tablet)


def test_the_second_key_opens_by_its_passphrase_and_in_its_home_alone(wipes: WipeFolder, tmp_path: Path) -> None:
    file = tmp_path / "second.pem"
    assert load_second_key(tmp_path / "home/keys") == wipes.second
    assert (file.stat().st_mode & 0o777, b"ENCRYPTED" in file.read_bytes()) == (0o600, True)
    with pytest.raises(HomeError, match="another passphrase"):
        read_second_key(file, Secret(b"another one"), wipes.second)
    (tmp_path / "other").mkdir()
    other = create_second_key(tmp_path / "other.pem", tmp_path / "other", PASSPHRASE)
    with pytest.raises(HomeError, match="another key"):
        read_second_key(file, PASSPHRASE, other)
    with pytest.raises(HomeError, match="cannot be written"):
        create_second_key(tmp_path / "third.pem", tmp_path / "home/keys", PASSPHRASE)
    for spoilt in ("{}", "[]", '{"publicKey":"zz"}', '{"publicKey":' + "1" * 64 + "}", "no JSON"):
        (tmp_path / "other" / FILE).write_text(spoilt)
        with pytest.raises(HomeError):
            load_second_key(tmp_path / "other")
