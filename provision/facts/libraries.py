"""Which shared libraries a tablet has for its apps; asked only where an app of the set needs one that not all have."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

QUERY = Query("libraries", ("pm", "list", "libraries"))


def parse(output: CommandOutput) -> frozenset[str]:
    """Names of `library:NAME` lines (packages document 4.5).

    Raises:
        AnswerError: not one line; every Android has some.
    """
    found = frozenset(re.findall(r"^library:(\S+)\s*$", output.text, re.MULTILINE))
    if not found:
        raise output.unexpected("`library:NAME` lines")
    return found
