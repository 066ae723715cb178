"""Attempts in the user's place, on which releases, and where no try of a plain shell can stand for a user.

Pure. Each attempt is the nearest that plain shell comes to a person's fingers. An attempt is listed for a
release only where what stops the user stops the shell too, by the reference; else a gap says why none is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provision.terms import Control, ProofVerdict

Line = tuple[str, ...]
"""Words of one command; `{ssid}` and `{id}` stand for a saved network, `{user}` for the number of the user made."""

LATEST = 99


class Indicator(StrEnum):
    """By which print of Android the effect of an attempt is seen; the words of its states follow.

    `front`: `kiosk`, `settings`, `elsewhere`. `radio`, `airplane`, `roaming`, `bluetooth`: `on`, `off`.
    `saved`: `saved`, `gone`. `user`: `made`, `gone`.
    Each may also be None: the tablet does not show it now.
    """

    FRONT = "front"
    RADIO = "radio"
    SAVED = "saved"
    AIRPLANE = "airplane"
    ROAMING = "roaming"
    BLUETOOTH = "bluetooth"
    USER = "user"


NOT_YET = "not tried yet"
"""What stands of an attempt in a record whose run ended before it."""


class Gap(StrEnum):
    """Why no attempt is made; the text catalogue says it to people (`proof.gap.<word>`)."""

    NO_LOCK = "no-lock"
    NO_VERB = "no-verb"
    NO_CONTROL = "no-control"
    SHELL_FREE = "shell-free"
    NOT_HARMLESS = "not-harmless"
    JUDGED_OTHERWISE = "judged-otherwise"
    NO_PRINT = "no-print"
    BY_HAND = "by-hand"


@dataclass(frozen=True)
class Attempt:
    """One attempt on one range of releases.

    Attributes:
        name: of the attempt in records, the same on all releases; the catalogue has its text.
        indicator: what shows whether it succeeded.
        since, until: first and last API level.
        wake: sent before anything is looked at.
        start: sent before locking only, to bring about `begins`.
        act: what a user would do.
        undo: brings `rests` back after it succeeded.
        begins, reaches: state it starts from and state that is its success, before locking.
        holds: the only state that means it failed, after locking.
        rests: states the tablet may be left in before locking, beside the one it was found in.
        reference: document and section.
        source: public source of the fact.
    """

    name: str
    control: Control
    indicator: Indicator
    since: int
    until: int
    wake: tuple[Line, ...]
    start: tuple[Line, ...]
    act: tuple[Line, ...]
    undo: tuple[Line, ...]
    begins: str
    reaches: str
    holds: str
    rests: tuple[str, ...]
    reference: str
    source: str

    @property
    def line(self) -> str:
        """The attempt itself, as plans show it."""
        return "; ".join(" ".join(words) for words in self.act)


@dataclass(frozen=True)
class NoAttempt:
    """A control for which nothing honest can be tried on a range of releases."""

    name: str
    control: Control
    since: int
    until: int
    gap: Gap
    reference: str


@dataclass(frozen=True)
class Tried:
    """Outcome of one attempt; `detail` in English, with its moment, for records."""

    verdict: ProofVerdict
    detail: str


@dataclass(frozen=True)
class Proof:
    """One line of a plan or record.

    Attributes:
        line: what is sent, empty where no attempt is made.
        gap: why none is made, None where one is.
    """

    name: str
    control: Control
    verdict: ProofVerdict
    detail: str
    line: str
    reference: str
    gap: Gap | None = None


THROWAWAY = "provision-proof"
"""Name of the open network that is saved and forgotten before locking, and of the user that is made and removed; the
same each time, so that a run that was cut in between is tidied by the next."""

EXPLAINED = {
    Gap.NO_LOCK: "this release has no lock against it",
    Gap.NO_VERB: "plain shell may use no such command on this release",
    Gap.NO_CONTROL: "plain shell cannot save a network here, so there is none it could forget before locking",
    Gap.NOT_HARMLESS: "trying it would restart the tablet or take it out of the bench's hands",
    Gap.SHELL_FREE: "plain shell may do it on this release, whatever stops the user",
    Gap.JUDGED_OTHERWISE: "Android judges its own settings by another rule, so that a refusal would prove nothing",
    Gap.NO_PRINT: "no print of Android is known that tells whether it worked",
    Gap.BY_HAND: "reported of tablets of this maker, and only fingers can try it",
}


def find_attempts(attempts: Iterable[Attempt], api: int, controls: Collection[Control]) -> tuple[Attempt, ...]:
    """Those of a release on these controls, in their order."""
    return tuple(one for one in attempts if one.since <= api <= one.until and one.control in controls)


def is_proved(attempts: Collection[Attempt], tried: Mapping[str, Tried] | None) -> bool:
    """Tell whether each was tried after locking and none succeeded; no positive control does not count against it.

    What is not looked up (None) is taken as proved.
    """
    if tried is None:
        return True
    verdicts = [tried[one.name].verdict if one.name in tried else ProofVerdict.NOT_TRIED for one in attempts]
    return not {ProofVerdict.NOT_TRIED, ProofVerdict.BROKEN} & set(verdicts)


def list_proofs(
    attempts: Iterable[Attempt],
    gaps: Iterable[NoAttempt],
    api: int,
    controls: Collection[Control],
    tried: Mapping[str, Tried],
) -> tuple[Proof, ...]:
    """One line for each attempt of these controls on a release, made or not."""
    untried = Tried(ProofVerdict.NOT_TRIED, NOT_YET)
    made = [
        Proof(one.name, one.control, found.verdict, found.detail, one.line, one.reference)
        for one in find_attempts(attempts, api, controls)
        for found in (tried.get(one.name, untried),)
    ]
    missing = [one for one in gaps if one.since <= api <= one.until and one.control in controls]
    return (*made, *map(_describe_gap, missing))


MAKER = "maker"
"""Begins the name of what a profile has hands try: `maker.window-menu`."""


def list_by_hand(control: Control, ways: Mapping[str, str]) -> tuple[Proof, ...]:
    """One line for each way out that a profile knows of.

    Args:
        control: what they lead out of.
        ways: id of each to the public report of it.
    """
    gaps = (NoAttempt(f"{MAKER}.{name}", control, 0, LATEST, Gap.BY_HAND, source) for name, source in ways.items())
    return tuple(map(_describe_gap, gaps))


def _describe_gap(one: NoAttempt) -> Proof:
    detail = f"{one.gap}: {EXPLAINED[one.gap]}"
    return Proof(one.name, one.control, ProofVerdict.NOT_TRIED, detail, "", one.reference, one.gap)
