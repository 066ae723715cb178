"""`provision restore`: a bench home made of a backup."""

from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path
from shlex import quote

import click

from provision.backup.archive import MOST_BYTES, unpack
from provision.backup.restore import restore_home
from provision.cli.backup import QUESTIONS
from provision.cli.ending import NOT_ALL
from provision.cli.options import language_option
from provision.cli.passphrase import ask_passphrase, backup_passphrase_option
from provision.errors import BackupError, ProvisionError
from provision.files import read_file
from provision.records.keys import DESCRIPTOR_NAME
from provision.records.reader import bundle_paths, verify_folder
from provision.station.check_home import check_home
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language, detect_language

MOST_KEY_FILE = 64 * 1024


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@language_option("Of the messages  [default: the computer's].")
@click.option(
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Key file of a recipient (AGE-SECRET-KEY-1...), instead of a passphrase.",
)
@backup_passphrase_option
def restore(
    file: Path, folder: Path, language: Language | None, identity: Path | None, passphrase_fd: int | None
) -> None:
    """Make a home in the new FOLDER of a backup FILE, whole or not at all, and verify its records.

    Try it now and then in a folder that is thrown away: a backup that nobody restored is a hope.

    Exit status 0 restored and right, 1 restored, and something in it is wrong or missing, 2 nothing was restored.
    """
    said = detect_language(os.environ, language)
    if identity is not None and passphrase_fd is not None:
        raise click.UsageError(say(said, "backup.one-lock"))
    passphrase = None if identity is not None else ask_passphrase(said, passphrase_fd, QUESTIONS)
    keys = [] if identity is None else _read_identity(identity)
    try:
        opened = unpack(read_file(file, MOST_BYTES), passphrase, keys)
    except OSError as error:
        raise BackupError(f"{file}: cannot be read: {error.strerror or error}") from error
    except BackupError as error:
        raise BackupError(f"{file}: {error}") from None
    restore_home(opened, folder)
    about, (records, faults) = opened.about, _judge_records(folder / "records", opened.about.fingerprint)
    at = about.at.astimezone(UTC)
    values = {"folder": folder, "at": f"{at:%Y-%m-%d %H:%M} UTC", "program": about.program}
    click.echo(say_count(said, "restore.done", records, **values))
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    if about.with_secrets:
        faults = (*faults, *_check(folder))
    else:
        click.echo(say(said, "restore.no-secrets", folder=folder), err=True)
    click.echo(say(said, "restore.next", command=f"provision check --home {quote(str(folder))}"))
    if faults or not about.with_secrets:
        raise click.exceptions.Exit(NOT_ALL)


def _check(folder: Path) -> tuple[str, ...]:
    """What `provision check` finds in the home, told; nothing where it can go on."""
    try:
        check_home(folder)
    except ProvisionError as error:
        click.echo(f"  {error}", err=True)
        return (str(error),)
    return ()


def _judge_records(folder: Path, fingerprint: str) -> tuple[int, tuple[str, ...]]:
    """How many records are right, and a sentence for each other one; a bench that made none has no key there."""
    if not bundle_paths(folder) and not (folder / DESCRIPTOR_NAME).exists():
        return 0, ()
    verdict = verify_folder(folder, fingerprint)
    return len(verdict.records), (*verdict.faults, *verdict.unjudged)


def _read_identity(file: Path) -> list[str]:
    """The lines of an age key file, without its comments."""
    try:
        text = read_file(file, MOST_KEY_FILE).decode("ascii")
    except (OSError, UnicodeError):
        raise BackupError(f"{file}: no key file of age: expected a line `AGE-SECRET-KEY-1…`") from None
    return [line for line in text.split() if line.startswith("AGE-SECRET-KEY-1")]
