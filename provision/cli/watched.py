"""A station's sink that also starts hooks, and says which profiles are drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from provision.bench.slots import SlotTable
from provision.cli.speech import language_of
from provision.profiles.model import MatchedOn, Profile
from provision.profiles.schema import Status
from provision.runs.run_end import RunEnd
from provision.station.hooks import HookFailure, HookRunner, SlotWatch
from provision.station.setup import Loaded
from provision.station.station import Sink
from provision.terms import Outcome
from provision.texts.catalogue import say
from provision.texts.language import Language


class WatchedSink:
    """Passes everything on; hooks and warnings beside it."""

    def __init__(self, sink: Sink, watch: SlotWatch, language: Language, profiles: Mapping[str, Profile]) -> None:
        self._sink = sink
        self._watch = watch
        self._language = language
        self._profiles = profiles
        self._drafts: set[str] = set()

    def show(self, table: SlotTable, now: float) -> None:
        """One table."""
        self._watch.show(table, now)
        self._sink.show(table, now)

    def ended(self, end: RunEnd) -> None:
        """One end; the first draft that was applied is named at once, all of them by `close`."""
        self._watch.ended(end)
        self._sink.ended(end)
        profile = self._profiles.get(end.profile)
        if profile is None or profile.status is not Status.DRAFT or not _was_applied(end):
            return
        if not self._drafts:
            self.warn(tell_draft(self._language, profile))
        self._drafts.add(profile.name)

    def close(self) -> None:
        """Name every draft that was applied, where it was more than the one that was told."""
        if len(self._drafts) > 1:
            self.warn(say(self._language, "profile.drafts", profiles=", ".join(sorted(self._drafts))))

    def warn(self, text: str) -> None:
        """One warning."""
        self._sink.warn(text)


def _was_applied(end: RunEnd) -> bool:
    return bool(end.changes) or end.outcome in {Outcome.DONE, Outcome.DONE_WITH_WARNINGS}


def tell_draft(language: Language, profile: Profile) -> str:
    """That no real tablet has confirmed a profile, and that it is not even of this maker."""
    key = "profile.generic" if profile.matched_on is MatchedOn.GENERIC else "profile.draft"
    return say(language, key, profile=profile.name)


def tell_hook(language: Language, failure: HookFailure) -> str:
    """What one of the hospital's own programs did wrong."""
    return say(language, f"hook.{failure.wrong}", **vars(failure))


@contextmanager
def watch_slots(loaded: Loaded, sink: Sink) -> Iterator[WatchedSink]:
    """The sink with the hooks of this home, until the block ends."""
    language = language_of(loaded.home)

    def warn(failure: HookFailure) -> None:
        sink.warn(tell_hook(language, failure))

    profiles = {profile.name: profile for profile in (loaded.profiles.common, *loaded.profiles.known)}
    with HookRunner(loaded.home.bench.hooks, loaded.home.kind, warn) as runner:
        watched = WatchedSink(sink, SlotWatch(runner), language, profiles)
        yield watched
        watched.close()
