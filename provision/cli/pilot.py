"""`provision pilot`: the first meeting with a model, step by step, with a transcript of everything."""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import click

from provision.bench.adb import AdbHost
from provision.captures.model import Capture
from provision.cli import ending
from provision.cli.batch import close_batch
from provision.cli.once import (
    run_tablet,
    take_tablet,
    tell_draft_applied,
    tell_question,
    warn_of_hook,
    watch_port,
)
from provision.cli.options import (
    Access,
    accept_draft_option,
    access_options,
    serial_option,
    slot_option,
    wait_for_word_option,
)
from provision.cli.pick import NO_SLOT, Picked
from provision.cli.reach import Reached, open_home
from provision.cli.shadow import open_shadow
from provision.cli.speech import language_of
from provision.cli.walk import Walk, tell_stop
from provision.errors import ConfigurationError, HomeError, ProvisionError, RecordError
from provision.facts.ask import NotBooted
from provision.files import make_folder
from provision.home.folder import Home
from provision.polling import retry
from provision.records.run_end import RunEnd
from provision.runs.close_debugging import PortProbe
from provision.runs.job import Job, Progress
from provision.runs.run import TabletRun
from provision.runs.verdict import outcome_from_error
from provision.site.network import place_of
from provision.station.hooks import HookRunner
from provision.station.setup import BenchSetup, SecretReader, load_setup
from provision.terms import HomeKind, Reason
from provision.texts.catalogue import say
from provision.texts.language import Language
from provision.transcripts.blank import ASSET, PASSPHRASE, Blanker
from provision.transcripts.head import UNREADABLE, Made, expect_of_row, make_bare_head, read_head
from provision.transcripts.judge import Judgement, judge
from provision.transcripts.model import Head
from provision.transcripts.read import read_transcript
from provision.transcripts.record import Recorder, RecordingTransport
from provision.transcripts.wants import describe_wants

FOLDER = "transcripts"

_UNCLEAR = frozenset({Reason.ANSWER_NOT_UNDERSTOOD, Reason.ANSWER_CUT})
"""Ends at an answer that no reader could use."""


@click.command()
@access_options
@slot_option
@serial_option
@click.option("--yes", is_flag=True, help="Go on by itself from step to step; an unknown answer stops all the same.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The transcript to write; an existing file is never written over  [default: a new one in HOME/transcripts].",
)
@wait_for_word_option
@accept_draft_option
def pilot(
    access: Access,
    slot: str | None,
    serial: str | None,
    yes: bool,
    out: Path | None,
    wait_for_word: float | None,
    accept_draft: bool,
) -> None:
    """Provision one tablet of a model nobody has met, step by step, and write a transcript of it.

    Takes the same road as `once`. Before each step it says what it will do and what must come of it, and asks to
    go on. It stops at the first answer that neither the product nor the model of that release knows, and says what to
    do then. The transcript holds every command and answer without serial numbers, addresses, accounts and network
    names.

    Exit status: 0 done, or in a training home the end that this virtual tablet must come to, and no answer was
    unknown; 1 any other end; 2 configuration; 130 interrupted.
    """
    place = open_home(access)
    if not yes and not sys.stdin.isatty():
        raise click.UsageError(say(language_of(place), "pilot.nobody"))
    setup = replace(load_setup(place), accept_draft=accept_draft)
    with take_tablet(access, setup, slot, serial, "pilot.confirm", wait_for_word, yes=yes) as taken:
        meeting = _Meeting(access, setup, taken.picked, taken.reached, taken.secrets, yes=yes)
        with HookRunner(place.bench.hooks, place.kind, warn_of_hook(place)) as hooks:
            hooks.tell("attach", taken.picked.label)
            with watch_port(access, setup, taken) as probe:
                file = out or _name_file(place, taken.picked)
                end = meeting.hold(taken.job, probe, file)
            hooks.tell_end(end)
        tell_draft_applied(setup, end)
        right = close_batch(place, taken.ledger, [end], taken.expected, as_json=False)
        meeting.close(file, end)
    if end.reason is Reason.STOPPED_BY_OPERATOR:
        raise SystemExit(ending.INTERRUPTED)
    raise SystemExit(0 if right and not meeting.stopped and meeting.whole else ending.NOT_ALL)


