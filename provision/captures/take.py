"""Taking a capture from a plugged device: reads only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from provision.captures.blank import blank, blank_serial
from provision.captures.model import Capture, Screen
from provision.facts import shape
from provision.facts.ask import run_batch
from provision.facts.collect import read_props
from provision.facts.query import Query
from provision.transport import Transport

PACKAGES = Query("system packages", ("pm", "list", "packages", "-s"))


def take_capture(transport: Transport, source: str, *, seconds: float) -> Capture:
    """Ask the device in hand for what it says of its model, identifiers left out.

    Args:
        source: where it was taken, in words; stands in the file.

    Raises:
        AnswerError: no properties; NotBooted: still starting.
        TransportError: the way to it failed.
    """
    props = read_props(transport, seconds=seconds)
    outputs = run_batch(transport, (*shape.QUERIES, PACKAGES), seconds=seconds)
    found = shape.parse(outputs)
    screen = None
    if found.panel is not None and found.density:
        screen = Screen(found.panel[0], found.panel[1], found.density)
    packages = re.findall(r"^package:([\w.]+)", outputs[PACKAGES.name].body, re.MULTILINE)
    return Capture(
        props=blank(props.values),
        features=tuple(sorted(found.features)),
        screen=screen,
        packages=tuple(sorted(_of_system(packages))),
        serial=blank_serial(props.serial),
        source=source,
    )


def clean_capture(found: Capture) -> Capture:
    """A capture out of somebody's file (`getprop` text), identifiers left out as in one of our own."""
    serial = found.serial or blank_serial(found.as_props.serial)
    return Capture(blank(found.props), found.features, found.screen, found.packages, serial, found.source)


def _of_system(packages: Iterable[str]) -> set[str]:
    """Without our own agent and training apps, which are on a tablet that was at the bench."""
    return {package for package in packages if not package.startswith("org.provision.")}
