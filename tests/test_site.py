"""The site: passphrase rules and the digest form; wrong files are in test_yaml_source."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from provision.errors import ConfigurationError
from provision.site.model import Site, load_site, site_without_secrets
from provision.site.network_secrets import read_network_secrets
from provision.terms import Assurance, Control

VALID = Path(__file__).parent / "cases/config/valid/site.yaml"


def _site(folder: Path, *changes: tuple[str, str]) -> Site:
    text = VALID.read_text("utf-8")
    for old, new in changes:
        text = text.replace(old, new)
    (folder / "site.yaml").write_text(text, "utf-8")
    return load_site(folder / "site.yaml")


def _passphrase(folder: Path, content: bytes) -> None:
    (folder / "secrets").mkdir()
    (folder / "secrets/wifi").touch(0o600)
    (folder / "secrets/wifi").write_bytes(content)


def test_the_valid_site_is_read_whole(tmp_path: Path) -> None:
    site = _site(tmp_path)
    assert site.require == {Control.APPS_PRESENT: Assurance.SET, Control.WIFI_HOSPITAL: Assurance.ENFORCED}
    assert site.location.on
    with pytest.raises(ValidationError):
        site.name = "other"  # type: ignore[misc] # frozen, which is what this shows


@pytest.mark.parametrize("content", [b"12345678", b"a b c d e!~", b"f" * 63])
def test_a_wpa_passphrase_is_read(content: bytes, tmp_path: Path) -> None:
    _passphrase(tmp_path, content + b"\n")
    secrets = read_network_secrets(_site(tmp_path).wifi, tmp_path)
    assert {place: secret.reveal() for place, secret in secrets.items()} == {"networks.0.passphrase": content}


@pytest.mark.parametrize(
    "content", [b"1234567", b"0123456789abcdef" * 4, b"f" * 65, "mot de passe é".encode(), b"two\nlines1"]
)
def test_what_is_no_wpa_passphrase_is_refused_and_not_shown(content: bytes, tmp_path: Path) -> None:
    _passphrase(tmp_path, content)
    with pytest.raises(ConfigurationError, match="8 to 63 printable ASCII") as caught:
        read_network_secrets(_site(tmp_path).wifi, tmp_path)
    assert content.decode() not in str(caught.value)


def test_a_site_that_requires_the_kiosk_may_close_debugging(tmp_path: Path) -> None:
    closed = ("prepare:", "seal: {debugging: closed}\nprepare:")
    assert _site(tmp_path, ("apps.present: set", "kiosk.lock_task: set"), closed).seals
    assert not _site(tmp_path).seals


def test_an_open_network_has_no_secret(tmp_path: Path) -> None:
    site = _site(tmp_path, ("security: wpa2", "security: open"), ("  passphrase: {file: secrets/wifi}\n", ""))
    assert read_network_secrets(site.wifi, tmp_path) == {}


def test_the_digest_form_says_neither_the_secret_nor_its_place(tmp_path: Path) -> None:
    here = site_without_secrets(_site(tmp_path))
    elsewhere = site_without_secrets(_site(tmp_path, ("{file: secrets/wifi}", "{credential: other}")))
    assert here == elsewhere
    assert b"secrets/wifi" not in here
    assert json.loads(here)["wifi"]["passphrase"] == "secret"  # noqa: S105 - a marker, not a secret
    assert here == json.dumps(json.loads(here), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_every_setting_changes_the_digest(tmp_path: Path) -> None:
    changes = (("HOPITAL", "HOPITAL2"), ("1800", "1801"), ("on: true", "on: false"), ("wpa2", "wpa3"))
    forms = [site_without_secrets(_site(tmp_path, change)) for change in changes]
    assert len({hashlib.sha256(form).digest() for form in [*forms, site_without_secrets(_site(tmp_path))]}) == 5


def test_a_computer_without_zone_names_says_what_to_install() -> None:
    code = (
        "import sys; from pathlib import Path; from provision.site.model import load_site; load_site(Path(sys.argv[1]))"
    )
    environment = os.environ | {"PYTHONTZPATH": ""}
    done = subprocess.run((sys.executable, "-c", code, VALID), env=environment, capture_output=True, check=False)
    without_package = importlib.util.find_spec("tzdata") is None
    assert (b"install tzdata" in done.stderr) is without_package
