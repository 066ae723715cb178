"""What transcripts say of the reference and of the virtual tablet: `scripts/transcripts`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from provision.transcripts.model import Transcript
from provision.transcripts.read import read_transcript
from tests.transcripts.comparing import FOLDER, compare, find_touched, read_listed
from tests.virtual.android.conformance_report import CASES, read_cases


def list_transcripts() -> list[Path]:
    """Every transcript of the folder."""
    return sorted(FOLDER.glob("*.jsonl"))


def report(file: Path, transcript: Transcript, cases: Sequence[dict[str, object]], folder: Path) -> Iterator[str]:
    """What one transcript says."""
    head, compared = transcript.head, compare(transcript, folder)
    kind = "virtual, confirms nothing" if head.virtual else "real"
    end = "cut off" if transcript.end is None else f"{transcript.end.outcome} {transcript.end.reason or ''}".strip()
    yield f"{file.name}: {kind}: {head.model}, API {head.api}, {head.build}: {len(transcript.calls)} calls, {end}"
    same = compared.forms - len(compared.differences)
    yield f"  virtual tablet: {same} of {compared.forms} answers in the same form, {compared.words} in the same words"
    for variant in compared.variants:
        yield f"  answers as the variant {variant}"
    listed = read_listed(file)
    for each in compared.differences:
        why = listed.get(each.line, "NOT LISTED")
        yield f"  differs: {each.line}: came {each.came}; expected {each.expected} ({why})"
    touched = list(find_touched(transcript, cases))
    confirmed = [each for each in touched if each.holds]
    denied = [each for each in touched if each.holds is False]
    yield (
        f"  reference: {len(touched)} pairs (case, release) touched: {len(confirmed)} answered as the case says, "
        f"{len(denied)} otherwise, {len(touched) - len(confirmed) - len(denied)} depend on a state or the model"
    )
    for each in denied:
        yield f"  against: {each.ref} ({each.mark}): {each.what}"
    if not head.virtual:
        for each in confirmed:
            yield f"  T: {each.ref} ({each.mark}): {each.what}"


def main(words: Sequence[str]) -> int:
    """Report on the files that are named, or on all of `tests/transcripts`."""
    cases = list(read_cases(CASES))
    for file in [Path(word) for word in words] or list_transcripts():
        with tempfile.TemporaryDirectory() as folder:
            for line in report(file, read_transcript(file), cases, Path(folder)):
                print(line)  # noqa: T201 # a report for the terminal
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
