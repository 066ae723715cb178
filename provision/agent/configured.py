"""Managed configuration of apps as a policy carries it and a report tells it (contract 7 and 9, row 40).

Values travel in plain text, and a report holds their digests only: configuration is no place for secrets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from provision.agent.contract import AGENT
from provision.agent.strict_json import encode
from provision.appset.model import App, Setting
from provision.appset.placeholders import LONGEST, fill
from provision.errors import ConfigurationError, ConfigurationFault

MEMBER = "applications"
"""Name of the policy's member."""

AGENT_CODE = 2
"""The first version code of an agent that knows it."""

MOST_APPS, MOST_BYTES = 24, 32_768
NONE = "none"
_DELIVERED = re.compile(r"delivered: ([\w.]+) sha256=([0-9a-f]{64})")

Configurations = Mapping[str, Mapping[str, Setting]]
"""By package and key, placeholders as `apps.yaml` has them."""


def make_applications(configurations: Configurations, asset: str) -> dict[str, object]:
    """The policy's members for it: `applications` with the placeholders filled, or nothing where no app has any.

    Args:
        asset: the tablet's asset id.
    """
    filled = {package: _fill(settings, asset) for package, settings in configurations.items() if settings}
    return {MEMBER: filled} if filled else {}


def _fill(settings: Mapping[str, Setting], asset: str) -> dict[str, object]:
    values = {key: fill(value, {"asset_id": asset}) for key, value in settings.items()}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def list_digests(configurations: Configurations, asset: str) -> Mapping[str, str]:
    """List the digests that a tablet reports when it was given all of it: package -> SHA-256 of its configuration."""
    filled = ((package, _fill(settings, asset)) for package, settings in configurations.items() if settings)
    return {package: hashlib.sha256(encode(settings)).hexdigest() for package, settings in filled}


def read_digests(listing: str) -> Mapping[str, str]:
    """A row's list: package -> digest, or `none` where Android holds nothing; nothing for a policy without any."""
    pairs = (item.partition(":") for item in listing.split(",") if ":" in item)
    return {package: digest for package, _, digest in pairs}


def tell_delivered(digests: Mapping[str, str]) -> tuple[str, ...]:
    """The lines of a record's evidence: digests, since a value is nobody else's business."""
    return tuple(f"delivered: {package} sha256={digest}" for package, digest in sorted(digests.items()))


def read_delivered(evidence: Iterable[str]) -> Mapping[str, str]:
    """The digests such lines tell; other lines are of something else."""
    found = (_DELIVERED.fullmatch(line) for line in evidence)
    return {line[1]: line[2] for line in found if line}


def check_configurations_fit(configurations: Configurations, agent: App, file: Path) -> None:
    """Refuse configuration that the bench's agent cannot deliver, before any tablet is touched.

    Args:
        agent: the pinned one.
        file: `apps.yaml`, for messages.

    Raises:
        ConfigurationError: every fault.
    """
    found = _find_unfit({name: one for name, one in configurations.items() if one}, agent)
    faults = [ConfigurationFault(file, None, "configuration", expected, got) for expected, got in found]
    if faults:
        raise ConfigurationError(*faults)


def _find_unfit(configurations: Configurations, agent: App) -> Iterator[tuple[str, str]]:
    if not configurations:
        return
    if agent.version_code < AGENT_CODE:
        expected = f"an agent that delivers it: version code {AGENT_CODE} or later"
        yield expected, f"agent {agent.version_name} ({agent.version_code}), pinned in bench.yaml"
    if AGENT in configurations:
        yield "other apps than the agent", AGENT
    if len(configurations) > MOST_APPS:
        yield f"at most {MOST_APPS} apps with a configuration", str(len(configurations))
    size = len(encode(make_applications(configurations, LONGEST["asset_id"])))
    if size > MOST_BYTES:
        yield f"at most {MOST_BYTES} bytes of configuration in all", str(size)
