"""`provision station`: all slots of a bench, until told to stop or until all came to an end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import click

from provision.agent.answers import AgentAbsent
from provision.bench.adb import name_foreign_server
from provision.board.recorder import Recorder
from provision.board.snapshot import Moment
from provision.cli import ending
from provision.cli.batch import close_batch, list_leftovers
from provision.cli.cables import CountingSink, tell_cables
from provision.cli.ending import on_hang_up, on_stop, work_in_background
from provision.cli.operator_keys import listen_to_keys
from provision.cli.options import Access, accept_draft_option, access_options, json_option, wait_for_word_option
from provision.cli.orders import make_client
from provision.cli.pages import make_pages, serve_pages
from provision.cli.reach import name_seen_through, open_home, reach, require_seen_through
from provision.cli.run_times import find_usual, keep_run
from provision.cli.sinks import JsonSink, NoticedSink, RecordingSink, open_screen, watch_slots
from provision.cli.speech import language_of, tell_kernel_word
from provision.cli.streams import keep_working
from provision.cli.training import read_expected
from provision.home.folder import Home, lock_home
from provision.identity.label_code import NEW
from provision.report.labels import tell_heard, tell_shortly
from provision.runs.confirmation import ConfirmationQueue
from provision.runs.screen_blink import blink_screen
from provision.service.notice import ServiceNotice
from provision.state.opening import open_bench_state
from provision.station.desk import Answered, Desk
from provision.station.label_desk import LabelDesk
from provision.station.ledger_writer import LedgerWriter
from provision.station.options import Options
from provision.station.setup import BenchSetup, SecretReader, load_setup, open_ledger
from provision.station.station import Sink, Station
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language, detect_language
from provision.transport import Transport

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState

SHOWN_SECONDS = 60
"""So long a tablet shows its number when it is asked for at the board."""

BLINK_SECONDS = 10
"""So long the screen of one without agent blinks: whoever asked gets the answer after it."""


@dataclass(frozen=True)
class Screens:
    """Where a batch is shown.

    Attributes:
        planned: how many tablets are to come in all; None where nobody said.
        web: whether there are pages; None leaves it to what standard output is.
        listen: address for the screens of the room.
    """

    planned: int | None
    as_json: bool
    web: bool | None
    listen: str | None


@click.command()
@access_options
@click.option("--once", is_flag=True, help="End when every tablet came to an end (always so with --virtual).")
@click.option("--stay", is_flag=True, help="With --virtual: go on until Ctrl-C, as with real tablets.")
@click.option("--chaos", is_flag=True, hidden=True)
@click.option("--yes", is_flag=True, help="Start on every tablet at once, without waiting for Enter.")
@click.option(
    "--web/--no-web",
    "web",
    default=None,
    help="Show the board in a browser of this computer, too  [default: where standard output is a terminal].",
)
@click.option(
    "--web-listen",
    "listen",
    metavar="ADDRESS[:PORT]",
    help="And to the screens of the room at this address of this computer, over HTTPS, with a key  [port: 8443].",
)
@click.option("--batch", type=click.IntRange(1, 9999), metavar="N", help="How many tablets are to come in all.")
@wait_for_word_option
@accept_draft_option
@json_option
def station(
    access: Access,
    once: bool,
    stay: bool,
    chaos: bool,
    yes: bool,
    web: bool | None,
    listen: str | None,
    batch: int | None,
    wait_for_word: float | None,
    accept_draft: bool,
    as_json: bool,
) -> None:
    """Provision every tablet that is plugged into this bench, all at once.

    Real tablets wait for a word before anything is written to them: press Enter to start all that
    are ready, or give --yes. Ctrl-C stops; tablets in work leave a record and can be run again.
    When its terminal is closed, it takes those in work to their ends, and ends.

    A tablet that does not say whether it is one waits for somebody to say so: type "yes 4" or "no 4" and Enter for
    the one in slot 4, or `provision accept 4` in another terminal. With --once it is refused with the question.
    A tablet whose label is asked for waits likewise: "4 A-0009", or scan the label's code; "new 4" where it has none,
    "which 4" tells which tablets it may be.
    "again 4" runs the tablet in slot 4 once more where it did not end well, "stop 4" ends its run alone (it leaves a
    record, and its tablet stays partly set up), "show 4" shows a finished one's number on its own screen.
    `provision audit` tells who said what.

    Exit status: 0 every tablet is done, or in a training home ended as it must; 1 some did not, or none was seen; 2
    configuration; 130 interrupted. Output that nobody takes changes none of it (`logs/output.jsonl` says so).
    """
    for wrong, key in ((chaos, "station.chaos"), (once and stay, "station.once-or-stay")):
        if wrong:
            raise click.UsageError(say(detect_language(os.environ, access.language), key))
    place = open_home(access)
    _refuse_unattended(place, yes=yes)
    _refuse_remote(place, access)
    require_seen_through(place, name_seen_through(access))
    setup = load_setup(place)
    options = Options(
        granted=yes or place.kind is HomeKind.TRAINING,
        once=once or (access.virtual is not None and not stay),
        run_seconds=place.bench.deadlines.run,
        format_kernel=partial(tell_kernel_word, language_of(place)),
        format_hanging=lambda slot: say(language_of(place), "station.run-hangs", slot=slot),
        format_server_lost=lambda text: say(language_of(place), "station.server-lost", text=text),
    )
    setup = replace(setup, accept_draft=accept_draft)
    patience = 0.0 if wait_for_word is None and options.once else wait_for_word
    screens = Screens(batch, as_json, web=web, listen=listen or place.bench.web.listen)
    raise SystemExit(_run(access, setup, options, patience, screens))


def _refuse_unattended(place: Home, *, yes: bool) -> None:
    """A ward bench needs somebody to press Enter, or their word beforehand."""
    if place.kind is HomeKind.WARD and not yes and not sys.stdin.isatty():
        raise click.UsageError(say(language_of(place), "station.nobody"))


def _refuse_remote(place: Home, access: Access) -> None:
    """Real tablets are joined to their ports by USB, so their adb server runs here."""
    if access.virtual is None and access.server is not None and not access.server.is_local:
        raise click.UsageError(say(language_of(place), "station.remote-server", address=access.server))


def _run(
    access: Access,
    setup: BenchSetup,
    options: Options,
    patience: float | None,
    screens: Screens,
) -> int:
    place = setup.home
    with (
        keep_working(),
        lock_home(place),
        open_bench_state(place.path) as state,
        open_ledger(place, state) as ledger,
        reach(access, place) as reached,
    ):
        confirmations = ConfirmationQueue(state.confirmations, patience)
        secrets = SecretReader(place)
        secrets()  # a wrong one ends the command before any tablet is touched
        job = setup.make_job(ledger, secrets, confirmations, state, name_seen_through(access))
        expected = read_expected(reached.training, setup, state)
        recorder = Recorder(time.monotonic(), screens.planned, find_usual(state.run_times))
        ports = {slot.label: slot.port for slot in place.slots}
        pages = make_pages(place, wanted=screens.web, listen=screens.listen)
        shown = (
            nullcontext(JsonSink(language_of(place))) if screens.as_json else open_screen(language_of(place), recorder)
        )
        publish = None if pages is None else pages.feed.publish
        with (
            shown as screen,
            watch_slots(setup, _note(screen, recorder, publish, state, ports)) as watched,
        ):
            notice = ServiceNotice(os.environ)
            sink = NoticedSink(watched, notice)
            _tell_leftovers(sink, ledger, access, language_of(place))
            for line in tell_cables(state.cable_history, ports, language_of(place)):
                sink.warn(line)
            here = setup.make_station(job, reached.ensure, reached.open_ports(), sink, options)

            desk = _open_desk(here, confirmations, setup, state, ledger)

            def finish() -> None:
                confirmations.expect_nobody()
                here.finish()

            def stop() -> None:
                notice.tell_stopping()
                here.stop()

            if pages is not None:
                pages.desk = desk
            # Not kept with what was said: it may hold a key.
            serving = serve_pages(pages, place, screen, wanted=screens.web, listen=screens.listen)
            with serving, on_stop(stop), on_hang_up(finish), work_in_background():
                listen_to_keys(here, desk, place)
                ends = here.run()
        right = close_batch(place, ledger, ends, expected, as_json=screens.as_json)
    if here.stopped_by_operator:
        return ending.INTERRUPTED
    return 0 if right and not here.left else ending.NOT_ALL


def _open_desk(
    here: Station, confirmations: ConfirmationQueue, setup: BenchSetup, state: BenchState, ledger: LedgerWriter
) -> Desk:
    """Where words go, with what lights a tablet up."""
    show = partial(_show_number, setup, state)
    blink = partial(blink_screen, seconds=BLINK_SECONDS, call_seconds=setup.limits.step)
    read = partial(_read_label, LabelDesk(setup, state, ledger.numbers))
    return Desk(here, confirmations, show, blink, read, state.audit_log, language_of(setup.home))


def _read_label(desk: LabelDesk, transport: Transport, said: str, language: Language) -> Answered:
    """Note what a person read on the label of a tablet in a slot."""
    who = desk.ask_who(transport)
    if not said:
        return Answered(tell_shortly(desk.list_candidates(who), who.serial, language), taken=True)
    heard = desk.confirm_new(who) if said == NEW else desk.confirm(who, said)
    return Answered(tell_heard(heard, language, at_station=True), heard.taken)


def _note(
    screen: Sink,
    recorder: Recorder,
    publish: Callable[[Moment], None] | None,
    state: BenchState,
    ports: Mapping[str, str],
) -> CountingSink:
    """What the bench remembers of its runs, behind what it shows of them."""
    shown = RecordingSink(screen, recorder, publish, partial(keep_run, state.run_times))
    return CountingSink(shown, state.cable_history, ports)


def _tell_leftovers(sink: Sink, ledger: LedgerWriter, access: Access, language: Language) -> None:
    """Tell what an earlier, killed station left, and an adb server that may hold the tablets."""
    for line in list_leftovers(ledger, language):
        sink.warn(line)
    foreign = name_foreign_server() if access.virtual is None and access.server is None else None
    if foreign is not None:
        sink.warn(say(language, "station.foreign-server", address=foreign))


def _show_number(setup: BenchSetup, state: BenchState, transport: Transport) -> None:
    """Let a finished tablet show its number.

    Raises:
        AgentAbsent: it has no agent, or this bench has none.
        TransportError, StepFailed: the tablet does not.
    """
    if setup.agent is None:
        raise AgentAbsent("show", "an agent", "a bench without one (bench.yaml)")
    make_client(setup, transport, language_of(setup.home), state).show(SHOWN_SECONDS)
