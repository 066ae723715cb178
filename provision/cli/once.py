"""`provision once`: one tablet, one run, one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import click

from provision.bench.lookout import PortLookout
from provision.board.closing import Expectation
from provision.cli import ending
from provision.cli.batch import close_batch, emit, list_leftovers
from provision.cli.ending import on_stop
from provision.cli.options import (
    Access,
    accept_draft_option,
    access_options,
    json_option,
    serial_option,
    slot_option,
    wait_for_word_option,
)
from provision.cli.pick import NO_SLOT, Picked, pick
from provision.cli.reach import Reached, find_seen_through, open_home, reach, require_seen_through
from provision.cli.sinks import tell_draft, tell_hook
from provision.cli.speech import confirm, language_of
from provision.cli.streams import keep_working
from provision.cli.training import read_expected
from provision.home.folder import Home, lock_home
from provision.profiles.schema import Status
from provision.records.run_end import RunEnd
from provision.runs.close_debugging import PortProbe, no_probe
from provision.runs.confirmation import ConfirmationQueue
from provision.runs.job import Job, Progress
from provision.runs.run import TabletRun
from provision.state.opening import open_bench_state
from provision.station.hooks import HookFailure, HookRunner
from provision.station.ledger_writer import LedgerWriter
from provision.station.setup import BenchSetup, SecretReader, load_setup, open_ledger
from provision.terms import HomeKind, Reason
from provision.texts.catalogue import printable, say
from provision.texts.language import Language
from provision.transport import Transport

Result = TypeVar("Result")


@click.command()
@access_options
@slot_option
@serial_option
@click.option("--yes", is_flag=True, help="Start without asking.")
@wait_for_word_option
@accept_draft_option
@json_option
def once(
    access: Access,
    slot: str | None,
    serial: str | None,
    yes: bool,
    wait_for_word: float | None,
    accept_draft: bool,
    as_json: bool,
) -> None:
    """Provision one tablet, the one in --slot or with --serial, and write its record.

    No other device on this computer is asked anything. A tablet that does not say whether it is one is refused with the
    question; --wait-for-word leaves time for the answer (`provision accept` in another terminal).

    Exit status: 0 done, or in a training home the end that this virtual tablet must come to; 1 any other end; 2
    configuration; 130 interrupted.
    """
    place = open_home(access)
    setup = replace(load_setup(place), accept_draft=accept_draft)
    with take_tablet(access, setup, slot, serial, "once.confirm", wait_for_word, yes=yes) as taken:
        with HookRunner(place.bench.hooks, place.kind, warn_of_hook(place)) as hooks:
            hooks.tell("attach", taken.picked.label)
            with watch_port(access, setup, taken) as probe:
                end = _run(setup, taken, probe, as_json=as_json)
            hooks.tell_end(end)
        tell_draft_applied(setup, end)
        right = close_batch(place, taken.ledger, [end], taken.expected, as_json=as_json)
    if end.reason is Reason.STOPPED_BY_OPERATOR:
        raise SystemExit(ending.INTERRUPTED)
    raise SystemExit(0 if right else ending.NOT_ALL)


@dataclass(frozen=True)
class Taken:
    """The one tablet that a command was started for, and what its run needs.

    Attributes:
        expected: what must come of it, by its slot, where that is known.
    """

    ledger: LedgerWriter
    reached: Reached
    picked: Picked
    secrets: SecretReader
    expected: Mapping[str, Expectation]
    job: Job


@contextmanager
def take_tablet(
    access: Access,
    setup: BenchSetup,
    slot: str | None,
    serial: str | None,
    question: str,
    patience: float | None,
    *,
    yes: bool,
) -> Iterator[Taken]:
    """Hold a home for one tablet until the block ends.

    Args:
        question: key of the text that asks whether a real tablet is meant; with `yes` nobody is asked.
        patience: seconds for which somebody who says what its model is waited for.

    Raises:
        ProvisionError: home or tablet cannot be had; no tablet was touched.
    """
    place = setup.home
    with (
        keep_working(),
        lock_home(place),
        open_bench_state(place.path) as state,
        open_ledger(place, state) as ledger,
        reach(access, place) as reached,
    ):
        for line in list_leftovers(ledger, language_of(place)):
            click.echo(line, err=True)
        picked = pick(place, reached, slot, serial)
        through = find_seen_through(access, picked.row.port)
        require_seen_through(place, through)
        secrets = _admit(place, picked, question, yes=yes)
        ends = read_expected(reached.training, setup, state)
        expected = {label: end for label, end in ends.items() if label == picked.label}
        job = setup.make_job(ledger, secrets, ConfirmationQueue(state.confirmations, patience or 0), state, through)
        yield Taken(ledger, reached, picked, secrets, expected, job)


def _admit(place: Home, picked: Picked, question: str, *, yes: bool) -> SecretReader:
    """Ask whether this real tablet is meant, and read the Wi-Fi secret.

    Raises:
        ProvisionError: a wrong one ends the command before any tablet is touched.
    """
    if not yes and place.kind is not HomeKind.TRAINING:
        language = language_of(place)
        confirm(language, say(language, question, serial=picked.row.serial, slot=picked.label))
    secrets = SecretReader(place)
    secrets()
    return secrets


@contextmanager
def watch_port(access: Access, setup: BenchSetup, taken: Taken) -> Iterator[PortProbe]:
    """Sees the tablet's port while it runs, where its debugging is to be closed and this computer has its USB."""
    here = access.server is None or access.server.is_local
    if not (setup.home.site.seals and here):
        yield no_probe
        return
    reached = taken.reached
    with PortLookout(reached.open_ports(), reached.list_rows, taken.picked.row.port) as lookout:
        yield lookout.probe


