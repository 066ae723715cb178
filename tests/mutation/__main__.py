"""The table of all mutants; ends with 1 when one was not caught. Started by scripts/mutate_parties."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.mutants import Mutant, load, try_all
from tests.mutation.parties import JUDGES

Verdict = tuple[Mutant, str]


def try_party(party: str, mutants: list[Mutant]) -> list[Verdict]:
    """Mutants of one party, in a copy that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        return list(try_all(party, mutants, Path(folder)))


def deal(parties: list[str], mutants: list[Mutant], lanes: int) -> Iterator[tuple[str, list[Mutant]]]:
    """What is tried one after the other: a party's mutants, in as many parts as there are lanes."""
    for party in parties:
        ours = [one for one in mutants if one.party == party]
        parts = 1 if JUDGES[party].alone else lanes
        yield from ((party, ours[part::parts]) for part in range(parts))


def main(words: list[str]) -> int:
    """Print one line a mutant and the counts."""
    parser = argparse.ArgumentParser(prog="scripts/mutate_parties", description=__doc__)
    parser.add_argument("--party", action="append", choices=sorted(JUDGES), help="this party only; may be repeated")
    parties = parser.parse_args(words).party or list(JUDGES)
    mutants = load()
    lanes = os.cpu_count() or 1
    with ThreadPoolExecutor(max_workers=lanes) as pool:
        found = pool.map(lambda part: try_party(*part), deal(parties, mutants, lanes))
        verdicts = [verdict for part in found for verdict in part]
    for mutant, verdict in verdicts:
        sys.stdout.write(f"{mutant.party:<8}{verdict:<9} {mutant.breaks} ({Path(mutant.file).name})\n")
    for party in parties:
        told = [verdict for mutant, verdict in verdicts if mutant.party == party]
        sys.stdout.write(f"{party}: {told.count('caught')} of {len(told)} mutants caught\n")
    return int(any(verdict != "caught" for _, verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
