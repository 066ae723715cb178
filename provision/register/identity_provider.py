"""Who else than this bench may say who somebody is: `identity_provider:` of bench.yaml (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from provision.config.faults import FileModel, refuse
from provision.site.secret import SecretRef
from provision.state.wards import Role

_FORM = "https://HOST/PATH, as the provider writes its issuer"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def is_safe_address(url: str) -> bool:
    """Tell whether it is an address over HTTPS, or over HTTP of this very computer, without account and fragment."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 # raises where it is none
    except ValueError:
        return False
    plain = not (parts.fragment or parts.username or parts.password) and url.isascii() and url.isprintable()
    way = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return bool(plain and way and parts.hostname and " " not in url)


def _check_issuer(url: str) -> str:
    if not is_safe_address(url) or urlsplit(url).query:
        raise refuse(_FORM, hint="HTTP is taken of this very computer alone")
    return url


class RoleGroups(FileModel):
    """The groups that make somebody something; who is in several is the first, in the order of this form."""

    hotline: tuple[str, ...] = Field(default=(), description="groups whose members answer the telephone")
    technician: tuple[str, ...] = Field(default=(), description="groups of the bench's technicians")
    administrator: tuple[str, ...] = Field(default=(), description="groups of those who look after the console")
    auditor: tuple[str, ...] = Field(default=(), description="groups of those who read everything")
    ward: tuple[str, ...] = Field(default=(), description="groups of the wards' staff")

    def choose(self, groups: frozenset[str]) -> Role | None:
        """Return the role of somebody in these groups; None for nobody's."""
        return next((Role(name) for name in type(self).model_fields if groups & set(getattr(self, name))), None)


class ProviderSettings(FileModel):
    """The hospital's identity provider; without it the console has its own accounts alone."""

    issuer: Annotated[str, AfterValidator(_check_issuer)] = Field(description=_FORM)
    client: str = Field(min_length=1, max_length=200, description="name of the console at the provider (client_id)")
    secret: SecretRef = Field(description="where the console's secret at the provider is")
    label: str = Field(min_length=1, max_length=40, description="the provider, as the sign-in page names it")
    claim: str = Field(default="groups", min_length=1, max_length=200, description="claim that lists groups or roles")
    roles: RoleGroups = Field(description="groups of each role; who is in none does not come in")
    authority: Path | None = Field(default=None, description="certificate of who signs the provider's own")

    def read_groups(self, claims: Mapping[str, object]) -> frozenset[str]:
        """Return the groups that an id token names.

        A claim of that very name counts first, then one inside others, as `realm_access.roles`.
        """
        found: object = claims.get(self.claim)
        if found is None:
            found = claims
            for part in self.claim.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
        groups = [found] if isinstance(found, str) else found
        return frozenset(each for each in groups if isinstance(each, str)) if isinstance(groups, list) else frozenset()