def warn_of_hook(place: Home) -> Callable[[HookFailure], None]:
    """Tells what a program of the hospital's own did wrong."""

    def warn(failure: HookFailure) -> None:
        click.echo(tell_hook(language_of(place), failure), err=True)

    return warn


def tell_draft_applied(setup: BenchSetup, end: RunEnd) -> None:
    """Say that no real tablet has confirmed the profile that was used, where it is so."""
    profile = next((each for each in setup.profiles.known if each.name == end.profile), None)
    if profile is not None and profile.status is Status.DRAFT:
        click.echo(tell_draft(language_of(setup.home), profile), err=True)


def _run(setup: BenchSetup, taken: Taken, probe: PortProbe, *, as_json: bool) -> RunEnd:
    language, picked, job = language_of(setup.home), taken.picked, taken.job

    def tell(_run: TabletRun, progress: Progress) -> None:
        if progress.asks:
            tell_question(language, picked, progress, as_json=as_json)
        elif as_json:
            emit({"event": "progress", "phase": progress.phase, "step": progress.step})
        elif progress.phase is not None:
            click.echo(f"{picked.label}: {say(language, f'phase.{progress.phase}')}: {progress.step}", err=True)

    patience = (job.confirmations.patience or 0) if job.confirmations is not None else 0
    return run_tablet(picked, picked.transport, job, probe, tell, setup.home.bench.deadlines.run + patience)


def run_tablet(
    picked: Picked,
    transport: Transport,
    job: Job,
    probe: PortProbe,
    tell: Callable[[TabletRun, Progress], None],
    seconds: float | None,
) -> RunEnd:
    """One run that Ctrl-C ends in order.

    Args:
        transport: the way to the tablet that was picked.
        tell: told at each step, from the run's thread; may cancel the run.
        seconds: after so many it is ended as hung; None for as long as it takes.
    """

    def tell_on(progress: Progress) -> None:
        tell(run, progress)

    run = TabletRun(job, transport, picked.label, picked.row.serial, tell_on, probe)
    with on_stop(lambda: run.cancel(Reason.STOPPED_BY_OPERATOR)):
        return hold(run.run, seconds, lambda: run.cancel(Reason.TABLET_HUNG))


def tell_question(language: Language, picked: Picked, progress: Progress, *, as_json: bool) -> None:
    """Ask whether a device is a tablet that does not say so itself."""
    named = picked.label if picked.label != NO_SLOT else f"--serial {picked.row.serial}"
    question, now = say(language, "identity.question.is-tablet"), say(language, "once.word", named=named)
    if as_json:
        emit({"event": "question", "slot": picked.label, "model": progress.model, "question": question, "now": now})
        return
    click.echo(f"{picked.label}: {printable(progress.model)}: {question} {now}", err=True)


def hold(work: Callable[[], Result], seconds: float | None, end: Callable[[], None]) -> Result:
    """Run one piece of work in a thread of its own, which the main thread can end.

    A signal handler interrupts the main thread wherever it is. Were that the thread of the run, the
    handler would wait for the transport's lock, which the run itself holds. So the main thread only waits.

    Args:
        work: its result, or its error, is the caller's.
        seconds: after so many, if any, it is ended, as a station does with a run that hangs.
        end: makes the work end soon.
    """
    with ThreadPoolExecutor(1, "tablet") as pool:
        future = pool.submit(work)
        if not wait([future], seconds).done:
            end()
        return future.result()
