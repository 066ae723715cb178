"""Facts of many API levels as one: what holds on which levels, in a stable order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby

Facts = Mapping[str, "Facts"] | frozenset[str]
"""What one level says: names in groups, groups in groups."""

Table = dict[str, "Table"] | dict[str, list[str]]
"""What all levels say: in place of each group of names, names by the levels on which they stand there."""

WIDTH = 120


def span(levels: Iterable[int]) -> str:
    """API levels as text: `21-23,26`."""
    runs = groupby(enumerate(sorted(levels)), lambda pair: pair[1] - pair[0])
    ends = [[level for _, level in run] for _, run in runs]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in ends)


def levels_of(text: str) -> list[int]:
    """The API levels of a text that `span` wrote."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def merge(facts: Mapping[int, Facts]) -> Table:
    """One table of what each level says."""
    groups = {level: one for level, one in facts.items() if isinstance(one, Mapping)}
    if groups:
        names = sorted({name for one in groups.values() for name in one})
        return {name: merge({level: one[name] for level, one in groups.items() if name in one}) for name in names}
    where: dict[str, list[int]] = {}
    for level, one in facts.items():
        for name in one:
            where.setdefault(name, []).append(level)
    spans: dict[str, list[str]] = {}
    for name in sorted(where):
        spans.setdefault(span(where[name]), []).append(name)
    return {text: spans[text] for text in sorted(spans, key=levels_of)}


def write(table: object, indent: str = "") -> str:
    """A table as JSON: a member a line, lists of names filled up to the width of the page."""
    if isinstance(table, dict):
        deeper = indent + " "
        members = [f"{deeper}{json.dumps(name)}: {write(value, deeper)}" for name, value in table.items()]
        return "{\n" + ",\n".join(members) + "\n" + indent + "}" if members else "{}"
    if isinstance(table, list) and table and isinstance(table[0], dict):
        deeper = indent + " "
        return "[\n" + ",\n".join(deeper + write(one, deeper) for one in table) + "\n" + indent + "]"
    if isinstance(table, list):
        return _fill([json.dumps(one, ensure_ascii=False) for one in table], indent + " ")
    return json.dumps(table, ensure_ascii=False)


def _fill(words: list[str], indent: str) -> str:
    """A list on one line where it is short, else on as few lines as hold it."""
    if sum(map(len, words)) + 2 * len(words) < WIDTH // 2:
        return "[" + ", ".join(words) + "]"
    lines, line = [], indent
    for number, word in enumerate(words):
        more = word + ("," if number + 1 < len(words) else "")
        if line != indent and len(line) + 1 + len(more) > WIDTH:
            lines.append(line)
            line = indent
        line += (" " if line != indent else "") + more
    return "[\n" + "\n".join([*lines, line]) + "\n" + indent[:-1] + "]"
