"""The board as lines of text: a pure function of the slots, the room on the terminal and the language.

Rules, in the order in which they give way when rows are short:

1. The last line counts everything; with one row it is the only one.
2. Slots that need a hand come first, most urgent first: the first with the whole of what to do now,
   the others with a line each. Those that do not fit are named by label in a `+N` line.
3. Working slots keep a third of the rows; those that do not fit are named in a `+N` line.
4. Rows that are left show what to do now for the other slots that need attention; then more working
   slots; then the two headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tqdm import tqdm

from provision.bench.slot_views import Group, SlotView, summarise
from provision.bench.slots import SlotState
from provision.board.sentences import name_slot, name_tablet, tell_now, tell_what
from provision.board.width import cells, cut, fit, wrap
from provision.records.run_end import UNIDENTIFIED
from provision.terms import Outcome
from provision.texts.catalogue import Language, printable, say, say_count

ARROW = "→ "
WIDEST_TABLET = 28  # a serial number of 16 letters, said in French
NARROW = 60
"""Below this many columns a line names the tablet by its asset id alone."""
SMALLEST_SHARE = 0.005
"""What is less rounds to 0 %."""
READABLE = 20
"""Fewer cells than these are not worth the start of a sentence."""


class Tone(StrEnum):
    """Subject of a line; a terminal may colour it, its words never depend on that."""

    PLAIN = "plain"
    HEADING = "heading"
    HAND = "hand"
    BAD = "bad"
    GOOD = "good"


@dataclass(frozen=True)
class Line:
    """One row of the board, at most as wide as the terminal."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class _Page:
    """Everything the lines of one picture share: language and the widths of its columns, in cells."""

    language: Language
    columns: int
    slot: int
    tablet: int


def layout(views: Sequence[SlotView], rows: int, columns: int, language: Language) -> list[str]:
    """The lines of the board: at most `rows`, each at most `columns` cells, in the order of `views`."""
    return [line.text for line in arrange(views, rows, columns, language)]


