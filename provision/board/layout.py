"""The board as lines of text: a pure function of the slots, the room on the terminal and the language.

Rules, in the order in which they give way when rows are short:

1. The last line counts everything; with one row it is the only one.
2. Slots that need a hand come first, most urgent first, each with the whole of what to do now. Where that does not fit,
   slots of which the same is told share their lines; the first has the whole, the others one line each, with what to
   do in a few words. Those that do not fit are named by label in a `+N` line.
3. Working slots keep a third of the rows; those that do not fit are named in a `+N` line.
4. Rows that are left show what to do now for the other slots that need attention; then more working
   slots; then the two headings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from provision.bench.slot_views import Group, SlotView, summarise
from provision.bench.slots import SlotState
from provision.board.batch import NOTHING_YET, Totals
from provision.board.gestures import tell_cause, tell_gesture
from provision.board.marks import Tone, find_mark
from provision.board.sentences import name_number, name_slot, name_tablet, tell_now, tell_what
from provision.board.width import cells, cut, fit, wrap
from provision.terms import Outcome
from provision.texts.catalogue import Language, printable, say, say_count

ARROW = "→ "
WIDEST_TABLET = 28  # a serial number of 16 letters, said in French
NARROW = 60
"""Below this many columns a line names the tablet by its asset id alone."""
SMALLEST_SHARE = 0.005
"""What is less rounds to 0 %."""
ROOMY = 100
"""Below this many columns lines that share their slots' advice do so, too."""
MINUTE = 60
_TIMED = frozenset(
    {
        SlotState.CHARGING,
        SlotState.NO_PERMISSION,
        SlotState.UNAUTHORIZED,
        SlotState.NO_ANSWER,
        SlotState.SERVICE_MODE,
        SlotState.AWAITING_CONFIRMATION,
    }
)
"""States of which the board tells how long they have stood: somebody may have forgotten that tablet."""


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
    brief: bool = False


def layout(
    views: Sequence[SlotView], rows: int, columns: int, language: Language, totals: Totals = NOTHING_YET
) -> list[str]:
    """The lines of the board: at most `rows`, each at most `columns` cells, in the order of `views`.

    Args:
        totals: of the whole batch, gone tablets among them.
    """
    return [line.text for line in arrange(views, rows, columns, language, totals)]


def arrange(
    views: Sequence[SlotView], rows: int, columns: int, language: Language, totals: Totals = NOTHING_YET
) -> list[Line]:
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
    return [*hand_lines, *work_lines, Line(cut(_count(views, totals, page), columns))]


