"""Which special accesses apps have; asked only about apps that the app set gives some."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from provision.facts.query import Outputs, Query

_ALLOWED = re.compile(r"^[ \t]*(?:Uid mode: )?([A-Z][A-Z_]+): allow\b", re.MULTILINE)
"""`OP: allow`, with `; time=…` behind it or not; from 11 on a mode of the whole uid has two words before it (8)."""


def make_queries(packages: Iterable[str]) -> tuple[Query, ...]:
    """One question a package (packages document 8)."""
    return tuple(Query(f"access {package}", ("appops", "get", package)) for package in packages)


def parse(outputs: Outputs, packages: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Names of allowed operations by package; none where the answer has another form: then it is given again."""
    return {name: frozenset(_ALLOWED.findall(outputs[f"access {name}"].body)) for name in packages}
