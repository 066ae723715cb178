"""Results of the last apply, row by row: the Android call, whether it took, what went wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from provision.virtual.android.agent.reading import write_json
from provision.virtual.android.agent.rows import BY_PART, Row


@dataclass
class Result:
    """One row: name of the Android call or None, whether it was accepted, English text or None."""

    api: str | None = None
    applied: bool = False
    error: str | None = None


class Results:
    """All rows; one that was not touched is empty."""

    def __init__(self) -> None:
        self._rows: dict[Row, Result] = {}

    def at(self, row: Row) -> Result:
        """The row's result."""
        return self._rows.setdefault(row, Result())

    def calling(self, row: Row, api: str | None) -> None:
        """A row's call is about to be made: its name stays even when Android throws."""
        self.at(row).api = api

    def settle(self, row: Row, *, taken: bool) -> None:
        """Android answered a row's call, or none was needed."""
        self._rows[row] = Result(self.at(row).api, taken, None if taken else "refused")

    def fail(self, row: Row, error: str) -> None:
        """A row's call was refused, cannot have taken effect, or was not made."""
        self._rows[row] = Result(self.at(row).api, applied=False, error=error)

    def stored(self) -> str:
        """The results as JSON, for the private storage."""
        return write_json({row.part: asdict(result) for row, result in self._rows.items()})


def read_results(text: str | None) -> Results:
    """Read what `Results.stored` wrote; nothing gives no results."""
    results = Results()
    for part, one in json.loads(text or "{}").items():
        if part not in BY_PART:  # of another version: that row counts as not touched
            continue
        result = results.at(BY_PART[part])
        result.api, result.applied, result.error = one["api"], one["applied"], one["error"]
    return results