def _measure(shown: Sequence[SlotView], columns: int, language: Language, narrow: int = NARROW) -> _Page:
    """Widths of the columns; with fewer columns than `narrow` the tablets are named in short."""
    page = _Page(language, columns, 0, 0, brief=columns < narrow)
    slot = max((cells(name_slot(seen, language)) for seen in shown), default=0)
    tablet = max((cells(_tablet(seen, page)) for seen in shown), default=0)
    return replace(page, slot=min(slot, columns // 3), tablet=min(tablet, columns // 3, WIDEST_TABLET))


def _tablet(seen: SlotView, page: _Page) -> str:
    """Which tablet; in short the asset id alone, or the bare serial number."""
    asset = name_number(seen.asset_id, seen.end, page.language)
    if page.brief and (asset or not seen.model):
        return asset or printable(seen.serial)
    return name_tablet(seen, page.language)


def _arrange_hands(hands: Sequence[SlotView], room: int, page: _Page) -> list[Line]:
    whole = [line for seen in hands for line in _full_hand([seen], page)]
    if len(whole) <= room:
        return whole
    groups = _group(hands, page.language)
    brief = _make_room(_measure(hands, page.columns, page.language, ROOMY), groups)
    blocks = [_short_hand(group, brief) for group in groups]
    for index, group in enumerate(groups):
        full = _full_hand(group, brief)
        taken = sum(map(len, blocks)) + len(full) - len(blocks[index])
        if taken <= room or (index == 0 and len(full) < room):
            blocks[index] = full
    return _stack(blocks, groups, "board.more_hands", room, page)


def _make_room(page: _Page, groups: Sequence[Sequence[SlotView]]) -> _Page:
    """The tablets' column as wide as the labels of a group, where those leave half of the line."""
    widths = [cells(_name_slots(group, page.language)) for group in groups if len(group) > 1]
    widest = max((width for width in widths if width <= page.columns // 2), default=0)
    return replace(page, tablet=max(page.tablet, widest - page.slot - 2))


def _name_slots(group: Sequence[SlotView], language: Language) -> str:
    return say(language, "slot.names", labels=", ".join(_label(seen, language) for seen in group))


def _group(hands: Sequence[SlotView], language: Language) -> list[list[SlotView]]:
    """The slots of which the very same is told, together where the first of them stands."""
    groups: dict[tuple[str, str], list[SlotView]] = {}
    for seen in hands:
        groups.setdefault((tell_what(seen, language), tell_now(seen, language)), []).append(seen)
    return list(groups.values())


def _arrange_working(working: Sequence[SlotView], room: int, page: _Page) -> list[Line]:
    groups = [[seen] for seen in working]
    return _stack([[_bar(seen, page)] for seen in working], groups, "board.more_working", room, page)


def _stack(
    blocks: Sequence[list[Line]], groups: Sequence[Sequence[SlotView]], key: str, room: int, page: _Page
) -> list[Line]:
    """The blocks one below the other; from where they do not fit, one line that names the slots left."""
    lines = [line for block in blocks for line in block]
    if len(lines) <= room:
        return lines
    lines, shown = [], 0
    while len(lines) + len(blocks[shown]) < room:
        lines += blocks[shown]
        shown += 1
    hidden = [_label(seen, page.language) for group in groups[shown:] for seen in group]
    more = say_count(page.language, key, len(hidden), slots=", ".join(hidden))
    return [*lines, Line(cut(more, page.columns))] if room else []


def _heading(key: str, count: int, page: _Page) -> list[Line]:
    text = say_count(page.language, key, count)
    return [Line(cut(text, page.columns), Tone.HEADING)] if count else []


def _label(seen: SlotView, language: Language) -> str:
    return seen.label or name_slot(seen, language)


def _start(seen: SlotView, page: _Page) -> str:
    """The columns every line begins with: which slot, which tablet."""
    slot = fit(name_slot(seen, page.language), page.slot)
    tablet = f"  {fit(_tablet(seen, page), page.tablet)}" if page.tablet else ""
    return f"{slot}{tablet}  "


def _start_group(group: Sequence[SlotView], page: _Page) -> tuple[list[str], str]:
    """The same of several slots: their labels in the place of tablets, or on lines of their own where they are many."""
    if len(group) == 1:
        return [], _start(group[0], page)
    names, width = _name_slots(group, page.language), page.slot + page.tablet + 2
    if cells(names) > width:
        return wrap(names, max(page.columns, 1)), " " * (page.slot + 2)
    return [], f"{fit(names, width)}  "


def _short_hand(group: Sequence[SlotView], page: _Page) -> list[Line]:
    """The whole where it fits on a line, else what to do in a few words and as much of why as has room."""
    first, language = group[0], page.language
    names, start = _start_group(group, page)
    whole = f"{start}{_tell_waiting(group, language)} {ARROW}{tell_now(first, language)}"
    words = {"gesture": tell_gesture(first, language), "cause": tell_cause(first, language)}
    text = whole if cells(whole) <= page.columns else f"{start}{ARROW}{say(language, 'board.short', **words)}"
    return [Line(cut(line, page.columns), find_mark(first).tone) for line in (*names, text)]


def _tell_waiting(group: Sequence[SlotView], language: Language) -> str:
    """What is there, and for how many minutes where it waits for a hand: of several slots those of the longest."""
    what, first = tell_what(group[0], language), group[0]
    minutes = int(max((seen.since or 0.0) for seen in group) // MINUTE)
    if first.state not in _TIMED or minutes < 1:
        return what
    return say_count(language, "board.since", minutes, what=what)


def _full_hand(group: Sequence[SlotView], page: _Page) -> list[Line]:
    first, (names, start) = group[0], _start_group(group, page)
    waiting = _tell_waiting(group, page.language)
    whole = f"{start}{waiting} {ARROW}{tell_now(first, page.language)}"
    if cells(whole) <= page.columns:
        return [Line(cut(line, page.columns), find_mark(first).tone) for line in (*names, whole)]
    indent = page.slot + 2
    what = wrap(waiting, max(page.columns - cells(start), 1))
    now = wrap(tell_now(first, page.language), max(page.columns - indent - len(ARROW), 1))
    margin = " " * cells(start)
    lines = [*names, f"{start}{what[0]}", *(f"{margin}{more}" for more in what[1:])]
    lines += [f"{' ' * indent}{ARROW if not at else '  '}{part}" for at, part in enumerate(now)]
    return [Line(cut(line, page.columns), find_mark(first).tone) for line in lines]


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


def _count(views: Sequence[SlotView], totals: Totals, page: _Page) -> str:
    """Every slot counted once; where there is room, how many have ended, what is left of the work, and the batch.

    On a narrow line the batch is told rather than how many slots are empty, which a look at the hubs tells, too.
    """
    counts, language = summarise(views), page.language
    hands = say_count(language, "board.count.hands", counts.hands)
    working = say(language, "board.count.working", count=counts.working)
    empty = say_count(language, "board.count.empty", counts.empty)
    ended = [say_count(language, f"ended.{end}", counts.outcomes[end]) for end in Outcome if counts.outcomes.get(end)]
    told = say(language, "board.count.of-these", hands=hands, ended=", ".join(ended)) if ended else hands
    left = tell_left(totals, language)
    timed = f"{working}, {left}" if left else working
    total = tell_totals(totals, language)
    brief = tell_totals(replace(totals, refused=0, failed=0), language)
    rest = [[hands, timed, *total], [hands, timed, *brief]] if total else []
    choices = ([told, timed, empty, *total], [hands, timed, empty, *total], *rest, [hands, timed, empty])
    lines = (" · ".join(parts) for parts in choices)
    return next((line for line in lines if cells(line) <= page.columns), " · ".join([hands, working, empty]))


def tell_totals(totals: Totals, language: Language, *, reserved: bool = False) -> list[str]:
    """`63 of 150 done, 12 refused, 2 unfinished`; nothing before the first tablet ended.

    Args:
        reserved: says how many of those done have reservations.
    """
    if totals.planned is not None:
        done = say(language, "board.count.planned", done=totals.done, planned=totals.planned)
    elif totals.done:
        done = say_count(language, "board.count.done", totals.done)
    else:
        return []
    if reserved and totals.reserved:
        done = say(language, "web.headline.reserved", done=done, count=totals.reserved)
    others = {"ended.refused": totals.refused, "board.count.unfinished": totals.failed} if totals.planned else {}
    return [", ".join([done, *(say_count(language, key, many) for key, many in others.items() if many)])]


def tell_left(totals: Totals, language: Language) -> str:
    """About how long the work will take still, or that it stands still; empty where nothing tells."""
    if totals.stands:
        return say(language, "board.stands")
    if totals.left is None:
        return ""
    if totals.left > MINUTE:
        return say(language, "board.left", minutes=math.ceil(totals.left / MINUTE))
    return say(language, "board.left-soon")
