"""Where the register is: `register:` of bench.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

from provision.config.faults import LITERAL, FileModel, refuse
from provision.site.secret import Secret, SecretRef

LOCAL_NAME = "register.sqlite"
_FORM = "postgresql://ACCOUNT@HOST:PORT/DATABASE"


@dataclass(frozen=True)
class RegisterAddress:
    """A PostgreSQL database that several benches share; no text of it holds the password."""

    host: str
    port: int
    database: str
    account: str
    password: Secret | None
    authority: Path | None

    @property
    def title(self) -> str:
        """As messages name it."""
        return f"{self.host}:{self.port}/{self.database}"


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 # raises where it is none
    except ValueError:
        raise refuse(_FORM, "another form") from None
    if parts.password is not None:
        raise refuse("an address without password", LITERAL, "write password: {file: secrets/register} beside it")
    if not _is_whole(parts):
        raise refuse(_FORM, "another form")
    return url


def _is_whole(parts: SplitResult) -> bool:
    """Nothing but the four parts: options could turn off what is checked here, as the server's certificate."""
    named = (parts.hostname, parts.username, parts.path.strip("/"))
    return parts.scheme == "postgresql" and all(named) and not (parts.query or parts.fragment)


class RegisterSettings(FileModel):
    """The register that several benches share; without it each bench has its own in its home."""

    url: Annotated[str, AfterValidator(_check_url)] = Field(description=_FORM)
    password: SecretRef | None = Field(default=None, description="where the account's password is")
    authority: Path | None = Field(default=None, description="certificate of who signs the server's own")

    def locate(self, folder: Path, password: Secret | None) -> RegisterAddress:
        """Return the address; `folder` is the one of bench.yaml."""
        parts = urlsplit(self.url)
        return RegisterAddress(
            parts.hostname or "",
            parts.port or 5432,
            parts.path.strip("/"),
            parts.username or "",
            password,
            None if self.authority is None else folder / self.authority,
        )
