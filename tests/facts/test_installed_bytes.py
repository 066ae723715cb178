"""Who tells which bytes are installed, and what is pulled because nobody does."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_app, make_facts, make_installed
from scripted import AnsweringTransport

from provision.facts.apps import Witness
from provision.facts.installed_bytes import AskDigests, FileDigests, hash_apps, make_shell_witness
from tests.case_files import check_each, read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/witnesses.yaml")
PACKAGE, BASE, SPLIT = "org.example.chat", "/data/app/chat-1/base.apk", "/data/app/chat-1/split_fr.apk"
RIGHT = hashlib.sha256(b"abc").hexdigest()


def said(text: str) -> str:
    return text.replace("BASE", BASE).replace("RIGHT", RIGHT)


@check_each("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_the_first_witness_that_tells_of_these_very_files_is_believed(case: dict[str, Any]) -> None:
    facts = make_facts(apps={PACKAGE: make_installed(make_app(), path=BASE, sha256=None)})
    tablet = AnsweringTransport({f"sha256sum {BASE}": said(case["shell"])}, {BASE: b"abc"})
    agent: dict[Witness, AskDigests] = {}
    if "agent" in case:
        told = {said(path): said(digest) for path, digest in case["agent"].items()}
        agent = {Witness.AGENT: lambda _package, _paths: told}
    asked = {**agent, **make_shell_witness(tablet, case["api"], seconds=1)}
    found = hash_apps(tablet, facts, {PACKAGE: 2}, {}, seconds=1, find_witnesses=lambda: asked).apps[PACKAGE]
    assert (found.witness, found.sha256) == (case["witness"], RIGHT)
    assert tablet.pulls == ([BASE] if case["witness"] == "pulled" else [])


def test_base_and_splits_are_told_by_one_line_and_asked_once_a_run() -> None:
    facts = make_facts(apps={PACKAGE: make_installed(make_app(), path=BASE, sha256=None, split_paths={"fr": SPLIT})})
    other = hashlib.sha256(b"def").hexdigest()
    tablet = AnsweringTransport({f"sha256sum {BASE} {SPLIT}": f"{RIGHT}  {BASE}\n{other}  {SPLIT}\n"})
    known: dict[tuple[str, ...], FileDigests] = {}
    witnesses = make_shell_witness(tablet, 30, seconds=1)
    for _ in range(2):
        found = hash_apps(tablet, facts, {PACKAGE: 2}, known, seconds=1, find_witnesses=lambda: witnesses).apps[PACKAGE]
        assert (found.sha256, found.splits) == (RIGHT, {"fr": other})
    assert len(tablet.lines) == 1


def test_nobody_is_looked_for_where_there_is_nothing_to_prove() -> None:
    """Another version than the wanted one, and digests that an earlier run read: neither makes a tablet the sample."""
    looked: list[str] = []

    def look() -> dict[Witness, AskDigests]:
        looked.append("for somebody")
        return {}

    app, tablet = make_installed(make_app(), path=BASE, sha256=None), AnsweringTransport({})
    for version, told in ((3, app), (2, replace(app, sha256=RIGHT))):
        hash_apps(tablet, make_facts(apps={PACKAGE: told}), {PACKAGE: version}, {}, seconds=1, find_witnesses=look)
    assert (tablet.pulls, looked) == ([], [])
