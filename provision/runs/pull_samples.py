"""Which tablets send their apps' bytes back whole: every one, none, or the first of each model in a batch.

Any other tablet tells digests, by its agent or its shell. Both are the tablet's own word, as its pull is; the sample
shows for each model that this word and the bytes themselves say the same.
"""

from __future__ import annotations

import threading
from enum import StrEnum


class PullRule(StrEnum):
    """Choice of a bench, `pull_back` in bench.yaml."""

    SAMPLE = "sample"
    EVERY = "every"
    NONE = "none"


class PullSamples:
    """The sample of one batch. Any thread may ask.

    Args:
        rule: which tablets are meant.
    """

    def __init__(self, rule: PullRule = PullRule.EVERY) -> None:
        self._rule = rule
        self._lock = threading.Lock()
        self._taken: dict[str, str] = {}

    @property
    def is_everybody(self) -> bool:
        """Tell whether each tablet is to have sent its bytes, in this batch or in one before."""
        return self._rule is PullRule.EVERY

    def take(self, model: str, run: str) -> bool:
        """Tell whether the tablet of a run sends its bytes; of a sample the first one of its model does."""
        if self._rule is not PullRule.SAMPLE:
            return self.is_everybody
        with self._lock:
            return self._taken.setdefault(model, run) == run

    def give_back(self, model: str, run: str) -> None:
        """Let the next tablet of a model be its sample: this run did not get as far."""
        with self._lock:
            if self._taken.get(model) == run:
                del self._taken[model]
