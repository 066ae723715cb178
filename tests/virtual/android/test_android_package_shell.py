"""The virtual tablet's `cmd package` beside Android's own package command (tests/vectors/android/package_shell.json).

What differs on purpose stands with its reason in tests/cases/virtual/package_shell.yaml; a difference listed there
that is none any more is an error too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provision.virtual.android.contract import Reply
from provision.virtual.android.replies import CMD_STATUS_API
from provision.virtual.android.state import Package
from tests.case_files import check_each, read_cases, sample
from tests.virtual.android.bench import Bench, model_for

TESTS = Path(__file__).resolve().parents[2]
TABLE = json.loads((TESTS / "vectors" / "android" / "package_shell.json").read_text("utf-8"))
DIFFERENCES = read_cases(TESTS / "cases" / "virtual" / "package_shell.yaml")


KNOWN = {(line, api) for one in DIFFERENCES for line in one["lines"] for api in range(one["first"], one["last"] + 1)}


def cases() -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    """Cases without a refusal: a refusal is made of the played manager, not of a state."""
    for case in TABLE["cases"]:
        if "refusal" not in case:
            for one in TABLE["answers"][case["line"]]:
                for api in one["apis"]:
                    yield case["line"], api, (case["line"], api, one["answer"])


def test_the_table_has_every_level_with_a_package_service() -> None:
    levels = {api for answers in TABLE["answers"].values() for one in answers for api in one["apis"]}
    assert levels == set(range(24, 38))


def test_no_answer_is_the_harnesses_own() -> None:
    answers = [answer for answers in TABLE["answers"].values() for answer in answers]
    assert len(answers) > 100
    assert not [answer for answer in answers if re.search("mockito|robolectric|org.junit", json.dumps(answer))]


def make(api: int, folder: Path) -> Bench:
    bench = Bench(folder, model_for(api))
    bench.tablet.device.data.packages = {
        one["name"]: Package(version_code=one["version"], system=one["system"], path=one["path"], stopped=False)
        for one in TABLE["packages"]
    }
    return bench


def shown(out: str, err: str) -> tuple[str, str]:
    """Text without frames, without a Java machine's own words for a null or a number; a session has any number."""
    err = re.sub(r"(?m)^\tat .*\n", "", err)
    err = re.sub(r"(?m)(NullPointerException|NumberFormatException): .*$", r"\1", err)
    return re.sub(r"session \[\d+\]", "session [N]", out), err


def said(reply: Reply, api: int) -> tuple[Any, ...]:
    """What is compared; `cmd` of 7 drops the status, so there is none to compare."""
    return (*shown(reply.out, reply.err), reply.status if api >= CMD_STATUS_API else None)


@check_each(("line", "api", "answer"), sample(cases()))
def test_the_virtual_tablet_answers_as_android(line: str, api: int, answer: dict[str, Any], tmp_path: Path) -> None:
    reply = make(api, tmp_path).run(f"cmd package {line}")
    android = (*shown(answer["out"], answer["err"]), answer["status"] if api >= CMD_STATUS_API else None)
    assert (said(reply, api) == android) != ((line, api) in KNOWN), (said(reply, api), android)
