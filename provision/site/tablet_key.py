"""What a site says of keys that its tablets make for an 802.1X network."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from provision.config.faults import FileModel
from provision.site.secret import SecretFileRef


class KeyAuthority(FileModel):
    """Who signs the certificates of keys that tablets made."""

    certificate: Path = Field(description="PEM file: the authority's certificate, then those above it up to the root")
    key: SecretFileRef | None = Field(
        default=None,
        description="where its private key is (PEM), for a bench that signs; without it, the hospital does",
    )


class TabletKey(FileModel):
    """A key that each tablet makes itself and never gives away (Android 12 on)."""

    made: Literal["on-tablet"]
    authority: KeyAuthority = Field(description="who signs the tablets' certificates")
    folder: Path = Field(description="folder of requests (.csr) and certificates (.pem), named like A-0042.pem")
    days: int = Field(default=365, ge=7, le=3650, description="how long a certificate that the bench signs is valid")
