"""Questions to the oracle and its answers, and their JSON form on the control port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from provision.errors import TrainingError
from provision.terms import Assurance, Control, Outcome, Reason


@dataclass(frozen=True)
class ExpectedOutcome:
    """How one run must end.

    Attributes:
        outcome: None when no run can start (adb never authorised, refused, or switched off).
        reason: None for a good end.
        fault: the fault that decides the end, None when none does.
        after_word: the expected outcome once a person has said that it is a tablet; None where nobody is asked.
    """

    outcome: Outcome | None
    reason: Reason | None = None
    fault: str | None = None
    after_word: ExpectedOutcome | None = None

    def __str__(self) -> str:
        """`refused (wifi-shell-closed)`; for boards and test messages."""
        word = self.outcome or "no run"
        return f"{word} ({self.reason})" if self.reason else str(word)


@dataclass(frozen=True)
class SiteRequirements:
    """A site's demands on a tablet, and what its home remembers of tablets, as plain values.

    Attributes:
        required: least assurance by control.
        agent: whether the home has an agent to install.
        zone: the time zone it wants; None for any.
        grants: whether an app of the set is to be granted permissions.
        configurations: managed configuration of the set's apps as `apps.yaml` has it, by package.
        seals: whether debugging is to be seen to close in the end.
        battery_percent, storage_mb: below them (percent, decimal megabytes) a tablet is refused.
        known: digests of the installations the home knows, by serial.
        apps: version codes by package. screen_seconds, ssids: what the site wants.
        networks: kind (in the words of the agent contract) of each of its networks, and whether it is hidden.
        demanding: indexes of the networks that ask for more than Android 6 has for their kind.
        unsigned: whether the hospital is to sign the certificates of keys that tablets make, and signed none yet.
        finished: digests of installations whose last run ended well.
        wanted: controls that the site asks of an agent, required or not.
    """

    required: Mapping[Control, Assurance]
    battery_percent: int = 30
    storage_mb: int = 500
    agent: bool = False
    zone: str | None = None
    seals: bool = False
    grants: bool = False
    configurations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    apps: Mapping[str, int] = field(default_factory=dict)
    screen_seconds: int = 0
    ssids: tuple[str, ...] = ()
    networks: tuple[tuple[str, bool], ...] = ()
    demanding: frozenset[int] = frozenset()
    unsigned: bool = False
    finished: frozenset[str] = frozenset()
    wanted: frozenset[Control] = frozenset()


_SITE = TypeAdapter(SiteRequirements)
_OUTCOMES = TypeAdapter(dict[str, ExpectedOutcome])


def format_site(site: SiteRequirements) -> str:
    """Return the requirements as JSON."""
    return _SITE.dump_json(site).decode()


def parse_site(text: str) -> SiteRequirements:
    """Return the requirements of `format_site`.

    Raises:
        TrainingError: it is something else.
    """
    try:
        return _SITE.validate_json(text)
    except ValidationError as error:
        raise TrainingError(f"expected what a site requires, as JSON: {error.errors()[0]['msg']}") from None


def format_outcomes(outcomes: Mapping[str, ExpectedOutcome]) -> dict[str, Any]:
    """Return expected outcomes by slot as members of a JSON object."""
    return dict(_OUTCOMES.dump_python(dict(outcomes), mode="json"))


def parse_outcomes(members: object) -> Mapping[str, ExpectedOutcome]:
    """Return the expected outcomes of `format_outcomes`.

    Raises:
        TrainingError: it is something else.
    """
    try:
        return _OUTCOMES.validate_python(members)
    except ValidationError as error:
        raise TrainingError(f"expected an outcome for each slot: {error.errors()[0]['msg']}") from None