def _name_file(place: Home, picked: Picked) -> Path:
    folder = place.path / FOLDER
    make_folder(folder)
    label = re.sub(r"[^A-Za-z0-9]", "_", picked.label)
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-slot-{label}.jsonl"


@dataclass
class _Meeting:
    """One pilot: the tablet, the model beside it, and the transcript."""

    access: Access
    setup: BenchSetup
    picked: Picked
    reached: Reached
    secrets: SecretReader
    yes: bool
    whole: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        secrets, site = self.secrets(), self.setup.home.site
        first = secrets.get(place_of(0, "passphrase"))
        self._secret = "" if first is None else first.reveal().decode("utf-8", "replace")
        packages = {app.package for app in self.setup.appset.apps}
        self._blanker = Blanker(site.ssids[0], self._secret, (self.picked.row.serial,), packages)
        for ssid in site.ssids[1:]:
            self._blanker.learn_network(ssid)
        for secret in secrets.values():
            self._blanker.learn(secret.reveal().decode("utf-8", "replace"), PASSPHRASE)
        self._recorder = Recorder(self._blanker)
        self._language = language_of(self.setup.home)

    @property
    def stopped(self) -> bool:
        """Tell whether an answer was unknown."""
        return self._recorder.stopped is not None

    def hold(self, job: Job, probe: PortProbe, file: Path) -> RunEnd:
        """The head, then the whole run; its end is in the transcript.

        Raises:
            HomeError: the transcript cannot be written; nothing was changed.
            AnswerError, TransportError: the head could not be read; what came is in the transcript.
        """
        if file.exists():
            raise HomeError(say(self._language, "pilot.there", file=file))
        transport = RecordingTransport(self.picked.transport, self._recorder)
        try:
            head, capture = self._read_head(transport)
        except ProvisionError as error:
            self._keep_what_came(file, transport, error)
            raise
        self._blanker.learn_packages(head.packages)
        self._open(file, head)
        self._tell_head(head, file)
        walk = Walk(self._language, self._recorder, yes=self.yes)
        with tempfile.TemporaryDirectory(prefix="provision-pilot-") as folder:
            self._set_beside(Path(folder), head, capture)
            end = run_tablet(self.picked, transport, job, probe, self._follow(walk), seconds=self._find_limit(job))
        with suppress(RecordError):  # the run is over and recorded; the transcript ends where the disk did
            if end.reason in _UNCLEAR:
                self._recorder.refuse(str(end.detail))
            self._recorder.end(str(end.outcome), end.reason and str(end.reason), str(end.detail))
        self._read_back(file)
        return end

    def _read_back(self, file: Path) -> None:
        """From disk: of a transcript that is not whole it is said, since it is to be sent away."""
        try:
            self.whole = read_transcript(file).end is not None
            why = "" if self.whole else say(self._language, "pilot.no-end", file=file)
        except ConfigurationError as error:
            why = str(error)
        if why:
            click.echo(say(self._language, "pilot.not-whole", why=why), err=True)

    def _read_head(self, transport: RecordingTransport) -> tuple[Head, Capture]:
        """The head, of a tablet that may still be starting."""
        limits = self.setup.limits
        return retry(lambda: read_head(transport, self._make(), seconds=limits.facts), NotBooted, seconds=limits.boot)

    def _keep_what_came(self, file: Path, transport: RecordingTransport, error: ProvisionError) -> None:
        """A transcript of a head that could not be read: the calls until then, and why."""
        self._open(file, make_bare_head(transport, self._make()))
        verdict = outcome_from_error(error)
        if verdict.reason in _UNCLEAR:
            self._recorder.refuse(str(error))
        self._recorder.end(str(verdict.outcome), verdict.reason and str(verdict.reason), str(error))
        click.echo(say(self._language, "pilot.cut", calls=self._recorder.calls, file=file))

    def close(self, file: Path, end: RunEnd) -> None:
        """Say what to do now."""
        release = write_command(self.access, self.setup.home.path, self.picked)
        for line in tell_stop(self._language, self._recorder, file, end, release):
            click.echo(line)

    def _follow(self, walk: Walk) -> Callable[[TabletRun, Progress], None]:
        """Each step is told and asked about; a question about the model as in `once`."""

        def tell(run: TabletRun, progress: Progress) -> None:
            self._blanker.learn(progress.asset_id, ASSET)
            if progress.asks:
                tell_question(self._language, self.picked, progress, as_json=False)
            if not walk.step(progress, lambda: run.cause is not None):
                run.cancel(Reason.STOPPED_BY_OPERATOR)

        return tell

    def _make(self) -> Made:
        adb = f"server protocol {AdbHost(self.reached.ensure()).version()}"
        virtual = self.setup.home.kind is HomeKind.TRAINING
        here = self.setup
        wants = describe_wants(here.home.site, here.appset, here.agent, accept_draft=here.accept_draft)
        return Made(virtual, datetime.now(UTC), metadata.version("provision"), adb, wants)

    def _find_limit(self, job: Job) -> float | None:
        """No limit where a person is asked: reading takes its time."""
        patience = (job.confirmations.patience or 0) if job.confirmations is not None else 0
        return self.setup.home.bench.deadlines.run + patience if self.yes else None

    def _open(self, file: Path, head: Head) -> None:
        try:
            self._recorder.open(file, head)
        except FileExistsError:
            raise HomeError(say(self._language, "pilot.there", file=file)) from None
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise HomeError(say(self._language, "pilot.cannot-write", file=file, why=why)) from error

    def _tell_head(self, head: Head, file: Path) -> None:
        language = self._language
        click.echo(say(language, "pilot.head", model=head.model, api=head.api, patch=head.patch, build=head.build))
        click.echo(say(language, "pilot.services.title"))
        for name, value in head.google.items():
            click.echo(say(language, "pilot.services.line", **_tell_google(language, name, value)))
        click.echo(say(language, "pilot.services.open"))
        click.echo(say(language, "pilot.writes", file=file))
        if head.virtual:
            click.echo(say(language, "pilot.virtual"))

    def _set_beside(self, folder: Path, head: Head, capture: Capture) -> None:
        """The readers of the head, and the model of this release, judge all calls: those of the head too."""
        shadow = open_shadow(folder, capture, self.setup.home.site.ssids[0], self._secret)
        if shadow is None:
            click.echo(say(self._language, "pilot.no-model", api=head.api))

        def weigh(line: str, text: str, code: int | None, fed: bytes | None) -> Judgement:
            expected = expect_of_row(line, text)
            if expected or shadow is None:
                return Judgement(expected=expected)
            found = judge(shadow, line, text, code, head.api, fed)
            if found.variant:
                click.echo(say(self._language, "pilot.variant", variant=found.variant))
            return found

        self._recorder.judge_by(weigh)


def write_command(access: Access, home: Path, picked: Picked) -> str:
    """The command that releases this very tablet, reached as it was for the pilot; ready for a shell."""
    words = ["provision", "release"]
    words += ["--serial", picked.row.serial] if picked.label == NO_SLOT else ["--slot", picked.label]
    words += ["--home", str(home.absolute())]
    if access.virtual is not None:
        words += ["--virtual", str(access.virtual), "--seed", str(access.seed)]
    if access.adb is not None:
        words += ["--adb", access.adb]
    if access.server is not None:
        words += ["--adb-server", str(access.server)]
    return shlex.join(words)


def _tell_google(language: Language, name: str, value: str | None) -> Mapping[str, str]:
    """One line about Google: names in words, rows of the settings as they are called."""
    is_row = name.startswith(("global ", "secure "))
    key = "pilot.services.name.row" if is_row else f"pilot.services.name.{name.replace(' ', '-')}"
    words = {None: "pilot.services.none", UNREADABLE: "pilot.services.unreadable"}
    return {
        "name": say(language, key, row=name),
        "value": say(language, words[value]) if value in words else str(value),
    }
