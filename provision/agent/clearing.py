"""Everything that a patient left on one tablet, cleared from the bench: by its agent, else by the shell.

1. The agent clears the kiosk's apps (28+), the clipboard, and the data of keyboard and call history (28+).
2. The shell clears what the agent could not: `pm clear` exists on every release (packages document 4.5).
3. The shell takes the shared folders away and looks whether they are gone. Apps' own folders are not touched.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from provision.agent.client import AgentClient
from provision.agent.results import Trace
from provision.facts import shared_files
from provision.facts.ask import run_batch
from provision.facts.one_package import is_installed
from provision.facts.query import Query
from provision.transport import Transport

CLEARED = "Success"
"""Said by `pm clear`, on standard error before 7.0 (packages document 4.5)."""

CALL_HISTORY = "com.android.providers.contacts"
"""Keeps the history of calls in Android itself; a maker's own one is the agent's to find."""

Part = Literal["files", "clipboard", "keyboard", "calls"]


@dataclass(frozen=True)
class Cleared:
    """What one clean came to.

    Attributes:
        apps: those that were not cleared.
        parts: what is outside the apps and was not cleared.
        clipboard_untold: whether the agent, older than 0.6.0, clears no clipboard and does not tell.
    """

    apps: tuple[str, ...]
    parts: tuple[Part, ...]
    clipboard_untold: bool = False


def clear_tablet(client: AgentClient, transport: Transport, apps: Sequence[str], *, seconds: float) -> Cleared:
    """Clear all of it; what is refused stops nothing else.

    Args:
        apps: of the kiosk.
        seconds: for each command.
    """
    cleaning = client.clean(apps)
    left = [
        each.package
        for each in cleaning.apps
        if not (each.cleared if each.supported else _clear_data(transport, each.package, seconds))
    ]
    parts = tuple(_clear_parts(transport, cleaning.traces, seconds))
    return Cleared(tuple(left), parts, clipboard_untold=not cleaning.traces)


def _clear_parts(transport: Transport, traces: Sequence[Trace], seconds: float) -> Iterator[Part]:
    """Clear what is outside the apps; yields what stays."""
    cleared = {trace.part for trace in traces if trace.cleared}
    transport.shell(shlex.join(shared_files.CLEAR), seconds=seconds)
    if shared_files.list_left(run_batch(transport, shared_files.QUERIES, seconds=seconds)):
        yield "files"
    if traces and "clipboard" not in cleared:
        yield "clipboard"
    if "keyboard" not in cleared and not _clear_keeper(transport, _find_keyboard(transport, seconds), seconds):
        yield "keyboard"
    if "calls" not in cleared and not _clear_keeper(transport, CALL_HISTORY, seconds):
        yield "calls"


def _find_keyboard(transport: Transport, seconds: float) -> str | None:
    """Package of the keyboard in use; None for none."""
    query = Query("keyboard", ("settings", "get", "secure", "default_input_method"))
    said = run_batch(transport, (query,), seconds=seconds)[query.name].body.strip()
    return said.partition("/")[0] if "/" in said else None


def _clear_keeper(transport: Transport, package: str | None, seconds: float) -> bool:
    """Clear the app that keeps a trace; one that is not there keeps nothing."""
    if package is None or not is_installed(transport, package, seconds):
        return True
    return _clear_data(transport, package, seconds)


def _clear_data(transport: Transport, package: str, seconds: float) -> bool:
    answer = transport.shell(shlex.join(("pm", "clear", package)), seconds=seconds)
    return CLEARED in (answer.out + answer.err).split()
