"""The three signed statements of a wipe: the order, the second person's word, and what was seen at last. Pure.

Each is one DSSE envelope of an in-toto statement, as records are (`records/FORMAT.md`), with predicates of our own. The
order and the end are signed by the home's key, the second word by the second person's. Nobody is named: `by` is a role
or a pseudonym. The members of `sanitization` are those of the sample certificate of NIST SP 800-88.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from provision.errors import RecordError
from provision.records.canonical import sha256_hex
from provision.records.content import STATEMENT_TYPE
from provision.terms import HomeKind

ORDER_TYPE = "https://provision.invalid/wipe-order/v1"
AGREEMENT_TYPE = "https://provision.invalid/wipe-agreement/v1"
WIPE_TYPE = "https://provision.invalid/wipe/v1"
VERSION = 1


class WipeOutcome(StrEnum):
    """How a wipe ended."""

    SEEN = "seen"  # it came back with another installation, without owner, agent and account
    NOT_SEEN = "ordered-not-seen"  # a person says that it was reset; the bench saw nothing


@dataclass(frozen=True)
class WipeOrder:
    """What was asked for, and how the tablet stood then.

    Attributes:
        installation: digest of its `android_id`, which a factory reset changes (packages document 1.4).
        donor: reference of the donation; may be empty.
        at: ISO 8601 in UTC. accounts: that Android told of; an order is made at none alone.
    """

    home_kind: HomeKind
    tablet: str
    maker: str
    model: str
    serial: str
    installation: str
    donor: str
    by: str
    why: str
    at: str
    accounts: int = 0

    @property
    def device(self) -> str:
        """Maker and model, as far as they are known."""
        return f"{self.maker} {self.model}".strip()


@dataclass(frozen=True)
class Agreement:
    """The second person's word on one order; `order` is the digest of its envelope, the newline included."""

    order: str
    by: str
    at: str


@dataclass(frozen=True)
class WipeEnd:
    """How it ended; `seen` one plain sentence for each thing that was read from the tablet afterwards."""

    outcome: WipeOutcome
    by: str
    at: str
    seen: tuple[str, ...]


def build_order(order: WipeOrder) -> dict[str, Any]:
    """Return the statement of an order."""
    predicate = {"version": VERSION, **asdict(order), "home_kind": order.home_kind.value}
    subject = sha256_hex(f"{order.tablet}\n{order.serial}\n{order.installation}".encode())
    return _build(ORDER_TYPE, {"tablet": subject}, predicate)


def parse_order(statement: object, source: str) -> WipeOrder:
    """Return what an order says; the inverse of `build_order`.

    Raises:
        RecordError: it is none.
    """
    said = _read(statement, ORDER_TYPE, source)
    try:
        order = WipeOrder(**{**said, "home_kind": HomeKind(said["home_kind"])})
    except (TypeError, ValueError, KeyError) as error:
        raise RecordError(f"{source}: expected an order to wipe a tablet, got other members") from error
    if build_order(order) != statement:
        raise RecordError(f"{source}: expected an order to wipe a tablet, got another spelling of one")
    return order


def build_agreement(agreement: Agreement) -> dict[str, Any]:
    """Return the statement of the second person's word."""
    return _build(AGREEMENT_TYPE, {"order": agreement.order}, {"version": VERSION, **asdict(agreement)})


def parse_agreement(statement: object, source: str) -> Agreement:
    """Return what a second word says; the inverse of `build_agreement`.

    Raises:
        RecordError: it is none.
    """
    said = _read(statement, AGREEMENT_TYPE, source)
    try:
        agreement = Agreement(**said)
    except TypeError as error:
        raise RecordError(f"{source}: expected a second person's word, got other members") from error
    if build_agreement(agreement) != statement:
        raise RecordError(f"{source}: expected a second person's word, got another spelling of one")
    return agreement


def build_wipe(
    order: WipeOrder, envelopes: Mapping[str, bytes], second: str, end: WipeEnd, tool: str
) -> dict[str, Any]:
    """Return the statement of the end.

    Args:
        envelopes: `order` and `agreement`, as they lie on disk.
        second: who agreed. tool: this program with its version.
    """
    seen = end.outcome is WipeOutcome.SEEN
    predicate: dict[str, Any] = {
        "version": VERSION,
        "homeKind": order.home_kind.value,
        "assetId": order.tablet,
        "outcome": end.outcome.value,
        "ordered": order.at,
        "ended": end.at,
        "endedBy": end.by,
        "seen": list(end.seen),
        "sanitization": {
            "standard": "NIST SP 800-88 Rev. 2",
            "manufacturer": order.maker,
            "model": order.model,
            "serialNumber": order.serial,
            "propertyNumber": order.tablet,
            "mediaType": "internal flash memory of an Android tablet",
            "sourceOfMedia": order.donor,
            "category": "Clear" if seen else None,
            "technique": "factory reset of Android, by hand" if seen else None,
            "tool": f"the tablet's own recovery menu or settings; {tool} read it afterwards" if seen else tool,
            "verification": "read through adb: another installation, no owner, no agent, no account" if seen else None,
            "destination": "given back",
            "orderedBy": order.by,
            "agreedBy": second,
            "verifiedBy": end.by if seen else None,
        },
    }
    return _build(WIPE_TYPE, _digest_all(envelopes), predicate)


def parse_wipe(statement: object, envelopes: Mapping[str, bytes], source: str) -> WipeEnd:
    """Return how a wipe ended.

    Args:
        envelopes: as of `build_wipe`.

    Raises:
        RecordError: it is no end, or that of another order.
    """
    said = _read(statement, WIPE_TYPE, source)
    subject = statement.get("subject") if isinstance(statement, dict) else None
    if subject != _list_subjects(_digest_all(envelopes)):
        raise RecordError(f"{source}: ends another wipe than the order beside it")
    try:
        return WipeEnd(WipeOutcome(said["outcome"]), said["endedBy"], said["ended"], tuple(said["seen"]))
    except (TypeError, ValueError, KeyError) as error:
        raise RecordError(f"{source}: expected the end of a wipe, got other members") from error


def _build(kind: str, subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> dict[str, Any]:
    subject = _list_subjects(subjects)
    return {"_type": STATEMENT_TYPE, "subject": subject, "predicateType": kind, "predicate": dict(predicate)}


def _digest_all(envelopes: Mapping[str, bytes]) -> dict[str, str]:
    return {name: sha256_hex(envelope) for name, envelope in envelopes.items()}


def _list_subjects(subjects: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in sorted(subjects.items())]


def _read(statement: object, kind: str, source: str) -> dict[str, Any]:
    predicate = statement.get("predicate") if isinstance(statement, dict) else None
    if not isinstance(statement, dict) or statement.get("predicateType") != kind or not isinstance(predicate, dict):
        raise RecordError(f"{source}: expected a statement {kind}, got something else")
    said = dict(predicate)
    if said.pop("version", None) != VERSION:
        raise RecordError(f"{source}: made by a later version of provision: read it with that one")
    return said
