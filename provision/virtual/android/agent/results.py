"""What the last apply did, row by row: the Android call, whether it took, what went wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from provision.virtual.android.agent.reading import write_json
from provision.virtual.android.agent.rows import Row


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

    def settle(self, row: Row, api: str | None, *, taken: bool) -> None:
        """Android answered a row's call."""
        self._rows[row] = Result(api, taken, None if taken else "refused")

    def fail(self, row: Row, api: str | None, error: str) -> None:
        """A row's call was refused, or cannot have taken effect."""
        self._rows[row] = Result(api, applied=False, error=error)

    def stored(self) -> str:
        """The results as JSON, for the private storage."""
        return write_json({row.name: asdict(result) for row, result in self._rows.items()})


def read_results(text: str | None) -> Results:
    """What `Results.stored` wrote; nothing gives no results."""
    results = Results()
    for name, one in json.loads(text or "{}").items():
        if one["error"] is None:
            results.settle(Row[name], one["api"], taken=one["applied"])
        else:
            results.fail(Row[name], one["api"], one["error"])
            results.at(Row[name]).applied = one["applied"]
    return results
