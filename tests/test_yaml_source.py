"""Files people write: every fault with its file, line, key, expected and got."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provision.config.nodes import MAX_BYTES, key_text, parse
from provision.config.source import load, with_lines
from provision.errors import ConfigurationError, ConfigurationFault
from provision.site.model import Site
from tests.case_files import read_cases

CASES = Path(__file__).parent / "cases/config"
SECRETS = ("hunter2", "1234567890")


def _cases(name: str) -> list[Any]:
    cases = read_cases(CASES / name)
    return [pytest.param(case, id=case["title"]) for case in cases]


def _expanded(text: str) -> str:
    return text.replace("{10k}", "a" * 10_000).replace("{0k}", "0" * 9_999)


def _changed(case: dict[str, Any], valid: str = "site.yaml") -> str:
    text = (CASES / "valid" / valid).read_text("utf-8")
    for old, new in filter(None, (case["change"], case.get("also"))):
        assert text.count(old) == 1, f"{old!r} must stand once in the valid file"
        text = text.replace(old, new)
    return _expanded(text)


def _compare(found: tuple[ConfigurationFault, ...], wanted: list[dict[str, Any]], file: Path) -> None:
    assert len(found) == len(wanted), "\n".join(map(str, found))
    for fault, expected in zip(found, wanted, strict=True):
        exact = {name: value for name, value in expected.items() if name != "got_starts"}
        assert {name: getattr(fault, name) for name in exact} == exact
        assert fault.got.startswith(expected.get("got_starts", ""))
        assert fault.file == file
        assert len(str(fault)) < 600 + len(str(file))
        assert str(fault).isprintable()


@pytest.mark.parametrize("case", _cases("syntax.yaml"))
def test_a_file_that_is_not_plain_yaml_names_the_line(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_bytes(bytes.fromhex(case["hex"]) if "hex" in case else _expanded(case["text"]).encode())
    with pytest.raises(ConfigurationError) as caught:
        parse(file)
    _compare(caught.value.faults, case["faults"], file)
    assert not any(secret in str(caught.value) for secret in SECRETS)


@pytest.mark.parametrize(
    ("valid", "case"),
    [
        pytest.param(name, *one.values, id=f"{one.id}, {name}")
        for name in ("site.yaml", "networks.yaml")
        for one in _cases(name)
    ],
)
def test_a_wrong_site_names_every_fault(valid: str, case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(_changed(case, valid), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(file, Site)
    _compare(caught.value.faults, case["faults"], file)
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert caught.value.__context__ is None, "the context would carry the values of the file"


@pytest.mark.parametrize("name", ["site.yaml", "networks.yaml"])
def test_the_valid_file_is_valid(name: str) -> None:
    assert load(CASES / "valid" / name, Site).wifi.networks[0].ssid == "HOPITAL"


@pytest.mark.parametrize(
    ("key", "line"), [("wifi.networks[2].certificate", 25), ("wifi.networks[5].x", 31), ("nowhere", None)]
)
def test_a_fault_found_later_gets_the_line_of_its_key(key: str, line: int | None) -> None:
    fault = ConfigurationFault(CASES / "valid/networks.yaml", None, key, "another", "this")
    assert [one.line for one in with_lines(ConfigurationError(fault)).faults] == [line]


@pytest.mark.parametrize("make", [Path.exists, Path.mkdir, os.mkfifo], ids=["missing", "folder", "fifo"])
def test_what_is_no_file_is_a_fault_without_a_line(make: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    make(path)
    with pytest.raises(ConfigurationError) as caught:
        parse(path)
    (fault,) = caught.value.faults
    assert (fault.line, fault.expected) == (None, "a file")


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigurationError, match="at most 512 kB"):
        parse(path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb:\r\n  - c\r\n")
    document = parse(path)
    assert document.data == {"a": 1, "b": ["c"]}
    assert document.lines[("b", 0)] == 3


def test_only_core_schema_values_are_more_than_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("on: no\nday: 2024-01-01\noctal: 010\nsexagesimal: 1:30\nn: ~\nf: 1.5\ni: -3\nhex: 0x1f\n")
    assert parse(path).data == {
        "on": "no",
        "day": "2024-01-01",
        "octal": "010",
        "sexagesimal": "1:30",
        "n": None,
        "f": 1.5,
        "i": -3,
        "hex": "0x1f",
    }


def test_a_key_path_is_written_as_people_write_it() -> None:
    assert key_text(("apps", 2, "signer")) == "apps[2].signer"
