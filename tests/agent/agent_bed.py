"""Keys and values shared by the tests of this room; public on purpose, from tests/vectors."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from provision.agent.hello import Hello
from provision.agent.site_key import SiteKey, hold_key

VECTORS = Path(__file__).parents[1] / "vectors"


@cache
def vectors(name: str) -> Any:  # noqa: ANN401 - a JSON document
    return json.loads((VECTORS / name).read_text("utf-8"))


MATERIAL = vectors("channel.json")["material"]


@cache
def site_key(name: str = "site_private_key") -> SiteKey:
    key = load_der_private_key(base64.b64decode(MATERIAL[name]), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return hold_key(key)


@cache
def session_public_key() -> rsa.RSAPublicKey:
    key = load_der_public_key(base64.b64decode(MATERIAL["session_public_key"]))
    assert isinstance(key, rsa.RSAPublicKey)
    return key


@cache
def session_private_key() -> rsa.RSAPrivateKey:
    key = load_der_private_key(base64.b64decode(MATERIAL["session_private_key"]), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def make_hello(**changes: object) -> Hello:
    """The agent of the vectors, an owner that is not pinned yet."""
    hello = Hello(
        agent="0.6.0",
        api=30,
        owner=True,
        protocols=frozenset({1, 2, 3}),
        tablet=MATERIAL["tablet"],
        site_key=None,
        nonce=MATERIAL["nonces"][0],
        session_key=session_public_key(),
    )
    return replace(hello, **changes)
