"""One whole run against a tablet that answers from data: every end leaves one record that agrees with itself."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from factories import Time, make_app, make_appset, make_site
from scripted import ENDS, AnsweringTransport
from state_file import change_state

from provision.board.sentences import advise
from provision.cli.batch import describe_end
from provision.config.load import Load
from provision.errors import ConfigurationError, ConfigurationFault, HomeError, RecordError, RecordTooLarge
from provision.facts.props import Props, parse
from provision.facts.query import CommandOutput
from provision.identity.carried import NOT_CARRIED, Carried
from provision.identity.which import Certainty
from provision.polling import REAL_TIME
from provision.profiles.model import MatchedOn, Profile
from provision.profiles.schema import Kind, Status
from provision.records.closing_statement import ClosingStatement, build_closing_statement
from provision.records.content import Configuration, RunResult, build_statement
from provision.records.run_end import RunEnd
from provision.runs.confirmation import ConfirmationQueue
from provision.runs.job import Job, Progress
from provision.runs.ledger import CheckedIn
from provision.runs.run import TabletRun
from provision.runs.run_log import RunLog, RunLogs
from provision.runs.shell_executor import Limits
from provision.site.network_secrets import NetworkSecrets
from provision.state.sql.bench_state import BenchState
from provision.terms import DeviceConfirmation, HomeKind, IntakeFinding, Outcome, Phase, Reason, Road
from provision.texts.catalogue import Language, say
from provision.transport import Answer
from tests.case_files import read_cases
from tests.waiting import wait_until

TABLET = read_cases(Path(__file__).parent / "cases/apply/tablet.yaml")
TIMEOUT = "settings get system screen_off_timeout"
STATUS = "cmd wifi status"
PROFILE = Profile("common", MatchedOn.GENERIC, Status.DRAFT, Kind.TABLET, (), (), (), {}, "0" * 64)


@dataclass
class Book:
    """A ledger in memory that refuses what a real one refuses; `broken` is `open`, `record`, `state` or `large`."""

    broken: str = ""
    opened: list[tuple[str, str | None]] = field(default_factory=list)
    results: list[RunResult] = field(default_factory=list)
    closings: list[ClosingStatement] = field(default_factory=list)

    def check_in(
        self, slot: str, serial: str, installation: str | None, props: Props | None, carried: Carried = NOT_CARRIED
    ) -> CheckedIn:
        if self.broken == "open":
            raise RecordError("the disk is full")
        if self.broken == "state":
            raise HomeError("state.sqlite: damaged; put its backup back")
        assert (slot, carried) == ("7", NOT_CARRIED)
        self.opened.append((serial, installation))
        asset_id = "A-0001" if props else "unidentified"
        return CheckedIn("run1", asset_id, Certainty.NEW, datetime.now(UTC))

    def finish(self, result: RunResult) -> str:
        if self.broken == "record":
            raise RecordError("the disk is full")
        if self.broken == "large" and result.controls:
            raise RecordTooLarge("a line of at most 9 bytes")
        build_statement(result)  # raises where outcome, reason, controls and deviations contradict each other
        self.results.append(result)
        return "A-0001.intoto.jsonl"

    def append_statement(self, run_id: str, closing: ClosingStatement) -> None:
        build_closing_statement(self.results[-1], "0" * 64, closing)
        assert run_id == self.results[-1].run_id
        self.closings.append(closing)


class Breaking(AnsweringTransport):
    """A tablet whose link ends the first time a line is asked; `end` is a word of a conversation."""

    def __init__(self, answers: Mapping[str, str], files: Mapping[str, bytes], line: str, end: str) -> None:
        super().__init__(answers, files)
        self._line, self._end = line, end

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        if self._line in line:
            raise (ENDS | {"broken": RuntimeError})[self._end](f"{self.address}: {self._end}")
        return super().shell(line, seconds=seconds, merged=merged)


@dataclass
class Ended:
    """A run that is over, with everything it left."""

    end: RunEnd
    book: Book
    told: list[Progress]
    tablet: AnsweringTransport


def _no_secret() -> NetworkSecrets:
    fault = ConfigurationFault(Path("secrets/wifi"), None, "", "a readable file with the secret", "No such file")
    raise ConfigurationError(fault)


class Asked(list[Progress]):
    """What a run told; the question is answered by `then`, from the thread of somebody else."""

    run: TabletRun

    def __init__(self, then: Callable[[TabletRun], object]) -> None:
        super().__init__()
        self._then = then

    def append(self, progress: Progress) -> None:
        super().append(progress)
        if progress.asks:
            threading.Thread(target=self._then, args=(self.run,)).start()


def run(
    *,
    breaking: tuple[str, str] | None = None,
    book: Book | None = None,
    site: Mapping[str, object] | None = None,
    open_log: Callable[[str], RunLog] = lambda slot: RunLog(None, slot),
    load: Load = Load(3.0, 0.1),  # noqa: B008 # frozen
    confirmations: ConfirmationQueue | None = None,
    later: Mapping[str, str] | None = None,
    by: Mapping[float, Mapping[str, str]] | None = None,
    told: list[Progress] | None = None,
    donation: Mapping[str, object] | None = None,
    **answers: str,
) -> Ended:
    """Run the tablet of `tablet.yaml` with other answers; `__` in a name stands for a blank.

    Args:
        later: what it answers from its second question on.
        by: what it answers after so many seconds of a clock that goes forward only when the run waits; with it the
            boot may take 20 seconds.
    """
    given = TABLET["answers"] | {line.replace("__", " "): text for line, text in answers.items()}
    files = {path: text.encode() for path, text in TABLET["files"].items()}
    effects = {"settings put system screen_off_timeout 1800000": {TIMEOUT: "1800000\n"}}
    effects |= {"settings get secure android_id": dict(later)} if later else {}
    tablet = Breaking(given, files, *breaking) if breaking else AnsweringTransport(given, files, effects)
    clock = Time(due={at: partial(tablet.answers.update, change) for at, change in (by or {}).items()})
    kept, told = book or Book(), [] if told is None else told
    job = Job(
        kind=HomeKind.TRAINING,
        site=make_site(**(site or {})),
        appset=make_appset(make_app(sha256=hashlib.sha256(b"abc").hexdigest())),
        choose_profile=lambda _props: PROFILE,
        digest=lambda _profile: Configuration(site="1" * 64),
        secrets=_no_secret,
        limits=Limits(facts=1, step=1, package=1, boot=0 if by is None else 20),
        pace=REAL_TIME if by is None else clock.pace,
        ledger=kept,
        load=lambda: load,
        open_log=open_log,
        confirmations=confirmations,
        describe_donation=lambda props, installation: donation if donation and props.serial and installation else {},
    )
    one = TabletRun(job, tablet, "7", "LISTED1", told.append)
    if isinstance(told, Asked | Stopping):
        told.run = one
    end = one.run()
    return Ended(end, kept, told, tablet)


def _ended(ended: Ended) -> tuple[Outcome, Reason | None]:
    assert [(result.outcome, result.reason) for result in ended.book.results] == [(ended.end.outcome, ended.end.reason)]
    assert ended.end.record == "A-0001.intoto.jsonl"
    return ended.end.outcome, ended.end.reason


def test_a_finished_tablet_is_done_with_nothing_written_to_it() -> None:
    ended = run()
    assert _ended(ended) == (Outcome.DONE, None)
    assert ended.tablet.lines == ["settings get secure android_id"]
    assert (ended.end.asset_id, ended.end.api, ended.end.road, ended.end.changes) == ("A-0001", 30, Road.SHELL, ())
    assert ended.book.opened[0][0] == "R52N000000"
    assert ended.book.opened[0][1] != "9774d56d682e549c"
    assert [(item.phase, item.step) for item in ended.told] == [
        (None, "boot"),
        (Phase.PREPARE, "facts"),
        (Phase.SIGN, "record"),
    ]


def test_the_number_of_a_donation_is_in_the_record_and_absent_where_there_is_none() -> None:
    assert run(donation={"donation": "don-A-0007"}).book.results[0].observed["donation"] == "don-A-0007"
    assert "donation" not in run().book.results[0].observed


def test_what_a_hand_found_at_the_intake_is_in_the_record_and_told_with_the_end() -> None:
    ended = run(donation={"donation": "don-A-0007", "handSaid": ["camera-broken", "word-of-later"]})
    assert ended.end.hand_said == (IntakeFinding.CAMERA_BROKEN,)
    told = advise(ended.end, Language.EN)
    assert "At the intake a hand found: the camera towards the patient does not work." in told
    assert told.endswith("provision intake check --slot 7 --mended camera")
    assert describe_end(ended.end)["hand_said"] == ["camera-broken"]
    assert "hand" not in advise(run().end, Language.EN)


def test_what_was_changed_is_in_the_record() -> None:
    ended = run(**{TIMEOUT: "60000\n"})
    assert _ended(ended) == (Outcome.DONE, None)
    assert ended.book.results[0].changes == ("screen.timeout",)


def test_a_refused_tablet_is_left_as_it_is_with_every_reason_in_its_record() -> None:
    ended = run(
        dumpsys__battery="  present: true\n  level: 3\n  scale: 100\n",
        dumpsys__account="User UserInfo{0:x:13}:\n  Accounts: 2\n",
        **{TIMEOUT: "60000\n"},
    )
    assert _ended(ended) == (Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS)
    assert ended.tablet.lines == ["settings get secure android_id"]
    refusals = ended.book.results[0].observed["refusals"]
    assert [item["reason"] for item in refusals] == ["not-reset-accounts", "battery-low"]


@pytest.mark.parametrize(
    ("line", "end", "outcome", "reason"),
    [
        ("getprop", "gone", Outcome.LOST, Reason.TABLET_GONE),
        ("android_id", "gone", Outcome.LOST, Reason.TABLET_GONE),
        ("dumpsys battery", "hung", Outcome.FAILED, Reason.TABLET_HUNG),
        ("settings put", "gone", Outcome.LOST, Reason.TABLET_GONE),
        ("settings put", "hung", Outcome.FAILED, Reason.TABLET_HUNG),
        ("settings put", "cancelled", Outcome.STOPPED, Reason.STOPPED_BY_OPERATOR),
    ],
)
def test_a_link_that_ends_anywhere_leaves_a_record(line: str, end: str, outcome: Outcome, reason: Reason) -> None:
    ended = run(breaking=(line, end), **{TIMEOUT: "60000\n"})
    assert _ended(ended) == (outcome, reason)
    assert ended.book.results[0].changes == (("screen.timeout",) if line == "settings put" else ())


@pytest.mark.parametrize("busy", [False, True])
def test_a_tablet_that_is_late_at_an_overloaded_bench_is_not_blamed_alone(*, busy: bool) -> None:
    ended = run(breaking=("dumpsys battery", "hung"), load=Load(93.0 if busy else 3.0, 0.1))
    assert _ended(ended) == (Outcome.FAILED, Reason.TABLET_HUNG)
    assert f"waited for a processor {93 if busy else 3} % of the last 10 s" in str(ended.book.results[0].first_error)
    advice = {language: say(language, "load.advice") for language in Language}
    assert ended.end.advice == (advice if busy else None)
    assert "bench.yaml" in advice[Language.EN]


def test_an_overloaded_bench_is_no_matter_where_the_tablet_answered() -> None:
    assert run(breaking=("dumpsys battery", "gone"), load=Load(99.0, 9.0)).end.advice is None


def test_a_tablet_that_never_answers_is_known_by_its_listing() -> None:
    ended = run(breaking=("getprop", "gone"))
    assert ended.book.opened == [("LISTED1", None)]
    assert ended.book.results[0].identity == {"assetId": "unidentified", "serial": "LISTED1"}


@pytest.mark.parametrize(
    ("old", "new"),
    [("[ro.serialno]: [R52N000000]", "[ro.serialno]: [OTHER1]"), ("[ro.product.model]: [", "[ro.product.model]: [My ")],
)
def test_a_device_that_is_another_at_its_second_reading_is_left_as_it_is(old: str, new: str) -> None:
    other = str(TABLET["answers"]["getprop"]).replace(old, new)
    assert other != TABLET["answers"]["getprop"]
    ended = run(later={"getprop": other}, **{TIMEOUT: "60000\n"})
    assert _ended(ended) == (Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD)
    assert ended.tablet.lines == ["settings get secure android_id"]


def test_a_tablet_that_does_not_boot_leaves_a_record() -> None:
    ended = run(getprop="[ro.build.version.sdk]: [30]\n[ro.serialno]: [S1]\n")
    assert _ended(ended) == (Outcome.FAILED, Reason.BOOT_INCOMPLETE)


STARTING = {"getprop": "[ro.build.version.sdk]: [30]\n[ro.serialno]: [S1]\n"}
NO_SETTINGS = {"settings get secure android_id": "cmd: Can't find service: settings\n"}
NO_PACKAGES = {"pm list features": "cmd: Can't find service: package\n"}


@pytest.mark.parametrize("late", [STARTING, NO_SETTINGS, NO_PACKAGES], ids=["boot", "settings", "packages"])
def test_what_starts_late_is_waited_for(late: Mapping[str, str]) -> None:
    ended = run(by={6.0: {line: TABLET["answers"][line] for line in late}}, **late)
    assert _ended(ended) == (Outcome.DONE, None)
    assert 6.0 <= ended.end.seconds < 7.0
    assert len(ended.book.opened) == 1


@pytest.mark.parametrize(
    ("late", "reason", "identified", "seconds"),
    [
        (STARTING, Reason.BOOT_INCOMPLETE, False, 20),
        (NO_PACKAGES, Reason.BOOT_INCOMPLETE, True, 8),
    ],
    ids=["boot", "packages"],
)
def test_what_never_starts_ends_the_run_after_its_deadline(
    late: Mapping[str, str], reason: Reason, *, identified: bool, seconds: float
) -> None:
    ended = run(by={}, **late)
    assert _ended(ended) == (Outcome.FAILED, reason)
    assert seconds <= ended.end.seconds < seconds + 1
    assert [installation is not None for _, installation in ended.book.opened] == [identified]


@pytest.mark.parametrize("sdk", ["", "REL", "2²"])
def test_a_tablet_that_tells_no_api_level_leaves_a_record(sdk: str) -> None:
    text = f"[ro.build.version.sdk]: [{sdk}]\n[ro.serialno]: [S1]\n[sys.boot_completed]: [1]\n"
    ended = run(getprop=text)
    assert _ended(ended) == (Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD)
    assert ended.end.api is None


def test_an_answer_that_is_not_understood_names_no_person_in_its_record() -> None:
    ended = run(dumpsys__account="Account {name=user@example.org}\n")
    assert _ended(ended) == (Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD)
    assert "example.org" not in repr(ended.book.results)
    assert "example.org" not in repr(ended.end)


def test_a_secret_that_cannot_be_read_fails_the_run_by_the_name_of_its_file() -> None:
    ended = run(**{STATUS: "Wifi is enabled\nWifi is not connected\n", "cmd wifi list-networks": "No networks\n"})
    assert _ended(ended) == (Outcome.FAILED, Reason.BENCH_FILE_WRONG)
    assert "secrets/wifi" in str(ended.end.detail)


@pytest.mark.parametrize("broken", ["open", "record"])
def test_a_run_without_its_record_is_failed_and_names_no_file(broken: str) -> None:
    ended = run(book=Book(broken))
    assert (ended.end.outcome, ended.end.reason) == (Outcome.FAILED, Reason.RECORD_NOT_WRITTEN)
    assert (ended.end.record, ended.book.results) == (None, [])


@pytest.mark.parametrize("breaking", [None, ("getprop", "hung")], ids=["answers", "never answers"])
def test_what_keeps_a_run_from_its_open_line_is_told_in_its_own_words(breaking: tuple[str, str] | None) -> None:
    ended = run(book=Book("state"), breaking=breaking)
    assert (ended.end.outcome, ended.end.reason) == (Outcome.FAILED, Reason.BENCH_FILE_WRONG)
    assert str(ended.end.detail) == "state.sqlite: damaged; put its backup back"
    assert (ended.end.record, ended.book.results) == (None, [])


def test_a_tablet_whose_answers_no_record_can_hold_has_a_record_that_says_so() -> None:
    ended = run(book=Book("large"))
    assert _ended(ended) == (Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD)
    (result,) = ended.book.results
    assert (result.first_error, result.controls) == ("its answers are more than a record holds", ())


def test_a_tablet_whose_open_line_cannot_be_written_is_left_as_it_is() -> None:
    ended = run(book=Book("open"), **{TIMEOUT: "60000\n"})
    assert ended.tablet.lines == ["settings get secure android_id"]
    assert ended.end.asset_id == "unidentified"


def test_a_lie_about_a_required_control_is_never_done() -> None:
    ended = run(site={"clock": {"zone": "Europe/Madrid"}, "require": {"clock.zone": "set"}})
    assert _ended(ended) == (Outcome.FAILED, Reason.READ_BACK_DIFFERS)
    assert tuple(map(str, ended.end.deviations)) == ("clock.zone: wanted Europe/Madrid, observed Europe/Paris",)


def test_a_lie_about_another_control_is_done_with_warnings() -> None:
    ended = run(site={"clock": {"zone": "Europe/Madrid"}})
    assert _ended(ended) == (Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)


UNKNOWN = {
    "getprop": TABLET["answers"]["getprop"].replace("[tablet]", "[default]"),
    "wm size": "Physical size: 720x1280\n",
    TIMEOUT: "60000\n",
}
"""The same tablet, which does not say what it is, with something to change."""


def parse_props(text: str) -> Props:
    """Properties as `getprop` prints them."""
    return parse(CommandOutput("getprop", text, 0))


def test_without_a_word_a_tablet_that_does_not_say_so_is_refused_with_every_reason(bench_state: BenchState) -> None:
    for confirmations in (None, ConfirmationQueue(bench_state.confirmations, 0)):
        ended = run(
            confirmations=confirmations, dumpsys__battery="  present: true\n  level: 3\n  scale: 100\n", **UNKNOWN
        )
        assert _ended(ended) == (Outcome.REFUSED, Reason.MODEL_UNKNOWN)
        assert ended.tablet.lines == ["settings get secure android_id"]
        refusals = ended.book.results[0].observed["refusals"]
        assert [item["reason"] for item in refusals] == ["model-unknown", "battery-low"]
        assert not [progress for progress in ended.told if progress.asks]


def test_a_word_lets_the_run_go_on_and_stands_in_its_record(bench_state: BenchState) -> None:
    book = bench_state.confirmations
    desk = ConfirmationQueue(book, None)
    ended = run(confirmations=desk, told=Asked(lambda _run: desk.answer("7", DeviceConfirmation.TABLET)), **UNKNOWN)
    assert _ended(ended) == (Outcome.DONE, None)
    assert ended.end.changes == ("screen.timeout",)
    assert (ended.end.confirmation, ended.book.results[0].observed["word"]) == (DeviceConfirmation.TABLET, "tablet")
    steps = [(progress.step, progress.asks) for progress in ended.told]
    assert steps[:3] == [("boot", False), ("word", True), ("facts", False)]
    again = run(confirmations=desk, **UNKNOWN)
    assert (again.end.outcome, again.end.waited < 1, again.end.confirmation) == (
        Outcome.DONE,
        True,
        DeviceConfirmation.TABLET,
    )


def test_a_waiting_tablet_is_asked_nothing_more_than_who_and_what_it_is(bench_state: BenchState) -> None:
    desk = ConfirmationQueue(bench_state.confirmations, None)
    ended = run(confirmations=desk, told=Asked(lambda _run: desk.answer("7", DeviceConfirmation.NO_TABLET)), **UNKNOWN)
    lines = [line for rounds in ended.tablet.rounds for line in rounds.split("; ")]
    assert not [line for line in lines if "account" in line or "sdcard" in line or "dumpsys" in line]
    assert _ended(ended) == (Outcome.REFUSED, Reason.NOT_A_TABLET)
    assert ended.tablet.lines == ["settings get secure android_id"]
    assert "facts" not in [progress.step for progress in ended.told]
    assert ended.end.confirmation is DeviceConfirmation.NO_TABLET
    assert ended.book.results[0].first_error == "a person said so"


def test_a_word_opens_nothing_that_is_certainly_no_tablet(bench_state: BenchState) -> None:
    book = bench_state.confirmations
    tv = {**UNKNOWN, "getprop": TABLET["answers"]["getprop"].replace("[tablet]", "[tv]")}
    book.give(parse_props(tv["getprop"]), DeviceConfirmation.TABLET)
    ended = run(confirmations=ConfirmationQueue(book, None), **tv)
    assert _ended(ended) == (Outcome.REFUSED, Reason.NOT_A_TABLET)
    assert (ended.end.confirmation, ended.tablet.lines) == (None, [])


def test_a_word_against_a_model_closes_nothing_that_is_certainly_a_tablet(bench_state: BenchState) -> None:
    book = bench_state.confirmations
    book.give(parse_props(TABLET["answers"]["getprop"]), DeviceConfirmation.NO_TABLET)
    ended = run(confirmations=ConfirmationQueue(book, None))
    assert (_ended(ended), ended.end.confirmation) == ((Outcome.DONE, None), None)


@pytest.mark.parametrize(
    ("cause", "outcome", "reason"),
    [
        (Reason.TABLET_GONE, Outcome.REFUSED, Reason.MODEL_UNKNOWN),
        (Reason.STOPPED_BY_OPERATOR, Outcome.STOPPED, Reason.STOPPED_BY_OPERATOR),
        (Reason.BENCH_BROKEN, Outcome.STOPPED, Reason.BENCH_BROKEN),
        (Reason.ADB_SERVER_GONE, Outcome.LOST, Reason.ADB_SERVER_GONE),
    ],
)
def test_what_ends_a_wait_decides_the_end(
    bench_state: BenchState, cause: Reason, outcome: Outcome, reason: Reason
) -> None:
    desk = ConfirmationQueue(bench_state.confirmations, None)

    causes: list[Reason | None] = []

    def end(one: TabletRun) -> None:
        one.cancel(cause)
        one.cancel(Reason.UNEXPECTED)
        causes.append(one.cause)

    ended = run(confirmations=desk, told=Asked(end), **UNKNOWN)
    assert _ended(ended) == (outcome, reason)
    wait_until(lambda: causes == [cause], "the first cause counts")
    assert ended.tablet.lines == ["settings get secure android_id"]
    assert ended.book.results[0].observed.get("word") is None


class Stopping(list[Progress]):
    """What a run told; the operator's stop comes when it tells of a step."""

    run: TabletRun

    def __init__(self, step: str, causes: Sequence[Reason] = ()) -> None:
        super().__init__()
        self._step, self._causes = step, causes
        self.taken: bool | None = None

    def append(self, progress: Progress) -> None:
        super().append(progress)
        if progress.step == self._step:
            for cause in self._causes:
                self.run.cancel(cause)
            self.taken = self.run.stop()


