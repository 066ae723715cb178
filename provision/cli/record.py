"""`provision record`: verify and show signed records."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.errors import RecordError, RecordLater
from provision.home.folder import load_home, lock_home
from provision.records import verify_record
from provision.records.keys import DESCRIPTOR_NAME
from provision.records.reader import read_home_key, read_record, verify_folder
from provision.report.addresses import HEADER, list_addresses
from provision.report.record import render_record
from provision.report.spreadsheet import write_table
from provision.texts.catalogue import Language, say
from provision.texts.language import detect_language

_language_option = language_option("Of the messages  [default: the computer's].")


@click.group()
def record() -> None:
    """Verify and show signed records."""


@record.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key", help="Fingerprint (64 digits) or key.json of the home, kept OUTSIDE the folder.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A checkpoint kept earlier."
)
@_language_option
def verify(folder: Path, key: str | None, checkpoint: Path | None, language: Language | None) -> None:
    """Verify a records FOLDER: signatures, documents, ledger.

    Exit status 0 right, 1 wrong, 2 cannot be judged, 3 intact but the signer is unknown (no --key).
    This is provision/records/verify_record.py, which does the same alone on any computer with Python.
    """
    words = [str(folder), "--lang", str(detect_language(os.environ, language))]
    words += ["--key", key] if key is not None else []
    words += ["--checkpoint", str(checkpoint)] if checkpoint is not None else []
    raise SystemExit(verify_record.main(words))


@record.command()
@home_option("./ward")
@click.option("--by", required=True, help="Who decides: name and office.")
@click.option("--why", required=True, help="Where the records went, and why the bench may go on.")
@_language_option
def acknowledge(home: Path | None, by: str, why: str, language: Language | None) -> None:
    """Go on although records of this bench are missing: an auditor's decision, itself a signed record.

    A station does not sign over records that it remembers and does not find. Put them back from a copy where there is
    one. A folder that is wrong in itself is set aside as it is. Exit status 0, 1 when nothing is missing.
    """
    # What puts a bench together takes long to import, and `verify` needs none of it.
    from provision.station.setup import acknowledge_missing  # noqa: PLC0415

    place = load_home(home or WARD_HOME)
    spoken = detect_language(os.environ, language or place.bench.language)
    if not by.strip() or not why.strip():
        raise click.UsageError(say(spoken, "record.who-and-why"))
    with lock_home(place):
        written = acknowledge_missing(place, by.strip(), why.strip())
    click.echo(say(spoken, "record.acknowledged", file=written.path))


@record.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_language_option
@prints_only
def addresses(folder: Path, language: Language | None) -> None:
    """Print the Wi-Fi addresses of the tablets of a records FOLDER as CSV, for the hospital's access control.

    One line for each address of a tablet's last record: asset id, address, network in which it is shown (empty: the
    radio's own, wherever it is shown), end of the run. Exit status 0, 1 when no record has an address.
    """
    spoken = detect_language(os.environ, language)
    verdict = verify_folder(folder)
    if verdict.faults:
        raise RecordError(say(spoken, "record.not-right", folder=folder))
    if verdict.unjudged:  # their tablets would be missing, and nobody would see it
        raise RecordLater("\n".join(verdict.unjudged))
    lines = list(list_addresses(verdict.records))
    if not lines:
        raise RecordError(say(spoken, "record.no-addresses", folder=folder))
    click.echo(write_table([HEADER, *lines]), nl=False)


@record.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", help="Fingerprint (64 digits) of the home, kept OUTSIDE the folder.")
@_language_option
@prints_only
def show(file: Path, key: str | None, language: Language | None) -> None:
    """Print one record FILE (`*.intoto.jsonl` in a records folder) after verifying it.

    Exit status 0, or 3 when the signer is unknown (no --key), 1 when it is another one.
    """
    spoken = detect_language(os.environ, language)
    if not (file.parent / DESCRIPTOR_NAME).exists():
        raise RecordError(say(spoken, "record.alone", file=file, name=DESCRIPTOR_NAME))
    found = read_record(file.parent, file.name, read_home_key(file.parent))
    click.echo(render_record(spoken, found), nl=False)
    if key is None:
        click.echo(say(spoken, "record.signer-unknown"))
        raise SystemExit(ending.SIGNER_UNKNOWN)
    if key.replace(" ", "").lower() != found.signer:
        click.echo(say(spoken, "record.signer-other", got=key))
        raise SystemExit(ending.NOT_ALL)
    click.echo(say(spoken, "record.signer-known"))
