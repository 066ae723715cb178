"""The product's whole run, once more, on a transcript; judged as the pilot judged it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent_bed import site_key

from provision.agent.client import Sender
from provision.agent.contract import AGENT
from provision.appset.access import SpecialAccess
from provision.appset.model import App, AppSet
from provision.captures.model import Capture, Screen
from provision.cli.shadow import open_shadow
from provision.facts.props import Props
from provision.identity.carried import NOT_CARRIED, Carried
from provision.identity.which import Certainty
from provision.polling import count_pauses
from provision.profiles.match import choose
from provision.records.closing_statement import ClosingStatement
from provision.records.content import Configuration, RunResult
from provision.records.run_end import RunEnd
from provision.runs.agent_kit import AgentKit
from provision.runs.job import Job, Progress
from provision.runs.ledger import CheckedIn
from provision.runs.run import TabletRun
from provision.runs.shell_executor import Limits
from provision.site.model import Site
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.terms import HomeKind
from provision.transcripts.blank import ASSET, HOSPITAL, PASSPHRASE, Blanker
from provision.transcripts.judge import Judgement, judge
from provision.transcripts.model import Head, Transcript
from provision.transcripts.record import Recorder, RecordingTransport
from tests.case_files import load_shipped
from tests.transcripts.replaying import ReplayTransport
from tests.virtual.android.apk_maker import BIND, Recipe, make_apk_of

PROFILES = load_shipped()
LIMITS = Limits(facts=5.0, step=5.0, package=5.0, boot=5.0)


@dataclass
class Book:
    """A ledger in memory, for one run."""

    results: list[RunResult] = field(default_factory=list)

    def check_in(
        self,
        _slot: str,
        _serial: str,
        _installation: str | None,
        _props: Props | None,
        _carried: Carried = NOT_CARRIED,
    ) -> CheckedIn:
        return CheckedIn("replay", ASSET, Certainty.NEW, datetime.now(UTC))

    def finish(self, result: RunResult) -> str:
        self.results.append(result)
        return "replay.jsonl"

    def append_statement(self, _run_id: str, _closing: ClosingStatement) -> None:
        raise AssertionError("a replay seals nothing")


@dataclass(frozen=True)
class Replayed:
    """A replay that is over."""

    end: RunEnd
    recorder: Recorder
    tablet: ReplayTransport


def make_site(wants: Mapping[str, Any]) -> Site:
    """The site of a transcript, with made names."""
    secret = None if wants["wifi"]["security"] == "open" else {"file": "secrets/wifi"}
    sections = {name: wants[name] for name in ("location", "screen", "clock", "prepare", "require")}
    return Site.model_validate(
        {
            "name": "Replay",
            "language": "en",
            "wifi": {**wants["wifi"], "ssid": HOSPITAL, "passphrase": secret},
            "kiosk": {**wants["kiosk"], "hotline": "12 34"},
            **sections,
        },
        strict=False,
    )


def make_app(says: Mapping[str, Any], folder: Path) -> App:
    """One app of a transcript: an APK of the size and the names that were recorded, with other content."""
    is_agent = says["package"] == AGENT
    recipe = Recipe(
        package=says["package"],
        version=says["version_code"],
        min_sdk=says["min_sdk"],
        target_sdk=says["target_sdk"],
        receivers={".AdminReceiver": BIND} if is_agent else {},
        exported=(".AdminReceiver",),
        permissions=tuple(says["grants"]),
    )
    data = make_apk_of(recipe, says["size"])
    path = folder / f"{says['package']}-{says['version_code']}.apk"
    path.write_bytes(data)
    return App(
        package=says["package"],
        label=says["package"],
        version_code=says["version_code"],
        version_name="1.0",
        path=path,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        signer="f" * 64,
        min_sdk=says["min_sdk"],
        target_sdk=says["target_sdk"],
        abis=frozenset(says["abis"]),
        max_sdk=says["max_sdk"],
        schemes=frozenset(says["schemes"]),
        grants=tuple(says["grants"]),
        special_access=tuple(SpecialAccess(each) for each in says["special_access"]),
        calls=says.get("calls", False),
        variants=tuple(make_app(each, folder) for each in says["variants"]),
    )


def make_app_file(package: str, version: int, folder: Path) -> tuple[Path, tuple[bytes, str]]:
    """An APK of that name: its path, its content and its SHA-256."""
    data = make_apk_of(Recipe(package=package, version=version), 4000)
    path = folder / f"{package}.apk"
    path.write_bytes(data)
    return path, (data, hashlib.sha256(data).hexdigest())


def capture_of(head: Head) -> Capture:
    """What the head says of the model, as a capture."""
    screen = None if head.screen is None else Screen(**head.screen)
    return Capture(head.props, head.features, screen, head.packages, head.serial, "a transcript")


def make_job(head: Head, book: Book, folder: Path, state: BenchState) -> tuple[Job, Mapping[str, bytes]]:
    """The job of a transcript, and the content of its apps by package."""
    site = make_site(head.wants)
    apps = tuple(make_app(says, folder) for says in head.wants["apps"])
    agent = None if head.wants["agent"] is None else make_app(head.wants["agent"], folder)
    kit = None

    def read_secrets() -> dict[str, Secret]:
        return {"networks.0.passphrase": Secret(PASSPHRASE.encode())}

    if agent is not None:
        packages, sender = tuple(app.package for app in apps), Sender(site.name, site_key())
        kit = AgentKit(agent, site, packages, sender, read_secrets, state.agent_secrets)
    job = Job(
        kind=HomeKind.TRAINING,
        site=site,
        appset=AppSet(apps, "a" * 64),
        choose_profile=lambda values: choose(values, PROFILES),
        digest=lambda _profile: Configuration(),
        secrets=read_secrets,
        limits=LIMITS,
        ledger=book,
        agent=kit,
        proved=state.verified_installs,
        accept_draft=head.wants["accept_draft"],
        pace=count_pauses(lambda _seconds: None),
    )
    files = {app.package: app.path.read_bytes() for app in (*apps, *filter(None, (agent,)))}
    return job, files


def replay(transcript: Transcript, folder: Path, since: Mapping[str, str] | None = None) -> Replayed:
    """Run the product on a transcript; its calls are recorded anew and judged by the model of that release.

    `since`: see `ReplayTransport`.
    """
    head = transcript.head
    with open_bench_state(folder) as state:
        job, files = make_job(head, Book(), folder, state)
        tablet = ReplayTransport(transcript, files, since)
        recorder = Recorder(Blanker(HOSPITAL, PASSPHRASE, ()))
        shadow = open_shadow(folder, capture_of(head), HOSPITAL, PASSPHRASE)

        def weigh(line: str, text: str, status: int | None, fed: bytes | None) -> Judgement:
            return Judgement() if shadow is None else judge(shadow, line, text, status, head.api, fed)

        recorder.judge_by(weigh)
        run = TabletRun(job, RecordingTransport(tablet, recorder), "7", head.serial, _listen)
        end = run.run()
    if end.detail:
        recorder.refuse(str(end.detail))
    return Replayed(end, recorder, tablet)


def _listen(_progress: Progress) -> None:
    """Nobody is told."""
