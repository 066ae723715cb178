"""`provision report`: figures of what a bench did, for those who plan the next batch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.paper_files import write_paper
from provision.cli.speech import language_of
from provision.errors import RecordError
from provision.files import write_atomically
from provision.home.folder import Home, load_home
from provision.records.keys import DESCRIPTOR_NAME, load_keys
from provision.records.reader import bundle_paths, verify_folder
from provision.report.batch import describe_report, find_last_batch, join_runs, list_rows, make_report
from provision.report.render import render_page
from provision.report.spreadsheet import write_table
from provision.state.run_times import RunTime
from provision.texts.catalogue import Language, say

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def report() -> None:
    """Report what a bench did."""


@report.command()
@home_option("./ward")
@click.option("--since", type=DAY, help="First day  [default: the last batch].")
@click.option("--until", type=DAY, help="Last day  [default: today].")
@click.option(
    "--out",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="Folder of the files  [default: here].",
)
@language_option("Of the report  [default: the bench's].")
def batch(
    home: Path | None, since: datetime | None, until: datetime | None, out: Path, language: Language | None
) -> None:
    """Write the report of the last batch, or of some days, as batch-DAY.html, .pdf and .csv.

    Tablets an hour, minutes by phase, reasons of refusal, repeated runs by cable, and how often each model needed
    hands. Tablets and outcomes come from the signed records, times of phases and hands from what the stations of this
    bench noted. Exit status 0, 1 when no run ended in that time or the records are not right.
    """
    place = load_home(home or WARD_HOME)
    spoken = language or language_of(place)
    runs = _find_runs(place, since, until, spoken)
    if not runs:
        raise RecordError(say(spoken, "report.nothing"))
    made = make_report(runs, spoken)
    data = describe_report(made, place.bench.asset_prefix, place.kind, spoken)
    name = f"batch-{made.began.astimezone():%Y-%m-%d}"
    page, table = out / f"{name}.html", out / f"{name}.csv"
    write_atomically(page, render_page("batch.html.j2", data).encode())
    write_atomically(table, _write_table(runs))
    for file in (page, *write_paper(out / f"{name}.pdf", "batch", data), table):
        click.echo(say(spoken, "report.written", file=file))


def _find_runs(place: Home, since: datetime | None, until: datetime | None, language: Language) -> tuple[RunTime, ...]:
    """Every run of the days asked for, else of the last batch.

    Raises:
        RecordError: there is no record yet, or the records are not right.
    """
    from provision.state.opening import open_bench_state  # noqa: PLC0415 # the database takes long to import

    if not bundle_paths(place.records) and not (place.records / DESCRIPTOR_NAME).exists():
        raise RecordError(say(language, "report.no-record", folder=place.records))
    verdict = verify_folder(place.records, load_keys(place.path / "keys").fingerprint)
    if verdict.faults or verdict.unjudged:
        raise RecordError(say(language, "report.records-wrong", folder=place.records))
    begin = datetime(2000, 1, 1, tzinfo=UTC) if since is None else since.astimezone(UTC)
    end = datetime.now(UTC) + timedelta(days=1) if until is None else until.astimezone(UTC) + timedelta(days=1)
    with open_bench_state(place.path) as state:
        noted = state.run_times.list_between(begin, end)
    records = [record.run for record in verdict.records if begin <= record.run.ended < end]
    runs = join_runs(records, noted)
    return runs if since or until else find_last_batch(runs)


def _write_table(runs: tuple[RunTime, ...]) -> bytes:
    return write_table(list_rows(runs)).encode()
