"""Profiles: layers with origins, one best match, and a README that says what the schema says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provision.errors import ConfigurationError
from provision.facts.props import Props
from provision.identity.identify import identify
from provision.profiles.describe import describe_schema
from provision.profiles.load import load_profiles
from provision.profiles.match import choose
from provision.profiles.model import MatchedOn, Profile
from provision.profiles.needed import find_family
from provision.profiles.schema import Kind, Mark, Safety, Status
from provision.terms import Reason
from tests.case_files import load_shipped, read_cases

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "device_profiles"
CONFIRMED = "status: confirmed\ntranscript: a-tablet.jsonl\n"
BASE = {
    "common.yaml": "status: draft\nhands_first: [{en: first, fr: d'abord}]\n",
    "acme/vendor.yaml": (
        "status: draft\nkind: tablet\nmatch: [{prop: ro.product.manufacturer, equals: [Acme]}]\n"
        "hands_first: [{en: then, fr: ensuite}]\n"
    ),
    "acme/one.yaml": (
        CONFIRMED + "kind: ereader\nmatch: [{prop: ro.product.model, starts_with: [ONE-]}]\n"
        "hands_first: [{en: last, fr: enfin}]\n"
    ),
}
ONE = {"ro.product.manufacturer": "ACME", "ro.product.model": "one-7 "}


def _cases(name: str) -> list[Any]:
    cases = read_cases(ROOT / "tests/cases/profiles" / name)
    return [pytest.param(case, id=case.get("title")) for case in cases]


def _write(folder: Path, files: dict[str, str | None]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text.replace("@10k@", "x" * 10_000), "utf-8")
    return folder


@pytest.mark.parametrize("case", _cases("faults.yaml"))
def test_a_wrong_profile_names_file_line_and_key(case: dict[str, Any], tmp_path: Path) -> None:
    _write(tmp_path, {**BASE, **case["files"]})
    with pytest.raises(ConfigurationError) as caught:
        load_profiles(tmp_path)
    found = caught.value.faults
    assert len(found) == len(case["faults"]), str(caught.value)
    for fault, expected in zip(found, case["faults"], strict=True):
        wanted = expected | {"file": tmp_path / expected["file"]}
        assert {name: getattr(fault, name) for name in wanted} == wanted
        assert len(str(fault)) < 1000
        assert str(fault).isprintable()


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no file"):
        load_profiles(tmp_path / "nothing")


def test_lists_are_appended_and_every_value_knows_its_file(tmp_path: Path) -> None:
    one = choose(ONE, load_profiles(_write(tmp_path, dict(BASE))))
    common, vendor, own = (tmp_path / name for name in BASE)
    assert (one.name, one.matched_on, one.file) == ("acme/one", MatchedOn.MODEL, own)
    assert [text.en for text in one.hands_first] == ["first", "then", "last"]
    assert (one.status, one.kind) == (Status.CONFIRMED, Kind.EREADER)
    assert one.origins == {
        "status": own,
        "kind": own,
        "match[0]": vendor,
        "match[1]": own,
        "hands_first[0]": common,
        "hands_first[1]": vendor,
        "hands_first[2]": own,
    }


def test_a_value_a_layer_leaves_out_keeps_the_file_that_said_it(tmp_path: Path) -> None:
    files = BASE | {"acme/one.yaml": BASE["acme/one.yaml"].replace("kind: ereader\n", "")}
    one = choose(ONE, load_profiles(_write(tmp_path, dict(files))))
    assert (one.kind, one.origins["kind"]) == (Kind.TABLET, tmp_path / "acme/vendor.yaml")


def test_the_diagonal_is_the_models_own_and_a_profile_without_one_keeps_its_digest(tmp_path: Path) -> None:
    told = {"acme/vendor.yaml": BASE["acme/vendor.yaml"] + "diagonal_mm: 257\n"}
    plain = choose(ONE, load_profiles(_write(tmp_path, dict(BASE))))
    vendors = choose(ONE, load_profiles(_write(tmp_path, told)))
    own = choose(ONE, load_profiles(_write(tmp_path, {"acme/one.yaml": BASE["acme/one.yaml"] + "diagonal_mm: 178\n"})))
    assert [each.diagonal_mm for each in (plain, vendors, own)] == [None, 257, 178]
    assert own.origins["diagonal_mm"] == tmp_path / "acme/one.yaml"
    assert len({each.digest for each in (plain, vendors, own)}) == 3
    assert plain.digest == "df22408bc06c1e9a89c73d3606f5b55e5bde0d81724b922e7303ba65c81acf24"


def test_a_model_needs_its_vendors_rules_too(tmp_path: Path) -> None:
    profiles = load_profiles(_write(tmp_path, dict(BASE)))
    assert choose(ONE | {"ro.product.manufacturer": "Other"}, profiles).name == "common"
    assert choose(ONE | {"ro.product.model": "TWO-7"}, profiles).name == "acme"


def test_more_rules_beat_fewer(tmp_path: Path) -> None:
    closer = (
        "status: draft\nmatch: [{prop: ro.product.model, starts_with: [one]}, {prop: ro.product.device, equals: [x]}]\n"
    )
    profiles = load_profiles(_write(tmp_path, {**BASE, "acme/closer.yaml": closer}))
    assert choose(ONE, profiles).name == "acme/one"
    assert choose(ONE | {"ro.product.device": "X"}, profiles).name == "acme/closer"


def test_a_tie_names_both_files(tmp_path: Path) -> None:
    twin = "status: draft\nmatch: [{prop: ro.product.model, equals: [one-7]}]\n"
    profiles = load_profiles(_write(tmp_path, {**BASE, "acme/twin.yaml": twin}))
    with pytest.raises(ConfigurationError) as caught:
        choose(ONE, profiles)
    assert all(str(tmp_path / name) in str(caught.value) for name in ("acme/one.yaml", "acme/twin.yaml"))
    assert choose(ONE | {"ro.product.model": "one-8"}, profiles).name == "acme/one"


@pytest.mark.parametrize("case", _cases("matches.yaml"))
def test_a_tablet_gets_its_makers_profile(case: dict[str, Any]) -> None:
    shipped = load_shipped()
    profile = identify(Props(case["props"]), lambda values: choose(values, shipped)).profile
    assert (profile.name, str(profile.matched_on)) == (case["name"], case["matched_on"])


def test_nothing_shipped_claims_to_have_met_a_real_tablet() -> None:
    profiles = load_shipped()
    assert {profile.status for profile in (profiles.common, *profiles.known)} == {Status.DRAFT}


def test_the_digest_follows_the_content_of_every_layer_and_no_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    here = choose(ONE, load_profiles(_write(tmp_path / "a", dict(BASE))))
    there = choose(ONE, load_profiles(_write(tmp_path / "b", dict(BASE))))
    changed = BASE | {"common.yaml": BASE["common.yaml"].replace("en: first", "en: 1st")}
    other = choose(ONE, load_profiles(_write(tmp_path / "b", dict(changed))))
    assert here.digest == there.digest != other.digest


def test_the_readme_is_generated_from_the_schema() -> None:
    """To mend it: python -m provision.profiles.describe > device_profiles/README.md."""
    assert (SHIPPED / "README.md").read_text("utf-8") == describe_schema()


def test_a_twin_stands_on_another_model_without_its_rules(tmp_path: Path) -> None:
    two = "status: draft\nextends: acme/one\nmatch: [{prop: ro.product.device, equals: [two]}]\n"
    profiles = load_profiles(_write(tmp_path, {**BASE, "acme/two.yaml": two}))
    found = choose({"ro.product.manufacturer": "acme", "ro.product.device": "two"}, profiles)
    assert (found.name, found.kind, found.status) == ("acme/two", Kind.EREADER, Status.DRAFT)
    assert [text.en for text in found.hands_first] == ["first", "then", "last"]
    assert found.origins["hands_first[2]"] == tmp_path / "acme/one.yaml"
    assert [rule.prop for rule in found.match] == ["ro.product.manufacturer", "ro.product.device"]


def test_what_drafts_would_remove_is_removed_only_when_somebody_says_so(tmp_path: Path) -> None:
    entry = "[{{package: org.example.{0}, safety: safe, why: a game, source: here}}]\n"
    files = {name: text + f"remove: {entry.format(name[:3])}" for name, text in BASE.items()}
    profile = choose(ONE, load_profiles(_write(tmp_path, files)))
    assert [each.package for each in profile.removals(drafts=True)] == ["org.example.com", "org.example.acm"]
    confirmed = [profile.origins[f"remove[{number}]"] for number in range(3)]
    assert confirmed[2] == tmp_path / "acme/one.yaml"
    assert len(profile.removals(drafts=False)) == 1


SOURCE = re.compile(r"[\w.-]+/[\w.-]+ \S.*@[0-9a-f]{8}: (?P<word>Recommended|Advanced|listed)")
SAFETY = {"Recommended": Safety.SAFE, "Advanced": Safety.CAREFUL, "listed": Safety.CAREFUL}


def _safety(source: str) -> Safety | None:
    """What the list's own word means here; a list without such words is never trusted as far as `safe`."""
    found = SOURCE.fullmatch(source)
    return SAFETY[found["word"]] if found else None


