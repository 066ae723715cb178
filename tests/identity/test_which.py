"""Which tablet is this: cases as data, and a bench full of twins over their resets."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from state_file import change_state

from provision.errors import HomeError
from provision.identity.shared_serials import is_placeholder
from provision.identity.which import UNREAD, Asset, Certainty, Standing, digest_installation, match_asset
from provision.state.sql.asset_registry import AssetRegistry
from provision.state.sql.bench_state import BenchState
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/identity/which.yaml")
Case = Mapping[str, Any]


@pytest.mark.parametrize("serial", CASES["placeholders"])
def test_a_serial_that_cheap_firmwares_share_is_a_placeholder(serial: str) -> None:
    assert is_placeholder(serial)


def compute_rockchip_serial(cpu_id: list[int]) -> str:
    """As Rockchip's boot loader does: two CRCs without complement, of the odd and of the even bytes."""
    low = zlib.crc32(bytes(cpu_id[1::2]), 0xFFFFFFFF) ^ 0xFFFFFFFF
    high = zlib.crc32(bytes(cpu_id[::2]), low ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
    return f"{high:08x}{low:08x}"


def test_the_defaults_of_rockchip_are_those_that_its_boot_loader_computes() -> None:
    state, random = 1, []
    for _ in range(16):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        random.append(state & 0xFF)
    assert compute_rockchip_serial(random) == "c3d9b8674f4b94f6"
    assert all(is_placeholder(compute_rockchip_serial(each)) for each in (random, [0] * 16, [255] * 16))


@pytest.mark.parametrize("serial", CASES["serials"])
def test_a_real_serial_is_no_placeholder(serial: str) -> None:
    assert not is_placeholder(serial)


@pytest.mark.parametrize("case", CASES["matches"], ids=lambda case: case["name"])
def test_a_tablet_is_matched_or_asked_for_and_never_guessed(case: Case) -> None:
    known = [Asset(asset_id, serial, tuple(installations)) for asset_id, serial, installations in case["known"]]
    match = match_asset(case["serial"], case["installation"], known, frozenset(case.get("on_bench", ())))
    assert [match.asset.asset_id if match.asset else None, str(match.certainty)] == case["answer"]


def _known(asset_id: str, serial: str, installations: Iterable[str], labels: Mapping[str, list[str]]) -> Asset:
    """A known tablet of a case."""
    checks = {name: frozenset(digests) for name, digests in labels.items()}
    return Asset(asset_id, serial, tuple(installations), **checks)


@pytest.mark.parametrize(
    "case", [*CASES["carried"], *CASES["asked"], *CASES["confirmed"]], ids=lambda case: case["name"]
)
def test_a_number_is_taken_from_the_tablet_or_from_a_person_and_a_guess_stays_one(case: Case) -> None:
    known = [_known(*row, *([{}] if len(row) == 3 else [])) for row in case["known"]]
    on_bench = frozenset(case.get("on_bench", ()))
    standing = Standing(case.get("standing", "given"))
    match = match_asset(case["serial"], case["installation"], known, on_bench, case.get("carried"), standing)
    found = match.asset.asset_id if match.asset else None
    assert [found, str(match.certainty), str(match.basis)] == case["answer"]


def test_an_installation_is_kept_as_a_digest_and_a_missing_one_as_nothing() -> None:
    digest = digest_installation("9774d56d682e549c")
    assert digest is not None
    assert len(digest) == 64
    assert digest != digest_installation("9774d56d682e549d")
    assert digest_installation(None) is None
    assert digest_installation("") is None


def _book(state: BenchState, prefix: str = "A") -> AssetRegistry:
    return state.open_registry(prefix)


def _plug_in(state: BenchState, serial: str, installations: Iterable[str]) -> list[tuple[str, Certainty]]:
    """All at once on one bench, then all gone again; as a new station sees them."""
    book = _book(state)
    found = [book.check_in(serial, digest_installation(name)) for name in installations]
    for asset, _ in found:
        book.check_out(asset.asset_id)
    return [(asset.asset_id, match.certainty) for asset, match in found]


@pytest.mark.parametrize("serial", ["0123456789ABCDEF", "", "unknown"])
def test_28_twins_with_a_shared_default_serial_stay_28_over_plugs_and_resets(
    serial: str, bench_state: BenchState
) -> None:
    first = _plug_in(bench_state, serial, [f"first-{number}" for number in range(28)])
    again = _plug_in(bench_state, serial, [f"first-{number}" for number in reversed(range(28))])
    reset = _plug_in(bench_state, serial, [f"second-{number}" for number in range(28)])
    assert [asset_id for asset_id, _ in first] == [f"A-{number:04d}" for number in range(1, 29)]
    assert {certainty for _, certainty in first} == {Certainty.NEW}
    assert again == [(asset_id, Certainty.CERTAIN) for asset_id, _ in reversed(first)]
    assert {certainty for _, certainty in reset} == {Certainty.UNKNOWN}
    assert not {asset_id for asset_id, _ in reset} & {asset_id for asset_id, _ in first}


def test_28_twins_whose_serial_looks_real_are_told_apart_when_plugged_in_together(bench_state: BenchState) -> None:
    first = _plug_in(bench_state, "HY20150316", [f"first-{number}" for number in range(28)])
    again = _plug_in(bench_state, "HY20150316", [f"first-{number}" for number in range(28)])
    reset = _plug_in(bench_state, "HY20150316", [f"second-{number}" for number in range(28)])
    assert {certainty for _, certainty in first} == {Certainty.NEW}
    assert len({asset_id for asset_id, _ in first}) == 28
    assert again == [(asset_id, Certainty.CERTAIN) for asset_id, _ in first]
    assert {certainty for _, certainty in reset} == {Certainty.UNKNOWN}


def test_a_tablet_keeps_its_asset_id_over_its_resets(bench_state: BenchState) -> None:
    seen = [_plug_in(bench_state, "R52N1", [name])[0] for name in ("one", "two", "two", "three", "one")]
    assert seen == [  # a candidate stays one: only a label could make it certain
        ("A-0001", Certainty.NEW),
        ("A-0001", Certainty.CANDIDATE),
        ("A-0001", Certainty.CANDIDATE),
        ("A-0001", Certainty.CANDIDATE),
        ("A-0001", Certainty.CERTAIN),
    ]


def test_a_tablet_without_installation_is_written_down_once(bench_state: BenchState) -> None:
    book = _book(bench_state)
    asset, match = book.check_in("R52N1", None)
    book.check_out(asset.asset_id)
    assert (asset, match.certainty) == (Asset("A-0001", "R52N1", ()), Certainty.NEW)
    assert book.check_in("R52N1", None)[1].certainty is Certainty.CERTAIN


def test_numbers_go_on_after_the_highest_of_this_bench_and_not_of_another(bench_state: BenchState) -> None:
    rows = [("A-0041", "S1"), ("B-0900", "S2"), ("A2-0500", "S3"), ("A-x-0700", "S4")]
    _book(bench_state).restore(rows)
    assert _book(bench_state).check_in("NEW1", None)[0].asset_id == "A-0042"
    assert _book(bench_state, "A-x").check_in("NEW2", None)[0].asset_id == "A-x-0701"
    assert _book(bench_state, "C").check_in("NEW3", None)[0].asset_id == "C-0001"


def test_numbers_of_more_than_four_digits_go_on(bench_state: BenchState) -> None:
    _book(bench_state).restore([("A-9999", "S")])
    ids = [_book(bench_state).check_in(serial, None)[0].asset_id for serial in ("N1", "N2")]
    assert ids == ["A-10000", "A-10001"]


def test_what_cannot_be_written_down_is_not_handed_out(bench_state: BenchState, tmp_path: Path) -> None:
    registry = bench_state.open_registry("A")
    change_state(tmp_path, "CREATE TRIGGER t BEFORE INSERT ON asset_installation BEGIN SELECT RAISE(ABORT, 'x'); END")
    with pytest.raises(HomeError, match=r"state\.sqlite"):
        registry.check_in("R52N1", "i1")
    change_state(tmp_path, "DROP TRIGGER t")
    assert registry.check_in("R52N1", "i1")[1].certainty is Certainty.NEW
    assert _book(bench_state).check_in("R52N1", "i1")[1].certainty is Certainty.CERTAIN


def test_a_lost_list_is_restored_from_the_records_and_no_number_is_given_twice(bench_state: BenchState) -> None:
    book = _book(bench_state)
    assert book.is_empty
    book.restore([("A-0001", "R52N1"), ("A-0007", "R52N7"), ("A-0001", "R52N1"), ("unidentified", "X")])
    again = _book(bench_state)
    assert not again.is_empty
    assert again.check_in("R52N7", "i1")[1].certainty is Certainty.CANDIDATE
    assert again.check_in("R52N9", "i2")[0].asset_id == "A-0008"


def test_a_list_that_is_an_older_copy_learns_what_the_records_know_besides(bench_state: BenchState) -> None:
    book = _book(bench_state)
    book.check_out(book.check_in("R52N1", "i1")[0].asset_id)
    book.restore([("A-0001", "R52N1"), ("A-0002", "R52N2")])
    assert book.check_in("R52N1", "i1")[1].certainty is Certainty.CERTAIN
    assert book.check_in("R52N3", "i3")[0].asset_id == "A-0003"
    assert book.check_in("R52N2", "i2")[1].certainty is Certainty.CANDIDATE


@pytest.mark.parametrize(
    ("carried", "given", "after"),
    [
        ("A-0042", "A-0042", "A-0043"),  # as after the loss of the list: asked about, and counted on from
        ("A-10000", "A-10000", "A-10001"),
        ("A-10001", "A-0001", "A-0002"),  # no tablet moves the numbers of a bench where it likes
        ("A-99999999", "A-0001", "A-0002"),
        ("A-42", "A-0001", "A-0002"),
        ("A-00000042", "A-0001", "A-0002"),
        ("A-0000", "A-0001", "A-0002"),
        ("B-99999999", "B-99999999", "A-0001"),
    ],
)
def test_a_number_that_nobody_here_gave_is_believed_within_bounds(
    carried: str, given: str, after: str, bench_state: BenchState
) -> None:
    book = _book(bench_state)
    asset, match = book.check_in("R52N1", "i1", carried)
    assert (asset.asset_id, match.certainty is Certainty.CERTAIN) == (given, carried.startswith("B"))
    assert book.check_in("R52N2", "i2")[0].asset_id == after


def test_a_tablet_that_answers_at_last_keeps_its_number_and_is_known_from_then_on(bench_state: BenchState) -> None:
    book = _book(bench_state)
    book.check_out(book.check_in("R52N1", None)[0].asset_id)
    asset, match = book.check_in("R52N1", "i1")
    assert (asset, match.certainty) == (Asset("A-0001", "R52N1", ("i1",)), Certainty.CERTAIN)
    book.check_out("A-0001")
    assert _book(bench_state).check_in("R52N1", "i1")[1].certainty is Certainty.CERTAIN


def test_a_tablet_without_an_installation_to_tell_is_never_certain(bench_state: BenchState) -> None:
    book = _book(bench_state)
    book.check_out(book.check_in("R52N1", UNREAD)[0].asset_id)
    assert book.check_in("R52N1", UNREAD)[1].certainty is Certainty.CANDIDATE
