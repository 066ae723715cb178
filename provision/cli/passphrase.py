"""A passphrase: typed by a person, or read from a file descriptor; never an argument."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import click

from provision.agent.offline_key import check_passphrase
from provision.cli.speech import ask_line
from provision.errors import HomeError
from provision.site.secret import MAX_SECRET_BYTES, Secret
from provision.texts.catalogue import say
from provision.texts.language import Language

_MOST_DESCRIPTOR = 2**31 - 1
"""The kernel numbers them by an `int`."""


@dataclass(frozen=True)
class Asked:
    """Keys of the texts that ask for a passphrase: once, again for a new one, and where no terminal is there to ask."""

    once: str
    again: str
    nobody: str


OF_OFFLINE_KEY = Asked("site.passphrase", "site.passphrase-again", "site.passphrase-nobody")


def descriptor_option(name: str, words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option that names the file descriptor of a secret; `words` are its help."""
    return click.option(name, type=click.IntRange(0, _MOST_DESCRIPTOR), metavar="N", help=words)


passphrase_option = descriptor_option(
    "--passphrase-fd", "Read the passphrase of the offline key from this file descriptor, as 3 in 3<FILE."
)
backup_passphrase_option = descriptor_option(
    "--passphrase-fd", "Read the passphrase of the backup from this file descriptor, as 3 in 3<FILE."
)


def ask_passphrase(
    language: Language, number: int | None, asked: Asked = OF_OFFLINE_KEY, *, is_new: bool = False
) -> Secret:
    """The passphrase, without the end of its line.

    Args:
        number: of a file descriptor; None asks on the terminal.
        is_new: a person types it twice.

    Raises:
        HomeError: there is no terminal or it sends other letters than it says, or the file descriptor cannot be read.
        click.Abort: whoever was asked went away.
    """
    if number is not None:
        return Secret(_read(language, number))
    if not sys.stdin.isatty():
        raise HomeError(say(language, asked.nobody))
    question, again = say(language, asked.once), say(language, asked.again) if is_new else False
    try:
        typed: str = ask_line(question, hide_input=True, err=True, confirmation_prompt=again)
        return Secret(typed.encode())
    except UnicodeError:  # its words would show a piece of the passphrase
        fault = HomeError(say(language, "site.passphrase-letters"))
    raise fault


def ask_new_passphrase(language: Language, number: int | None, asked: Asked = OF_OFFLINE_KEY) -> Secret:
    """A new passphrase, which a person types twice.

    Raises:
        HomeError: as for `ask_passphrase`, or it is too short or too long.
        click.Abort: whoever was asked went away.
    """
    passphrase = ask_passphrase(language, number, asked, is_new=True)
    check_passphrase(passphrase)
    return passphrase


def _read(language: Language, number: int) -> bytes:
    """One line: a pipe may bring it in pieces."""
    read = b""
    try:
        while b"\n" not in read and len(read) <= MAX_SECRET_BYTES:
            piece = os.read(number, MAX_SECRET_BYTES)
            if not piece:
                break
            read += piece
    except OSError as error:
        words = error.strerror or str(error)
        raise HomeError(say(language, "site.passphrase-fd", number=number, words=words)) from error
    return read.partition(b"\n")[0].removesuffix(b"\r")
