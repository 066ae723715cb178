"""A tablet may print numbers that no computer holds, and values of any length: nothing breaks by them."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import Any

import pytest

from provision.agent.owner_command import read_owner_answer
from provision.controls.model import RunLine, Step
from provision.errors import AnswerError
from provision.facts.props import LONGEST_VALUE, parse
from provision.facts.query import CommandOutput
from provision.runs.install import refuse
from provision.terms import Control, Phase, Reason
from provision.texts.message import NOTHING
from provision.transport import Answer
from tests.case_files import read_cases
from tests.facts.test_fact_cases import FOLDER, READERS

EACH = 4
"""Cases of a file that are tried."""


def enlarge(value: Any, digits: int) -> Any:  # noqa: ANN401 - a piece of YAML
    """Every number in it made one of so many digits."""
    if isinstance(value, dict):
        return {name: enlarge(member, digits) for name, member in value.items()}
    return re.sub(r"\d+", "9" * digits, value) if isinstance(value, str) else value


@pytest.mark.parametrize("digits", [20, 5000])
@pytest.mark.parametrize("name", READERS)
def test_numbers_without_end_are_not_understood(name: str, digits: int) -> None:
    for case in read_cases(FOLDER / f"{name}.yaml")[:EACH]:
        answers = {part: enlarge(case[part], digits) for part in ("text", "sections", "path", "dump") if part in case}
        with suppress(AnswerError):
            READERS[name](case | answers, case.get("api") or case.get("apis", [30])[0])


def test_a_property_of_any_length_is_kept_to_a_bound() -> None:
    text = f"[ro.product.model]: [{'m' * 100_000}]\n[ro.serialno]: [R52N1]\n"
    props = parse(CommandOutput("getprop", text, 0))
    assert (len(props.model), props.serial) == (LONGEST_VALUE, "R52N1")


LONG = 20_000
SECONDS = 1.0
"""Of one answer; a search whose time grows with the square of a line takes minutes, and the bench waits for it."""
RUNS = (" ", "\n", "0", "0 ", "a.", "x: ", "\n  Package [com.example.app]", "\nUser UserInfo{0:", ", BSSID: ")


def lengthen(value: Any, run: str) -> Any:  # noqa: ANN401 - a piece of YAML
    """Every text in it with a run in its middle."""
    if isinstance(value, dict):
        return {name: lengthen(member, run) for name, member in value.items()}
    half = len(value) // 2
    return f"{value[:half]}{run * (LONG // len(run))}{value[half:]}"


@pytest.mark.parametrize("name", READERS)
def test_an_answer_without_end_is_read_in_no_time(name: str) -> None:
    case = read_cases(FOLDER / f"{name}.yaml")[0]
    for run in RUNS:
        answers = {part: lengthen(case[part], run) for part in ("text", "sections", "path", "dump") if part in case}
        began = time.process_time()
        with suppress(AnswerError):
            READERS[name](case | answers, case.get("api") or case.get("apis", [30])[0])
        assert time.process_time() - began < SECONDS, run


@pytest.mark.parametrize("run", RUNS)
def test_a_refusal_without_end_is_judged_in_no_time(run: str) -> None:
    said, began = Answer(run * (LONG // len(run)), "", 1), time.process_time()
    step = Step("x", Control.APPS_PRESENT, Phase.APPS, RunLine(("x",)), NOTHING, "", "")
    assert refuse(step, said).reason is Reason.INSTALL_REFUSED
    assert read_owner_answer(said, 30).reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert time.process_time() - began < SECONDS
