"""What the conformance cases cover: `scripts/conformance`.

Counts cases by command, release and mark, and holds them against the reference line by line. A line of the
reference (a bullet or a table row with something in backticks) is *met* when a case that names its
section quotes one of its backticked words: in the call, in what is made before, or in the answer.
A line without a case is listed with its section, so that a reader can judge whether a tablet could show it at all.
"""

from __future__ import annotations

import re
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.case_files import read_cases as read_file

ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "tests" / "cases" / "virtual" / "android"
DOCUMENTS = {
    "packages": "android-packages-and-owner.md",
    "Wi-Fi": "android-wifi-kiosk-policy.md",
    "adb": "adb-host-side.md",
}
HEADING = re.compile(r"#{2,3} (?P<number>\d+(?:\.\d+)?)\.? ")
QUOTED = re.compile(r"`([^`]+)`")
PLACEHOLDER = re.compile(
    r"<[^>]*>|\bX{2,}\b|…|\.\.\.|%[a-z]|\[[^]]*\]"
    r"|\b(?:PKG|CLS|PERM|PERMISSION|LIB|SIZE|SESSION|SPLIT|PARENT|CHILD|NAME|PATH|MSG|CMD|TOTAL|N|pkg|cls)\b|#\d+"
)
SHORTEST = 5


@dataclass(frozen=True)
class Line:
    """One line of the reference: document, section, number in the file, text, and the words it quotes."""

    document: str
    section: str
    number: int
    text: str
    words: tuple[str, ...]

    @property
    def ref(self) -> str:
        """As cases name it."""
        return f"{self.document} {self.section}"


def read_lines(folder: Path) -> Iterator[Line]:
    """Every line of the reference that quotes something."""
    for document, name in DOCUMENTS.items():
        section = "0"
        for number, text in enumerate((folder / name).read_text("utf-8").splitlines(), start=1):
            heading = HEADING.match(text)
            section = heading["number"] if heading else section
            if text.lstrip().startswith(("|", "-", "*", "1", "2", "3", "4", "5", "6", "7", "8", "9")) and not heading:
                words = tuple(_pieces(text))
                if words:
                    yield Line(document, section, number, text.strip(), words)


def read_sections(folder: Path) -> Iterator[str]:
    """Every section of the reference, as cases name it."""
    for document, name in DOCUMENTS.items():
        for text in (folder / name).read_text("utf-8").splitlines():
            if heading := HEADING.match(text):
                yield f"{document} {heading['number']}"


def _pieces(text: str) -> Iterator[str]:
    """The quoted words, each by the longest piece between placeholders, which is the same in every answer."""
    for quoted in QUOTED.findall(text):
        pieces = [piece.replace("\\n", "").strip(" '\"|{}/") for piece in PLACEHOLDER.split(quoted)]
        word = max(pieces, key=len)
        if len(word) >= SHORTEST:
            yield word


def releases(case: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The releases a case names, each with its mark: one mark for all of `api`, or `mark` says which have which."""
    mark = case["mark"]
    for letter, apis in (mark if isinstance(mark, dict) else {mark: case["api"]}).items():
        for api in apis if isinstance(apis, list) else [apis]:
            yield api, letter


def read_cases(folder: Path) -> Iterator[dict[str, Any]]:
    """Every case, once for each release it names."""
    for path in sorted(folder.glob("*.yaml")):
        for case in read_file(path):
            for api, mark in releases(case):
                yield case | {"api": api, "mark": mark}


def command_of(case: Mapping[str, Any]) -> str:
    """The program and its verb."""
    words = str(case["run"]).split()
    return " ".join(words[:3] if words[0] == "cmd" else words[:2] if len(words) > 1 else words)


def find_unmet(lines: Sequence[Line], cases: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Lines that no case of their section quotes."""
    said: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        said[str(case["ref"])].append(
            str({key: case[key] for key in case if key not in {"what", "ref", "mark", "api", "by", "source"}})
        )
    whole = {ref: "\n".join(texts).replace("\\n", "\n") for ref, texts in said.items()}
    return [line for line in lines if not any(word in whole.get(line.ref, "") for word in line.words)]


def report(cases: Sequence[Mapping[str, Any]], lines: Sequence[Line]) -> Iterator[str]:
    """The whole report, line by line."""
    yield f"{len(cases)} cases (call and release), {len({case['what'] for case in cases})} sentences"
    for title, count in (
        ("mark", Counter(str(case["mark"]) for case in cases)),
        ("API", Counter(int(case["api"]) for case in cases)),
        ("command", Counter(command_of(case) for case in cases)),
    ):
        rows = sorted(count.items(), key=lambda row: row[0] if title == "API" else -row[1])
        yield f"by {title}: " + ", ".join(f"{name} {number}" for name, number in rows)
    waiting = Counter(str(case["ref"]) for case in cases if case["mark"] in {"U", "P"})
    yield f"open by section: {waiting.total()}: {', '.join(f'{ref} {count}' for ref, count in waiting.most_common())}"
    unmet = find_unmet(lines, cases)
    yield f"{len(lines) - len(unmet)} of {len(lines)} quoting lines of the reference are met by a case of their section"
    sections = Counter(line.ref for line in lines)
    for ref, number in Counter(line.ref for line in unmet).items():
        yield f"  {ref}: {number} of {sections[ref]} lines without a case"


def main(words: Sequence[str]) -> int:
    """Print the report; with `--lines` every line without a case too."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `scripts/conformance | head` ends without a traceback
    cases, lines = list(read_cases(CASES)), list(read_lines(ROOT / "provision" / "reference"))
    for text in report(cases, lines):
        print(text)  # noqa: T201 # a report for the terminal
    if "--lines" in words:
        for line in find_unmet(lines, cases):
            print(f"{DOCUMENTS[line.document]}:{line.number}: ({line.section}) {line.text}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
