"""Who defines a permission, and who signed that package; asked only where an app defines one of a foreign name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provision.facts.apps import find_signatures
from provision.facts.query import CommandOutput, Outputs, Query

CHECKSUM_API = 24
QUERY = Query("permissions", ("pm", "list", "permissions", "-f"))

_ENTRY = re.compile(r"^\+ permission:(\S+)\n +package:([\w.]+)\s*$", re.MULTILINE)
_CHECKSUM = re.compile(r"^(?:.*\bsignatures:)?\[([0-9a-f]{1,8})\]")
"""Of one signer; the same at each boot from Android 7 on (packages document 4.4)."""


@dataclass(frozen=True)
class Owner:
    """The package that defines a permission.

    Attributes:
        checksum: of its signer's certificate as Android prints it, empty where that is not known.
    """

    package: str
    checksum: str


def parse_packages(output: CommandOutput, wanted: Iterable[str]) -> Mapping[str, str]:
    """The package of each wanted permission that the tablet has (packages document 4.5)."""
    found = dict(_ENTRY.findall(output.body))
    return {name: found[name] for name in wanted if name in found}


def ask_signer(package: str) -> Query:
    """Ask the package manager for the signer of one package."""
    return Query(f"owner {package}", ("dumpsys", "package", package))


def parse_owners(packages: Mapping[str, str], outputs: Outputs, api: int) -> Mapping[str, Owner]:
    """The owner of each permission; before Android 7 the checksum is another at each boot."""
    return {
        name: Owner(package, _find_checksum(outputs[f"owner {package}"], package) if api >= CHECKSUM_API else "")
        for name, package in packages.items()
    }


def _find_checksum(dump: CommandOutput, package: str) -> str:
    printed = find_signatures(dump.body, package)
    found = None if printed is None else _CHECKSUM.match(printed)
    return "" if found is None else found[1]
