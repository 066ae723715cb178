"""`identity_provider:` of bench.yaml: which addresses it may name, whose secret, and what is said where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.console import console
from provision.errors import ConfigurationError
from provision.home.bench_settings import load_bench_settings
from provision.home.create import create_home
from provision.register.identity_provider import RoleGroups, is_safe_address
from provision.state.wards import Role
from provision.station.check_home import check_home
from provision.terms import HomeKind

SETTINGS = """
identity_provider:
  issuer: https://login.hospital.example/staff
  client: console
  secret: {file: secrets/provider}
  label: CHU
  roles: {hotline: [telephone]}
"""

ADDRESSES = {
    "https://login.example/a?b=1": True,
    "http://127.0.0.1:9400": True,
    "http://localhost/": True,
    "http://[::1]:9400/": True,
    "http://login.example": False,
    "http://127.0.0.1.evil.example": False,
    "http://localhost@evil.example": False,
    "https://a:b@login.example": False,
    "https://login.example/#a": False,
    "https://login.example:x": False,
    "https://": False,
    "file:///etc/passwd": False,
    "https://login.example/a b": False,
    "https://login.example/\r\nx: y": False,
    "": False,
}


def test_only_https_and_this_computer_are_asked() -> None:
    assert {url: is_safe_address(url) for url in ADDRESSES} == ADDRESSES


def test_the_first_role_in_the_order_of_the_form_counts() -> None:
    roles = RoleGroups(auditor=("a", "b"), hotline=("b",), ward=("w",))
    asked = [frozenset(each) for each in ("a", "b", "ab", "wa", "x", "")]
    assert [roles.choose(each) for each in asked] == [
        Role.AUDITOR,
        Role.HOTLINE,
        Role.HOTLINE,
        Role.AUDITOR,
        None,
        None,
    ]
    assert set(RoleGroups.model_fields) == {str(each) for each in Role}


ODD = {
    "issuer: https://login.hospital.example/staff": ("issuer: http://login.hospital.example", "issuer"),
    "secret: {file: secrets/provider}": ("secret: sesame", "secret"),
    "roles: {hotline: [telephone]}": ("roles: {boss: [telephone]}", "boss"),
    "label: CHU": ("label: ''", "label"),
}


@pytest.mark.parametrize("right", ODD)
def test_what_is_wrong_is_named_and_no_secret_is(tmp_path: Path, right: str) -> None:
    wrong, key = ODD[right]
    (tmp_path / "bench.yaml").write_text(SETTINGS.replace(right, wrong))
    with pytest.raises(ConfigurationError, match=key) as told:
        load_bench_settings(tmp_path / "bench.yaml")
    assert "sesame" not in str(told.value)


def test_a_console_without_its_secret_says_where_it_is_to_be(tmp_path: Path) -> None:
    home = tmp_path / "home"
    create_home(home, HomeKind.TRAINING, 1)
    with (home / "bench.yaml").open("a", encoding="utf-8") as bench:
        bench.write(SETTINGS)
    with pytest.raises(ConfigurationError, match=r"secrets/provider: .*No such file"):
        check_home(home)
    with pytest.raises(ConfigurationError, match=r"secrets/provider: .*No such file"):
        CliRunner().invoke(console, ["--home", str(home), "--port", "0"], catch_exceptions=False)
