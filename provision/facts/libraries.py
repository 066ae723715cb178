"""Which shared libraries a tablet has for its apps; asked only where an app of the set needs one that not all have."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

QUERY = Query("libraries", ("pm", "list", "libraries"))


def parse(output: CommandOutput) -> frozenset[str] | None:
    """Names of `library:NAME` lines (packages document 4.5); None where the list broke off or is none.

    Without it an app that needs a library may still be tried: the tablet itself refuses it then.
    """
    found = frozenset(re.findall(r"^library:([\w.+-]+)[ \t]*$", output.body, re.MULTILINE))
    return None if output.broke or not found else found
