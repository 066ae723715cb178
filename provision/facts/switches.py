"""Values of a maker's switches: rows of the settings and disabled packages; asked only where a profile has some.

A row prints its value, `null` when there is none (packages document 2.3); disabled packages are those of
`pm list packages -d` (4.1, 11.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provision.errors import AnswerCut, AnswerError
from provision.facts.query import CommandOutput, Outputs, Query

DISABLED = Query("disabled", ("pm", "list", "packages", "-d", "--user", "0"))
UNSET, UNREADABLE, OTHER = "unset", "unreadable", "other"
_NUMBER = re.compile(r"-?\d{1,9}")


@dataclass(frozen=True)
class Switches:
    """Read back for the switches of one profile.

    Attributes:
        settings: by `TABLE KEY`: a number as text, or one of `UNSET`, `UNREADABLE`, `OTHER` (not a number; not kept).
        disabled: packages that are disabled for the user.
        refused: what the tablet said against a write of this run, by step name; empty where it said nothing.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)


def make_queries(settings: Iterable[str], *, packages: bool) -> tuple[Query, ...]:
    """One question a row, named `TABLE KEY`, and one about packages where some are switched."""
    rows = tuple(Query(name, ("settings", "get", *name.split(" "))) for name in settings)
    return (*rows, *((DISABLED,) if packages else ()))


def parse(outputs: Outputs, settings: Iterable[str]) -> Switches:
    """Never an error: a switch that cannot be read is one that is not as wanted."""
    disabled = outputs[DISABLED.name].body if DISABLED.name in outputs else ""
    return Switches(
        {name: _read(outputs[name]) for name in settings},
        frozenset(re.findall(r"^package:([\w.]+)[ \t]*$", disabled, re.MULTILINE)),
    )


def _read(output: CommandOutput) -> str:
    try:
        return output.read_value(_NUMBER, "a number") or UNSET
    except AnswerCut:
        return UNREADABLE
    except AnswerError:
        return UNREADABLE if output.refusal() else OTHER
