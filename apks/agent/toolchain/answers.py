"""The tables of `tests/vectors/android`: what Android's own services answered, release by release.

A run of the suite leaves one file a table and release; here they are gathered, written, or compared. Releases with
the same answer to a question share one entry.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolchain import ROOT, BuildError

TABLES = ROOT / "tests" / "vectors" / "android"

ABOUT = "Android's own services, by scripts/test_agent --services --write-answers; never written by hand"
ABOUT_ASKED = ABOUT.replace("never written by hand", "by hand only what is asked")

Table = dict[str, dict[int, Any]]
"""Question, API level, answer."""


def read_run(folder: Path) -> dict[str, Table]:
    """The answers of one run, by table."""
    tables: dict[str, Table] = {}
    for file in sorted(folder.glob("*.[0-9][0-9].json")):
        name, api = file.name.split(".")[:2]
        for question, answer in json.loads(file.read_text()).items():
            tables.setdefault(name, {}).setdefault(question, {})[int(api)] = answer
    return tables


def read_table(name: str) -> Table:
    """One committed table."""
    table: Table = {}
    for question, entries in json.loads((TABLES / f"{name}.json").read_text())["answers"].items():
        table[question] = {api: entry["answer"] for entry in entries for api in entry["apis"]}
    return table


def write_run(folder: Path) -> list[Path]:
    """Write the committed tables anew from a run; returns their files.

    What a table asks (its other members) stays, and so does what releases said that did not run.
    """
    written = []
    for name, run in read_run(folder).items():
        file = TABLES / f"{name}.json"
        old = json.loads(file.read_text()) if file.exists() else {"answers": {}}
        ran = {api for answers in run.values() for api in answers}
        table = {question: dict(answers) for question, answers in run.items()}
        for question, answers in (read_table(name) if file.exists() else {}).items():
            kept = {api: answer for api, answer in answers.items() if api not in ran}
            if kept:
                table.setdefault(question, {}).update(kept)
        asked = {key: value for key, value in old.items() if key not in {"about", "answers"}}
        file.write_text(_write(asked, table))
        written.append(file)
    return written


def _write(asked: dict[str, Any], table: Table) -> str:
    """One line a thing asked, one an answer, so that a difference is one line of a commit."""
    members = [
        f'"about": {json.dumps(ABOUT_ASKED if asked else ABOUT)}',
        *(f'"{key}": {_rows(value)}' for key, value in asked.items()),
    ]
    lines = ",\n".join(f"{json.dumps(question)}: {_entries(by_api)}" for question, by_api in sorted(table.items()))
    return "{" + ",\n".join(members) + f',\n"answers": {{\n{lines}\n}}}}\n'


def _rows(value: object) -> str:
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join(f"  {json.dumps(each)}" for each in value) + "]"


def _entries(by_api: dict[int, Any]) -> str:
    """Releases with equal answers together, lowest first, one line each."""
    groups: dict[str, list[int]] = {}
    for api in sorted(by_api):
        groups.setdefault(json.dumps(by_api[api], ensure_ascii=False), []).append(api)
    lines = ",\n  ".join(f'{{"apis": {apis}, "answer": {answer}}}' for answer, apis in groups.items())
    return f"[\n  {lines}]"


def differences(folder: Path, apis: Sequence[int], *, whole: bool = True) -> list[str]:
    """Where a run over some releases answers other than the committed tables, both sides told.

    Args:
        whole: whether every test ran, so that a committed table without an answer is a difference too.

    Raises:
        BuildError: a table is not there.
    """
    found = []
    run = read_run(folder)
    if whole:
        kept = [file for file in sorted(TABLES.glob("*.json")) if _is_asked_of(file, apis)]
        found = [f"{file.stem}: no test answered" for file in kept if file.stem not in run]
    for name, table in run.items():
        if not (TABLES / f"{name}.json").exists():
            raise BuildError(f"no table {name}: write it with scripts/test_agent --services --write-answers")
        committed = read_table(name)
        for question in [*committed, *(each for each in table if each not in committed)]:
            for api in apis:
                was = committed.get(question, {}).get(api, "no answer")
                said = table.get(question, {}).get(api, "no answer")
                if was != said:
                    found.append(f"{name}, API {api}, {question}:\n  committed {was}\n  Android   {said}")
    return found


def _is_asked_of(file: Path, apis: Sequence[int]) -> bool:
    """Whether a committed table has an answer of one of these releases, or none of any."""
    if "answers" not in json.loads(file.read_text()):
        return False
    levels = {api for answers in read_table(file.stem).values() for api in answers}
    return not levels or bool(levels & set(apis))
