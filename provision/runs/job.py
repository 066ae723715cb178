"""Everything the runs of a bench are given, and what each of them tells while it is under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provision.appset.model import AppSet
from provision.config.load import Load, read_load
from provision.controls.model import Step
from provision.facts.props import Props
from provision.polling import REAL_TIME, Pace
from provision.profiles.model import Profile
from provision.records.content import Configuration
from provision.runs.agent_kit import AgentKit
from provision.runs.confirmation import ConfirmationQueue
from provision.runs.ledger import RunLedger
from provision.runs.pull_samples import PullSamples
from provision.runs.run_log import RunLog
from provision.runs.shell_executor import Limits
from provision.site.model import Site
from provision.site.network_secrets import NetworkSecrets
from provision.terms import HomeKind, Phase, SeenThrough
from provision.texts.message import NOTHING, Message

if TYPE_CHECKING:
    from provision.state.sql.pending_upload_store import PendingUploadStore
    from provision.state.sql.verified_install_store import VerifiedInstallStore


@dataclass(frozen=True)
class Progress:
    """One thing a run tells its station.

    Attributes:
        asset_id, model: empty until known; the model with its maker, as people look for it.
        phase: None while the tablet boots.
        step: name of the step, or what is read. subject: what people are told of it, may be empty.
        fraction: 0 to 1 of the steps of the phase.
        asks: it waits for a person's confirmation, until it tells of anything else.
        planned: the change that is made now, if any. wanted: what its control is to read back as.
    """

    asset_id: str
    model: str
    phase: Phase | None
    step: str
    subject: str
    fraction: float
    asks: bool = False
    planned: Step | None = None
    wanted: Message = NOTHING


@dataclass(frozen=True)
class Job:
    """Everything one run needs, the same for all tablets of a station.

    Attributes:
        choose_profile: the best profile for properties, among them `maker`.
        digest: digests of the configuration for one profile.
        secrets: reads those of the networks when a step needs one.
        agent: what the agent's executor needs; None leaves plain shell.
        accept_draft: whether what drafts of profiles would remove or switch is removed and switched.
        proved: bytes of apps that earlier runs proved; None reads them in every run.
        samples: which tablets of the batch send bytes back.
        load: how busy this computer is.
        open_log: the log of a run in a slot.
        confirmations: where to ask what a model is that does not say so; None where nobody can be asked.
        pace: how time passes.
        describe_donation: what a record tells of a tablet as a gift, by its properties and its installation's digest.
        uploads: remembers what lost runs left on tablets; None remembers nothing.
        seen_through: what its tablets are seen through; None leaves it out of the record.
    """

    kind: HomeKind
    site: Site
    appset: AppSet
    choose_profile: Callable[[Mapping[str, str]], Profile]
    digest: Callable[[Profile], Configuration]
    secrets: Callable[[], NetworkSecrets]
    limits: Limits
    ledger: RunLedger
    agent: AgentKit | None = None
    proved: VerifiedInstallStore | None = None
    samples: PullSamples = field(default_factory=PullSamples)
    uploads: PendingUploadStore | None = None
    seen_through: SeenThrough | None = None
    describe_donation: Callable[[Props, str | None], Mapping[str, object]] = lambda _props, _installation: {}
    accept_draft: bool = False
    load: Callable[[], Load] = read_load
    confirmations: ConfirmationQueue | None = None
    pace: Pace = REAL_TIME
    open_log: Callable[[str], RunLog] = lambda slot: RunLog(None, slot)
