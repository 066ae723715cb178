"""Tables for a spreadsheet, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = tuple("=+-@＝＋－＠")  # the wide ones are formulas where input is Japanese or Chinese


def write_table(rows: Iterable[Sequence[str]]) -> str:
    """Return the lines of a table."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def defuse(text: str) -> str:
    """A text that begins no formula, in whatever way a spreadsheet cuts the line into cells.

    In French it cuts at semicolons, and knows no quotes in the middle of what it takes for one cell.
    """
    clean = "".join(sign if sign.isprintable() else " " for sign in text).replace(";", ",")
    return f"'{clean}" if clean.lstrip().startswith(_FORMULA) else clean
