"""How long something takes, as people read it."""

from __future__ import annotations

from provision.texts.catalogue import NO_BREAK_SPACE


def tell_span(seconds: float) -> str:
    """A time with its units, which are the same in both languages; as in `board.js` of the pages."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{minutes:02d}{NO_BREAK_SPACE}min"
    short = f"{minutes}{NO_BREAK_SPACE}min{NO_BREAK_SPACE}" if minutes else ""
    return f"{short}{rest}{NO_BREAK_SPACE}s"
