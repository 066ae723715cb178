"""Whether a package is on the tablet now, asked beside a round of facts."""

from __future__ import annotations

from provision.facts.ask import run_batch
from provision.facts.query import Query
from provision.transport import Transport


def is_installed(transport: Transport, package: str, seconds: float) -> bool:
    """Tell whether Android knows a path of the package."""
    query = Query("path", ("pm", "path", package))
    return "package:" in run_batch(transport, (query,), seconds=seconds)[query.name].body
