"""Which tablet is this: cases as data, and a bench full of twins over their resets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.errors import HomeError
from provision.identity.which import UNREAD, Asset, Certainty, digest_installation, is_placeholder, match_asset
from provision.state.assets import AssetBook

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/identity/which.yaml").read_text("utf-8"))
Case = Mapping[str, Any]


@pytest.mark.parametrize("serial", CASES["placeholders"])
def test_a_serial_that_cheap_firmwares_share_is_a_placeholder(serial: str) -> None:
    assert is_placeholder(serial)


@pytest.mark.parametrize("serial", CASES["serials"])
def test_a_real_serial_is_no_placeholder(serial: str) -> None:
    assert not is_placeholder(serial)


@pytest.mark.parametrize("case", CASES["matches"], ids=lambda case: case["name"])
def test_a_tablet_is_matched_or_asked_for_and_never_guessed(case: Case) -> None:
    known = [Asset(asset_id, serial, tuple(installations)) for asset_id, serial, installations in case["known"]]
    match = match_asset(case["serial"], case["installation"], known, frozenset(case.get("on_bench", ())))
    assert [match.asset.asset_id if match.asset else None, str(match.certainty)] == case["answer"]


def test_an_installation_is_kept_as_a_digest_and_a_missing_one_as_nothing() -> None:
    digest = digest_installation("9774d56d682e549c")
    assert digest is not None
    assert len(digest) == 64
    assert digest != digest_installation("9774d56d682e549d")
    assert digest_installation(None) is None
    assert digest_installation("") is None


def _book(folder: Path, prefix: str = "A") -> AssetBook:
    return AssetBook(folder / "assets.json", prefix)


def _plug_in(folder: Path, serial: str, installations: Iterable[str]) -> list[tuple[str, Certainty]]:
    """All at once on one bench, then all gone again; the list is read anew as a new station does."""
    book = _book(folder)
    found = [book.check_in(serial, digest_installation(name)) for name in installations]
    for asset, _ in found:
        book.check_out(asset.asset_id)
    return [(asset.asset_id, match.certainty) for asset, match in found]


@pytest.mark.parametrize("serial", ["0123456789ABCDEF", "", "unknown"])
def test_28_twins_with_a_shared_default_serial_stay_28_over_plugs_and_resets(serial: str, tmp_path: Path) -> None:
    first = _plug_in(tmp_path, serial, [f"first-{number}" for number in range(28)])
    again = _plug_in(tmp_path, serial, [f"first-{number}" for number in reversed(range(28))])
    reset = _plug_in(tmp_path, serial, [f"second-{number}" for number in range(28)])
    assert [asset_id for asset_id, _ in first] == [f"A-{number:04d}" for number in range(1, 29)]
    assert {certainty for _, certainty in first} == {Certainty.NEW}
    assert again == [(asset_id, Certainty.CERTAIN) for asset_id, _ in reversed(first)]
    assert {certainty for _, certainty in reset} == {Certainty.UNKNOWN}
    assert not {asset_id for asset_id, _ in reset} & {asset_id for asset_id, _ in first}


def test_28_twins_whose_serial_looks_real_are_told_apart_when_plugged_in_together(tmp_path: Path) -> None:
    first = _plug_in(tmp_path, "HY20150316", [f"first-{number}" for number in range(28)])
    again = _plug_in(tmp_path, "HY20150316", [f"first-{number}" for number in range(28)])
    reset = _plug_in(tmp_path, "HY20150316", [f"second-{number}" for number in range(28)])
    assert {certainty for _, certainty in first} == {Certainty.NEW}
    assert len({asset_id for asset_id, _ in first}) == 28
    assert again == [(asset_id, Certainty.CERTAIN) for asset_id, _ in first]
    assert {certainty for _, certainty in reset} == {Certainty.UNKNOWN}


def test_a_tablet_keeps_its_asset_id_over_its_resets(tmp_path: Path) -> None:
    seen = [_plug_in(tmp_path, "R52N1", [name])[0] for name in ("one", "two", "two", "three", "one")]
    assert seen == [  # a candidate stays one: only a label could make it certain
        ("A-0001", Certainty.NEW),
        ("A-0001", Certainty.CANDIDATE),
        ("A-0001", Certainty.CANDIDATE),
        ("A-0001", Certainty.CANDIDATE),
        ("A-0001", Certainty.CERTAIN),
    ]


def test_a_tablet_without_installation_is_written_down_once(tmp_path: Path) -> None:
    book = _book(tmp_path)
    asset, match = book.check_in("R52N1", None)
    book.check_out(asset.asset_id)
    assert (asset, match.certainty) == (Asset("A-0001", "R52N1", ()), Certainty.NEW)
    assert book.check_in("R52N1", None)[1].certainty is Certainty.CERTAIN


def test_numbers_go_on_after_the_highest_of_this_bench_and_not_of_another(tmp_path: Path) -> None:
    rows = [("A-0041", "S1"), ("B-0900", "S2"), ("A2-0500", "S3"), ("A-x-0700", "S4")]
    assets = [{"asset_id": asset_id, "serial": serial, "installations": []} for asset_id, serial in rows]
    (tmp_path / "assets.json").write_text(json.dumps({"version": 1, "assets": assets}))
    assert _book(tmp_path).check_in("NEW1", None)[0].asset_id == "A-0042"
    assert _book(tmp_path, "A-x").check_in("NEW2", None)[0].asset_id == "A-x-0701"
    assert _book(tmp_path, "C").check_in("NEW3", None)[0].asset_id == "C-0001"


def test_numbers_of_more_than_four_digits_go_on(tmp_path: Path) -> None:
    asset = {"asset_id": "A-9999", "serial": "S", "installations": []}
    (tmp_path / "assets.json").write_text(json.dumps({"version": 1, "assets": [asset]}))
    ids = [_book(tmp_path).check_in(serial, None)[0].asset_id for serial in ("N1", "N2")]
    assert ids == ["A-10000", "A-10001"]


def test_what_cannot_be_written_down_is_not_handed_out(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    book = _book(folder)
    folder.rmdir()
    with pytest.raises(OSError, match="No such file"):
        book.check_in("R52N1", "i1")
    folder.mkdir()
    assert book.check_in("R52N1", "i1")[1].certainty is Certainty.NEW
    assert _book(folder).check_in("R52N1", "i1")[1].certainty is Certainty.CERTAIN


@pytest.mark.parametrize(("text", "says"), CASES["damage"])
def test_a_damaged_list_is_an_error_that_names_the_file(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "assets.json"
    file.write_bytes(text.replace("@deep@", "[" * 100_000).encode("latin-1"))
    written = file.read_bytes()
    with pytest.raises(HomeError) as caught:
        AssetBook(file, "A")
    assert str(caught.value).startswith(f"{file}: ")
    assert says in str(caught.value)
    assert "put its backup back, or move it away" in str(caught.value)
    assert file.read_bytes() == written


def test_a_list_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"assets\.json"):
        AssetBook(_folder(tmp_path / "assets.json"), "A")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_lost_list_is_restored_from_the_records_and_no_number_is_given_twice(tmp_path: Path) -> None:
    book = AssetBook(tmp_path / "assets.json", "A")
    assert book.is_new
    book.restore([("A-0001", "R52N1"), ("A-0007", "R52N7"), ("A-0001", "R52N1"), ("unidentified", "X")])
    again = AssetBook(tmp_path / "assets.json", "A")
    assert not again.is_new
    assert again.check_in("R52N7", "i1")[1].certainty is Certainty.CANDIDATE
    assert again.check_in("R52N9", "i2")[0].asset_id == "A-0008"


def test_a_tablet_that_answers_at_last_keeps_its_number_and_is_known_from_then_on(tmp_path: Path) -> None:
    book = AssetBook(tmp_path / "assets.json", "A")
    book.check_out(book.check_in("R52N1", None)[0].asset_id)
    asset, match = book.check_in("R52N1", "i1")
    assert (asset, match.certainty) == (Asset("A-0001", "R52N1", ("i1",)), Certainty.CERTAIN)
    book.check_out("A-0001")
    assert AssetBook(tmp_path / "assets.json", "A").check_in("R52N1", "i1")[1].certainty is Certainty.CERTAIN


def test_a_tablet_without_an_installation_to_tell_is_never_certain(tmp_path: Path) -> None:
    book = AssetBook(tmp_path / "assets.json", "A")
    book.check_out(book.check_in("R52N1", UNREAD)[0].asset_id)
    assert book.check_in("R52N1", UNREAD)[1].certainty is Certainty.CANDIDATE
