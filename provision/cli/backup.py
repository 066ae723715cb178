"""`provision backup`: one encrypted file of a whole bench home."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from provision.backup.archive import Locked, pack, unpack
from provision.backup.last_backup import LastBackup, note_backup
from provision.backup.snapshot import Snapshot, take_snapshot
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.passphrase import Asked, ask_new_passphrase, backup_passphrase_option
from provision.cli.speech import language_of, speak
from provision.errors import BackupError, HomeError
from provision.files import digest_file, read_file, write_atomically
from provision.home.folder import load_home
from provision.records.reader import read_home_key
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language

QUESTIONS = Asked("backup.passphrase", "backup.passphrase-again", "backup.passphrase-nobody")


@click.command()
@home_option("./ward")
@language_option("Of the messages  [default: the home's].")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The new file  [default: HOME-DATE.age in this folder]. One that is there is never overwritten.",
)
@click.option(
    "--with-secrets",
    is_flag=True,
    help="With keys, the files of secrets/, the maintenance codes and the console's accounts.",
)
@click.option(
    "--recipient", "recipients", multiple=True, metavar="age1...", help="Whose key opens it; may be repeated."
)
@backup_passphrase_option
def backup(
    home: Path | None,
    language: Language | None,
    out: Path | None,
    with_secrets: bool,
    recipients: tuple[str, ...],
    passphrase_fd: int | None,
) -> None:
    """Write one encrypted file of a whole home: records, ledger, settings, what the bench remembers.

    A station may work meanwhile. Without --with-secrets a home made of it verifies and shows, and cannot go on signing
    or commanding tablets until its keys are put back. The file is of the age format and opens with a passphrase, or
    with the key of a recipient. It is read back before this command says that it is there.

    Exit status 0 written, 2 wrong use or the home cannot be read.
    """
    place = speak(load_home(home or WARD_HOME), language)
    said = language_of(place)
    if recipients and passphrase_fd is not None:
        raise click.UsageError(say(said, "backup.one-lock"))
    now = datetime.now(UTC)
    file = (out or Path(f"{place.path.name}-{now:%Y%m%dT%H%M%SZ}.age")).absolute()
    if file.exists() or not file.parent.is_dir() or file.resolve().is_relative_to(place.path.resolve()):
        raise click.UsageError(say(said, "backup.place", file=file))
    locked = (
        Locked(recipients=recipients)
        if recipients
        else Locked(passphrase=ask_new_passphrase(said, passphrase_fd, QUESTIONS))
    )
    key = read_home_key(place.keys)
    snapshot = take_snapshot(place.path, with_secrets=with_secrets)
    about = {
        "program": version("provision"),
        "at": now.isoformat(),
        "origin": key.origin,
        "fingerprint": key.fingerprint,
        "with_secrets": with_secrets,
    }
    data = pack(snapshot, about, locked)
    try:
        write_atomically(file, data, mode=0o600, replace=False)
        _read_back(file, data, snapshot, locked)
        if with_secrets:
            note_backup(place.state, LastBackup(now, str(file)))
    except OSError as error:
        raise HomeError(f"{error.filename or file}: cannot be written: {error.strerror or error}") from error
    click.echo(say_count(said, "backup.done", snapshot.records, file=file, files=len(snapshot.files), bytes=len(data)))
    click.echo(say(said, "backup.with" if with_secrets else "backup.without"))
    if recipients:
        click.echo(say(said, "backup.not-opened"))
    for path in snapshot.left_out:
        click.echo(say(said, "backup.left-out", path=path))


def _read_back(file: Path, data: bytes, snapshot: Snapshot, locked: Locked) -> None:
    """Hold what lies on the disk against what was to be written; a passphrase opens it, a recipient's key is not here.

    Raises:
        BackupError: they differ.
    """
    if digest_file(file) != hashlib.sha256(data).hexdigest():
        raise BackupError(f"{file}: the disk gives other bytes back than were written; take another one")
    if (
        locked.passphrase is not None
        and unpack(read_file(file, len(data)), locked.passphrase, ()).files != snapshot.files
    ):
        raise BackupError(f"{file}: opens to other files than were packed")
