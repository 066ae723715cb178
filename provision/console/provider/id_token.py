"""The id token: whom the provider vouches for (OpenID Connect Core 1.0, 3.1.3.7). Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import extract_compact

from provision.console.provider.faults import Fault, NotVouched

ALGORITHMS: Mapping[str, str] = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""Signatures that are taken, with their kind of key: none by a shared secret, and never `none`."""
_PUBLIC = frozenset({"kty", "crv", "x", "y", "n", "e"})
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600
"""Since it was issued; a person who signs in waits no longer between the provider's yes and this computer."""
LEAST_RSA_BYTES = 256
LONGEST = 65_536
LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Wanted:
    """What an id token has to say.

    Attributes:
        issuer, client: whose it is, and whom it is for.
        nonce: of the question it answers.
        now: seconds since 1970.
    """

    issuer: str
    client: str
    nonce: str
    now: float


def read_header(token: object) -> tuple[str, str | None]:
    """Return algorithm and name of the key of a token, whoever signed it.

    Raises:
        NotVouched: it is no signed token, or signed in a way that is not taken.
    """
    if not isinstance(token, str) or len(token) > LONGEST:
        raise NotVouched(Fault.TOKEN, "no id token")
    try:
        header = extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError):
        raise NotVouched(Fault.TOKEN, "no signed token") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS or not isinstance(kid, str | None):
        raise NotVouched(Fault.TOKEN, "signed in a way that is not taken")
    return str(algorithm), kid


def check_token(token: str, keys: Sequence[Mapping[str, object]], wanted: Wanted) -> Mapping[str, object]:
    """Return the claims of an id token.

    Args:
        keys: of the provider, each a JWK.

    Raises:
        NotVouched: the signature, or what it says, is not as wanted.
    """
    algorithm, kid = read_header(token)
    try:
        claims: Mapping[str, object] = jwt.decode(token, _find_key(keys, algorithm, kid), [algorithm]).claims
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotVouched(Fault.TOKEN, "the signature is not of a key of the provider") from None
    _check_whose(claims, wanted)
    _check_times(claims, wanted.now)
    return claims


def _find_key(keys: Sequence[Mapping[str, object]], algorithm: str, kid: str | None) -> ECKey | RSAKey:
    """The one key that can have signed: of that name, or the only one of its kind where the token names none."""
    kind = ALGORITHMS[algorithm]
    fit = [
        each
        for each in keys
        if each.get("kty") == kind
        and each.get("use", "sig") == "sig"
        and each.get("alg", algorithm) == algorithm
        and (kid is None or each.get("kid") == kid)
    ]
    if len(fit) != 1:
        raise NotVouched(Fault.TOKEN, "no key of the provider, or several, can have signed")
    parts: dict[str, str | list[str]] = {
        name: value for name, value in fit[0].items() if name in _PUBLIC and isinstance(value, str)
    }
    if kind == "EC":
        return ECKey.import_key(parts)
    key = RSAKey.import_key(parts)
    if key.public_key.key_size < LEAST_RSA_BYTES * 8:
        raise NotVouched(Fault.TOKEN, "a key of less than 2048 bits")
    return key


def _check_whose(claims: Mapping[str, object], wanted: Wanted) -> None:
    audience, subject, nonce = claims.get("aud"), claims.get("sub"), claims.get("nonce")
    if claims.get("iss") != wanted.issuer:
        raise NotVouched(Fault.TOKEN, "of another issuer")
    if audience not in (wanted.client, [wanted.client]) or claims.get("azp", wanted.client) != wanted.client:
        raise NotVouched(Fault.TOKEN, "for another client, too")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), wanted.nonce.encode()):
        raise NotVouched(Fault.TOKEN, "an answer to another question")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isascii():
        raise NotVouched(Fault.TOKEN, "it names nobody")


def _check_times(claims: Mapping[str, object], now: float) -> None:
    issued, ends, begins = (_read_time(claims, name) for name in ("iat", "exp", "nbf"))
    if issued is None or ends is None:
        raise NotVouched(Fault.TOKEN, "no times")
    early = max(issued, issued if begins is None else begins) > now + LEEWAY_SECONDS
    if early or now > ends + LEEWAY_SECONDS or now > issued + OLDEST_SECONDS + LEEWAY_SECONDS:
        raise NotVouched(Fault.CLOCK, "from another time than this computer's")


def _read_time(claims: Mapping[str, object], name: str) -> float | None:
    """Seconds since 1970, as JSON numbers are; anything else is none."""
    found = claims.get(name)
    return None if isinstance(found, bool) or not isinstance(found, int | float) else float(found)