def arrange(views: Sequence[SlotView], rows: int, columns: int, language: Language) -> list[Line]:
    """The same lines with their tones."""
    if rows < 1:
        return []
    hands = [seen for seen in views if seen.group is Group.HAND]
    working = [seen for seen in views if seen.group is Group.WORKING]
    page = _measure([*hands, *working], columns, language)
    room = rows - 1
    kept = min(len(working), max(room // 3, 1)) if len(hands) < room else min(len(working), room // 3)
    hand_lines = _arrange_hands(hands, room - kept, page)
    work_lines = _arrange_working(working, room - len(hand_lines), page)
    spare = room - len(hand_lines) - len(work_lines)
    if spare >= bool(hands) + bool(working):
        hand_lines = [*_heading("board.needs", len(hands), page), *hand_lines]
        work_lines = [*_heading("board.works", len(working), page), *work_lines]
    return [*hand_lines, *work_lines, Line(cut(_count(views, page), columns))]


def _measure(shown: Sequence[SlotView], columns: int, language: Language) -> _Page:
    slot = max((cells(name_slot(seen, language)) for seen in shown), default=0)
    tablet = max((cells(_tablet(seen, columns, language)) for seen in shown), default=0)
    return _Page(language, columns, min(slot, columns // 3), min(tablet, columns // 3, WIDEST_TABLET))


def _tablet(seen: SlotView, columns: int, language: Language) -> str:
    """Which tablet; where columns are few the asset id alone, or the bare serial number."""
    asset = "" if seen.asset_id == UNIDENTIFIED else seen.asset_id
    if columns < NARROW and (asset or not seen.model):
        return printable(asset or seen.serial)
    return name_tablet(seen, language)


def _arrange_hands(hands: Sequence[SlotView], room: int, page: _Page) -> list[Line]:
    blocks = [[_short_hand(seen, page)] for seen in hands]
    for index, seen in enumerate(hands):
        full = _full_hand(seen, page)
        taken = sum(map(len, blocks)) + len(full) - 1
        if taken <= room or (index == 0 and len(full) < room):
            blocks[index] = full
    return _stack(blocks, hands, "board.more_hands", room, page)


def _arrange_working(working: Sequence[SlotView], room: int, page: _Page) -> list[Line]:
    return _stack([[_bar(seen, page)] for seen in working], working, "board.more_working", room, page)


def _stack(blocks: Sequence[list[Line]], views: Sequence[SlotView], key: str, room: int, page: _Page) -> list[Line]:
    """The blocks one below the other; from where they do not fit, one line that names the slots left."""
    lines = [line for block in blocks for line in block]
    if len(lines) <= room:
        return lines
    lines, shown = [], 0
    while len(lines) + len(blocks[shown]) < room:
        lines += blocks[shown]
        shown += 1
    hidden = [seen.label or name_slot(seen, page.language) for seen in views[shown:]]
    more = say_count(page.language, key, len(hidden), slots=", ".join(hidden))
    return [*lines, Line(cut(more, page.columns))] if room else []


def _heading(key: str, count: int, page: _Page) -> list[Line]:
    text = say_count(page.language, key, count)
    return [Line(cut(text, page.columns), Tone.HEADING)] if count else []


def _start(seen: SlotView, page: _Page) -> str:
    """The columns every line begins with: which slot, which tablet."""
    slot = fit(name_slot(seen, page.language), page.slot)
    tablet = f"  {fit(_tablet(seen, page.columns, page.language), page.tablet)}" if page.tablet else ""
    return f"{slot}{tablet}  "


def _short_hand(seen: SlotView, page: _Page) -> Line:
    """One line; what to do now is left out rather than cut to a few letters."""
    start = f"{_start(seen, page)}{tell_what(seen, page.language)}"
    whole = f"{start} {ARROW}{tell_now(seen, page.language)}"
    room = page.columns - cells(start) - len(ARROW)
    text = whole if cells(whole) <= page.columns or room > READABLE else start
    return Line(cut(text, page.columns), _tone(seen))


def _full_hand(seen: SlotView, page: _Page) -> list[Line]:
    whole = f"{_start(seen, page)}{tell_what(seen, page.language)} {ARROW}{tell_now(seen, page.language)}"
    if cells(whole) <= page.columns:
        return [Line(whole, _tone(seen))]
    indent = page.slot + 2
    what = wrap(tell_what(seen, page.language), max(page.columns - cells(_start(seen, page)), 1))
    now = wrap(tell_now(seen, page.language), max(page.columns - indent - len(ARROW), 1))
    margin = " " * cells(_start(seen, page))
    lines = [f"{_start(seen, page)}{what[0]}", *(f"{margin}{more}" for more in what[1:])]
    lines += [f"{' ' * indent}{ARROW if not at else '  '}{part}" for at, part in enumerate(now)]
    return [Line(cut(line, page.columns), _tone(seen)) for line in lines]


def _bar(seen: SlotView, page: _Page) -> Line:
    start = _start(seen, page)
    what = tell_what(seen, page.language)
    if seen.state not in {SlotState.RUNNING, SlotState.READY}:
        return Line(cut(f"{start}{what}. {tell_now(seen, page.language)}", page.columns))
    left = page.columns - cells(start)
    progress = seen.run.progress if seen.run is not None else 0.0
    gauge = _draw_gauge(progress, min(max(left // 3, 12), 24), page.language)
    return Line(cut(f"{start}{gauge}  {what}", page.columns))


def _draw_gauge(progress: float, width: int, language: Language) -> str:
    """A bar of tqdm with the percentage, in exactly `width` cells; words where 0 % would look stuck."""
    if progress < SMALLEST_SHARE:
        return fit(say(language, "board.begun"), width)
    meter = "{percentage:3.0f}% |{bar}|"
    return str(tqdm.format_meter(progress, 1.0, 0.0, ncols=width, bar_format=meter))


def _tone(seen: SlotView) -> Tone:
    outcome = seen.end.outcome if seen.end is not None else None
    if seen.state is SlotState.LOST or outcome in {Outcome.FAILED, Outcome.STOPPED}:
        return Tone.BAD
    return Tone.GOOD if outcome is Outcome.DONE else Tone.HAND


def _count(views: Sequence[SlotView], page: _Page) -> str:
    """Every slot counted once; how many of those that need attention have ended, where there is room to say so."""
    counts, language = summarise(views), page.language
    hands = say_count(language, "board.count.hands", counts.hands)
    working = say(language, "board.count.working", count=counts.working)
    empty = say_count(language, "board.count.empty", counts.empty)
    short = " · ".join([hands, working, empty])
    ended = [say_count(language, f"ended.{end}", counts.outcomes[end]) for end in Outcome if counts.outcomes.get(end)]
    if not ended:
        return short
    whole = " · ".join([say(language, "board.count.of-these", hands=hands, ended=", ".join(ended)), working, empty])
    return whole if cells(whole) <= page.columns else short
