"""A pilot of a tablet that answers from data, without the command line: its transcript on disk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from factories import make_app, make_appset, make_site
from scripted import AnsweringTransport

from provision.profiles.match import choose
from provision.records.content import Configuration
from provision.records.run_end import RunEnd
from provision.runs.job import Job
from provision.runs.run import TabletRun
from provision.site.secret import Secret
from provision.terms import HomeKind
from provision.transcripts.blank import Blanker
from provision.transcripts.head import Made, read_head
from provision.transcripts.record import Recorder, RecordingTransport
from provision.transcripts.wants import describe_wants
from tests.case_files import read_cases
from tests.transcripts.replay_run import LIMITS, PROFILES, Book, make_app_file

DONATED: Mapping[str, Any] = read_cases(Path(__file__).parents[1] / "cases/transcripts/donated-tablet.yaml")
SSID, PASSPHRASE, SERIAL = "CLINIQUE", "un mot de passe", "R52N912345T"


def record(folder: Path, file: Path, **answers: str) -> RunEnd:
    """Run the donated tablet with other answers (`__` in a name stands for a blank) and write its transcript."""
    given = DONATED["answers"] | {line.replace("__", " "): text for line, text in answers.items()}
    path, data = make_app_file("org.example.chat", 2, folder)
    app = make_app(path=path, size=len(data[0]), sha256=data[1])
    tablet = AnsweringTransport(given, dict.fromkeys(DONATED["files"], data[0]), DONATED["changes"])
    network = {"ssid": SSID, "security": "wpa2", "passphrase": {"file": "secrets/wifi"}}
    site, appset = make_site(wifi=network), make_appset(app)
    blanker = Blanker(SSID, PASSPHRASE, (SERIAL,), {app.package})
    recorder = Recorder(blanker)
    transport = RecordingTransport(tablet, recorder)
    wants = describe_wants(site, appset, None, accept_draft=False)
    head, _capture = read_head(transport, Made(True, datetime.now(UTC), "0", "0", wants), seconds=1)  # noqa: FBT003
    blanker.learn_packages(head.packages)
    recorder.open(file, head)
    job = Job(
        kind=HomeKind.TRAINING,
        site=site,
        appset=appset,
        choose_profile=lambda values: choose(values, PROFILES),
        digest=lambda _profile: Configuration(),
        secrets=lambda: {"networks.0.passphrase": Secret(PASSPHRASE.encode())},
        limits=LIMITS,
        ledger=Book(),
    )
    end = TabletRun(job, transport, "7", SERIAL, lambda told: recorder.step(told.step)).run()
    recorder.refuse(str(end.detail))
    recorder.end(str(end.outcome), end.reason and str(end.reason), str(end.detail))
    return end