@pytest.mark.parametrize("profile", [load_shipped().common, *load_shipped().known], ids=lambda p: p.name)
def test_a_shipped_profile_is_a_draft_with_a_source_for_every_word(profile: Profile) -> None:
    """No profile here has met a real tablet, and nothing that Android or care needs is removed."""
    assert profile.status is Status.DRAFT
    assert len({each.package for each in profile.remove}) == len(profile.remove)
    assert not [each.package for each in profile.remove if find_family(each.package)]
    assert {each.package: _safety(each.source) for each in profile.remove} == {
        each.package: each.safety for each in profile.remove
    }
    assert profile.matched_on is MatchedOn.GENERIC or profile.reset_keys is not None


PAGE = re.compile(r"\b[\w-]+\.(com|net|org|info|tips|me)\b|\b[\w.-]+/[\w.-]+ (_data|wiki|issue)\b")


@pytest.mark.parametrize("profile", load_shipped().known, ids=lambda p: p.name)
def test_keys_that_were_reported_name_the_page_and_nothing_claims_to_have_been_read(profile: Profile) -> None:
    keys = profile.reset_keys
    assert keys is not None
    assert keys.mark in (Mark.REPORTED, Mark.UNCONFIRMED)
    assert PAGE.search(keys.source), keys.source


