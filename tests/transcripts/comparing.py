"""A transcript beside the virtual tablet of its release, and beside the cases that the reference made."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.agent.contract import AGENT
from provision.cli.shadow import open_shadow
from provision.transcripts.blank import HOSPITAL, NAME, PASSPHRASE
from provision.transcripts.judge import SHORT, Model, fits, form_of, mask
from provision.transcripts.model import Call, How, Transcript
from tests.case_files import read_cases
from tests.transcripts.replay_run import capture_of, make_app
from tests.transcripts.replaying import is_write

FOLDER = Path(__file__).parent
STATE = frozenset({
    "given", "answers", "patch", "model", "files", "before", "given_later", "reboot", "wait", "feed", "then",
    "then_lacks", "effect",
})  # fmt: skip
"""What a case needs beside its call: a transcript cannot show that it was so."""

OURS = re.compile(rf"Device Owner:|package:{re.escape(AGENT)}$|Package \[{re.escape(AGENT)}\]", re.MULTILINE)
"""An answer of a tablet that has an owner, or the agent."""

OF_ONE_TABLET = (
    "wm size", "wm density", "getprop", "settings get", "settings list", "pm list packages", "pm list features",
    "dumpsys package", "dumpsys battery", "dumpsys account", "dumpsys location", "dumpsys connectivity",
    "dumpsys diskstats", "cmd location", "cmd wifi status", "cmd wifi list-networks", "cmd wifi list-scan-results",
    "cmd package has-feature", "cmd package resolve-activity", "cmd package query-activities", "df", "ls", "cat",
)  # fmt: skip
"""Commands whose content is the model's, or of what was done with this one tablet: panel, versions, lists, rows.

Of them a case says what the tablet of the cases has; only its refusals are Android's.
"""


@dataclass(frozen=True)
class Difference:
    """One command that the virtual tablet answers in another form."""

    number: int
    line: str
    came: str
    expected: str


@dataclass(frozen=True)
class Compared:
    """What came of a transcript beside the virtual tablet.

    Attributes:
        forms: answers that were compared. words: short ones among them whose words are the same, too.
        variants: what the virtual tablet had to answer otherwise than it does by itself.
    """

    forms: int
    words: int
    variants: tuple[str, ...]
    differences: tuple[Difference, ...]


def compare(transcript: Transcript, folder: Path) -> Compared:
    """Give every command to a virtual tablet of the same release, up to the agent's first policy."""
    head = transcript.head
    shadow = open_shadow(folder, capture_of(head), HOSPITAL, PASSPHRASE)
    assert shadow is not None, f"no virtual tablet of API {head.api}"
    agent = [] if head.wants["agent"] is None else [head.wants["agent"]]
    apks = {says["package"]: make_app(says, folder).path.read_bytes() for says in [*head.wants["apps"], *agent]}
    forms = words = 0
    variants, differences = [], []
    for call in transcript.calls:
        if call.ended or (call.status is None and call.how is How.SHELL and not call.text):
            continue
        fed = apks[call.step.rpartition("/")[2]] if call.how in {How.FEED, How.PUSH} else None
        expected = shadow.expect(tuple(shlex.split(call.line)), call.text, fed)
        if expected is None:
            continue
        forms += 1
        words += _is_short(call.text) and mask(call.text) == mask(expected.text)
        if fits(form_of(call.text, call.status), expected):
            continue
        variant = _find_variant(shadow, call)
        if variant:
            variants.append(variant)
        else:
            wanted = form_of(expected.text, expected.status)
            differences.append(Difference(call.number, call.line, str(form_of(call.text, call.status)), str(wanted)))
    return Compared(forms, words, tuple(variants), tuple(differences))


def _is_short(text: str) -> bool:
    return len(text.splitlines()) <= SHORT


def _find_variant(shadow: Model, call: Call) -> str:
    for name, variant in shadow.vary():
        if fits(form_of(call.text, call.status), variant):
            shadow.adopt(name)
            return name
    return ""


def read_listed(file: Path) -> dict[str, str]:
    """Differences that are known: command -> why, from `NAME.differences.yaml` beside a transcript."""
    beside = file.with_suffix(".differences.yaml")
    return read_cases(beside) if beside.is_file() else {}


def read_since(file: Path) -> Mapping[str, Any]:
    """What the product asks since, from `NAME.replay.yaml` beside a transcript: `answers`, `ends_at`."""
    beside = file.with_suffix(".replay.yaml")
    return read_cases(beside) if beside.is_file() else {}


@dataclass(frozen=True)
class Touched:
    """One (case, release) pair whose call a transcript holds.

    `holds`: whether the answer is as the case says; None where that depends on a state the case makes first, or on
    the model.
    """

    what: str
    ref: str
    mark: str
    api: int
    holds: bool | None


def find_touched(transcript: Transcript, cases: Sequence[Mapping[str, Any]]) -> Iterator[Touched]:
    """The cases of this release that a transcript has the call of.

    Only answers before the first write count, and none of a tablet that was ours before: what is changed on it is
    no answer of Android as it came.
    """
    first = next((place for place, call in enumerate(transcript.calls) if is_write(call)), len(transcript.calls))
    if any(OURS.search(call.text) for call in transcript.calls[:first]):
        first = 0
    fresh = {call.line: call for call in reversed(transcript.calls[:first]) if not call.ended}
    lines = {call.line for call in transcript.calls}
    for case in cases:
        if case["api"] != transcript.head.api or case["run"] not in lines:
            continue
        depends = STATE & set(case) or is_of_one_tablet(case)
        call = None if depends else fresh.get(case["run"])
        holds = None if call is None or call.left_out or NAME in call.text else is_as_said(case, call)
        yield Touched(case["what"], case["ref"], case["mark"], case["api"], holds)


def is_of_one_tablet(case: Mapping[str, Any]) -> bool:
    """Tell whether what a case expects is no statement about Android but about its tablet."""
    refuses = case.get("status") or case.get("err") or case.get("err_has")
    return not refuses and any(f"{case['run']} ".startswith(f"{command} ") for command in OF_ONE_TABLET)


def is_as_said(case: Mapping[str, Any], call: Call) -> bool:
    """Tell whether an answer is what a case expects; of merged streams the whole text counts for both."""
    merged = call.how is How.ROUND
    out, err = (call.text, call.text) if merged else (call.out, call.err)
    exact = [case[name] for name in ("out", "err") if case.get(name)]
    silent = not exact and any(case.get(name) == "" for name in ("out", "err"))
    tests = (
        all(text in (call.text if merged else out) for text in exact),
        not (silent and "err_has" not in case and "out_has" not in case and call.text),
        all(text in out for text in case.get("out_has", [])),
        all(text in err for text in case.get("err_has", [])),
        all(text in call.text for text in case.get("any_has", [])),
        not any(text in out for text in case.get("out_lacks", [])),
        re.fullmatch(case.get("matches", ".*"), out, re.DOTALL) is not None,
        re.search(case.get("searches", ""), out) is not None,
        "status" not in case or call.status in {None, case["status"]},
    )
    return all(tests)
