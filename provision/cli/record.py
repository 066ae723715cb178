"""`provision record`: verify and show signed records."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.paper_files import out_option, print_paper
from provision.errors import RecordError, RecordLater
from provision.files import digest_file, write_atomically
from provision.home.folder import Home, load_home, lock_home
from provision.records import verify_record
from provision.records.canonical import sha256_hex
from provision.records.extract import INCLUSION_NAME, build_extract
from provision.records.keys import DESCRIPTOR_NAME, HomeKey, load_keys, read_bytes, show_fingerprint
from provision.records.ledger import CHECKPOINT_NAME, read_ledger
from provision.records.note import open_checkpoint
from provision.records.reader import LEDGER, read_home_key, read_record, verify_folder
from provision.records.witness import Testimony, witness_ledger
from provision.report.addresses import HEADER, list_addresses
from provision.report.checkpoint_sheet import describe_checkpoint_sheet
from provision.report.evidence import VERIFIER, build_evidence
from provision.report.record import render_record
from provision.report.spreadsheet import write_table
from provision.texts.catalogue import Language, say, say_count
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
@click.option("--extract", is_flag=True, help="FOLDER is out of `record export`: the records of one tablet alone.")
@_language_option
def verify(folder: Path, key: str | None, checkpoint: Path | None, language: Language | None, *, extract: bool) -> None:
    """Verify a records FOLDER: signatures, documents, ledger.

    Exit status 0 right, 1 wrong, 2 cannot be judged, 3 intact but the signer is unknown (no --key).
    This is provision/records/verify_record.py, which does the same alone on any computer with Python.
    """
    words = [str(folder), "--lang", str(detect_language(os.environ, language))]
    words += ["--key", key] if key is not None else []
    words += ["--checkpoint", str(checkpoint)] if checkpoint is not None else []
    words += ["--extract"] if extract else []
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
@click.argument("number")
@home_option("./ward")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The new file  [default: NUMBER-records.zip in this folder]. One that is there is never overwritten.",
)
@_language_option
def export(number: str, home: Path | None, out: Path | None, language: Language | None) -> None:
    """Write all records of this bench with NUMBER as one ZIP for a stranger, who verifies it with Python alone.

    In it: the records with proofs that they stand in the signed ledger, the key's public part, the verifier, the
    configuration without secrets, everything in words, and a guide in French and English. Each record is verified on
    the way. Exit status 0 written, 1 there is none or something is wrong, 2 wrong use.
    """
    place = load_home(home or WARD_HOME)
    spoken = detect_language(os.environ, language or place.bench.language)
    file = (out or Path(f"{number}-records.zip")).absolute()
    if file.exists() or not file.parent.is_dir() or file.resolve().is_relative_to(place.records.resolve()):
        raise click.UsageError(say(spoken, "record.export-place", file=file))
    _read_own_key(place, spoken)
    extract = build_extract(place.records, number)
    data = build_evidence(number, extract)
    try:
        write_atomically(file, data, replace=False)
        if digest_file(file) != sha256_hex(data):
            raise RecordError(f"{file}: the disk gives other bytes back than were written; take another one")
    except OSError as error:
        raise RecordError(f"{error.filename or file}: cannot be written: {error.strerror or error}") from error
    click.echo(say_count(spoken, "record.exported", len(extract.records), file=file, asset=number))
    click.echo(say(spoken, "record.exported-key", fingerprint=show_fingerprint(extract.home.fingerprint)))
    verifier = digest_file(Path(verify_record.__file__))
    click.echo(say(spoken, "record.exported-verifier", name=VERIFIER, digest=verifier))


def _read_own_key(place: Home, spoken: Language) -> HomeKey:
    """The bench's own key; what lies in the records folder is a copy, and whoever exchanged it signed the rest, too.

    Raises:
        RecordError: the copy is another one.
    """
    copy = place.records / DESCRIPTOR_NAME
    if read_bytes(copy) != read_bytes(place.keys / DESCRIPTOR_NAME):
        raise RecordError(say(spoken, "record.other-key", copy=copy, own=place.keys / DESCRIPTOR_NAME))
    return read_home_key(place.keys)


@record.command()
@home_option("./ward")
@out_option("checkpoint.pdf")
@_language_option
def checkpoint(home: Path | None, out: Path, language: Language | None) -> None:
    """Write the ledger's newest checkpoint on a sheet to keep elsewhere: a QR code, and the same in letters.

    Compared later (`record verify --checkpoint`), it shows whether records were removed or signed anew. Exit status 0
    written, 1 where the ledger is not right or is being written, 2 wrong use.
    """
    place = load_home(home or WARD_HOME)
    spoken = detect_language(os.environ, language or place.bench.language)
    key = _read_own_key(place, spoken)
    leaves, _ = read_ledger(place.records / LEDGER, key)
    note = read_bytes(place.records / LEDGER / CHECKPOINT_NAME)
    size = open_checkpoint(note, key.origin, key.public, CHECKPOINT_NAME).size
    newest = max((leaf.time for leaf in leaves[:size]), default="-")
    print_paper(spoken, out, "checkpoint", describe_checkpoint_sheet(key, note.decode(), size, newest, spoken))


@record.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key", required=True, help="Fingerprint (64 digits) or key.json of that bench, kept OUTSIDE FOLDER.")
@home_option("./ward")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The cosigned checkpoint, for that bench and its auditors. One that is there is never overwritten.",
)
@_language_option
def witness(folder: Path, key: str, home: Path | None, out: Path, language: Language | None) -> None:
    """Cosign the ledger of ANOTHER bench, as a copy of its records FOLDER has it; `key.json` and `ledger` are enough.

    This bench (--home) remembers what it cosigned, and later cosigns only a ledger that holds the same statements
    and perhaps more. Records are not looked at: `record verify` does that. Exit status 0 cosigned, 1 the ledger was
    cut back, written anew or is not right (nothing is signed then), 2 wrong use.
    """
    place = load_home(home or WARD_HOME)
    spoken = detect_language(os.environ, language or place.bench.language)
    file = out.absolute()
    if file.exists() or not file.parent.is_dir() or file.resolve().is_relative_to(folder.resolve()):
        raise click.UsageError(say(spoken, "record.export-place", file=file))
    named, log, own = _read_named_key(folder, key, spoken), read_home_key(folder), load_keys(place.keys)
    if named != log.fingerprint:
        got = show_fingerprint(log.fingerprint)
        raise RecordError(say(spoken, "record.witness-key", file=folder / DESCRIPTOR_NAME, got=got))
    if log.fingerprint == own.fingerprint or log.kind is not own.kind:
        raise click.UsageError(say(spoken, "record.witness-bench", folder=folder, home=place.path))
    with lock_home(place):
        found = witness_ledger(folder / LEDGER, log, own, place.witnessed, datetime.now(UTC))
    if not found.continuation.is_right:
        raise RecordError(_tell_refusal(found, spoken))
    try:
        write_atomically(file, found.note, replace=False)
    except OSError as error:
        raise RecordError(f"{error.filename or file}: cannot be written: {error.strerror or error}") from error
    told = {"origin": log.origin, "file": file, "before": found.before[0].size if found.before else 0}
    click.echo(say_count(spoken, f"record.witness-{found.continuation}", found.head.size, **told))
    click.echo(say(spoken, "record.witness-by", origin=own.origin, fingerprint=show_fingerprint(own.fingerprint)))


def _read_named_key(folder: Path, key: str, spoken: Language) -> str:
    """The fingerprint that a person named; one out of the folder itself proves nothing and is refused."""
    try:
        return verify_record.fingerprint_of(folder, key)
    except verify_record.Fault as fault:
        told = verify_record.Report(str(spoken)).text(fault.key, **fault.values)
        raise click.UsageError(told) from fault


def _tell_refusal(found: Testimony, spoken: Language) -> str:
    before, date = (found.before[0].size, f"{found.before[1]:%Y-%m-%d}") if found.before else (0, "-")
    told = {"origin": found.head.origin, "got": found.head.size, "before": before, "date": date, "kept": found.kept}
    return say(spoken, f"record.witness-{found.continuation}", **told)


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
    if (file.parent / LEDGER / INCLUSION_NAME).exists():
        raise RecordError(say(spoken, "record.of-extract", file=file, folder=file.parent))
    found = read_record(file.parent, file.name, read_home_key(file.parent))
    click.echo(render_record(spoken, found), nl=False)
    if key is None:
        click.echo(say(spoken, "record.signer-unknown"))
        raise SystemExit(ending.SIGNER_UNKNOWN)
    if key.replace(" ", "").lower() != found.signer:
        click.echo(say(spoken, "record.signer-other", got=key))
        raise SystemExit(ending.NOT_ALL)
    click.echo(say(spoken, "record.signer-known"))
