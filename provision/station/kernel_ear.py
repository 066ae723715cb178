"""Which slots a word of the kernel is about, and whether a person hears of it: each complaint once a minute at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provision.bench.kernel_words import TOLD, Complaint, KernelWord
from provision.station.recovery import Note

QUIET_SECONDS = 60.0
"""A bad cable makes the kernel complain several times a second."""


@dataclass(frozen=True)
class Heard:
    """What is done about a word.

    Attributes:
        ports: of the slots on which it stands; none where no person is told of such a word.
        labels: of those slots, where it is said aloud, in one sentence; none where it was said lately.
    """

    ports: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class KernelEar:
    """Hears for the labelled slots of one station; from its loop alone.

    Args:
        labels: of the slots, by port.
        note: where each word is written down.
    """

    def __init__(self, labels: Mapping[str, str], note: Note) -> None:
        self._labels, self._note = labels, note
        self._said: dict[tuple[str, Complaint], float] = {}

    def name_hub(self, word: KernelWord) -> KernelWord:
        """Turn a port that was switched off and feeds a hub with slots into that hub; any other word stays as it is."""
        feeds = any(port.startswith(f"{word.port}.") for port in self._labels)
        if word.is_hub or word.complaint is not Complaint.OVER_CURRENT or not feeds:
            return word
        return replace(word, complaint=Complaint.HUB_OVER_CURRENT, is_hub=True)

    def hear(self, word: KernelWord, now: float) -> Heard:
        """Write a word down for each slot it is about, unless it was lately; a slot hears it each time.

        What hangs there may be another tablet than a moment ago.
        """
        about = {port: label for port, label in self._labels.items() if word.is_about(port)}
        if not about:
            return Heard()
        ports = tuple(about) if word.complaint in TOLD else ()
        key = (word.port, word.complaint)
        if now - self._said.get(key, -QUIET_SECONDS) < QUIET_SECONDS:
            return Heard(ports)
        self._said[key] = now
        for port, label in about.items():
            self._note(label, "kernel", word=str(word.complaint), port=port, error=word.error)
        return Heard(ports, tuple(about.values()) if ports else ())
