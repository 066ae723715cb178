"""Secrets hide themselves, and their files are checked before they are read."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path

import pytest

from provision.errors import ConfigurationError
from provision.site.secret import Secret, SecretRef, read_secret

VALUE = b"formation-seulement"


def _file(folder: Path, content: bytes = VALUE, mode: int = 0o600) -> SecretRef:
    path = folder / "wifi"
    path.write_bytes(content)
    path.chmod(mode)
    return SecretRef(file=Path("wifi"))


def test_a_secret_shows_itself_in_no_text_form() -> None:
    secret = Secret(VALUE)
    shown = (repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret!r}", "%s" % secret, repr([secret]))  # noqa: UP031 - this form too
    assert not any(VALUE.decode() in text for text in shown)
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_neither_pickled_nor_copied(take: object) -> None:
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        take(Secret(VALUE))  # type: ignore[operator] # three functions of one argument


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"a b\n", b"a b"),
        (b"a b\r\n", b"a b"),
        (b"a b", b"a b"),
        (b"a \n\n", b"a "),
        (b" a", b" a"),
        (b"\xef\xbb\xbfa b\r\n\r\n", b"a b"),
        (b"a\r", b"a"),
    ],
)
def test_exactly_one_line_end_is_not_part_of_the_secret(content: bytes, value: bytes, tmp_path: Path) -> None:
    assert read_secret(_file(tmp_path, content), tmp_path).reveal() == value


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o601])
def test_a_file_every_user_can_open_is_refused_with_the_command_that_mends_it(mode: int, tmp_path: Path) -> None:
    ref = _file(tmp_path, mode=mode)
    with pytest.raises(ConfigurationError, match=f"mode {mode:04o}.*chmod 600") as caught:
        read_secret(ref, tmp_path)
    assert VALUE.decode() not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * 5000])
def test_an_empty_or_huge_file_is_no_secret(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        read_secret(_file(tmp_path, content), tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="absent: expected a readable file"):
        read_secret(SecretRef(file=Path("absent")), tmp_path)


def test_a_fifo_does_not_hang_the_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "wifi", 0o600)
    with pytest.raises(ConfigurationError, match="not a regular file"):
        read_secret(SecretRef(file=Path("wifi")), tmp_path)


def test_a_credential_is_read_from_the_folder_systemd_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(tmp_path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_secret(SecretRef(credential="wifi"), Path("/nowhere")).reveal() == VALUE


def test_a_credential_outside_systemd_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(ConfigurationError, match="LoadCredential=wifi"):
        read_secret(SecretRef(credential="wifi"), tmp_path)


def test_a_prompt_asks_once_and_refuses_an_empty_answer(tmp_path: Path) -> None:
    ref = SecretRef(prompt=True)
    assert read_secret(ref, tmp_path, ask=VALUE.decode).reveal() == VALUE
    with pytest.raises(ConfigurationError, match="expected a secret, got nothing"):
        read_secret(ref, tmp_path, ask=str)
