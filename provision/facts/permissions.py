"""Who defines a permission, and who signed that package; asked only where an app defines one of a foreign name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provision.facts.apps import CHECKSUM_API, find_checksum, find_signatures
from provision.facts.query import CommandOutput, Outputs, Query

QUERY = Query("permissions", ("pm", "list", "permissions", "-f"))

_ENTRY = re.compile(r"^\+ permission:(\S+)\n +package:([\w.]+)[ \t]*$", re.MULTILINE)


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
    prints = {package: find_signatures(outputs[f"owner {package}"].body, package) for package in packages.values()}
    return {
        name: Owner(package, find_checksum(prints[package]) if api >= CHECKSUM_API else "")
        for name, package in packages.items()
    }
