"""What plans say is told in both languages: prose stands in the catalogue, and only names and figures are verbatim."""

from __future__ import annotations

import re
from collections.abc import Iterator

from control_cases import FOLDER, Case, build_facts, build_view, build_want, load_cases

from provision.agent.rows import ROWS
from provision.runs.plan import make_plan
from provision.texts.catalogue import Language, catalogue
from provision.texts.message import PREFIX, VERBATIM, Message, decode, encode, tell
from tests.case_files import check_each

OPERATIONS = tuple(file.stem for file in FOLDER.glob("*.yaml") if file.stem != "adb_authorisation")
NEUTRAL = re.compile(r"[A-Z]\w+(/\w+)+|UTC|-?\d+ ms|[A-Za-z]\w*(\.\w+)+( \d+)?|\w+ \w+=\S*|none")
"""Zones, times, packages with or without their version, values of settings: the same in every language."""
COMMAND = re.compile(r"(am|agent release|appops|cmd|dpm|dumpsys deviceidle|pm|settings) ?.*")


def list_verbatim(said: Message) -> Iterator[str]:
    """What a message says the same in every language."""
    if said.key == VERBATIM:
        yield str(said)
    for value in said.values.values():
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Message):
                yield from list_verbatim(inner)


@check_each(("case", "api"), load_cases(*OPERATIONS))
def test_what_a_plan_says_is_prose_of_the_catalogue_and_can_be_kept(case: Case, api: int) -> None:
    plan = make_plan(build_facts(case, api), build_want(case), build_view(case))
    sides = [side for decision in plan.decisions for side in (decision.wanted, decision.observed, decision.detail)]
    lines = [line for step in plan.all_steps for line in (step.action.describe(), step.undo)]
    assert [text for side in sides if side for text in list_verbatim(side) if not NEUTRAL.fullmatch(text)] == []
    assert [text for line in lines for text in list_verbatim(line) if not COMMAND.fullmatch(text)] == []
    for said in (*sides, *lines):
        assert tell(Language.FR, decode(encode(said), str(said))) == tell(Language.FR, said)


def test_every_part_of_the_agents_report_has_french_words() -> None:
    known = tuple(key for key in catalogue() if key.startswith(f"{PREFIX}part."))
    assert [
        row.part for row in ROWS if not any(f"{key}.".startswith(f"{PREFIX}part.{row.part}.") for key in known)
    ] == []
