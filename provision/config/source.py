"""A YAML file that a person wrote, as a checked model; every fault of the file at once."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from provision.config.faults import FileModel, fault_of
from provision.config.nodes import Document, parse
from provision.errors import ConfigurationError, ConfigurationFault

Checked = TypeVar("Checked", bound=FileModel)


def load(path: Path, model: type[Checked]) -> Checked:
    """Read `path` and check it against `model`.

    Raises:
        ConfigurationError: all faults of the file, in the order of its lines.
    """
    return check(parse(path), model)


def check(document: Document, model: type[Checked]) -> Checked:
    """Check data that was parsed already; `document` keeps the lines for later faults.

    The data goes through JSON, because pydantic's strict mode for JSON takes text for enums and
    paths and lists for tuples, and nothing else loosely.

    Raises:
        ConfigurationError: all faults of the file, in the order of its lines.
    """
    faults: list[ConfigurationFault] = []
    try:
        return model.model_validate_json(json.dumps(document.data))
    except ValidationError as found:
        details = found.errors(include_url=False)
        faults = [fault_of(error, document, model) for error in details]
    # Outside the except block, so that the exception's context does not carry the input values.
    raise ConfigurationError(*sorted(set(faults), key=lambda fault: (fault.line or 0, fault.key)))


def with_lines(error: ConfigurationError) -> ConfigurationError:
    """The same faults, those about a key of a YAML file with the line on which it stands."""
    return ConfigurationError(*(_locate(fault) for fault in error.faults))


def _locate(fault: ConfigurationFault) -> ConfigurationFault:
    """A key that is not written there keeps the line of the mapping it belongs to, or none."""
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", fault.key)
    path = tuple(int(index) if index else name for index, name in steps)
    if fault.line is not None or not path or fault.file.suffix != ".yaml":
        return fault
    try:
        document = parse(fault.file)
    except ConfigurationError:
        return fault
    return replace(fault, line=document.line_of(path)) if path[:1] in document.lines else fault