def _sentences(profile: Profile) -> Iterator[tuple[str, str]]:
    for text in (*profile.hands_first, *(text for gate in profile.gates for text in (gate.says, gate.hands) if text)):
        yield text.en, text.fr
    if profile.reset_keys is not None:
        yield profile.reset_keys.en, profile.reset_keys.fr


@pytest.mark.parametrize("profile", [load_shipped().common, *load_shipped().known], ids=lambda p: p.name)
def test_what_hands_read_is_set_as_french_and_as_english(profile: Profile) -> None:
    """French marks stand apart and quotes are French; English ones are not."""
    for english, french in _sentences(profile):
        assert english != french
        assert not re.search(r'\w[;?!]|\w:\s|"', french), french
        assert not re.search(r"[«»]| [;:?!]", english), english


def test_every_captured_tablet_of_the_corpus_has_its_own_profile_and_no_other_device_has() -> None:
    """Of its maker's folder; what is no tablet, or only stands in a list, gets a maker's profile at best."""
    shipped = load_shipped()
    rows = [json.loads(line) for line in (ROOT / "tests/cases/identity/corpus.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        found = identify(Props(row["props"]), lambda values: choose(values, shipped))
        is_captured = row["kind"] == "tablet" and row["captured"] != "listing"
        assert (found.profile.matched_on is MatchedOn.MODEL) == is_captured, row["id"]
        if is_captured:
            assert found.maker is not None
            assert found.profile.name.startswith(f"{found.maker.name.casefold()}/"), row["id"]


def test_there_are_fifteen_makers() -> None:
    assert len({profile.name.split("/")[0] for profile in load_shipped().known}) >= 15


@pytest.mark.parametrize("reason", [Reason.INSTALL_HUNG, Reason.INSTALL_CANCELLED, Reason.INSTALL_REFUSED])
def test_a_maker_whose_installs_ask_on_the_screen_says_what_hands_do(reason: Reason) -> None:
    told = {profile.name for profile in load_shipped().known if profile.find_manual_steps(reason, 33) is not None}
    assert {"xiaomi", "oppo", "realme"} <= told
