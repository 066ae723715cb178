"""Which package holds the authority of a content provider; asked only where an app wants one of a foreign name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from provision.facts.query import CommandOutput, Query

QUERY = Query("providers", ("dumpsys", "package", "providers"))

_ENTRY = re.compile(r"^  \[([^\]\n]+)\]:\n +Provider\{[0-9a-f]+ ([\w.]+)/", re.MULTILINE)


def parse(output: CommandOutput, wanted: Iterable[str]) -> Mapping[str, str]:
    """The package of each wanted authority that somebody holds (packages document 4.5)."""
    found = dict(_ENTRY.findall(output.body))
    return {name: found[name] for name in wanted if name in found}
