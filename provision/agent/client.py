"""One tablet's agent as the station speaks to it: hello, upload, commit, poll, over a transport.

Rules: every call has a deadline and an order has one over all its calls; a call whose process died is
repeated once (packages document 11.5); an order that met a new life of the agent is sent again from `hello`
on, at most three times, since every order but the drill's answer is idempotent (contract 2).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from provision.agent.answers import AgentDied, OrderRefusal, Reply, ReplyStatus, read_call, read_rows
from provision.agent.contract import (
    REKEY_PROTOCOL,
    RETRY_FROM_HELLO,
    Code,
    OrderName,
    call_line,
    least_protocol,
    reason_of,
    rows_line,
)
from provision.agent.hello import Hello, choose_protocol, read_hello
from provision.agent.key_chain import KeyChain, obeys_former_key, refuse_former_key
from provision.agent.key_request import KeyRequest, NoKeyRequest, read_key_request
from provision.agent.networks import Encrypt
from provision.agent.order import Order, SecretEncryptor, commit_argument, cut_pieces, sign_order
from provision.agent.own_key import NoKey, OwnKey, read_own_key
from provision.agent.report import Report, check_report, read_report
from provision.agent.results import (
    Cleaning,
    DrillState,
    read_asset,
    read_cleaned,
    read_drill,
    read_file_digests,
    read_lifted,
    read_owner_left,
    read_pieces,
    read_rekeys,
)
from provision.agent.rows import VERSION
from provision.agent.site_key import SiteKey
from provision.agent.wipe_word import WipeWord
from provision.errors import AnswerError, StepFailed
from provision.site.secret import Secret
from provision.terms import Reason
from provision.transport import Transport

ATTEMPTS = 3
MakeBody = Callable[[Encrypt], Mapping[str, object]]
"""Makes an order's body; gets what encrypts its secrets for the life of the agent just met."""


@dataclass(frozen=True)
class AgentLimits:
    """Seconds: one call, one order from hello to its end, and between two polls."""

    call: float = 20.0
    order: float = 120.0
    poll: float = 0.5


@dataclass(frozen=True)
class Sender:
    """Who gives the orders: the site's key, which a tablet pins, and its name.

    Attributes:
        site: its name now.
        chain: of its site keys, None for a site without an offline key.
        former: names it had, or has at another bench; agents before 0.5.0 obey only the name they met first.
        wipe: the offline key's word on tablets that stay outside, None where they are never erased.
    """

    site: str
    key: SiteKey
    former: tuple[str, ...] = ()
    chain: KeyChain | None = None
    wipe: WipeWord | None = None


@dataclass(frozen=True)
class _Done:
    """The result of an order, the SHA-256 of its payload, and the version of the agent's capability table."""

    result: Mapping[str, object]
    digest: str
    capabilities: int


@dataclass(frozen=True)
class _Request:
    """One order to give; `announce` is told the SHA-256 of its payload straight before each commit.

    `succession`: why a tablet that obeys a former site key takes it. `met`: what the agent said of itself straight
    before, so that it is not asked again: each question starts Java on the tablet.
    """

    word: OrderName
    make_body: MakeBody
    repeatable: bool = True
    announce: Callable[[str], None] = lambda _digest: None
    succession: Mapping[str, object] | None = None
    met: Hello | None = None


class OrderRefused(StepFailed):
    """The agent refused an order, by a code of the contract."""

    def __init__(self, step: str, refusal: OrderRefusal) -> None:
        super().__init__(step, reason_of(refusal.code), f"{refusal.code}: {refusal.detail}")
        self.code = refusal.code


class _StaleSession(OrderRefused):
    """The order has to be sent again from `hello` on."""


