"""One thing in a manifest for which Android's own parser refuses the whole file."""

from __future__ import annotations

from dataclasses import dataclass

from provision.appset.grants import NO_END


@dataclass(frozen=True)
class Flaw:
    """One thing that the parser refuses.

    Attributes:
        what: the element and what it lacks, in the words of a manifest.
        since: first API level that refuses it.
        target: lowest target SDK of the apps it is refused of.
        until: last API level that refuses it.
    """

    what: str
    since: int = 0
    target: int = 0
    until: int = NO_END

    def refuses(self, api: int, target_sdk: int) -> bool:
        """Tell whether a release refuses an app of this target for it."""
        return self.since <= api <= self.until and target_sdk >= self.target
