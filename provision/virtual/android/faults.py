"""Faults as state: what is broken on one virtual tablet, by name, composable.

A fault is `NAME`, `NAME:WORD` or `NAME:WORD:N`; WORD is a command word (`dumpsys`, `pm`, `cmd`), or two
words with `+` (`cmd+wifi`); N is the first matching call that is hit, 1 when left out. The id of a maker's
gate (`oem_gates`) is a fault, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from provision.errors import TrainingError
from provision.virtual.android.contract import Effect, Reply
from provision.virtual.android.oem_gates import gates

PLAIN = {
    "lie-install": "install verbs say Success and install nothing",
    "lie-settings": "settings put is accepted and changes nothing",
    "full-storage": "/data has no room left",
    "boot-stuck": "sys.boot_completed never becomes 1",
    "boot-half": "the services answer, but sys.boot_completed never becomes 1 and user 0 never runs",
    "verifier-refuses": "a package verifier refuses every install it may see",
    "verifier-waits": "a package verifier asks on the screen, and nobody answers",
    "mute": "adb connects and never answers anything",
    "refuse-connect": "adb refuses the connection",
    "drop-mid-upload": "the link is cut in the middle of an upload",
    "slow-link": "the link is slow",
    "noisy": "a warning of the loader stands beside every answer, where streams are merged in front of it",
    "pm-busy": "every call that installs waits some seconds, as while Android optimises its apps",
    "taps-deny": "whoever holds the tablet taps Deny",
    "lock-task-leaks": "lock task runs by its print, and lets every app come to the front",
    "restrictions-leak": "user restrictions read back as set and stop nothing",
    "lockdown-leaks": "the owner's networks read back as locked, and the shell may forget them",
    "agent-late": "the agent answers orders only when it is polled, some seconds later",
    "agent-lies": "the agent reports everything as wanted and does nothing",
    "agent-garbage": "the agent's answers are not of the contract's form",
}
"""Faults without a command word."""

WORDED = {
    "hang": "the command never starts and never ends",
    "hang-during": "the command acts, says half of its answer, then never ends",
    "hang-after": "the command acts, then never ends",
    "strange": "the Nth matching call acts, and answers in words that no Android of this release has",
    "flood": "the Nth matching call acts, and answers more than any bench takes",
    "drop": "the link is cut at the Nth matching call",
    "reboot": "the tablet reboots at the Nth matching call",
    "adb-off": "an update switches USB debugging off at the Nth matching call",
    "battery-dies": "the tablet goes out at the Nth matching call, and stays out until it is charged",
    "agent-crash": "the agent's process dies in the Nth call of this method (put, commit ...)",
    "agent-killed": "the agent's process was killed before the Nth call of this method",
    "owner-refuses": "Android refuses this call of the owner (addNetwork, CALL+PACKAGE ...); N is the status it gives",
    "owner-drops": "Android takes this call of the owner (setApplicationRestrictions) and keeps nothing of it",
}
"""Faults of one command word."""

WIRE_FAULTS = ("mute", "refuse-connect", "drop-mid-upload", "slow-link")
"""Faults the wire plays, in the order of their weight."""


@dataclass(frozen=True)
class Fault:
    """One fault, parsed."""

    text: str
    name: str
    words: tuple[str, ...] = ()
    nth: int = 1

    def matches(self, argv: Sequence[str]) -> bool:
        """Tell whether a call is one this fault hits."""
        return bool(self.words) and tuple(argv[: len(self.words)]) == self.words


def parse_fault(text: str) -> Fault:
    """Read one fault name.

    Raises:
        TrainingError: the name is unknown or its form is wrong; lists what exists.
    """
    name, _, rest = text.partition(":")
    if name in {*PLAIN, *gates()} and not rest:
        return Fault(text, name)
    word, _, nth = rest.partition(":")
    if name in WORDED and word and (not nth or (nth.isdecimal() and int(nth) > 0)):
        return Fault(text, name, tuple(word.split("+")), int(nth or 1))
    raise TrainingError(f"no fault {text!r}; there are:\n{_list_faults()}")


def _list_faults() -> str:
    """Every fault with what it does, one a line."""
    worded = {f"{name}:WORD[:N]": says for name, says in WORDED.items()}
    lines = [f"  {name}: {says}" for name, says in {**PLAIN, **worded}.items()]
    gate = f"  gates of makers: {', '.join(gates())}"
    return "\n".join([*lines, gate, "WORD is a command (dumpsys, pm, cmd+wifi), N the call that is hit"])


def has_fault(faults: Sequence[str], name: str) -> bool:
    """Tell whether a fault without a command word is among them."""
    return name in faults


def wire_fault(faults: Sequence[str]) -> str | None:
    """The one fault the wire plays now, the heaviest of several."""
    return next((name for name in WIRE_FAULTS if name in faults), None)


CUTS = {
    "drop": Effect.DROP,
    "adb-off": Effect.DROP,
    "reboot": Effect.REBOOT,
    "battery-dies": Effect.REBOOT,
}
"""Faults of one call that end the connection."""

BUSY_SECONDS = 3.0
BUSY_WORDS = ("pm install", "cmd package install")


def find_hit(faults: Sequence[str], argv: Sequence[str], hits: dict[str, int]) -> Fault | None:
    """The fault that keeps a call from acting at all, None when none does.

    Args:
        faults: texts of the tablet's faults.
        argv: the call.
        hits: matching calls seen so far by fault text; counted up here.
    """
    for fault in map(parse_fault, faults):
        if not fault.matches(argv) or (fault.name != "hang" and fault.name not in CUTS):
            continue
        hits[fault.text] = hits.get(fault.text, 0) + 1
        if hits[fault.text] == fault.nth or (fault.name == "hang" and hits[fault.text] > fault.nth):
            return fault
    return None


def reply_of(fault: Fault) -> Reply:
    """Leave the caller with the answer of a call that did not act."""
    return Reply(delay=math.inf) if fault.name == "hang" else Reply(effect=CUTS[fault.name])


STRANGE = "Managed by firmware policy 7: request queued\n"
"""Words of no Android."""
OTHER_WORDS = {"strange": STRANGE, "flood": STRANGE * 320_000}
"""What is said in the place of an answer; a flood has 16 MB."""


READ_STRICTLY = (("dumpsys",), ("dumpsys", "battery"), ("dumpsys", "account"), ("df",), ("pm", "list", "users"))
"""Reading calls whose answer a run cannot do without."""


def kind_of(fault: Fault) -> str:
    """The name of a fault; of a strange answer also what it spoils, reading or installing, where it spoils a run."""
    if fault.name == "flood":
        return "strange-reading"
    if fault.name != "strange":
        return fault.name
    if any(word.startswith("install") for word in fault.words):
        return "strange-install"
    return "strange-reading" if fault.words in READ_STRICTLY else fault.name


def speak_strangely(faults: Sequence[str], argv: Sequence[str], hits: dict[str, int], reply: Reply) -> Reply:
    """The reply in a firmware's own words, or far too many, where a fault says so; `hits` as in `find_hit`."""
    for fault in map(parse_fault, faults):
        if fault.name in OTHER_WORDS and fault.matches(argv):
            hits[fault.text] = hits.get(fault.text, 0) + 1
            if hits[fault.text] == fault.nth:
                return replace(reply, out=OTHER_WORDS[fault.name], err="")
    return reply


LOADER = "WARNING: linker: app_process has text relocations. This is wasting memory. Please fix.\n"
MERGED_API = 24
"""The first release whose shell keeps the streams apart."""


def add_noise(faults: Sequence[str], api: int, reply: Reply) -> Reply:
    """The reply beside a line of another program, where the fault says so."""
    if "noisy" not in faults:
        return reply
    return replace(reply, out=LOADER + reply.out) if api < MERGED_API else replace(reply, err=LOADER + reply.err)


def hold_back(faults: Sequence[str], argv: Sequence[str], reply: Reply) -> Reply:
    """The reply of a command that has acted: late, cut in half, or never, where a fault says so."""
    names = {fault.name for fault in map(parse_fault, faults) if fault.matches(argv)}
    if "hang-during" in names:
        return replace(reply, said=reply.out[: len(reply.out) // 2], delay=math.inf)
    if "hang-after" in names:
        return replace(reply, delay=math.inf)
    busy = "pm-busy" in faults and " ".join(argv).startswith(BUSY_WORDS)
    return replace(reply, delay=reply.delay + BUSY_SECONDS) if busy else reply
