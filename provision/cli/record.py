"""`provision record`: verify and show signed records."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provision.language import detect_language
from provision.records.keys import read_descriptor
from provision.records.reader import FolderVerdict, read_home_key, read_record, verify_folder
from provision.report.record import render_record
from provision.texts.catalogue import Language, say, say_count

EXIT_WRONG = 1
EXIT_SIGNER_UNKNOWN = 3
FINGERPRINT_DIGITS = 64


@click.group()
def record() -> None:
    """Verify and show signed records."""


@record.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key", help="Fingerprint (64 digits) or key.json of the home, kept OUTSIDE the folder.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A checkpoint kept earlier."
)
def verify(folder: Path, key: str | None, checkpoint: Path | None) -> None:
    """Verify a records FOLDER: signatures, documents, ledger.

    Exit status 0 right, 1 wrong, 3 intact but the signer is unknown (no --key). The standalone
    provision/records/verify_record.py does the same without this program.
    """
    language = _language()
    kept = checkpoint.read_bytes() if checkpoint else None
    verdict = verify_folder(folder, _fingerprint(key), kept)
    click.echo(say(language, f"record.home.{verdict.kind}"))
    for fault in verdict.faults:
        click.echo(fault)
    click.echo(say_count(language, "record.folder-right", len(verdict.records)))
    raise SystemExit(_judge(language, verdict))


@record.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def show(file: Path) -> None:
    """Print one record FILE (`*.intoto.jsonl` in a records folder) after verifying it."""
    found = read_record(file.parent, file.name, read_home_key(file.parent))
    click.echo(render_record(_language(), found), nl=False)


def _judge(language: Language, verdict: FolderVerdict) -> int:
    if verdict.faults:
        return EXIT_WRONG
    click.echo(say(language, "record.signer-known" if verdict.signer_known else "record.signer-unknown"))
    return 0 if verdict.signer_known else EXIT_SIGNER_UNKNOWN


def _fingerprint(key: str | None) -> str | None:
    """The fingerprint itself, or the one of a key descriptor file."""
    if key is None:
        return None
    plain = key.replace(" ", "").lower()
    if len(plain) == FINGERPRINT_DIGITS and all(digit in "0123456789abcdef" for digit in plain):
        return plain
    file = Path(key)
    if not file.is_file():
        message = say(_language(), "record.not-a-key", count=FINGERPRINT_DIGITS, got=key)
        raise click.BadParameter(message, param_hint="--key")
    return read_descriptor(file.read_bytes(), str(file)).fingerprint


def _language() -> Language:
    return detect_language(os.environ)