def test_a_stop_that_is_taken_after_the_last_answer_of_the_tablet_stands_in_the_record() -> None:
    told = Stopping("record")
    ended = run(told=told)
    assert told.taken
    assert _ended(ended) == (Outcome.STOPPED, Reason.STOPPED_BY_OPERATOR)


def test_a_stop_while_the_record_is_written_changes_nothing_and_says_so() -> None:
    told = Asked(lambda _run: None)

    class Closing(Book):
        def finish(self, result: RunResult) -> str:
            taken.append(told.run.stop())
            return super().finish(result)

    taken: list[bool] = []
    assert _ended(run(book=Closing(), told=told)) == (Outcome.DONE, None)
    assert taken == [False]


def test_a_stop_of_a_run_that_ends_by_another_cause_is_not_taken() -> None:
    told = Stopping("record", [Reason.TABLET_GONE])
    assert _ended(run(told=told)) == (Outcome.DONE, None)
    assert not told.taken


def test_a_wait_that_is_over_refuses_with_the_question_and_its_time_is_no_work(bench_state: BenchState) -> None:
    began = time.monotonic()
    ended = run(confirmations=ConfirmationQueue(bench_state.confirmations, 0.3), **UNKNOWN)
    assert _ended(ended) == (Outcome.REFUSED, Reason.MODEL_UNKNOWN)
    assert ended.end.waited >= 0.3
    assert ended.end.seconds + ended.end.waited <= time.monotonic() - began


