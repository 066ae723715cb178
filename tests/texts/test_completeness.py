"""The catalogue is complete, nothing in it is left over, and its French is typeset as French is."""

from __future__ import annotations

import ast
import re
from enum import StrEnum
from importlib import resources
from pathlib import Path

import pytest

from provision.agent.hardware import VolumeKey
from provision.bench.slots import SlotState
from provision.controls.registry import ATTEMPTS, GAPS
from provision.proofs.attempts import Gap
from provision.terms import (
    Assurance,
    Control,
    HandWord,
    HardwarePart,
    IntakeFinding,
    IntakeVerdict,
    Outcome,
    Phase,
    ProofVerdict,
    Reason,
    ScreenZone,
)
from provision.texts.catalogue import Language, catalogue
from provision.texts.message import LIST, PREFIX, VERBATIM

WORDS: list[tuple[str, type[StrEnum]]] = [
    ("outcome.{}", Outcome),
    ("ended.{}.one", Outcome),
    ("ended.{}.many", Outcome),
    ("phase.{}", Phase),
    ("assurance.{}", Assurance),
    ("control.{}", Control),
    ("reason.{}.title", Reason),
    ("reason.{}.action", Reason),
    ("proof.verdict.{}", ProofVerdict),
    ("proof.gap.{}", Gap),
    ("intake.verdict.{}", IntakeVerdict),
    ("intake.finding.{}.title", IntakeFinding),
    ("intake.finding.{}.action", IntakeFinding),
    ("intake.test.{}", HardwarePart),
    ("intake.key.{}", VolumeKey),
    ("intake.zone.{}", ScreenZone),
    ("intake.part.{}", HardwarePart),
    ("intake.word.{}", HandWord),
    ("intake.said.{}", HandWord),
    ("slot.{}.what", SlotState),
    ("slot.{}.now", SlotState),
]
SHOWN_BY_NAME = ("assurance.", "control.")
"""Fixed words whose entries must exist; who shows them may come later."""

NBSP = "\u00a0"


@pytest.mark.parametrize(("form", "words"), WORDS, ids=str)
def test_every_fixed_word_has_its_texts(form: str, words: type[StrEnum]) -> None:
    missing = [form.format(word) for word in words if form.format(word) not in catalogue()]
    assert not missing


@pytest.mark.parametrize(("form", "words"), WORDS, ids=str)
def test_no_text_stands_for_a_word_that_is_not_there(form: str, words: type[StrEnum]) -> None:
    pattern = re.compile(re.escape(form).replace(r"\{\}", "(.+)") + "$")
    named = {match[1] for key in catalogue() if (match := pattern.match(key))}
    assert named - {str(word) for word in words} <= set()


def test_every_attempt_made_or_not_has_its_text() -> None:
    names = {f"proof.{one.name}" for one in (*ATTEMPTS, *GAPS)}
    others = ("proof.verdict.", "proof.gap.", "proof.untried")
    assert {key for key in catalogue() if key.startswith("proof.") and not key.startswith(others)} == names


def test_no_text_is_left_over() -> None:
    (exact, patterns), special = used_keys(), {LIST, VERBATIM}
    unused = []
    for key in catalogue():
        name = re.sub(r"\.(one|many)$", "", key.removeprefix(PREFIX))
        if key.startswith(SHOWN_BY_NAME) or key in special or {name, key.removeprefix(PREFIX)} & exact:
            continue
        if not any(pattern.fullmatch(name) for pattern in patterns):
            unused.append(key)
    assert not unused


def used_keys() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every string of the code and the templates that can be a key, and those with holes, which may hold anything."""
    root = Path(str(resources.files("provision")))
    patterns = set()
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            patterns |= key_pattern(node)
    for file in (each for room in ("report", "web", "console") for each in (root / room / "templates").glob("*.j2")):
        for text in re.findall(r"[\"']([a-z_.-]+)[\"']", file.read_text()):
            patterns.add(re.escape(text) + (".+" if text.endswith(".") else ""))
    exact = {re.sub(r"\\(.)", r"\1", pattern) for pattern in patterns if ".+" not in pattern}
    return exact, [re.compile(pattern) for pattern in patterns if ".+" in pattern]


def key_pattern(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {re.escape(node.value)} if re.fullmatch(r"[a-z_.-]+", node.value) else set()
    if not isinstance(node, ast.JoinedStr) or not isinstance(node.values[0], ast.Constant):
        return set()
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
    return {"".join(parts)} if re.match(r"[a-z]+\\\.", parts[0]) else set()


NOT_IN_FRENCH = {
    "the apostrophe is ’": r"'",
    "a no-break space stands before : ; ! ? »": rf"[^{NBSP}][:;!?»](?!\w)",
    "a no-break space stands after «": rf"«[^{NBSP}]",
    "quotation marks are « »": r'"',
    "the ellipsis is one character": r"\.\.\.",
    "a thing has one name (poste, place, procès-verbal)": r"(?i)\b(bancs?|emplacements?|relevés?)\b",
    "nobody is addressed as tu": r"(?i)\b(tu|te|toi|ton|ta|tes|débranche|branche|rebranche)\b",
}
"""What no French text holds, by the rule it would break."""


@pytest.mark.parametrize("rule", NOT_IN_FRENCH)
def test_french_is_written_as_for_a_hospital(rule: str) -> None:
    assert [key for key, entry in catalogue().items() if re.search(NOT_IN_FRENCH[rule], entry[Language.FR])] == []


def is_short_advice(text: str) -> bool:
    sentences = text.removesuffix(".").split(". ")
    return text.endswith(".") and len(sentences) <= 3 and len(text) <= 200 and max(map(len, sentences)) <= 130


def test_what_to_do_now_is_one_to_three_short_sentences() -> None:
    texts = [text for reason in Reason for text in catalogue()[f"reason.{reason}.action"].values()]
    assert [text for text in texts if not is_short_advice(text)] == []
