"""Which slots a word of the kernel is about, and whether a person hears of it: each complaint once a minute at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provision.bench.kernel_words import TOLD, Complaint, KernelWord
from provision.station.recovery import Note

QUIET_SECONDS = 60.0
"""A bad cable makes the kernel complain several times a second."""


class KernelEar:
    """Hears for the labelled slots of one station; from its loop alone.

    Args:
        labels: of the slots, by port.
        note: where each word is written down.
    """

    def __init__(self, labels: Mapping[str, str], note: Note) -> None:
        self._labels, self._note = labels, note
        self._heard: dict[tuple[str, Complaint], float] = {}

    def hear(self, word: KernelWord, now: float) -> Iterator[str]:
        """Write a word down for each slot it is about; yields the ports of those a person is told of."""
        for port, label in self._labels.items():
            key = (label, word.complaint)
            if not word.is_about(port) or now - self._heard.get(key, -QUIET_SECONDS) < QUIET_SECONDS:
                continue
            self._heard[key] = now
            self._note(label, "kernel", word=str(word.complaint), port=port, error=word.error)
            if word.complaint in TOLD:
                yield port
