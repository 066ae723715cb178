"""The agent of one tablet, as device owner: what a plan needs to know of it, and the actions that only it can take."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from provision.agent.addresses import tell_addresses
from provision.agent.answers import AgentAbsent, AgentClosed
from provision.agent.client import AgentClient, AgentLimits, OrderRefused
from provision.agent.configured import (
    list_digests,
    read_digests,
)
from provision.agent.contract import Code
from provision.agent.drill import drill
from provision.agent.enrol import EnrolLimits, become_owner
from provision.agent.hello import Hello
from provision.agent.key_chain import obeys_former_key
from provision.agent.networks import find_unset, repack_keys
from provision.agent.own_key import NoKey, OwnKey
from provision.agent.ownership import judge_ownership
from provision.agent.preflight import (
    FEATURES,
    LOCK_API,
    USER,
    Preconditions,
    find_age,
    find_blocker,
    find_preconditions,
    read_features,
    read_locked,
)
from provision.agent.proving import try_locked, try_unlocked
from provision.agent.report import UNKNOWN, Report, ReportRow, find_controls
from provision.agent.rows import best_assurance, list_unknown
from provision.agent.since import describe_since
from provision.agent.strict_json import encode
from provision.appset.rules import find_unfit
from provision.controls import location_on
from provision.controls.agent_view import BLOCKERS, AgentView, Finding
from provision.controls.apps_present import describe_tablet, find_misfit, is_installed_right, tell_misfit
from provision.controls.model import (
    ApplyPolicy,
    BecomeOwner,
    Drill,
    MakeKey,
    Refusal,
    Rekey,
    Step,
    TryLocked,
    TryUnlocked,
)
from provision.controls.registry import THROUGH_AGENT
from provision.errors import StepFailed
from provision.facts import authorisation, location, lock_task, restrictions, screen, update_window
from provision.facts.apps import Witness
from provision.facts.ask import ask
from provision.facts.collect import FactCache, Facts, read_facts
from provision.facts.installed_bytes import AskDigests, hash_apps
from provision.facts.query import Outputs
from provision.proofs.trial import Scene, Trial
from provision.runs.agent_findings import find_apart, tell_delivered_apps, tell_granted, tell_rows
from provision.runs.agent_keys import tell_keys
from provision.runs.agent_kit import AgentKit
from provision.runs.executors import Executors
from provision.runs.network_keys import obtain_chains
from provision.runs.own_key import find_change, tell_own_key
from provision.runs.shell_executor import Limits
from provision.site.model import Closed
from provision.site.secret import Secret
from provision.state.agent_secrets import Issued, KnownKey
from provision.terms import Control, Reason
from provision.texts.message import verbatim
from provision.transport import Transport

NO_POLICY = Code.ORDER_INVALID
"""How the agent refuses a report before its first policy (contract 6)."""


class AgentExecutor:
    """Reads the state of one tablet's agent, and executes the actions that only the agent can.

    Args:
        transport: the way to the tablet.
        kit: of the bench.
        asset: the tablet's asset id; None where it has none yet, then nothing may be executed.
        limits: deadlines of the run.
        features: of the tablet; None where they are still to be asked.
        cache: what the tablet answered in this run, shared with its plan runner; None for a cache of its own.
    """

    def __init__(
        self,
        transport: Transport,
        kit: AgentKit,
        asset: str | None,
        limits: Limits,
        features: frozenset[str] | None = None,
        cache: FactCache | None = None,
    ) -> None:
        self._cache = cache or FactCache()
        self._transport, self._kit, self._asset, self._limits = transport, kit, asset, limits
        orders = AgentLimits(call=limits.step, order=limits.package)
        self._client = AgentClient(transport, kit.sender, orders)
        self._features = features
        self._locked: bool | None = None
        self._api: int | None = None
        self._tells_digests = True
        self._own_key: OwnKey | NoKey | None = None
        self._known_key = None if asset is None else kit.issued.find_own_key(asset)

    def read_state(self, facts: Facts) -> AgentView:
        """The agent beside one reading of facts; gives no order but `report`, and `prove`, which then makes nothing.

        Raises:
            StepFailed, AnswerError: the agent refuses, or answers in no known form.
            TransportError: the way to the tablet failed.
            HomeError: what was issued to this tablet is damaged.
        """
        self._api = facts.props.api
        best = {control: best_assurance(control, facts.props.api) for control in THROUGH_AGENT}
        unknown = list_unknown(THROUGH_AGENT, self._kit.capabilities.version)
        view = AgentView(best, too_old=unknown, left_out=self._list_left_out(facts.props.api))
        # By Android's own print first: an agent that may not become owner here is not asked anything.
        refusal = self._find_refusal(facts)
        if refusal is not None:
            stands = refusal.reason in BLOCKERS
            return replace(view, blocker=refusal if stands else None, refusal=None if stands else refusal)
        issued = self._find_issued()  # read before the first question, so that a damaged state changes nothing
        hello = self._ask_hello(facts)
        if hello is None or not judge_ownership(facts.owner, hello).ours:
            return view
        return self._read_owner(view, hello, facts.props.api, issued)

    def _read_owner(self, view: AgentView, hello: Hello, api: int, issued: Issued | None) -> AgentView:
        """The agent of a tablet that it owns."""
        sender = self._kit.sender
        try:
            former = obeys_former_key(hello, sender.key.key_id, sender.chain)
        except StepFailed as error:
            return replace(view, refusal=Refusal(error.reason, error.detail))
        view = replace(view, too_old=list_unknown(THROUGH_AGENT, hello.capabilities), keys=tell_keys(hello))
        if former:
            return self._add_printed(replace(view, owner=True, former_key=True), api)
        try:
            report = self._ask_report(hello)
        except OrderRefused as refused:
            if refused.code is not Code.SITE_FOREIGN:
                raise
            return replace(view, refusal=Refusal(refused.reason, refused.detail))
        if report is None:
            return self._add_printed(replace(view, owner=True), api)
        if self._own_key is None and hello.tells_keys:  # once a run: it is the same for as long as the agent stays
            self._own_key = self._client.prove(make=False)
            self._note_own_key()  # an answer that was lost with the cable left a key that nobody noted
        keys = (*view.keys, *tell_own_key(self._own_key, self._known_key, datetime.now(UTC)))
        change = find_change(self._own_key, self._known_key)
        keyless = change is None and isinstance(self._own_key, NoKey) and self._own_key.error is None
        view = replace(view, keys=keys, keyless=keyless, warning=change)
        return self._read_view(view, report, api, issued)

    @property
    def executors(self) -> Executors:
        """List what only the device owner can do, and the attempts to get round it."""
        return {
            BecomeOwner: self._become_owner,
            Rekey: lambda _step, _action: self._rekey(),
            ApplyPolicy: lambda _step, _action: self._apply(),
            MakeKey: lambda _step, _action: self._make_key(),
            Drill: self._drill,
            TryUnlocked: self._try_unlocked,
            TryLocked: self._try_locked,
        }

    def make_witness(self, facts: Facts) -> Mapping[Witness, AskDigests]:
        """The agent as a reader of installed files: only where its own bytes were proved."""
        return {Witness.AGENT: lambda package, _paths: self._ask_digests(package)} if self._is_proved(facts) else {}

    def _ask_digests(self, package: str) -> Mapping[str, str] | None:
        """Digests by path; None from an agent that is too old, that was shown no such app, or that went away."""
        if not self._tells_digests:
            return None
        try:
            return self._client.read_digests(package)
        except (AgentAbsent, AgentClosed, OrderRefused):
            self._tells_digests = False  # before 0.6.0 it knows no such call; whatever else it is, others can tell
            return None

    def _drill(self, _step: Step, _action: Drill) -> None:
        issued = self._kit.issue(self._require_asset_id())
        drill(self._client, issued.secret, self._ask_lock_task_now)
        self._kit.issued.note_drill(self._require_asset_id())

    def _try_unlocked(self, _step: Step, action: TryUnlocked) -> None:
        asset = self._require_asset_id()
        self._kit.issue(asset)  # before anything is noted of it, which would draw a secret of this bench alone
        try_unlocked(self._make_trial(), self._kit.issued, asset, action.attempts)

    def _try_locked(self, _step: Step, action: TryLocked) -> None:
        asset = self._require_asset_id()
        try_locked(self._make_trial(), self._kit.issued, asset, action.attempts, self._apply)

    def _find_refusal(self, facts: Facts) -> Refusal | None:
        """Find what stands in the way of ownership, the agent itself taken as installed: that is a step."""
        misfit = find_unfit(self._kit.app, describe_tablet(facts.props))
        if misfit is not None:
            return Refusal(Reason.APP_UNFIT, tell_misfit(misfit))
        age = find_age(self._kit.app.version_code, facts.props.api)
        if age is not None:
            return Refusal(age.reason, verbatim(age.detail))
        obstacle = find_misfit(facts, self._kit.app)
        if obstacle is not None and not self._is_proved(facts):
            return Refusal(Reason.AGENT_UNFIT, obstacle)
        blocker = find_blocker(self._find_preconditions(facts))
        if blocker is not None:
            return Refusal(blocker.reason, verbatim(blocker.detail))
        # Last: a tablet that cannot have the agent at all is not refused for what the agent cannot set.
        kit = self._kit
        known = kit.capabilities.networks
        networks = kit.settle_networks(facts.props.api)
        return find_unset(networks, kit.app.version_code, known, facts.props.api, kit.demanding)

    def _is_proved(self, facts: Facts) -> bool:
        return is_installed_right(facts.apps.get(self._kit.app.package), self._kit.app)

    def _find_preconditions(self, facts: Facts) -> Preconditions:
        """Features and lock are asked once a run: no release grows features, and a locked tablet ends its run."""
        unowned = facts.owner.package != self._kit.app.package
        open_lock = self._locked is None and unowned and facts.props.api >= LOCK_API
        queries = (*((FEATURES,) if self._features is None else ()), *((USER,) if open_lock else ()))

        def keep(outputs: Outputs) -> None:
            if FEATURES.name in outputs:
                self._features = read_features(outputs[FEATURES.name])
            if USER.name in outputs:
                self._locked = read_locked(outputs[USER.name])

        if queries:
            ask(self._transport, queries, keep, seconds=self._limits.facts)
        return find_preconditions(facts, agent=True, features=self._features, locked=self._locked is True)

    def _ask_hello(self, facts: Facts) -> Hello | None:
        """The agent's own word where it counts: proved to be ours, and owner as far as Android tells."""
        if not self._is_proved(facts) or (facts.owner.known and facts.owner.package != self._kit.app.package):
            return None
        try:
            return self._client.hello()
        except (AgentAbsent, AgentClosed):
            return None

    def _ask_report(self, hello: Hello) -> Report | None:
        """None before the first policy; a tablet that pinned no site had none."""
        if hello.site_key is None:
            return None
        try:
            return self._client.report(hello)
        except OrderRefused as refused:
            if refused.code is NO_POLICY:
                return None
            raise

    def _find_issued(self) -> Issued | None:
        """Asked at each look, so that damaged notes end a run before its first change."""
        return None if self._asset is None else self._kit.issued.find(self._asset)

    def _read_view(self, view: AgentView, report: Report, api: int, issued: Issued | None) -> AgentView:
        current = self._asset is None or self._is_current(report, issued)
        ours = issued if issued is not None and issued.policy == report.policy else None
        reported = replace(
            view,
            owner=True,
            current=current and not report.opened,
            tried=None if self._asset is None else ours.tried if ours is not None else {},
            drilled=self._asset is None or (issued is not None and issued.drilled == report.policy),
            findings=self._find(report),
            since=describe_since(report.events, report.cleaned),
        )
        return self._add_printed(reported, api)

    def _add_printed(self, view: AgentView, api: int) -> AgentView:
        """What Android itself prints of an owner's locks."""
        freezes = self._kit.site.asks_for(Control.LOCATION_ON) and api >= location_on.FROZEN_API
        closes = self._kit.site.closed != Closed() and api >= restrictions.PRINTED_API
        return replace(
            view,
            lock_task=self._ask_lock_task(api),
            restrictions=self._ask_restrictions(api) if closes or freezes else None,
            update_window=self._ask_update_window(api) if self._kit.site.updates.held else None,
        )

    def _find(self, report: Report) -> Mapping[Control, Finding]:
        found = {control: tell_rows(one.assurance, one.differing) for control, one in find_controls(report).items()}
        if Control.WIFI_HOSPITAL in found:
            hospital = found[Control.WIFI_HOSPITAL]
            told = tell_addresses(report.addresses, self._kit.site.ssids)
            found[Control.WIFI_HOSPITAL] = replace(hospital, evidence=told)
        rows = {row.kind.part: row for row in report.rows if row.kind.control is Control.APPS_CONFIGURED}
        if rows and all(row.observed != UNKNOWN for row in rows.values()):
            found[Control.APPS_CONFIGURED] = self._find_apps(rows, report.api)
        return found

    def _find_apps(self, rows: Mapping[str, ReportRow], api: int) -> Finding:
        """Which apps hold the configuration and the permissions they are to have."""
        told = []
        if "configuration" in rows:
            wanted = read_digests(rows["configuration"].wanted)
            if self._asset is not None:  # its own word of what is wanted is not asked for where ours is known
                wanted = list_digests(self._kit.configurations, self._asset)
            told.append(tell_delivered_apps(rows["configuration"], wanted))
        if "grants" in rows:
            told.append(tell_granted(rows["grants"], self._kit.list_grants(api)))
        differing = [one.differing for one in told if one.differing]
        evidence = tuple(line for one in told for line in one.evidence)
        return find_apart(differing, evidence)

    def _is_current(self, report: Report, issued: Issued | None) -> bool:
        """Tell whether the policy in force is the one this bench sent, and that asked for what the site wants now."""
        if issued is None or (report.asset, report.policy) != (self._asset, issued.policy):
            return False
        if self._kit.is_outlived(report.asset, issued):
            return False
        return hmac.compare_digest(issued.wanted, self._digest_wanted(issued.secret, report.api))

    def _digest_wanted(self, secret: Secret, api: int) -> str:
        """Digest of the policy, secrets under a key nobody else has: a changed passphrase changes it, too."""

        def encrypt(place: str, value: Secret) -> object:
            return hmac.new(secret.reveal(), place.encode() + value.reveal(), hashlib.sha256).hexdigest()

        asset = self._require_asset_id()
        secrets = self._kit.add_chains(asset, api, self._kit.secrets(), datetime.now(UTC))
        return hashlib.sha256(encode(self._kit.compose_policy(asset, secret, encrypt, api, secrets))).hexdigest()

    def _list_left_out(self, api: int) -> tuple[str, ...]:
        """Names of the others."""
        chosen = self._kit.choose_networks(api)
        return tuple(ssid for index, ssid in enumerate(self._kit.site.ssids) if index not in chosen)

    def _require_asset_id(self) -> str:
        if self._asset is None:
            raise StepFailed("agent", Reason.UNEXPECTED, "no order without an asset id")
        return self._asset

    def _become_owner(self, step: Step, _action: BecomeOwner) -> None:
        """The bytes are proved again, straight before the agent gets power over the tablet."""
        app, limits = self._kit.app, self._limits
        aside = (screen.QUERY, authorisation.QUERY, location.make_query(self._find_api()))
        facts = read_facts(self._transport, (app.package,), seconds=limits.facts, cache=self._cache, keep=aside)
        facts = hash_apps(self._transport, facts, {app.package: app.version_code}, {}, seconds=limits.package)
        if not self._is_proved(facts):
            detail = "the installed agent is not the one that was sent"
            raise StepFailed(step.name, Reason.READ_BACK_DIFFERS, detail)
        preconditions = self._find_preconditions(facts)
        become_owner(self._transport, self._client, preconditions, EnrolLimits(command=limits.step))
        self._client.succeed()  # its APK may have a former site key built in

    def _rekey(self) -> None:
        self._client.succeed()

    def _apply(self) -> None:
        asset = self._require_asset_id()
        issued = self._kit.issue(asset)
        api = self._find_api()
        secrets = obtain_chains(self._client, self._kit, asset, api, self._kit.secrets(), datetime.now(UTC))
        wanted = self._digest_wanted(issued.secret, api)
        sent = repack_keys(self._kit.site.networks, secrets)
        self._client.apply(
            asset,
            lambda encrypt: self._kit.compose_policy(asset, issued.secret, encrypt, api, sent),
            lambda policy: self._kit.issued.note_policy(asset, policy, wanted),
        )
        self._make_key()

    def _make_key(self) -> None:
        self._own_key = self._client.prove(make=True)
        self._note_own_key()

    def _note_own_key(self) -> None:
        """Remember a key that was proved; a finding stays until a reset."""
        key, known = self._own_key, self._known_key
        if self._asset is None or not isinstance(key, OwnKey) or find_change(key, known) is not None:
            return
        proved = KnownKey(key.tablet, key.key_id)
        if proved != known:
            self._kit.issued.note_own_key(self._asset, proved)

    def _make_trial(self) -> Trial:
        api = self._find_api()
        kiosk = frozenset({self._kit.app.package, *self._kit.packages})
        joined = self._kit.site.ssids[self._kit.choose_networks(api)[0]]
        return Trial(self._transport, Scene(api, kiosk, joined, self._limits.step))

    def _find_api(self) -> int:
        """The release as it was read: the agent's word for it would be a start of Java."""
        if self._api is None:
            raise StepFailed("agent", Reason.UNEXPECTED, "no order before a reading")
        return self._api

    def _ask_lock_task_now(self) -> str | None:
        return self._ask_lock_task(self._find_api())

    def _ask_lock_task(self, api: int) -> str | None:
        """Lock task by Android's own print."""
        query = lock_task.QUERY
        seconds = self._limits.facts
        return ask(self._transport, (query,), lambda read: lock_task.parse(read[query.name], api), seconds=seconds)

    def _ask_update_window(self, api: int) -> str | None:
        query = update_window.QUERY
        seconds = self._limits.facts
        return ask(self._transport, (query,), lambda read: update_window.parse(read[query.name], api), seconds=seconds)

    def _ask_restrictions(self, api: int) -> frozenset[str] | None:
        query = restrictions.QUERY
        seconds = self._limits.facts
        return ask(self._transport, (query,), lambda read: restrictions.parse(read[query.name], api), seconds=seconds)
