"""What the identity provider says of itself (OpenID Connect Discovery 1.0), and the keys it signs with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from provision.console.provider.faults import Fault, NotVouched
from provision.console.provider.fetch import Fetch
from provision.register.identity_provider import is_safe_address

KEPT_SECONDS = 600.0
"""So long what it said holds."""
APART_SECONDS = 10.0
"""After no answer, nor for a key that is not among those known, it is asked again no sooner."""


@dataclass(frozen=True)
class Metadata:
    """Where the provider is asked for what.

    Attributes:
        authorization, token, jwks: addresses.
        is_basic: takes the console's secret as HTTP Basic, else in the form.
        names_issuer: says in each answer who it is (RFC 9207).
    """

    authorization: str
    token: str
    jwks: str
    is_basic: bool
    names_issuer: bool


class ProviderWords:
    """What the provider said, as long as it holds; one thread at a time asks.

    Args:
        issuer: as bench.yaml has it. clock: seconds that only go on.
    """

    def __init__(self, issuer: str, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, Sequence[Mapping[str, object]]] | None = None
        self._failed: float | None = None

    def read(self) -> Metadata:
        """Return where it is asked for what.

        Raises:
            NotVouched: it does not answer, or not as it must.
        """
        with self._lock:
            if self._metadata is None or self._clock() - self._metadata[0] > KEPT_SECONDS:
                found = self._ask(f"{self._issuer.removesuffix('/')}/.well-known/openid-configuration")
                self._metadata = (self._clock(), read_metadata(self._issuer, found))
            return self._metadata[1]

    def list_keys(self, kid: str | None) -> Sequence[Mapping[str, object]]:
        """Return its keys, asked for anew where none has the name of this one.

        Raises:
            NotVouched: as `read`.
        """
        url = self.read().jwks
        with self._lock:
            age = None if self._keys is None else self._clock() - self._keys[0]
            if (
                self._keys is None
                or age is None
                or age > KEPT_SECONDS
                or (age >= APART_SECONDS and kid not in {each.get("kid") for each in self._keys[1]})
            ):
                listed = self._ask(url).get("keys")
                if not isinstance(listed, list):
                    raise NotVouched(Fault.AWAY, "no list of keys")
                self._keys = (self._clock(), [each for each in listed if isinstance(each, dict)])
            return self._keys[1]

    def _ask(self, url: str) -> Mapping[str, object]:
        if self._failed is not None and self._clock() - self._failed < APART_SECONDS:
            raise NotVouched(Fault.AWAY)
        self._failed = self._clock()
        status, found = self._fetch(url, {}, None)
        if status != 200 or not found:
            raise NotVouched(Fault.AWAY, f"status {status}, or no JSON object")
        self._failed = None
        return found


def read_metadata(issuer: str, found: Mapping[str, object]) -> Metadata:
    """Return what the provider's document says, checked. Pure.

    Raises:
        NotVouched: it is another one's, names addresses that are not HTTPS, or offers nothing that is used here.
    """
    if found.get("issuer") != issuer:
        raise NotVouched(Fault.AWAY, "the issuer of its document is not the one of bench.yaml")
    named = [found.get(f"{name}_endpoint") for name in ("authorization", "token")] + [found.get("jwks_uri")]
    if not all(isinstance(each, str) and is_safe_address(each) for each in named):
        raise NotVouched(Fault.AWAY, "an address of its document is missing, or not HTTPS")
    ways = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    taken = [each for each in ("client_secret_basic", "client_secret_post") if isinstance(ways, list) and each in ways]
    challenges = found.get("code_challenge_methods_supported", ["S256"])
    if not taken or not isinstance(challenges, list) or "S256" not in challenges:
        raise NotVouched(Fault.AWAY, "it takes no client secret, or no PKCE by S256")
    names_issuer = found.get("authorization_response_iss_parameter_supported") is True
    authorization, token, jwks = map(str, named)
    return Metadata(authorization, token, jwks, taken[0] == "client_secret_basic", names_issuer)
