"""One run of one tablet, from its first answer to its record on disk.

In order: identify and check in (`identify`), ask a person where the model does not say what it is (`confirmation`),
read and plan, apply the plan phase by phase (`plan_runner`), make result and record (`result`), close debugging where
the site asks for it (`close_debugging`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from provision.bench.disconnect import PortState
from provision.controls.desired import DesiredState, with_vendor_tweaks
from provision.controls.model import Step
from provision.errors import (
    AnswerError,
    Cancelled,
    HomeError,
    ProvisionError,
    RecordError,
    RecordTooLarge,
    StepFailed,
    TransportError,
)
from provision.facts.collect import FactCache
from provision.identity.identify import Identification
from provision.records.closing_statement import ClosingStatement
from provision.records.content import RunResult
from provision.records.run_end import RunEnd
from provision.runs.agent_executor import AgentExecutor
from provision.runs.close_debugging import PortProbe, close_debugging, make_closing_statement, no_probe
from provision.runs.identify import Identifier
from provision.runs.job import Job, Progress
from provision.runs.plan_runner import PlanRunner, Reading
from provision.runs.result import make_end, make_result
from provision.runs.run_state import RunState
from provision.runs.shell_executor import ShellExecutor
from provision.runs.verdict import Verdict, annotate_host_load, find_doubt, outcome_from_error, outcome_from_reading
from provision.terms import DeviceConfirmation, Outcome, Phase, Reason
from provision.texts.message import NOTHING, message, verbatim
from provision.transport import Transport


class TabletRun:
    """Runs one tablet once. Not reusable; a failed run stays failed, a new plug is a new run."""

    def __init__(
        self,
        job: Job,
        transport: Transport,
        slot: str,
        serial: str,
        on_progress: Callable[[Progress], None],
        probe: PortProbe = no_probe,
    ) -> None:
        """Nothing is asked here.

        Args:
            job: the same for all tablets of a bench.
            transport: the way to the tablet, for this run alone.
            slot: label of its slot.
            serial: as the adb server lists it, for a tablet that never answers.
            on_progress: called at each step, from this run's thread.
            probe: sees the tablet's port, also when nothing can be asked of the tablet any more.
        """
        self._transport = transport
        self._job = job
        self._on_progress = on_progress
        self._probe = probe
        self._cause: Reason | None = None
        self._deciding = threading.Lock()
        self._is_decided = self._is_stopped = False
        self._state = RunState(slot, serial, job.pace.now())
        self._identifier = Identifier(transport, job, self._state, lambda: self._report(None, "boot"))
        self._log = job.open_log(slot)
        self._cache = FactCache()

    @property
    def cause(self) -> Reason | None:
        """Why it was told to end; None as long as it was not."""
        return self._cause

    def cancel(self, cause: Reason) -> None:
        """Make it end soon, with its record; the first cause counts. From any thread, also from a signal handler."""
        if self._cause is not None:
            return
        self._cause = cause  # before anything ends: what ends by it asks for the cause
        self._transport.cancel()
        if self._job.confirmations is not None:
            self._job.confirmations.wake()

    def stop(self) -> bool:
        """Stop its work by the operator's word; False where its end is decided, which that word changes no more.

        From any thread, but no signal handler.
        """
        with self._deciding:
            if self._is_decided or self._cause not in {None, Reason.STOPPED_BY_OPERATOR}:
                return False
            self._is_stopped = True
            self.cancel(Reason.STOPPED_BY_OPERATOR)
            return True

    def run(self) -> RunEnd:
        """The whole run. Every end leaves a record; a record that cannot be written is `failed`."""
        self._log.start()
        try:
            verdict = self._work()
            self._report(Phase.SIGN, "record")
        except ProvisionError as error:
            verdict = self._find_verdict(error)
        except Exception as error:  # noqa: BLE001 # the worker's edge: one tablet must not end the others' runs
            verdict = Verdict(Outcome.FAILED, Reason.UNEXPECTED, verbatim(type(error).__name__))
            self._log.error(error)
        verdict = self._decide(verdict)
        if not verdict.outcome.is_good:
            self._job.samples.give_back(self._model, self._run_id)
        end = self._finish(verdict)
        self._log.noise(self._cache.speakers)
        self._log.end(end)
        return end

    def _decide(self, verdict: Verdict) -> Verdict:
        """Hear no stop from here on; one that was taken counts, although nothing of the tablet was asked after it."""
        with self._deciding:
            self._is_decided = True
        stopped = self._is_stopped and verdict.outcome.is_good
        return Verdict(Outcome.STOPPED, Reason.STOPPED_BY_OPERATOR) if stopped else verdict

    def _work(self) -> Verdict:
        """Everything that is asked of the tablet and done to it before its record."""
        found = self._identifier.identify()
        if found.is_foreign:  # nobody's word opens a phone to the bench, so nobody is asked
            return Verdict(Outcome.REFUSED, Reason.NOT_A_TABLET, verbatim(str(found.kind)))
        if self._state.withheld and not self._state.is_numbered:  # another number would be its second one
            return Verdict(Outcome.REFUSED, Reason.SITE_RENAMED, message("number-withheld"))
        if self._state.props is not None and self._state.is_numbered:
            self._state.donation = self._job.describe_donation(self._state.props, self._state.installation)
        is_tablet = self._confirm(found)
        if is_tablet is False:
            return Verdict(Outcome.REFUSED, Reason.NOT_A_TABLET, message("said-so"))
        # Without an answer the run goes on to its facts: the refusal then names all its reasons, not this one alone.
        runner = self._make_runner(found, is_tablet)
        self._report(Phase.PREPARE, "facts")
        first = self._read_first(runner)
        if first.plan.refusals:
            refusal = first.plan.refusals[0]
            return Verdict(Outcome.REFUSED, refusal.reason, refusal.detail)
        return self._apply(runner, first)

    def _confirm(self, found: Identification) -> bool | None:
        """Tell whether this is a tablet, by itself or by a person's word; None where nobody can say.

        Raises:
            Cancelled: the run was ended while it waited.
        """
        state, confirmations = self._state, self._job.confirmations
        if found.accepted:
            return True
        if confirmations is None or state.props is None:
            return None
        began, state.awaiting = self._job.pace.now(), True
        try:
            state.confirmation = confirmations.wait_for(
                state.slot,
                state.props,
                ask=lambda: self._report(Phase.PREPARE, "word", asks=True),
                is_over=lambda: self._cause is not None,
            )
            state.awaiting = False  # left set where the wait broke off, as the verdict is another one then
        finally:
            state.waited = self._job.pace.now() - began  # a person's time is no work of the run
        return None if state.confirmation is None else state.confirmation is DeviceConfirmation.TABLET

    def _make_runner(self, found: Identification, is_tablet: bool | None) -> PlanRunner:  # noqa: FBT001 # or unknown
        job, state, checked = self._job, self._state, self._state.checked_in
        want = DesiredState(job.site, job.appset, is_tablet, None if job.agent is None else job.agent.app)
        if state.props is not None:
            want = with_vendor_tweaks(want, found.profile, state.props.api, drafts=job.accept_draft)
        uploads = job.uploads.open(checked.asset_id) if job.uploads and checked else None
        shell = ShellExecutor(self._transport, job.limits, job.secrets, uploads)
        proved = None
        if job.proved and checked:
            proved = job.proved.open(checked.asset_id, checked.run_id, pulled_only=job.samples.is_everybody)
        left = job.proved.find_orphaned(checked.asset_id) if job.proved and checked else None
        asset = checked.asset_id if checked else None
        cache, agent = self._cache, None
        if job.agent is not None:
            diagonal = None if state.profile is None else state.profile.diagonal_mm
            kit = replace(job.agent, screen=job.agent.screen.measure(diagonal))
            agent = AgentExecutor(self._transport, kit, asset, job.limits, features=state.features, cache=cache)
        return PlanRunner(
            self._transport,
            want,
            job.limits,
            shell,
            agent,
            proved,
            left,
            cache,
            job.pace,
            # Asked when there are bytes to prove: a tablet that is refused before is nobody's sample.
            pulls=lambda: job.samples.take(self._model, self._run_id),
        )

    @property
    def _run_id(self) -> str:
        return self._state.checked_in.run_id if self._state.checked_in else self._state.slot

    @property
    def _model(self) -> str:
        return self._state.props.title if self._state.props else ""

    def _read_first(self, runner: PlanRunner) -> Reading:
        """All facts, of the device that was identified; one that is another by now is never written to."""
        told = self._state.props
        first = runner.read_steady()
        self._state.note_reading(first)
        changed = told.name_changed(first.facts.props) if told is not None else ""
        if changed:
            raise AnswerError("getprop", f"the {changed} that it told before", "another one")
        return first

    def _apply(self, runner: PlanRunner, first: Reading) -> Verdict:
        """Apply the plan; after a failed step the state is read once more, for the record."""
        state = self._state
        try:
            state.note_reading(runner.apply(first, state.changes, self._report_step))
        except StepFailed:
            with suppress(ProvisionError):  # the first error is the one that counts
                state.note_reading(runner.read())
            raise
        return outcome_from_reading(state.reading or first, find_doubt(state.checked_in))

    def _find_verdict(self, error: ProvisionError) -> Verdict:
        pulled = isinstance(error, Cancelled) and self._cause is Reason.TABLET_GONE
        if self._state.awaiting and pulled:  # nothing was begun: nothing is lost, and nobody said what it is
            return Verdict(Outcome.REFUSED, Reason.MODEL_UNKNOWN, message("unplugged-unsaid"))
        return annotate_host_load(outcome_from_error(error, self._cause), self._job.load())

    def _finish(self, verdict: Verdict) -> RunEnd:
        """Write the record, then close debugging where that is asked for; only what is on disk counts."""
        record, sealed = None, False
        try:
            if not self._state.asked_to_open:  # it never answered: its run is opened now, so that it has a record
                self._identifier.check_in(None)
            # Without an open line there is no record, and the verdict says why.
            if self._state.checked_in is not None:
                verdict, result, written = self._record(verdict)
                if result.seals:
                    statement = self._close_debugging(result)
                    verdict, sealed = Verdict(statement.outcome, statement.reason), statement.sealed
                record = written
        except (RecordError, OSError) as error:
            verdict = Verdict(Outcome.FAILED, Reason.RECORD_NOT_WRITTEN, verbatim(str(error)))
        except HomeError as error:  # what the bench remembers of tablets cannot be read, so that this one has no number
            verdict = self._find_verdict(error)
        return make_end(self._state, verdict, record, now=self._job.pace.now(), sealed=sealed)

    def _record(self, verdict: Verdict) -> tuple[Verdict, RunResult, str]:
        """Write the record; of a tablet whose answers no record can hold it says so, and nothing of what it read."""
        try:
            result = self._make_result(verdict)
            return verdict, result, self._job.ledger.finish(result)
        except RecordTooLarge:
            self._state.reading = None
            verdict = Verdict(Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD, message("too-much"))
            result = self._make_result(verdict)
            return verdict, result, self._job.ledger.finish(result)

    def _make_result(self, verdict: Verdict) -> RunResult:
        return make_result(self._state, verdict, self._job.kind, self._job.digest, self._job.seen_through)

    def _close_debugging(self, result: RunResult) -> ClosingStatement:
        """Close debugging and record what came of it; the first statement is on disk and stays true."""
        self._report(Phase.SEAL, "debugging")
        api = self._state.props.api if self._state.props else 0
        closure = close_debugging(self._transport, self._probe_port, api, self._job.limits.step, self._job.pace)
        failed = self._find_verdict(closure.error or TransportError())
        statement = make_closing_statement(closure, result, (failed.outcome, failed.reason))
        self._job.ledger.append_statement(result.run_id, statement)
        return statement

    def _probe_port(self) -> PortState:
        """The port is watched without asking the tablet anything, so that no transport tells of a cancelled run."""
        if self._cause is not None:
            raise Cancelled(f"{self._transport.address}: stopped while its port was watched")
        return self._probe()

    def _report_step(self, phase: Phase, step: Step, fraction: float) -> None:
        decisions = self._state.reading.plan.decisions if self._state.reading else ()
        wanted = next((each.wanted for each in decisions if each.control is step.control), NOTHING)
        said = replace(self._make_progress(phase, step.name), subject=step.subject, fraction=fraction)
        self._on_progress(replace(said, planned=step, wanted=wanted))

    def _report(self, phase: Phase | None, step: str, *, asks: bool = False) -> None:
        self._on_progress(replace(self._make_progress(phase, step), asks=asks))

    def _make_progress(self, phase: Phase | None, step: str) -> Progress:
        asset = self._state.checked_in.asset_id if self._state.checked_in else ""
        self._log.step(phase, step)
        return Progress(asset, self._model, phase, step, subject="", fraction=0.0)
