"""An identity provider for tests, without a socket: it answers as the standard says, or else as a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from provision.console.provider.exchange import Provider
from provision.console.provider.faults import Fault, NotVouched
from provision.console.provider.question import write_challenge
from provision.register.identity_provider import ProviderSettings
from provision.site.secret import Secret
from tests.console.console_bed import Browser, Clock, House

ISSUER = "https://login.hospital.example/staff"
CLIENT = "console"
SECRET = "s3cret%of:the console"  # noqa: S105 # of a provider of a test
NOW = 1_790_000_000.0
SETTINGS = {
    "issuer": ISSUER,
    "client": CLIENT,
    "secret": {"credential": "identity-provider"},
    "label": "CHU",
    "roles": {"hotline": ["telephone"], "auditor": ["auditors"]},
}
WORDS = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize?tenant=1",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "authorization_response_iss_parameter_supported": True,
}


@cache
def make_key(kid: str) -> RSAKey | ECKey | OctKey:
    """A key by its name, which begins with its kind."""
    kind, _, size = kid.partition("-")[0].partition("_")
    named = {"kid": kid}
    if kind == "ec":
        return ECKey.generate_key("P-256", named)
    if kind == "oct":
        return OctKey.generate_key(256, named)
    return RSAKey.generate_key(int(size or 2048), named)


@dataclass
class FakeProvider:
    """What it says and signs; tests change it.

    Attributes:
        words: of its discovery document. published: names of the keys it shows. signs: key and algorithm it signs with.
        claims: of the person, over what is right. header: over what is right, too.
        is_away: does not answer. calls: paths that were asked.
        codes: what it gave out, with the challenge and nonce of each.
    """

    words: dict[str, object] = field(default_factory=lambda: dict(WORDS))
    published: tuple[str, ...] = ("ec-1",)
    signs: tuple[str, str] = ("ec-1", "ES256")
    claims: dict[str, object] = field(default_factory=dict)
    header: dict[str, object] = field(default_factory=dict)
    is_away: bool = False
    calls: list[str] = field(default_factory=list)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def fetch(self, url: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, Mapping[str, object]]:
        """Answer as a server would."""
        path = urlsplit(url).path.removeprefix("/staff")
        self.calls.append(path)
        if self.is_away:
            raise NotVouched(Fault.AWAY, "TimeoutError")
        if path == "/keys":
            return 200, {"keys": [make_key(each).as_dict(private=False) for each in self.published]}
        return (200, self.words) if body is None else self._spend(headers, body)

    def _spend(self, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, object]]:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        asked = self.codes.pop(form["code"], None)
        basic = httpx.BasicAuth("console", "s3cret%25of%3Athe+console")._auth_header
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if headers.get("authorization") != basic or write_challenge(form["code_verifier"]) != asked["code_challenge"]:
            return 401, {"error": "invalid_client"}
        return 200, {"id_token": self.sign(asked["nonce"])}

    def sign(self, nonce: str) -> str:
        """An id token, right but for what a test changed; a claim of None is left out."""
        right = {
            "iss": ISSUER,
            "sub": "8f3a",
            "aud": CLIENT,
            "iat": NOW,
            "exp": NOW + 300,
            "nonce": nonce,
            "groups": ["telephone"],
            "preferred_username": "Zoé.Martin@chu.example",
        }
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        kid, algorithm = self.signs
        header = {"alg": algorithm, "kid": kid, **self.header}
        named = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(named, claims, make_key(kid), [algorithm])

    def agree(self, where: str, code: str = "c0de") -> dict[str, str]:
        """Let the person in who came with this address; returns what the provider leads back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": ISSUER}


@dataclass
class Desk:
    """A console with a provider beside its own accounts."""

    house: House
    fake: FakeProvider
    clock: Clock

    def begin(self, then: str = "/", scheme: str = "http") -> tuple[Browser, httpx.Response]:
        """A browser that was led to the provider."""
        browser = self.house.open(scheme=scheme)
        return browser, browser.get("/sign-in/provider", params={"then": then})

    def sign_in(self, then: str = "/") -> tuple[Browser, httpx.Response]:
        """A browser that came back from the provider, after somebody signed in there."""
        browser, led = self.begin(then)
        return browser, browser.get("/sign-in/back", params=self.fake.agree(led.headers["location"]))


def open_desk(house: House, **settings: object) -> Desk:
    """A console over the register of a house, with a provider of its own."""
    fake, clock = FakeProvider(), Clock()
    told = ProviderSettings.model_validate({**SETTINGS, **settings}, strict=False)
    provider = Provider(told, Secret(SECRET.encode()), fake.fetch, clock, lambda: NOW)
    return Desk(House(replace(house.console, provider=provider, clock=clock), clock), fake, clock)
