"""Whether the agent's listener hears notifications; asked before Android 9, where lock task silences calls (14.2).

`p PKG` keeps everything but the agent's own rows out of the print: no notification of anybody is in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Outputs, Query

LAST_API = 27
COMMAND_API = 27
"""First level whose notification service has a word of the shell, and the first that does not look at the setting."""

PACKAGE = "org.provision.agent"
COMPONENT = f"{PACKAGE}/{PACKAGE}.CallListener"
SETTING = ("secure", "enabled_notification_listeners")
LIST = Query("allowed listeners", ("settings", "get", *SETTING))
LIVE = Query("live listeners", ("dumpsys", "notification", "p", PACKAGE))

_BLOCK = re.compile(r"^ {4}Live notification listeners \(\d{1,4}\):\n((?: {6}\S.*\n)*)", re.MULTILINE)
_COUNT = re.compile(r"^ {4}All notification listeners \((\d{1,4})\) enabled", re.MULTILINE)
_NAMES = re.compile(r"[\w.]+/[\w.$]+(?::[\w.]+/[\w.$]+)*:?", re.ASCII)
_LINE = f"ComponentInfo{{{COMPONENT}}} (user 0): "


@dataclass(frozen=True)
class Listener:
    """One reading.

    Attributes:
        live: Android holds it bound.
        allowed: components that the setting names, in its order; empty where it is not the switch.
        known: False where an answer was not understood; then nobody writes the list, which has others in it.
    """

    live: bool = False
    allowed: tuple[str, ...] = ()
    known: bool = True


UNKNOWN = Listener(known=False)


def make_queries(api: int) -> tuple[Query, ...]:
    """Its question on a release; none where lock task lets notifications through."""
    return () if api > LAST_API else (LIVE,)


def make_switch_queries(api: int) -> tuple[Query, ...]:
    """The question for the setting, where that is the switch; asked beside the other (`find_mark`)."""
    return (LIST,) if api < COMMAND_API else ()


def find_mark(outputs: Outputs, api: int) -> tuple[str, ...] | None:
    """Find by what the setting can be known as it was: how many Android took from it, and whom it holds bound.

    The service counts what the setting names, also of packages that are gone (its own print for `p PKG`: the number
    is of all, the rows are of PKG). None where the setting is no switch.
    """
    if not make_switch_queries(api):
        return None
    printed = outputs[LIVE.name].body
    count, block = _COUNT.search(printed), _BLOCK.search(printed)
    return (count[1], block[0]) if count and block else ("not understood", printed)


def parse(outputs: Outputs) -> Listener | None:
    """The reading; None where nothing was asked.

    Raises:
        AnswerError: the print has no block of live listeners, or the list is no list of components.
    """
    if LIVE.name not in outputs:
        return None
    block = _BLOCK.search(outputs[LIVE.name].body)
    if block is None:
        raise outputs[LIVE.name].unexpected("`Live notification listeners (N):`", private=True)
    live = any(line.strip().startswith(_LINE) for line in block[1].splitlines())
    return Listener(live, _parse_list(outputs[LIST.name]) if LIST.name in outputs else ())


def _parse_list(output: CommandOutput) -> tuple[str, ...]:
    """Components between colons; those of other apps stay in it as they are."""
    text = output.read_value(_NAMES, "components between colons, or null") or ""
    return tuple(name for name in text.split(":") if name)