class AgentClient:
    """Gives orders to the agent of one tablet.

    Every method raises `StepFailed` when the agent refuses (its code and detail in the text), `AnswerError`
    for anything that is not exactly the contract's form, and `TransportError` when the way to the tablet
    failed; what the tablet did is then unknown, and the same order may be given again.

    Args:
        transport: the way to the tablet.
        sender: site and site key.
        limits: deadlines.
        wait: pauses for some seconds.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        transport: Transport,
        sender: Sender,
        limits: AgentLimits | None = None,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport, self._sender, self._limits = transport, sender, limits or AgentLimits()
        self._wait, self._clock = wait, clock
        self._names = tuple(dict.fromkeys((sender.site, *sender.former)))

    def hello(self) -> Hello:
        """Who the agent is, now; asks nothing of it."""
        reply = self._expect_done("agent.hello", self._call("hello", str(VERSION)))
        return read_hello(reply, call_line("hello"))

    def read_digests(self, package: str) -> Mapping[str, str]:
        """SHA-256 of each APK file of an installed app, by path; none of an app that the agent is not shown.

        An agent before 0.6.0 refuses it (`method-unknown`).
        """
        reply = self._expect_done("agent.digests", self._call("digests", package))
        return read_file_digests(reply, call_line("digests"))

    def apply(self, asset: str, make_body: MakeBody, announce: Callable[[str], None]) -> Report:
        """Bring the tablet to a policy; the report is about that very policy.

        Args:
            asset: the asset id in the policy.
            make_body: `make_policy` with everything but `encrypt`.
            announce: told the SHA-256 of the payload straight before the agent may act on it.
        """
        done = self._give(_Request(OrderName.APPLY, make_body, announce=announce))
        report = read_report(done.result, call_line("commit"), done.capabilities)
        check_report(report, asset, done.digest, call_line("commit"))
        return report

    def report(self, met: Hello | None = None) -> Report:
        """Ask for the state of now, compared with the last policy; the caller compares `policy` with what it knows.

        Args:
            met: the agent's `hello`, where nothing was ordered since; None asks it.
        """
        done = self._give(_Request(OrderName.REPORT, lambda _encrypt: {}, met=met))
        return read_report(done.result, call_line("commit"), done.capabilities)

    def show(self, seconds: int) -> str:
        """Fill the screen with the asset id for 1 to 300 seconds; returns that id."""
        done = self._send(OrderName.SHOW, lambda _encrypt: {"seconds": seconds})
        return read_asset(done.result, call_line("commit"))

    def ask_challenge(self) -> DrillState:
        """The eight digits the tablet shows for maintenance."""
        return self._drill(lambda _encrypt: {"step": "challenge"})

    def answer_challenge(self, digits: Secret) -> DrillState:
        """Give the hotline's answer; a wrong one counts, so it is never given twice."""
        return self._drill(
            lambda encrypt: {"step": "answer", "answer": encrypt("drill.answer", digits)}, repeatable=False
        )

    def relock(self) -> DrillState:
        """Close the kiosk again after a drill."""
        return self._drill(lambda _encrypt: {"step": "relock"})

    def lift(self) -> int:
        """Forget wrong maintenance answers and end a lock-out; returns the seconds left, 0 when it was lifted."""
        return read_lifted(self._send(OrderName.LIFT, lambda _encrypt: {}).result, call_line("commit"))

    def clean(self, packages: Sequence[str]) -> Cleaning:
        """Clear apps of the kiosk and what is left outside them; `unsupported` ones are left to the shell."""
        done = self._send(OrderName.CLEAN, lambda _encrypt: {"packages": list(packages)})
        return read_cleaned(done.result, tuple(packages), call_line("commit"))

    def prove(self, *, make: bool) -> OwnKey | NoKey | None:
        """Ask the tablet to prove its own key; None of agents before 0.6.0, which have none.

        Args:
            make: have it made where there is none, which changes nothing else on the tablet.
        """
        hello = self.hello()
        if not hello.tells_keys:
            return None
        challenge = secrets.token_hex(32)
        request = _Request(OrderName.PROVE, lambda _encrypt: {"challenge": challenge, "make": make}, met=hello)
        done = self._give(request)
        return read_own_key(done.result, hello.tablet, challenge, call_line("commit"))

    def request_certificate(self, ssid: str, name: str) -> KeyRequest | NoKeyRequest:
        """Ask for the certificate request of a network's key, which is made where there is none.

        Args:
            ssid: of the network.
            name: of the tablet; the site's key names the unit beside it.
        """
        unit = self._sender.key.key_id
        done = self._send(OrderName.REQUEST, lambda _encrypt: {"ssid": ssid, "name": name, "unit": unit})
        return read_key_request(done.result, name, unit, call_line("commit"))

    def release(self) -> bool:
        """Undo everything and give up ownership; returns whether the agent is no longer owner."""
        done = self._send(OrderName.RELEASE, lambda _encrypt: {})
        return not read_owner_left(done.result, call_line("commit"))

    def rekey(self, chain: KeyChain) -> int:
        """Make a tablet that obeys a former site key obey this one; returns how often its site key was replaced.

        Args:
            chain: of the site, with one rekey at least.
        """
        done = self._give(_Request(OrderName.REKEY, lambda _encrypt: {}, succession=chain.make_succession()))
        return read_rekeys(done.result, call_line("commit"))

    def succeed(self) -> bool:
        """Rekey a tablet that obeys a former site key of the site; returns whether it obeyed one."""
        key, chain = self._sender.key.key_id, self._sender.chain
        if chain is None or not chain.rekeys or not obeys_former_key(self.hello(), key, chain):
            return False
        self.rekey(chain)
        return True

    def fetch_rows(self, order: str) -> Reply | None:
        """The answer to a committed document by rows, where the print of `call` is doubted; None for no such id."""
        line = rows_line(order)
        return read_rows(self._transport.shell(line, seconds=self._limits.call), order, line)

    def _drill(self, make_body: MakeBody, *, repeatable: bool = True) -> DrillState:
        done = self._send(OrderName.DRILL, make_body, repeatable=repeatable)
        return read_drill(done.result, call_line("commit"))

    def _send(self, word: OrderName, make_body: MakeBody, *, repeatable: bool = True) -> _Done:
        return self._give(_Request(word, make_body, repeatable))

    def _give(self, request: _Request) -> _Done:
        """Give one order under the first of the site's names that the agent obeys; its refusal changes nothing."""
        while True:
            try:
                return self._send_with_retry(request)
            except OrderRefused as refused:
                if refused.code is not Code.SITE_FOREIGN or len(self._names) == 1:
                    raise
                self._names = self._names[1:]

    def _send_with_retry(self, request: _Request) -> _Done:
        """Give one order, from `hello` on as often as its agent starts anew."""
        deadline, left = self._clock() + self._limits.order, ATTEMPTS if request.repeatable else 1
        met = request.met
        while True:
            try:
                return self._send_once(request, met or self.hello(), deadline)
            except _StaleSession as stale:
                met = None
                left -= stale.code is not Code.BUSY
                if left == 0 or self._clock() >= deadline:
                    raise StepFailed(f"agent.{request.word}", stale.reason, stale.detail) from stale
            self._wait(self._limits.poll)

    def _send_once(self, request: _Request, hello: Hello, deadline: float) -> _Done:
        word = request.word
        judge = refuse_former_key if request.succession is None else obeys_former_key
        judge(hello, self._sender.key.key_id, self._sender.chain)
        body = request.make_body(SecretEncryptor(hello).encrypt)
        young = word in {OrderName.REKEY, OrderName.PROVE, OrderName.REQUEST}
        least = REKEY_PROTOCOL if young else least_protocol(body)
        protocol = choose_protocol(hello, least)
        order = Order(word, self._names[0], hello.tablet, hello.nonce, body, protocol)
        payload = order.payload()
        document, name = sign_order(payload, self._sender.key, request.succession), secrets.token_hex(8)
        self._upload(word, name, document)
        digest = hashlib.sha256(payload).hexdigest()
        request.announce(digest)
        reply = self._call("commit", commit_argument(name, document), again=request.repeatable)
        while reply.status is ReplyStatus.ACCEPTED:
            if self._clock() >= deadline:
                raise StepFailed(f"agent.{word}", Reason.TABLET_HUNG, f"no end after {self._limits.order:g} seconds")
            self._wait(self._limits.poll)
            reply = self._call("poll", name)
        result = self._expect_done(f"agent.{word}", reply)
        if reply.order != name:
            raise AnswerError(call_line("commit"), f"the answer to {name}", str(reply.order))
        return _Done(result, digest, hello.capabilities)

    def _upload(self, word: OrderName, name: str, document: bytes) -> None:
        """Put every piece; the count after the last one must be the whole."""
        pieces, held = cut_pieces(name, document), 0
        for piece in pieces:
            held = read_pieces(self._expect_done(f"agent.{word}", self._call("put", piece)), call_line("put"))
        if held != len(pieces):
            raise _StaleSession(
                f"agent.{word}", OrderRefusal(Code.UPLOAD_INCOMPLETE, f"{held} of {len(pieces)} pieces are held")
            )

    def _call(self, method: str, argument: str | None = None, *, again: bool = True) -> Reply:
        """One call; repeated once when the agent's process died in it."""
        try:
            return self._call_once(method, argument)
        except AgentDied as died:
            if not again:
                raise StepFailed(f"agent.{method}", Reason.AGENT_UNFIT, str(died)) from died
        try:
            return self._call_once(method, argument)
        except AgentDied as died:
            raise StepFailed(f"agent.{method}", Reason.AGENT_UNFIT, f"twice: {died}") from died

    def _call_once(self, method: str, argument: str | None) -> Reply:
        answer = self._transport.shell(call_line(method, argument), seconds=self._limits.call)
        return read_call(answer, call_line(method))

    def _expect_done(self, step: str, reply: Reply) -> Mapping[str, object]:
        refusal = reply.refusal
        if refusal is not None and (refusal.code in RETRY_FROM_HELLO or refusal.code is Code.BUSY):
            raise _StaleSession(step, refusal)
        if refusal is not None:
            raise OrderRefused(step, refusal)
        return reply.require_result(step)
