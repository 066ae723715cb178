"""The page of a hospital's needs: every release answered once, by tests that exist and words of the agent's table."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from android_tables import ALL, ROOT

from provision.agent.rows import best_assurance
from provision.terms import Control

PAGE = ROOT / "apks/agent/NEEDS.md"
NEEDS = 18
JAVA = {"A": "services", "J": "agent"}
SAID = re.compile(r"`(\w+\.\w+)` (enforced|set|unsupported)")


@dataclass(frozen=True)
class Line:
    """One line of the page: its need, the releases it is about, our answer, and what proves it."""

    need: int
    apis: range
    ours: str
    proofs: tuple[str, ...]


@cache
def read_lines() -> tuple[Line, ...]:
    """All lines of the page's table."""
    rows = (line.split("|")[1:-1] for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| \d", line))
    return tuple(_read_line([cell.strip() for cell in row]) for row in rows)


def _read_line(cells: list[str]) -> Line:
    number, _need, band, ours, proofs = cells
    first, _, last = band.partition("–")
    return Line(int(number), range(int(first), int(last or first) + 1), ours, tuple(map(str.strip, proofs.split(";"))))


@cache
def vectors() -> dict[str, set[int]]:
    """The releases of each vector, by its name without them."""
    found: dict[str, set[int]] = defaultdict(set)
    for one in json.loads((ROOT / "tests/vectors/owner.json").read_text("utf-8"))["vectors"]:
        found[one["name"].rsplit(", API", 1)[0]].add(one["api"])
    return found


def find_fault(proof: str, apis: range) -> str:
    """Why a proof is none; empty where it is there."""
    kind, _, name = proof.partition(" ")
    if kind == "V":
        return "" if vectors().get(name, set()) & set(apis) else f"no vector of {apis}: {name}"
    if kind == "T":
        file, _, test = name.partition("::")
        there = (ROOT / file).is_file() and re.search(rf"^def {test}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
        return "" if there else f"no such test: {name}"
    if kind not in JAVA:
        return f"no kind of proof: {proof}"
    case, _, method = name.partition(".")
    file_of = ROOT / f"apks/agent/test/org/provision/{JAVA[kind]}/{case}.java"
    wanted = rf"@Test\s+(?:@\w+(?:\(.*\))?\s+)*public void {method}\(" if method else r"@Test\s"
    return "" if file_of.is_file() and re.search(wanted, file_of.read_text("utf-8")) else f"no such test: {name}"


def test_every_need_is_answered_on_every_release_once() -> None:
    told: dict[int, list[int]] = defaultdict(list)
    for line in read_lines():
        told[line.need] += line.apis
    assert dict(told) == {need: sorted(ALL) for need in range(1, NEEDS + 1)}


def read_faults_section() -> list[str]:
    """What proves what becomes of bad input and faults."""
    section = PAGE.read_text("utf-8").partition("## What goes wrong\n")[2]
    cells = [line.split("|")[3] for line in section.splitlines() if line.startswith("| ")][2:]
    return [proof.strip() for cell in cells for proof in cell.split(";")]


def test_what_proves_a_line_is_there() -> None:
    faults = [find_fault(proof, line.apis) for line in read_lines() for proof in line.proofs]
    faults += [find_fault(proof, range(21, 38)) for proof in read_faults_section()]
    assert [fault for fault in faults if fault] == []
    assert len(read_faults_section()) > 15


@pytest.mark.parametrize(
    "proof",
    [
        "V no such vector",
        "T tests/reference/test_needs.py::test_nothing",
        "A ClosingTest.nothing",
        "J NoTest.nothing",
        "A NoTest",
        "X y",
    ],
)
def test_a_proof_that_is_gone_is_seen(proof: str) -> None:
    assert find_fault(proof, range(21, 38))


def test_a_vector_of_another_band_proves_nothing() -> None:
    assert find_fault("V a proxy without exceptions", range(21, 23))


def _compare() -> Iterator[str]:
    for line in read_lines():
        for name, word in SAID.findall(line.ours):
            best = {str(best_assurance(Control(name), api)) for api in line.apis}
            if best != {word}:
                yield f"{line.need}, {line.apis}: {name} is {sorted(best)}, not {word}"


def test_how_firm_a_control_is_said_to_be_is_what_the_table_has() -> None:
    assert list(_compare()) == []
