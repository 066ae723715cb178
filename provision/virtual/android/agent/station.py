"""The station's end of the channel: pieces in, one answer out, nobody but the shell at the other end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provision.virtual.android.agent.duties import Duties
from provision.virtual.android.agent.order import PROTOCOLS, REKEY, Order, read_order
from provision.virtual.android.agent.reading import Fields, Refused, write_base64, write_json
from provision.virtual.android.agent.rows import UNANNOUNCED_VERSION, VERSION
from provision.virtual.android.agent.session import Session, new_nonce
from provision.virtual.android.agent.site_keys import NONE_BUILT_IN, BuiltIn, SiteKeys
from provision.virtual.android.agent.uploads import PIECE_CHARACTERS, PIECES, Uploads

FORM = 1
"""The form of answers, the same in all protocols."""

ANSWERS = 4
"""Answers kept for `poll` and for rows."""

ASSET_SINCE = 4
"""The first version of the capability table whose stations know the member `asset`."""

KEYS_SINCE = 5
"""The first version whose stations know what a tablet says of its keys and its policy."""

STATION_UIDS = frozenset({0, 2000})
_CAPABILITIES = re.compile(r"[1-9][0-9]{0,2}")
_COMMIT = re.compile(r"([0-9a-f]{16}):([0-9a-f]{64})")

Answer = dict[str, object]


class ForeignCaller(Exception):
    """A caller that is neither shell nor root; it learns nothing."""


@dataclass(frozen=True)
class About:
    """Account of the agent in `hello`: version name, API level, whether it is device owner, its protocols.

    `capabilities`: version of the capability table it has; None for an agent that tells none. `pins_name`: whether
    it holds the site's name against an order, as agents before version code 5 do. `takes_successors`: whether it knows
    an offline key, as agents do since 6. `built_in`: keys of its APK. `read_files`: SHA-256 of an app's
    files by path; None before 6. `test_hardware`: the pages of a test; None before 6.
    """

    version: str
    api: int
    is_owner: Callable[[], bool]
    protocols: tuple[int, ...] = PROTOCOLS
    capabilities: int | None = VERSION
    pins_name: bool = False
    takes_successors: bool = True
    built_in: BuiltIn = NONE_BUILT_IN
    read_files: Callable[[str], Mapping[str, str]] | None = None
    test_hardware: Callable[[str], Mapping[str, object]] | None = None


class Station:
    """One life of the channel.

    Args:
        about: the agent itself.
        store: the agent's private storage.
        duties: carries orders out.
        session: key and nonce of this life.
        late: seconds an order takes after its commit was answered, 0 for at once.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        about: About,
        store: dict[str, str],
        duties: Duties,
        session: Session,
        late: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        self._about, self._store, self._duties, self._session = about, store, duties, session
        self._keys = SiteKeys(store, about.built_in, about.takes_successors)
        self._late, self._clock = late, clock
        self._uploads = Uploads()
        self._answers: dict[str, Answer] = {}
        self._running: tuple[str, float, Answer] | None = None

    def call(self, uid: int, method: str, argument: str | None) -> str:
        """Answer one call as JSON.

        Raises:
            ForeignCaller: the uid is neither the shell's nor root's.
        """
        self._require_station(uid)
        try:
            return write_json(self._dispatch(method, argument or ""))
        except Refused as refused:
            return write_json(_refuse(refused))

    def answer(self, uid: int, name: str) -> str | None:
        """The answer to a committed document as JSON, None when there is none of that id.

        Raises:
            ForeignCaller: the uid is neither the shell's nor root's.
        """
        self._require_station(uid)
        self._settle()
        return write_json(self._answers[name]) if name in self._answers else None

    def _require_station(self, uid: int) -> None:
        if uid not in STATION_UIDS:
            raise ForeignCaller("for the station only")

    def _dispatch(self, method: str, argument: str) -> Answer:
        self._settle()
        match method:
            case "digests" if self._about.read_files is not None:
                return _done({"files": self._about.read_files(argument)})
            case "hardware" if self._about.test_hardware is not None:
                return _done(dict(self._about.test_hardware(argument)))
            case "hello":
                return _done(self._hello(argument))
            case "put":
                return _done({"pieces": self._uploads.put(argument)})
            case "commit":
                return self._commit(argument)
            case "poll":
                return self._poll(argument)
        raise Refused("method-unknown", "hello, put, commit or poll")

    def _hello(self, argument: str) -> Answer:
        self._store.setdefault("tablet", new_nonce())
        told = self._about.capabilities is not None and _CAPABILITIES.fullmatch(argument)
        self._duties.known = int(argument) if told else UNANNOUNCED_VERSION
        members: Answer = {"capabilities": self._about.capabilities} if told else {}
        if told and min(self._duties.known, self._about.capabilities or 0) >= ASSET_SINCE:
            members["asset"] = self._duties.asset
        if told and min(self._duties.known, self._about.capabilities or 0) >= KEYS_SINCE:
            keys = {"offline_key": self._keys.offline, "rekeys": self._keys.rekeys}
            members |= {"policy": self._store.get("policy.digest"), **keys}
        return members | {
            "agent": self._about.version,
            "api": self._about.api,
            "owner": self._about.is_owner(),
            "protocols": list(self._about.protocols),
            "tablet": self._store["tablet"],
            "site_key": self._keys.site,
            "nonce": self._session.nonce,
            "session_key": write_base64(self._session.public_key),
            "piece_characters": PIECE_CHARACTERS,
            "pieces": PIECES,
        }

    def _commit(self, argument: str) -> Answer:
        commit = _COMMIT.fullmatch(argument)
        if commit is None:
            raise Refused("piece-invalid", "expected id:sha256")
        name, digest = commit[1], commit[2]
        order = self._accept(name, digest)
        answer = self._carry_out(order) | {"id": name, "next": self._session.nonce}
        self._running = (name, self._clock() + self._late(), answer)
        self._keep(name, {"protocol": FORM, "ok": True, "status": "accepted", "id": name})
        self._settle()
        return self._answers[name]

    def _poll(self, name: str) -> Answer:
        if name not in self._answers:
            raise Refused("poll-unknown", "no order of that id in this life of the agent")
        return self._answers[name]

    @property
    def site(self) -> str | None:
        """Key id of the site key in force, None before the first order."""
        return self._keys.site

    def _accept(self, name: str, digest: str) -> Order:
        """All tests of a document in the contract's order; then its nonce ends and the site is pinned."""
        envelope = self._uploads.take(name)
        if hashlib.sha256(envelope).hexdigest() != digest:
            raise Refused("digest-differs", "the pieces are not the document that was committed")
        order = read_order(envelope, self._keys, self._about.protocols)
        if order.tablet != self._store.get("tablet"):
            raise Refused("tablet-foreign", "the order is for another tablet")
        if self._about.pins_name and order.site != self._store.get("site.name", order.site):
            raise Refused("site-foreign", "this tablet belongs to another site")
        if order.nonce != self._session.nonce:
            raise Refused("nonce-unknown", "the nonce was used, or is of another life of the agent")
        if self._running is not None:
            raise Refused("busy", f"order {self._running[0]} is running")
        if not self._about.is_owner():
            raise Refused("not-owner", "this app is not device owner")
        if order.word != REKEY and not self._duties.knows(order.word):
            raise Refused("order-unknown", f"no order {order.word}")
        self._session.renew_nonce()
        self._keys.keep(order.key_id, order.succession)
        self._store |= {"site.name": order.site} if self._about.pins_name else {}
        return order

    def _carry_out(self, order: Order) -> Answer:
        def open_secret(parent: Fields, name: str, place: str) -> bytes:
            return order.unseal(parent, name, self._session, place)

        self._duties.recognise(order.key_id)
        try:
            if order.word == REKEY:
                order.body.end()
                self._duties.note(REKEY)
                return _done({"rekeys": self._keys.rekeys})
            if order.word == "apply":
                self._keys.learn(order.body)
                self._keys.require_wipe(order.body, order.key_id)
            return _done(self._duties.carry_out(order.word, order.body, order.digest, open_secret))
        except Refused as refused:
            return _refuse(refused)

    def _settle(self) -> None:
        """Show the answer of an order that has ended by now."""
        if self._running is not None and self._clock() >= self._running[1]:
            name, _, answer = self._running
            self._running = None
            self._keep(name, answer)

    def _keep(self, name: str, answer: Answer) -> None:
        self._answers[name] = answer
        if len(self._answers) > ANSWERS:
            del self._answers[next(iter(self._answers))]


def _done(result: Answer) -> Answer:
    return {"protocol": FORM, "ok": True, "status": "done", "result": result}


def _refuse(refused: Refused) -> Answer:
    error = {"code": refused.code, "detail": refused.detail}
    return {"protocol": FORM, "ok": False, "status": "refused", "error": error}
