"""The composition of a bench: what its runs and its station need, loaded and checked once, and put together."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib import metadata
from typing import TYPE_CHECKING
from uuid import uuid4

from provision.agent.apk import load_agent, read_apk_capabilities
from provision.agent.client import Sender
from provision.agent.configured import check_configurations_fit
from provision.agent.key_chain import load_key_chain
from provision.agent.policy import check_site_fits
from provision.agent.rows import OURS, Capabilities
from provision.agent.screen import ScreenFacts
from provision.agent.site_key import load_site_key
from provision.agent.wipe_word import load_wipe_word
from provision.appset.load import load_appset
from provision.appset.model import App, AppSet
from provision.bench.adb import ServerAddress, TransportRow
from provision.bench.kernel_log import find_kernel_log
from provision.bench.port_light import may_switch, restore_power
from provision.bench.port_power import cycle_power
from provision.bench.ports import PortEvents
from provision.bench.slot_events import Rung
from provision.bench.usb_reset import reset_device
from provision.config.findings import Findings
from provision.config.source import with_lines
from provision.errors import ConfigurationError
from provision.facts.props import Props
from provision.home.folder import Home
from provision.identity.number import read_number
from provision.profiles.load import load_profiles
from provision.profiles.match import choose
from provision.profiles.model import Profile, Profiles
from provision.records.content import Configuration
from provision.records.keys import load_keys
from provision.records.store import Acknowledgement, RecordStore, WrittenRecord
from provision.runs.agent_kit import AgentKit
from provision.runs.confirmation import ConfirmationQueue
from provision.runs.job import Job
from provision.runs.ledger import RunLedger
from provision.runs.order_size import refuse_large_orders
from provision.runs.pull_samples import PullRule, PullSamples
from provision.runs.run import TabletRun
from provision.runs.run_log import RunLogs
from provision.runs.shell_executor import Limits
from provision.runs.triage import recall
from provision.site.family import Families, follow_numbers, load_families
from provision.site.model import site_without_secrets
from provision.site.network_secrets import NetworkSecrets, list_demanding, read_network_secrets
from provision.site.secret import Secret
from provision.site.staff import read_pin
from provision.state.donations import HAND_SAID_MEMBER, digest_hardware, read_donation, write_donation
from provision.state.opening import open_bench_state
from provision.station.cable_naming import name_cable
from provision.station.devices import AdbDevices
from provision.station.home_fits import (
    refuse_demo,
    refuse_empty_demands,
    refuse_foreign_agent,
    refuse_older_agent,
    refuse_seal,
)
from provision.station.house_register import (
    begin_numbering,
    bring_records,
    find_ward_of,
    open_house_numbers,
    see_house_wards,
)
from provision.station.kept_checkpoint import is_second_place_new, keep_checkpoint, read_kept
from provision.station.ledger_writer import LedgerWriter
from provision.station.options import Options
from provision.station.recovery import Means
from provision.station.station import Sink, Station
from provision.terms import SeenThrough

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState


@dataclass(frozen=True)
class BenchSetup:
    """The files of one home, all valid.

    Attributes:
        capabilities: what the agent's APK says of its own.
        accept_draft: what drafts would remove or switch counts, too.
    """

    home: Home
    appset: AppSet
    profiles: Profiles
    agent: App | None = None
    capabilities: Capabilities = OURS
    accept_draft: bool = False

    def choose_profile(self, values: Mapping[str, str]) -> Profile:
        """The best profile for properties, among them `maker`."""
        return choose(values, self.profiles)

    def digest(self, profile: Profile) -> Configuration:
        """Digests of everything that decides what a tablet gets, and copies of it.

        No copy of an app set with managed configuration: its values are promised to be in no record. Not among them:
        what other benches said of wards.
        """
        apps = () if self.appset.configurations else (self.appset.content,)
        return Configuration(
            site=hashlib.sha256(self._site_content).hexdigest(),
            profile=profile.digest,
            appset=self.appset.digest,
            agent=None if self.agent is None else self.agent.sha256,
            profile_name=profile.name,
            toolkit_version=metadata.version("provision"),
            copies=(self._site_content, profile.content, *apps),
        )

    @cached_property
    def _site_content(self) -> bytes:
        """What the site's digest is of; the same for every tablet."""
        return site_without_secrets(self.home.site)

    @property
    def limits(self) -> Limits:
        """Deadlines from `bench.yaml`, in seconds."""
        here = self.home.bench.deadlines
        return Limits(facts=here.facts, step=here.step, package=here.package, boot=here.boot)

    def make_job(
        self,
        ledger: RunLedger,
        secrets: SecretReader,
        confirmations: ConfirmationQueue,
        state: BenchState,
        seen_through: SeenThrough | None = None,
    ) -> Job:
        """A job for every tablet of this home.

        Args:
            ledger: where its runs are opened and recorded.
            secrets: reads those of the networks.
            confirmations: where its runs ask what a model is.
            state: what the bench remembers.
            seen_through: what its tablets are seen through.
        """
        kit = self.make_kit(secrets, state)
        if kit is not None:
            self.refuse_large_orders(kit)
        state.site_names.note(self.home.site.name)
        return Job(
            kind=self.home.kind,
            site=self.home.site,
            appset=self.appset,
            choose_profile=self.choose_profile,
            digest=self.digest,
            secrets=secrets,
            limits=self.limits,
            ledger=ledger,
            agent=kit,
            proved=state.verified_installs,
            samples=PullSamples(PullRule(self.home.bench.pull_back)),
            uploads=state.pending_uploads,
            describe_donation=partial(_describe_donation, state, self.home.bench.asset_prefix),
            accept_draft=self.accept_draft,
            confirmations=confirmations,
            seen_through=seen_through,
            open_log=self.logs.open,
        )

    @cached_property
    def logs(self) -> RunLogs:
        """The logs of its runs."""
        return RunLogs(self.home.logs / "runs")

    def refuse_large_orders(self, kit: AgentKit) -> None:
        """Refuse what no agent takes, before any tablet is touched; nobody is asked for a secret here.

        Raises:
            ConfigurationError: the order would be too large, or a secret in a file cannot be read.
        """
        secrets = read_network_secrets(self.home.site.wifi, self.home.path, skip_prompts=True)
        refuse_large_orders(kit, secrets, self.home.path / "site.yaml")

    def make_kit(self, secrets: SecretReader, state: BenchState) -> AgentKit | None:
        """Make what the agents' executors need; None for a bench without an agent.

        Raises:
            HomeError: the site key is missing or damaged.
        """
        if self.agent is None:
            return None
        packages = tuple(app.package for app in self.appset.apps)
        wishes = (self.appset.configurations, self.appset.grants, self.appset.legacy)
        sender, able = self.load_sender(state), self.capabilities
        families = partial(self._load_families, packages, state)
        pin = partial(_read_pin, self.home)
        kept = (*wishes, able, families, pin, list_demanding(self.home.site.wifi, self.home.path))
        screen = ScreenFacts(self.appset.labels)
        return AgentKit(
            self.agent,
            see_house_wards(self.home).site,
            packages,
            sender,
            secrets,
            state.agent_secrets,
            *kept,
            screen,
            partial(find_ward_of, self.home, state.wards),
            self.home.path,
        )

    def _load_families(self, packages: Sequence[str], state: BenchState) -> Families:
        written = load_families(self.home.path, packages, read_number)
        return follow_numbers(written, state.open_label_checks(self.home.bench.asset_prefix).find_successors(written))

    def load_sender(self, state: BenchState) -> Sender:
        """The site's key, which signs every order, with the site keys before it and the names the site has and had.

        Raises:
            HomeError: a key is missing or damaged, or what the bench remembers is.
        """
        site, key = self.home.site, load_site_key(self.home.keys)
        chain = load_key_chain(self.home.keys, key.key_id)
        days = None if site.kiosk.outside is None else site.kiosk.outside.wipe_after_days
        wipe = load_wipe_word(self.home.keys, key.key_id, chain, days)
        return Sender(site.name, key, (*site.former_names, *state.site_names.list_names()), chain, wipe)

    def make_station(
        self, job: Job, ensure_server: Callable[[], ServerAddress], ports: PortEvents, sink: Sink, options: Options
    ) -> Station:
        """A station on the slots of this home; nothing is started.

        Args:
            job: what each of its runs is given.
            ensure_server: address of a living adb server.
            ports: plug and unplug events.
            sink: where it shows what happens.
            options: how it behaves.
        """
        devices = AdbDevices(ensure_server)
        rungs: dict[Rung, Callable[[str, TransportRow | None], None]] = {Rung.RECONNECT: devices.reconnect}
        means = Means(note=self.logs.note)
        if job.seen_through is SeenThrough.USB:  # a port of the training bench, or of another computer, is none of ours
            rungs[Rung.RESET] = lambda port, row: reset_device(port, listed=row is not None)
            if self.home.bench.port_light == "power":
                rungs[Rung.POWER] = lambda port, row: cycle_power(port, listed=row is not None)
                means = replace(means, restore=restore_power)
            means = replace(means, kernel=find_kernel_log(), offers=_can_begin)
        means = replace(means, rungs=rungs)
        named = replace(options, name_cable=partial(name_cable, self.profiles))
        return Station(self.home.slots, devices, ports, partial(TabletRun, job), sink, named, means)