def test_a_damaged_list_of_words_ends_only_runs_that_need_one(bench_state: BenchState, tmp_path: Path) -> None:
    change_state(tmp_path, "DROP TABLE confirmation")
    desk = ConfirmationQueue(bench_state.confirmations, None)
    ended = run(confirmations=desk, **UNKNOWN)
    assert _ended(ended) == (Outcome.FAILED, Reason.BENCH_FILE_WRONG)
    assert "state.sqlite: damaged (no such table: confirmation)" in str(ended.end.detail)
    assert ended.tablet.lines == ["settings get secure android_id"]
    assert run(confirmations=desk).end.outcome is Outcome.DONE


def test_a_run_logs_its_steps_and_where_an_error_of_the_program_rose(tmp_path: Path) -> None:
    run(open_log=RunLogs(tmp_path / "right").open, **{TIMEOUT: "60000\n"})
    run(open_log=RunLogs(tmp_path / "wrong").open, breaking=("getprop", "broken"))
    right, wrong = (next((tmp_path / name).iterdir()).read_text() for name in ("right", "wrong"))
    events = [json.loads(line) for line in right.splitlines()]
    assert [event.get("step") for event in events] == [None, "boot", "facts", "screen.timeout", "record", None]
    assert (events[-1]["outcome"], events[-1]["record"]) == ("done", "A-0001.intoto.jsonl")
    assert [json.loads(line)["event"] for line in wrong.splitlines()] == ["start", "error", "end"]
