"""What transcripts say of the reference and of the virtual tablet: `scripts/transcripts`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from provision.errors import ConfigurationError
from provision.transcripts.model import Transcript
from provision.transcripts.read import read_transcript
from provision.virtual.android.model import load_model, model_names
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
    """Report on the files that are named, or on all of `tests/transcripts`; 2 where one is no transcript."""
    parser = argparse.ArgumentParser(prog="scripts/transcripts", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: all of tests/transcripts")
    cases, wrong = list(read_cases(CASES)), False
    for file in parser.parse_args(words).files or list_transcripts():
        try:
            transcript = read_transcript(file)
            if not can_compare(transcript):
                sys.stderr.write(f"{file}: its tablet did not say what it is, or no virtual tablet has its release\n")
                continue
            with tempfile.TemporaryDirectory() as folder:
                for line in report(file, transcript, cases, Path(folder)):
                    print(line)  # noqa: T201 # a report for the terminal
        except ConfigurationError as error:
            sys.stderr.write(f"{error}\n")
            wrong = True
    return 2 if wrong else 0


def can_compare(transcript: Transcript) -> bool:
    """Tell whether there is a virtual tablet of its release."""
    return transcript.head.api in {load_model(name).api for name in model_names()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
