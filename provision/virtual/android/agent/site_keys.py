"""The keys that a tablet obeys: the site key, and the offline key that alone names a successor (contract 4)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from provision.virtual.android.agent.reading import Fields, Refused, read_json, read_text

WIPE_TYPE = "application/vnd.provision.wipe+json"
REKEY_TYPE = "application/vnd.provision.rekey+json"
P256_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
BUILT_IN = "assets/site.json"
HEX_64 = "[0-9a-f]{64}"
MOST = 2**31 - 1


def name_key(key: bytes) -> str | None:
    """SHA-256 of a key in the one form that is taken, P-256 uncompressed; None for any other."""
    return hashlib.sha256(key).hexdigest() if key.startswith(P256_HEAD) and len(key) == 91 else None


def verify_signature(key: bytes, kind: str, payload: bytes, value: bytes) -> None:
    """Verify a signature over a payload of one type.

    Raises:
        Refused: `signature-wrong`.
    """
    try:
        public = load_der_public_key(key)
        if isinstance(public, ec.EllipticCurvePublicKey):
            head = f"DSSEv1 {len(kind)} {kind} {len(payload)} "
            public.verify(value, head.encode() + payload, ec.ECDSA(SHA256()))
            return
    except (InvalidSignature, ValueError):
        pass  # a point off the curve or a signature that is not DER: the same answer as a wrong one
    raise Refused("signature-wrong", "the signature does not verify")


@dataclass(frozen=True)
class Succession:
    """The offline key's word that the signer of an envelope succeeds another site key."""

    offline_key: str
    counter: int
    key: bytes
    statement: bytes
    signature: bytes

    def verify(self) -> None:
        """Verify the offline key's signature; raises `Refused`: `signature-wrong`."""
        verify_signature(self.key, REKEY_TYPE, self.statement, self.signature)


def read_succession(member: Fields, successor: str) -> Succession:
    """The envelope's member `rekey`; `successor` is the envelope's own signer, whom the statement must name.

    Raises:
        Refused: `envelope-invalid`.
    """
    key, statement, signature = member.data("key"), member.data("statement"), member.data("sig")
    member.end()
    said = Fields(read_json(read_text(statement)), "rekey", "envelope-invalid")
    counter, _former = said.number("counter", 1, MOST), said.text("former", HEX_64)
    said.text("key", successor)
    said.end()
    offline = name_key(key)
    if offline is None:
        raise Refused("envelope-invalid", "envelope.rekey.key: expected a P-256 key")
    return Succession(offline, counter, key, statement, signature)


@dataclass(frozen=True)
class BuiltIn:
    """Keys that a hospital built into its own APK."""

    site_key: str | None = None
    offline_key: str | None = None
    rekeys: int = 0


NONE_BUILT_IN = BuiltIn()
"""Of an APK that anybody's first order may pin."""


def read_built_in(apk: bytes) -> BuiltIn:
    """Keys in an APK of the agent; none where it has none."""
    if BUILT_IN.encode() not in apk:
        return NONE_BUILT_IN
    with zipfile.ZipFile(io.BytesIO(apk)) as archive:
        return BuiltIn(**json.loads(archive.read(BUILT_IN)))


@dataclass(frozen=True)
class SiteKeys:
    """Keys in the agent's private storage, and those of its APK.

    Attributes:
        takes_successors: whether it knows an offline key, as agents do since version code 6.
    """

    store: dict[str, str]
    built_in: BuiltIn = NONE_BUILT_IN
    takes_successors: bool = True

    @property
    def site(self) -> str | None:
        """Key id of the site key, None before the first order."""
        return self.store.get("site.successor") or self.built_in.site_key or self.store.get("site.key")

    @property
    def offline(self) -> str | None:
        """Key id of the offline key, None while none was told."""
        return self.built_in.offline_key or self.store.get("site.offline")

    @property
    def rekeys(self) -> int:
        """How often the site key was replaced, as far as this tablet knows."""
        told = int(self.store.get("site.rekeys", "0"))
        return max(told, self.built_in.rekeys) if self.built_in.offline_key is not None else told

    def require(self, key_id: str, succession: Succession | None) -> None:
        """Judge the signer of an order.

        Raises:
            Refused: `site-key-foreign`, `rekey-stale`.
        """
        if self.site in (None, key_id):
            return
        if succession is None or succession.offline_key != self.offline:
            raise Refused("site-key-foreign", "this tablet belongs to another site key")
        if succession.counter <= self.rekeys:
            raise Refused("rekey-stale", f"site key {self.rekeys} is in force, this is {succession.counter}")

    def keep(self, key_id: str, succession: Succession | None) -> None:
        """Keep the signer of an order that passed every test: the first one's, or a successor's."""
        if self.site is None:
            self.store["site.key"] = key_id
        elif self.site != key_id and succession is not None:
            self.store.update({"site.successor": key_id, "site.rekeys": str(succession.counter)})

    def require_wipe(self, policy: Fields, signer: str) -> None:
        """Refuse a policy whose wipe is the site key's word alone.

        Raises:
            Refused: `order-invalid`, `offline-key-foreign`, `signature-wrong`.
        """
        outside = policy.child("outside") if self.takes_successors and policy.has("outside") else None
        if outside is None or not outside.has("wipe"):
            return
        wipe = outside.child("wipe")
        key, statement, signature = wipe.data("key"), wipe.data("statement"), wipe.data("sig")
        days = wipe.number("days", 1, MOST)
        wipe.end()
        if self.offline is None or name_key(key) != self.offline:
            place = "order.body.outside.wipe"
            raise Refused("offline-key-foreign", f"{place}: not by the offline key that this tablet knows")
        verify_signature(key, WIPE_TYPE, statement, signature)
        said = Fields(read_json(read_text(statement)), "order.body.outside.wipe.statement", "order-invalid")
        said.number("days", days, days)
        said.text("key", signer)
        said.end()

    def learn(self, policy: Fields) -> None:
        """Learn the offline key of a policy; the first one stays for good.

        Raises:
            Refused: `order-invalid`, or `offline-key-foreign` for another one.
        """
        if not self.takes_successors or not policy.has("offline"):
            return
        offline = policy.child("offline")
        key, rekeys = offline.text("key", HEX_64), offline.number("rekeys", 0, MOST)
        offline.end()
        if self.offline is None:
            self.store.update({"site.offline": key, "site.rekeys": str(rekeys)})
        elif self.offline != key:
            raise Refused("offline-key-foreign", "this tablet knows another offline key")
