"""Keys that end chains of Android Key Attestation, from `roots.json` (README.md says where they were compared)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from cryptography.x509 import Certificate, load_der_x509_certificate


@dataclass(frozen=True)
class Root:
    """One of them.

    Attributes:
        name: for people.
        hardware: Google vouches for the hardware below it; False for the key that stands in Android's own source, by
            which anybody can sign.
        certificate: one that was issued for the key; others of the same key are as good.
    """

    name: str
    hardware: bool
    certificate: Certificate


@cache
def load_roots() -> Mapping[str, Root]:
    """All of them, by SHA-256 of the DER of their SubjectPublicKeyInfo, in lower-case hexadecimal digits."""
    table = json.loads(resources.files("provision.attestation").joinpath("roots.json").read_text("utf-8"))
    found = {
        one["key_sha256"]: Root(
            one["name"],
            one["kind"] == "hardware",
            load_der_x509_certificate(base64.b64decode(one["certificate"])),
        )
        for one in table["roots"]
    }
    return MappingProxyType(found)
