"""One run of one tablet, from its first answer to its record on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from provision.bench.disconnect import Sight
from provision.controls.model import Step
from provision.errors import AnswerError, Cancelled, ProvisionError, RecordError, StepFailed, TransportError
from provision.facts.collect import NotBooted, read_props, read_shape
from provision.facts.props import Props
from provision.facts.setup import read_installation
from provision.facts.shape import Shape
from provision.identity.identify import Identification, identify
from provision.identity.which import UNREAD, Certainty, digest_installation
from provision.profiles.model import Profile
from provision.records.content import RESULT_OF, Configuration, RunResult
from provision.records.run_end import UNIDENTIFIED, RunEnd
from provision.records.sealing import Sealing
from provision.runs.agent_executor import AgentExecutor
from provision.runs.close_debugging import Look, close_debugging, make_closing_statement, no_probe
from provision.runs.job import Job, Progress
from provision.runs.ledger import CheckedIn
from provision.runs.observed import (
    describe_facts,
    describe_identity,
    describe_system,
    list_controls,
    list_deviations,
    list_proofs,
)
from provision.runs.plan import Want, add_makers_own
from provision.runs.plan_runner import Changes, PlanRunner, Reading
from provision.runs.shell_executor import ShellExecutor
from provision.runs.verdict import Verdict, annotate_host_load, outcome_from_error, outcome_from_reading
from provision.state.uploads import Uploads
from provision.terms import DeviceConfirmation, Outcome, Phase, Reason
from provision.texts.catalogue import Language, say
from provision.texts.message import NOTHING
from provision.transport import Transport

BOOT_POLL_SECONDS = 0.5
SETTINGS_SECONDS = 8.0


@dataclass
class RunState:
    """What is known of a run so far; a broken run is told from it."""

    slot: str
    clock: float = field(default_factory=time.monotonic)
    checked_in: CheckedIn | None = None
    props: Props | None = None
    profile: Profile | None = None
    reading: Reading | None = None
    changes: Changes = field(default_factory=Changes)
    read_at: int = 0  # how many changes had been tried at the last reading
    asked_to_open: bool = False  # an open line was asked for, whether or not it could be written
    word: DeviceConfirmation | None = None
    features: frozenset[str] | None = None  # of the hardware, as far as it told
    waits: bool = False
    waited: float = 0.0  # seconds

    def saw(self, reading: Reading) -> None:
        """A reading of the state after every change tried so far."""
        self.reading, self.read_at = reading, len(self.changes.steps)


class TabletRun:
    """Runs one tablet once. Not reusable; a failed run stays failed, a new plug is a new run."""

    def __init__(
        self,
        job: Job,
        transport: Transport,
        slot: str,
        serial: str,
        tell: Callable[[Progress], None],
        look: Look = no_probe,
    ) -> None:
        """Nothing is asked here.

        Args:
            job: the same for all tablets of a bench.
            transport: the way to the tablet, for this run alone.
            slot: label of its slot.
            serial: as the adb server lists it, for a tablet that never answers.
            tell: called at each step, from this run's thread.
            look: sees the tablet's port, also when nothing can be asked of the tablet any more.
        """
        self._transport = transport
        self._serial = serial
        self._job = job
        self._tell = tell
        self._look = look
        self._cause: Reason | None = None
        self._story = RunState(slot)
        self._log = job.open_log(slot)

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

    def run(self) -> RunEnd:
        """The whole run. Every end leaves a record; a record that cannot be written is `failed`."""
        self._log.start()
        try:
            verdict = self._work()
        except ProvisionError as error:
            verdict = self._judge(error)
        except Exception as error:  # noqa: BLE001 # the worker's edge: one tablet must not end the others' runs
            verdict = Verdict(Outcome.FAILED, Reason.UNEXPECTED, type(error).__name__)
            self._log.error(error)
        end = self._end(verdict)
        self._log.end(end)
        return end

    def _work(self) -> Verdict:
        story, job = self._story, self._job
        story.props = self._await_boot()
        found = self._identify(story.props)
        story.profile = found.profile
        if found.is_foreign:
            return Verdict(Outcome.REFUSED, Reason.NOT_A_TABLET, str(found.kind))
        word = DeviceConfirmation.TABLET if found.accepted else self._hear_word(story.props)
        if word is DeviceConfirmation.NO_TABLET:
            return Verdict(Outcome.REFUSED, Reason.NOT_A_TABLET, "a person said so")
        work = self._make_work(job, word is DeviceConfirmation.TABLET or None)
        self._report(Phase.PREPARE, "facts")
        first = self._read_first(work, story.props)
        if first.plan.refusals:
            refusal = first.plan.refusals[0]
            return Verdict(Outcome.REFUSED, refusal.reason, refusal.detail)
        return self._change(work, first)

    def _read_first(self, work: PlanRunner, told: Props) -> Reading:
        """All facts, of the device that was identified; one that is another by now is never written to."""
        first = work.read_steady()
        self._story.saw(first)
        changed = told.name_changed(first.facts.props)
        if changed:
            raise AnswerError("getprop", f"the {changed} that it told before", "another one")
        return first

    def _identify(self, props: Props) -> Identification:
        """What it is, and with its open line on disk who: somebody's phone gets no number and is asked nothing more."""
        choose = self._job.choose_profile
        if identify(props, choose).is_foreign:
            found = identify(props, choose, self._await_shape())
            self._check_in(props, None if found.is_foreign else self._await_installation())
            return found
        self._check_in(props, self._await_installation())
        return identify(props, choose, self._await_shape())

    def _hear_word(self, props: Props) -> DeviceConfirmation | None:
        """A person's word about a model that does not say what it is; the wait for it is no work and not counted."""
        story, words = self._story, self._job.confirmations
        if words is None:
            return None
        began, story.waits = time.monotonic(), True
        try:
            story.word = words.wait_for(story.slot, props, self._ask, lambda: self._cause is not None)
            story.waits = False
        finally:
            story.waited = time.monotonic() - began
        return story.word

    def _ask(self) -> None:
        self._report(Phase.PREPARE, "word", asks=True)

    def _make_work(self, job: Job, tablet: bool | None) -> PlanRunner:  # noqa: FBT001 # what identity says, or None
        checked = self._story.checked_in
        uploads = Uploads(job.uploads / f"{checked.asset_id}.json") if job.uploads and checked else None
        shell = ShellExecutor(self._transport, job.limits, job.secrets, uploads)
        profile = self._story.profile
        want = Want(job.site, job.appset, tablet, None if job.agent is None else job.agent.app)
        if profile is not None and self._story.props is not None:
            want = add_makers_own(want, profile, self._story.props.api, drafts=job.accept_draft)
        proved = job.proved.open(checked.asset_id, checked.run_id) if job.proved and checked else None
        left = job.proved.list_left(checked.asset_id) if job.proved and checked else None
        if job.agent is None:
            return PlanRunner(self._transport, want, job.limits, shell, proved=proved, left=left)
        asset = checked.asset_id if checked else None
        road = AgentExecutor(self._transport, job.agent, asset, job.limits, self._story.features)
        return PlanRunner(self._transport, want, job.limits, shell, road, proved, left)

    def _change(self, work: PlanRunner, first: Reading) -> Verdict:
        """Carry the plan out; after a failed step the state is read once more, for the record."""
        story = self._story
        try:
            story.saw(work.apply(first, story.changes, self._report_step))
        except StepFailed:
            with suppress(ProvisionError):  # the first error is the one that counts
                story.saw(work.read())
            raise
        return outcome_from_reading(story.reading or first, _name_doubts(story.checked_in))

    def _await_boot(self) -> Props:
        """Properties of a tablet whose Android answers; adbd does long before (packages document 1.10)."""
        limit = time.monotonic() + self._job.limits.boot
        while True:
            props = read_props(self._transport, seconds=self._job.limits.facts)
            self._story.props = props
            self._report(None, "boot")
            if props.booted:
                return props
            if time.monotonic() >= limit:
                raise NotBooted("getprop sys.boot_completed", "1", props.get("sys.boot_completed"))
            time.sleep(BOOT_POLL_SECONDS)

    def _await_installation(self) -> str:
        """Which installation this is; the settings service may still be starting."""
        limit = time.monotonic() + SETTINGS_SECONDS
        while True:
            found = read_installation(self._transport, seconds=self._job.limits.facts)
            if found is not None or time.monotonic() >= limit:
                return digest_installation(found) or UNREAD
            time.sleep(BOOT_POLL_SECONDS)

    def _await_shape(self) -> Shape:
        """What the hardware is; the package manager may still be starting."""
        limit = time.monotonic() + SETTINGS_SECONDS
        while True:
            try:
                shape = read_shape(self._transport, seconds=self._job.limits.facts)
            except NotBooted:
                if time.monotonic() >= limit:
                    raise
                time.sleep(BOOT_POLL_SECONDS)
            else:
                self._story.features = shape.features or None
                return shape

    def _check_in(self, props: Props | None, installation: str | None) -> None:
        story = self._story
        story.asked_to_open = True
        serial = props.serial if props is not None else self._serial
        story.checked_in = self._job.ledger.check_in(story.slot, serial, installation, props)

    def _report_step(self, phase: Phase, step: Step, fraction: float) -> None:
        decisions = self._story.reading.plan.decisions if self._story.reading else ()
        wanted = next((each.wanted for each in decisions if each.control is step.control), NOTHING)
        said = replace(self._make_progress(phase, step.name), subject=step.subject, fraction=fraction)
        self._tell(replace(said, planned=step, wanted=wanted))

    def _report(self, phase: Phase | None, step: str, *, asks: bool = False) -> None:
        self._tell(replace(self._make_progress(phase, step), asks=asks))

    def _make_progress(self, phase: Phase | None, step: str) -> Progress:
        asset = self._story.checked_in.asset_id if self._story.checked_in else ""
        model = self._story.props.title if self._story.props else ""
        self._log.step(phase, step)
        return Progress(asset, model, phase, step, subject="", fraction=0.0)

    def _judge(self, error: ProvisionError) -> Verdict:
        pulled = isinstance(error, Cancelled) and self._cause is Reason.TABLET_GONE
        if self._story.waits and pulled:  # nothing was begun: nothing is lost, and nobody said what it is
            return Verdict(Outcome.REFUSED, Reason.MODEL_UNKNOWN, "unplugged before a person said what it is")
        return annotate_host_load(outcome_from_error(error, self._cause), self._job.load())

    def _end(self, verdict: Verdict) -> RunEnd:
        try:
            if not self._story.asked_to_open:
                self._check_in(self._story.props, None)
            result = self._result(verdict)
            record = self._job.ledger.finish(result)
            sealing = self._seal(result) if result.seals else None
            after = Verdict(sealing.outcome, sealing.reason) if sealing else verdict
            return self._tell_end(after, record, sealed=sealing is not None and sealing.sealed)
        except (RecordError, OSError) as error:
            broken = Verdict(Outcome.FAILED, Reason.RECORD_NOT_WRITTEN, str(error))
            return self._tell_end(broken, None)

    def _seal(self, result: RunResult) -> Sealing:
        """Close debugging and record what came of it; the first statement is on disk and stays true."""
        self._report(Phase.SEAL, "debugging")
        api = self._story.props.api if self._story.props else 0
        closing = close_debugging(self._transport, self._look_on, api, self._job.limits.step)
        failed = self._judge(closing.error or TransportError())
        sealing = make_closing_statement(closing, result, (failed.outcome, failed.reason))
        self._job.ledger.append_statement(result.run_id, sealing)
        return sealing

    def _look_on(self) -> Sight:
        """The port is watched without asking the tablet anything, so that no transport tells of a cancelled run."""
        if self._cause is not None:
            raise Cancelled(f"{self._transport.address}: stopped while its port was watched")
        return self._look()

    def _result(self, verdict: Verdict) -> RunResult:
        story = self._story
        checked = story.checked_in
        if checked is None:
            raise RecordError("a run without its open line")
        plan = story.reading.plan if story.reading else None
        return RunResult(
            home_kind=self._job.kind,
            run_id=checked.run_id,
            asset_id=checked.asset_id,
            slot=story.slot,
            started=checked.started,
            ended=datetime.now(UTC),
            outcome=verdict.outcome,
            reason=verdict.reason,
            first_error=verdict.detail or None,
            identity=describe_identity(story.props, checked.asset_id, self._serial),
            observed=self._observed(checked),
            road=plan.road if plan else None,
            controls=list_controls(plan) if plan else (),
            proofs=list_proofs(plan) if plan else (),
            changes=tuple(story.changes.steps),
            deviations=list_deviations(plan) if plan else (),
            configuration=self._job.digest(story.profile) if story.profile else Configuration(),
            seals=verdict.outcome in RESULT_OF and plan is not None and plan.may_seal,
        )

    def _observed(self, checked: CheckedIn) -> dict[str, Any]:
        match = {"match": str(checked.certainty)} | ({"word": str(self._story.word)} if self._story.word else {})
        if self._story.reading is not None:
            plan = self._story.reading.plan
            found = plan.lasting_refusals if self._story.changes.steps else plan.refusals
            refusals = [{"reason": str(item.reason), "detail": item.detail} for item in found]
            stale = len(self._story.changes.steps) > self._story.read_at
            facts = describe_facts(self._story.reading.facts)
            return {**match, **facts, "refusals": refusals, "readBeforeLastChange": stale}
        return {**match, "system": describe_system(self._story.props) if self._story.props else {}}

    def _tell_end(self, verdict: Verdict, record: str | None, *, sealed: bool = False) -> RunEnd:
        story = self._story
        plan = story.reading.plan if story.reading else None
        return RunEnd(
            slot=story.slot,
            asset_id=story.checked_in.asset_id if story.checked_in else UNIDENTIFIED,
            api=story.props.api_if_known if story.props else None,
            model=story.props.model if story.props else "?",
            title=story.props.title if story.props else "?",
            profile=story.profile.name if story.profile else "",
            road=plan.road if plan else None,
            outcome=verdict.outcome,
            reason=verdict.reason,
            detail=verdict.detail,
            changes=tuple(story.changes.steps),
            deviations=list_deviations(plan) if plan else (),
            unmet=tuple(decision.control for decision in plan.unmet) if plan else (),
            record=record,
            seconds=time.monotonic() - story.clock - story.waited,
            sealed=sealed,
            proofs=list_proofs(plan) if plan else (),
            advice=self._advise(verdict),
            waited=story.waited,
            word=story.word,
        )

    def _advise(self, verdict: Verdict) -> Mapping[str, str] | None:
        """What hands do about a reason on this release, by the profile; the model's word before its maker's."""
        story, reason = self._story, verdict.reason
        if verdict.overloaded:
            return {str(language): say(language, "load.advice") for language in Language}
        if story.profile is None or story.props is None or reason is None:
            return None
        known = story.profile.find_hands(reason, story.props.api_if_known)
        return None if known is None else {"en": known.en, "fr": known.fr}


def _name_doubts(checked_in: CheckedIn | None) -> Reason | None:
    """A reason to look at the label: the serial is known, but not which tablet this is."""
    unsure = checked_in is not None and checked_in.certainty in (Certainty.CANDIDATE, Certainty.UNKNOWN)
    return Reason.LABEL_UNSURE if unsure else None
