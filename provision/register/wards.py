"""Wards as the benches of a house told them: name, hotline, colour. The newest word on a ward counts everywhere. Pure.

A bench tells a ward of its `site.yaml` once, and again when it reads there otherwise: so benches with different files
do not take a ward from each other in turn, and an edit at one of them reaches all. A ward is no more when no bench that
told it has it: whoever takes it out of one file takes no hotline from the others' tablets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from provision.register.events import HOUSE, Event, EventKind, Told, find_bench
from provision.register.identities import BENCH
from provision.site.wards import Ward

Known = Mapping[str, Ward | None]
"""Wards by their short names; None for one that is no more."""


@dataclass(frozen=True)
class WardWords:
    """The newest word on each ward: of all benches, and of this one."""

    newest: Known
    here: Known

    def settle(self, own: Mapping[str, Ward]) -> dict[str, Ward]:
        """Return the wards of the house; `own` are those of site.yaml here, newer where they were not told."""
        settled = {**own, **self.newest, **self._list_changed(own)}
        return {short: ward for short, ward in sorted(settled.items()) if ward is not None}

    def list_untold(self, own: Mapping[str, Ward]) -> list[Told]:
        """Return the events of what site.yaml says otherwise than this bench last told."""
        return [_tell_ward(short, ward) for short, ward in sorted(self._list_changed(own).items())]

    def _list_changed(self, own: Mapping[str, Ward]) -> Known:
        return {short: own.get(short) for short in {*own, *self.here} if own.get(short) != self.here.get(short)}


def gather_words(events: Iterable[Event], bench: str) -> WardWords:
    """Return what is told of wards.

    Args:
        events: of the house, in order; a ward that only a later version can read is left as it was.
        bench: this one.
    """
    said: dict[str, dict[str, Ward | None]] = {}  # of each ward, the last word of each bench, the newest behind
    for event in events:
        if event.told.kind is not EventKind.WARD:
            continue
        body = dict(event.told.body)
        short = body.pop("ward")
        try:
            ward = Ward.model_validate_json(json.dumps(body)) if body else None
        except ValidationError:
            continue
        who, words = find_bench(event.position.writer), said.setdefault(short, {})
        words.pop(who, None)
        words[who] = ward
    newest = {short: _find_newest(words) for short, words in said.items()}
    return WardWords(newest, {short: words[bench] for short, words in said.items() if bench in words})


def _find_newest(words: Mapping[str, Ward | None]) -> Ward | None:
    """Return the newest word of the benches that still have a ward; None where none has it."""
    return next((ward for ward in reversed(list(words.values())) if ward is not None), None)


def _tell_ward(short: str, ward: Ward | None) -> Told:
    said = {} if ward is None else ward.model_dump(mode="json", exclude_none=True)
    return Told(HOUSE, EventKind.WARD, BENCH, "", {**said, "ward": short})