def _describe_donation(state: BenchState, prefix: str, props: Props, installation: str | None) -> Mapping[str, object]:
    """Its number, the last test of its hardware and what a hand found wrong; never who gave it."""
    given = state.donations.find(digest_hardware(props), installation, props.serial)
    if given is None:
        return {}
    tested = {} if given.tested is None else {"hardwareTest": given.tested.describe()}
    said = sorted(map(str, recall(given.grounds, ())))
    return {"donation": write_donation(prefix, given.number), **tested, **({HAND_SAID_MEMBER: said} if said else {})}


def _can_begin(port: str, rung: Rung) -> bool:
    """Tell whether this computer lets a rung be begun: a service has no right to switch a port."""
    return rung is not Rung.POWER or may_switch(port)


class SecretReader:
    """Reads the secrets of the networks once, when the first tablet needs one or before a batch starts."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._secrets: NetworkSecrets | None = None

    def __call__(self) -> NetworkSecrets:
        """The secrets by place; none for open networks.

        Raises:
            ConfigurationError: one cannot be read.
        """
        with self._lock:
            if self._secrets is None:
                self._secrets = read_network_secrets(self._home.site.wifi, self._home.path)
            return self._secrets


def _read_pin(home: Home) -> Secret:
    """The PIN of staff mode; asked for only where the site has one."""
    staff = home.site.kiosk.staff
    return Secret(b"") if staff is None else read_pin(staff, home.path)


def load_setup(home: Home) -> BenchSetup:
    """App set, profiles and agent of a home.

    Raises:
        ConfigurationError: every fault in them, or a site its agent cannot carry out.
    """
    try:
        return _load(home)
    except ConfigurationError as error:
        raise with_lines(error) from None


def _load(home: Home) -> BenchSetup:
    """App set, profiles, agent, and a site that fits them; faults of all of them at once."""
    found = Findings()
    appset = found.read(lambda: load_appset(home.bench.app_set))
    profiles = found.read(lambda: load_profiles(home.bench.device_profiles))
    if appset is not None:
        found.read(lambda: refuse_demo(home.kind, home.path / "bench.yaml", home.bench.app_set, appset))
        found.read(lambda: refuse_empty_demands(home, appset))
        found.read(lambda: load_families(home.path, [app.package for app in appset.apps], read_number))
    found.read(lambda: _read_pin(home))
    agent, capabilities = _load_agent(home, appset, found)
    if appset is None or profiles is None or found.any:
        raise found.error
    return BenchSetup(home, appset, profiles, agent, capabilities)


def _load_agent(home: Home, appset: AppSet | None, found: Findings) -> tuple[App | None, Capabilities]:
    """The agent, where the bench has one, with what it can, and a site it can carry out."""
    if home.bench.agent is None:
        found.read(lambda: refuse_seal(home))
        return None, OURS
    pin = home.bench.agent.pin(home.path)
    agent = found.read(lambda: load_agent(pin, home.path / "bench.yaml", home.kind))
    packages = [app.package for app in appset.apps] if appset is not None else []
    able = OURS if agent is None else read_apk_capabilities(agent.path, agent.version_code)
    found.read(lambda: check_site_fits(home.site, packages, home.path / "site.yaml", able.networks, able.version))
    has_labels = appset is not None and bool(appset.labels)
    found.read(lambda: refuse_older_agent(home, able, has_labels=has_labels))
    if agent is not None:
        found.read(lambda: refuse_foreign_agent(home, agent))
    if agent is not None and appset is not None:
        found.read(lambda: check_configurations_fit(appset.configurations, agent, home.bench.app_set))
    return agent, able


def acknowledge_missing(home: Home, by: str, why: str) -> WrittenRecord:
    """Write down that a bench goes on although records are missing; returns the record that says so.

    Raises:
        HomeError: the second place is not there.
        RecordError: nothing is missing.
    """
    keys = load_keys(home.keys)
    decision = Acknowledgement(by, why, uuid4().hex, datetime.now(UTC))
    with open_bench_state(home.path) as state:
        kept = read_kept(home, keys, state)
        store = RecordStore(home.records, keys, home.state, kept=kept, acknowledgement=decision)
        keep_checkpoint(home, keys, state, store.checkpoint())
    return store.find_written(decision.run_id)


@contextmanager
def open_ledger(home: Home, state: BenchState) -> Iterator[LedgerWriter]:
    """The ledger thread of a home; whoever opens it closes the runs a killed station left open.

    Raises:
        HomeError: the bench's state is damaged.
        RecordError: records or ledger are not as this home left them.
    """
    keys = load_keys(home.path / "keys")
    begins = is_second_place_new(home, keys)
    store = RecordStore(home.records, keys, home.state, kept=read_kept(home, keys, state))
    keep_checkpoint(home, keys, state, store.checkpoint())
    with open_house_numbers(home) as register:
        assets = state.open_registry(home.bench.asset_prefix, register)
        assets.restore(store.list_tablets())
        prefix = home.bench.asset_prefix
        state.donations.reserve(max((read_donation(prefix, one) or 0 for one in store.list_donations()), default=0))
        alone = begin_numbering(register, home, assets, state.open_label_checks(home.bench.asset_prefix), state.wards)
        begins_in = home.bench.second_place if begins else None
        with LedgerWriter(store, assets, begins_in, alone, register) as ledger:
            yield ledger
        keep_checkpoint(home, keys, state, store.checkpoint())
        bring_records(register, home)
