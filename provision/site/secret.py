"""Secrets: a reference in a configuration file, and the value that hides itself.

A reference is exactly one of `{file: PATH}`, `{prompt: true}` and `{credential: NAME}` (a systemd
credential, `$CREDENTIALS_DIRECTORY/NAME`). A literal value is an error that names the line. A secret that is a
whole file, such as a key with its certificate, is referred to by `{file: PATH}` or `{credential: NAME}`.
"""

from __future__ import annotations

import codecs
import getpass
import os
import re
import stat
import sys
import termios
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Literal, NoReturn, Self

from pydantic import Field, model_validator

from provision.config.faults import LITERAL, FileModel, refuse
from provision.errors import ConfigurationError, ConfigurationFault

FILE_BITS = stat.S_IRWXG | stat.S_IRWXO
"""Permissions that no file with a secret may have: those of everybody but its owner, as for keys."""
CREDENTIAL_BITS = stat.S_IRWXO
"""The same of a systemd credential, which its service may be given by an access list: its group bits show only that."""
MAX_SECRET_BYTES = 4096
MAX_FILE_BYTES = 16_384


class Secret:
    """A value that no print, log, format, copy or pickle shows; only `reveal` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The value itself; call it only where it leaves for its one destination."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is neither pickled nor copied")


class _Reference(FileModel):
    """Where something secret is kept: exactly one of its members; never the secret.

    Attributes:
        to: what it refers to, in messages.
        how: the ways to write it, in messages.
    """

    holds_secret: ClassVar[bool] = True
    to: ClassVar[str]
    how: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _is_a_reference(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            raise refuse(f"a reference to {cls.to}", LITERAL if value is not None else "nothing", cls.how)
        return value

    @model_validator(mode="after")
    def _is_exactly_one(self) -> Self:
        members = type(self).model_fields
        given = {name: value for name in members if (value := getattr(self, name)) is not None}
        if len(given) != 1:
            raise refuse(f"exactly one of {', '.join(members)}", " and ".join(given) or "none", self.how)
        if "credential" in given:
            _check_credential(str(given["credential"]))
        return self


class SecretRef(_Reference):
    """Where a secret is kept; never the secret."""

    to = "a secret"
    how = "write {file: PATH}, {prompt: true} or {credential: NAME}"
    file: Path | None = Field(default=None, description="file with the secret, relative to the file that names it")
    prompt: Literal[True] | None = Field(default=None, description="ask on the terminal when it is needed")
    credential: str | None = Field(default=None, description="name of a systemd credential")


class SecretFileRef(_Reference):
    """Where a file that is a secret as a whole is kept; nobody types one."""

    to = "a file"
    how = "write {file: PATH} or {credential: NAME}"
    file: Path | None = Field(default=None, description="the file, relative to the file that names it")
    credential: str | None = Field(default=None, description="name of a systemd credential")


def _check_credential(name: str) -> None:
    if not re.fullmatch(r"\w[\w.-]{0,99}", name, re.ASCII):
        raise refuse("the plain name of a systemd credential", "another form")


def read_secret(ref: SecretRef, base: Path, ask: Callable[[], str] | None = None, what: str = "Secret") -> Secret:
    """Fetch the secret now.

    Args:
        ref: where it is.
        base: folder that a relative `file` starts from.
        ask: what `{prompt: true}` calls; default: the terminal, without echo.
        what: the question there.

    Raises:
        ConfigurationError: missing, empty, larger than `MAX_SECRET_BYTES`, readable by others, or nobody there to ask.
        EOFError: whoever was asked went away.
    """
    if ref.prompt:
        text = ask() if ask is not None else _ask_terminal(what)
        if not text:
            raise _error(Path("terminal"), "a secret", "nothing")
        return Secret(text.encode())
    if ref.credential is not None:
        return Secret(_read_line(_credential_file(ref.credential), CREDENTIAL_BITS))
    return Secret(_read_line(base / (ref.file or ""), FILE_BITS))


def read_secret_file(ref: SecretFileRef, base: Path) -> Secret:
    """Fetch a file that is a secret as a whole, every byte of it.

    Raises:
        ConfigurationError: missing, empty, larger than `MAX_FILE_BYTES`, or readable by others.
    """
    file = base / (ref.file or "") if ref.credential is None else _credential_file(ref.credential)
    value = _read(file, MAX_FILE_BYTES, FILE_BITS if ref.credential is None else CREDENTIAL_BITS)
    if not value:
        raise _error(file, "a file with a secret", "an empty file")
    return Secret(value)


def read_public_file(file: Path) -> bytes:
    """Read a file that everybody may see, such as the certificate of an authority.

    Raises:
        ConfigurationError: missing, no regular file, or larger than `MAX_FILE_BYTES`.
    """
    return _read(file, MAX_FILE_BYTES, 0)


def _ask_terminal(what: str) -> str:
    if not sys.stdin.isatty():
        hint = "run it in a terminal, or refer to a file or a credential"
        raise _error(Path("terminal"), "somebody who types the secret", "no terminal", hint)
    try:
        return getpass.getpass(f"{what}: ")
    except UnicodeDecodeError:  # its words would show a piece of the secret
        fault = _error(Path("terminal"), "a secret in the letters of this terminal", "others")
    except (OSError, termios.error):
        raise EOFError("the terminal was closed") from None
    raise fault


def _credential_file(name: str) -> Path:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        hint = f"start it as a systemd service with LoadCredential={name}:PATH"
        raise _error(Path(name), "$CREDENTIALS_DIRECTORY from systemd", "no such variable", hint)
    return Path(folder) / name


def _read(file: Path, most: int, forbidden: int) -> bytes:
    """The checked content, at most so many bytes, of a file without these permissions."""
    try:
        # O_NONBLOCK: a FIFO in its place must not hang the station. Checks and read use one open file.
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as source:
            _check_mode(file, os.fstat(source.fileno()).st_mode, forbidden)
            value = source.read(most + 1)
    except OSError as error:
        expected = "a readable file with the secret" if forbidden else "a readable file"
        fault = _error(file, expected, error.strerror or "an error")
    else:
        if len(value) > most:
            raise _error(file, f"at most {most} bytes", "a larger file")
        return value
    raise fault


def _check_mode(file: Path, mode: int, forbidden: int) -> None:
    if not stat.S_ISREG(mode):
        raise _error(file, "a file with the secret" if forbidden else "a regular file", "not a regular file")
    if mode & forbidden:
        got = f"mode {stat.S_IMODE(mode):04o}, open to other users of this computer"
        raise _error(file, "a private file", got, f"run: chmod 600 {file}")


def _read_line(file: Path, forbidden: int) -> bytes:
    """The checked content; what an editor puts around it, a byte order mark and line ends, is not part of it."""
    value = _read(file, MAX_SECRET_BYTES, forbidden).removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")
    if not value:
        raise _error(file, "a secret on one line", "an empty file", "write the secret into this file")
    return value


def _error(file: Path, expected: str, got: str, hint: str = "") -> ConfigurationError:
    return ConfigurationError(ConfigurationFault(file, None, "", expected, got, hint))
