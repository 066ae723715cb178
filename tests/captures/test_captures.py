"""Captures: without identifiers, refused by name of their fault, and each of the folder good for everything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from provision.captures.blank import blank, blank_serial
from provision.captures.read import read_capture
from provision.captures.take import clean_capture
from provision.errors import ConfigurationError
from provision.facts.props import LONGEST_VALUE
from provision.home.bench_settings import TOOLKIT
from provision.identity.identify import identify
from provision.profiles.match import choose
from provision.profiles.model import MatchedOn
from provision.virtual.captured import model_of
from provision.virtual.offline import edit_offline, prepare_offline
from tests.case_files import load_shipped, read_cases

CASES = TOOLKIT / "tests/cases/captures"
BLANK = read_cases(CASES / "blank.yaml")
KEPT = sorted((TOOLKIT / "tests/captures").glob("*.json"))
SHIPPED = load_shipped()


def test_a_capture_keeps_the_model_and_loses_the_unit_and_its_owner() -> None:
    kept = blank(BLANK["props"])
    assert {key: kept.get(key) for key in BLANK["kept"]} == {key: BLANK["props"][key] for key in BLANK["kept"]}
    assert [text for text in BLANK["lost"] if text in json.dumps(kept)] == []


@pytest.mark.parametrize("case", read_cases(CASES / "builder.yaml"), ids=lambda case: case["name"])
def test_who_built_a_system_is_told_nowhere(case: Mapping[str, Any]) -> None:
    kept = blank(case["props"])
    assert [name for name in case["lost"] if name in json.dumps(kept).casefold()] == []
    assert {key: kept[key] for key in case["kept"]} == case["kept"]


@pytest.mark.parametrize(("serial", "form"), BLANK["serials"])
def test_a_serial_number_leaves_its_form(serial: str, form: str) -> None:
    assert blank_serial(serial) == form


@pytest.mark.parametrize("case", read_cases(CASES / "faults.yaml"), ids=lambda c: c["title"])
def test_what_is_no_capture_is_one_fault_with_file_line_and_key(case: Mapping[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "capture.json"
    file.write_text(case["text"].replace("@deep@", '{"a":' * 100_000), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_capture(file)
    (fault,) = caught.value.faults
    assert fault.file == file
    wanted = {name: value for name, value in case.items() if name not in ("title", "text")}
    assert {name: getattr(fault, name) for name in wanted} == wanted
    assert str(fault).isprintable()


def test_hostile_bytes_of_getprop_are_read_and_shown_harmless(tmp_path: Path) -> None:
    file = tmp_path / "getprop.txt"
    file.write_bytes(
        b"[ro.product.model]: [\x1b]0;owned\x07\xff\n]: x]\r\n[ro.product.brand]: [" + b"y" * 10_000 + b"]\r\n"
    )
    capture = read_capture(file)
    assert len(capture.props["ro.product.brand"]) == LONGEST_VALUE


@pytest.mark.parametrize(
    ("mark", "encoding"), [("", "utf-8"), ("\ufeff", "utf-8"), ("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
def test_what_any_computer_saves_of_getprop_is_read(mark: str, encoding: str, end: str, tmp_path: Path) -> None:
    text = end.join(["[ro.product.model]: [Tablette é]", "[ro.two.lines]: [a", "b]", "[ro.product.device]: [d]"])
    (tmp_path / "got").write_bytes((mark + text).encode(encoding))
    expected = {"ro.product.model": "Tablette é", "ro.two.lines": "a\nb", "ro.product.device": "d"}
    assert read_capture(tmp_path / "got").props == expected


PASTED = read_cases(CASES / "pasted.yaml")


@pytest.mark.parametrize("case", PASTED, ids=lambda case: case["name"])
def test_getprop_is_read_however_people_hand_it_on(case: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "got"
    expected = {"ro.product.model": "Tab 10", "ro.product.device": "d[1]", "ro.build.version.sdk": "30"}
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        file.write_bytes(case["text"].encode(encoding))
        found = read_capture(file).props
        assert {key: found[key] for key in expected} == expected, encoding
        assert set(found) <= {*expected, "persist.sys.boot.reason.history"}


def test_an_indented_entry_among_plain_ones_is_a_line_of_a_value(tmp_path: Path) -> None:
    (tmp_path / "got").write_text("[ro.a]: [1\n  [ro.b]: [x]\n2]\n[ro.c]: [3]\n")
    assert read_capture(tmp_path / "got").props == {"ro.a": "1\n  [ro.b]: [x]\n2", "ro.c": "3"}


def test_marks_of_pages_and_forums_within_values_stay(tmp_path: Path) -> None:
    values = {
        "ro.a": "<p>x</p>",
        "code": "x",
        "ro.b": "a {code} b",
        "ro.c": "a\n{quote}\nb",
        "ro.d": "&amp; <br>",
        "ro.e": "”y”",
    }
    (tmp_path / "got").write_text("".join(f"[{key}]: [{value}]\n" for key, value in values.items()), "utf-8")
    assert read_capture(tmp_path / "got").props == values


def test_a_file_that_is_too_large_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * (4 * 1024 * 1024 + 1))
    with pytest.raises(ConfigurationError, match="a larger file"):
        read_capture(file)


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_kept_capture_is_clean_and_gets_a_profile_of_its_own(file: Path) -> None:
    capture = read_capture(file)
    assert clean_capture(capture).to_json() == file.read_text("utf-8")
    found = identify(capture.as_props, lambda values: choose(values, SHIPPED), capture.shape)
    assert found.profile.matched_on is (MatchedOn.MODEL if found.accepted else found.profile.matched_on)
    assert found.kind is not None


@pytest.mark.parametrize("told", ["", "abc", "2²", "213"])
def test_a_density_that_is_no_number_is_the_usual_one(told: str, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"ro.build.version.sdk": "30", "ro.product.device": "d", "ro.sf.lcd_density": told}))
    assert model_of(file).screen.density == (213 if told == "213" else 160)


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_kept_capture_stands_at_a_training_bench(file: Path, tmp_path: Path) -> None:
    (tmp_path / "captures").mkdir()
    (tmp_path / "captures" / file.name).write_bytes(file.read_bytes())
    assert model_of(file).props["ro.product.device"] == read_capture(file).props["ro.product.device"]
    first, second = prepare_offline(tmp_path, 2, 1)
    assert (Path(first.model).name, second.model) == (file.name, "samsung-sm-t510")
    assert edit_offline(tmp_path, "1", "battery", ["50"])


@pytest.mark.parametrize(
    ("key", "value", "between"),
    [
        ("ro.build.fingerprint", "samsung/gta4xlwifixx/gta4xlwifi:12/SP1A.2108\n12.016/P610XXS4:user/keys", ""),
        ("ro.product.model", "Tab\nM10", " "),
        ("ro.system.build.description", "a-user 12 SP1A\n  release-keys", " "),
    ],
)
def test_a_wrapped_value_of_the_build_is_one_line(key: str, value: str, between: str, tmp_path: Path) -> None:
    (tmp_path / "got").write_text(f"[{key}]: [{value}]\n[persist.x]: [{value}]\n")
    parts = [line.strip() for line in value.split("\n")]
    assert read_capture(tmp_path / "got").props == {key: between.join(parts), "persist.x": value}
