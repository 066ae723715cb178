"""The board on a screen: what a person sees after each change, and that nothing else is touched."""

from __future__ import annotations

import os
import pty
import termios
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import TextIO

import pytest
from board_cases import make_view, twelve
from board_screen import Screen

from provision.board.keyboard import quiet_keyboard
from provision.board.layout import layout
from provision.board.opening import open_board
from provision.board.plain import PlainBoard
from provision.board.terminal import TerminalBoard
from provision.texts.catalogue import Language

FR = Language.FR


def open_terminal(screen: Screen, *, colour: bool = False) -> TerminalBoard:
    return TerminalBoard(screen, FR, colour=colour, measure=screen.size)


def picture(screen: Screen, count: int = 13) -> list[str]:
    lines = layout(twelve()[:count], screen.rows - 1, screen.columns - 1, FR)
    return [line.rstrip() for line in lines]


@pytest.mark.parametrize("size", [(5, 80), (12, 80), (24, 80), (40, 120), (24, 20)])
def test_the_screen_shows_the_layout_and_scrolls_nothing_away(size: tuple[int, int]) -> None:
    screen = Screen(*size)
    board = open_terminal(screen)
    for _ in range(3):
        board.show(twelve())
    assert screen.seen() == picture(screen)
    assert screen.history == []


def test_a_board_that_shrinks_leaves_nothing_behind() -> None:
    screen = Screen(40, 100)
    board = open_terminal(screen)
    board.show(twelve())
    board.show(twelve()[:2])
    assert screen.seen() == picture(screen, 2)
    board.show(twelve())
    assert screen.seen() == picture(screen)


def test_only_lines_that_differ_are_written_and_in_one_piece() -> None:
    screen = Screen(24, 100)
    board = open_terminal(screen)
    views = twelve()
    board.show(views)
    whole = "".join(screen.sent)
    screen.sent.clear()
    board.show(views)
    assert "".join(screen.sent) == ""
    screen.sent.clear()
    board.show([replace(view, label="13") if view.label == "12" else view for view in views])
    (piece,) = screen.sent
    assert "Place 13" in piece
    assert len(piece) < len(whole) / 5
    assert piece.count("Place") == 1


def test_a_new_size_is_drawn_anew() -> None:
    screen = Screen(24, 100)
    board = open_terminal(screen)
    board.show(twelve())
    screen.columns = 60
    screen.lines = [line[:60] for line in screen.lines]
    board.show(twelve())
    assert screen.seen() == picture(screen)


def test_a_line_that_is_said_stays_above_the_board() -> None:
    screen = Screen(12, 80)
    board = open_terminal(screen)
    board.show(twelve())
    board.write("checkpoint 1")
    board.write("checkpoint 2 \x1b[2J")
    assert [*screen.history, *screen.seen()] == [
        "checkpoint 1",
        "checkpoint 2 \\x1b[2J",
        *picture(screen),
    ]


def test_a_long_line_is_wrapped_between_words() -> None:
    screen = Screen(12, 40)
    board = open_terminal(screen)
    board.write("No real tablet has confirmed it yet. Look at it closely.")
    assert screen.seen()[:2] == ["No real tablet has confirmed it yet.", "Look at it closely."]


def show_and_break(board: TerminalBoard) -> None:
    board.show(twelve())
    raise RuntimeError("broken")


def test_leaving_the_board_clears_it_even_after_an_error() -> None:
    screen = Screen(12, 80)
    with pytest.raises(RuntimeError, match="broken"), closing(open_terminal(screen)) as board:
        show_and_break(board)
    assert screen.seen() == []
    assert screen.at == (0, 0)


def test_colours_change_no_word_and_none_are_used_unless_asked_for() -> None:
    plain, painted = Screen(24, 80), Screen(24, 80)
    boards = [open_terminal(plain), open_terminal(painted, colour=True)]
    for board in boards:
        board.show(twelve())
    assert plain.seen() == picture(plain)
    assert painted.seen() == plain.seen()
    assert not any(code.endswith("m") for code in plain.codes)
    assert any(code.endswith("m") for code in painted.codes)


def test_a_terminal_without_unicode_gets_letters_it_has() -> None:
    screen = Screen(40, 100, "latin-1")
    board = open_terminal(screen)
    board.show(twelve())
    text = "\n".join(screen.seen())
    assert "> Débranchez-la, rangez-la" in text
    assert "l'hôpital" in text


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({"TERM": "xterm"}, TerminalBoard),
        ({"TERM": "xterm", "NO_COLOR": "1"}, TerminalBoard),
        ({"TERM": "dumb"}, PlainBoard),
        ({}, PlainBoard),
    ],
)
def test_a_terminal_gets_a_board_and_a_dumb_one_lines(environ: dict[str, str], kind: type[object]) -> None:
    assert isinstance(open_board(Screen(24, 80), FR, environ), kind)


def test_no_color_is_obeyed() -> None:
    screen = Screen(24, 80)
    with closing(open_board(screen, FR, {"TERM": "xterm", "NO_COLOR": "1"})) as board:
        board.show(twelve())
    assert not any(code.endswith("m") for code in screen.codes)


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """The program's end of a real pseudo-terminal."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "r", encoding="utf-8") as stream:
        yield stream
    os.close(master)


def check_and_break(terminal: TextIO) -> None:
    local = termios.tcgetattr(terminal)[3]
    assert not local & termios.ECHO
    assert local & termios.ICANON
    assert local & termios.ISIG
    raise RuntimeError("broken")


def test_keys_do_not_print_into_the_board_and_the_echo_comes_back(terminal: TextIO) -> None:
    before = termios.tcgetattr(terminal)
    with pytest.raises(RuntimeError, match="broken"), quiet_keyboard(terminal):
        check_and_break(terminal)
    assert termios.tcgetattr(terminal) == before


def test_a_keyboard_that_is_a_file_is_left_alone() -> None:
    with open(os.devnull, encoding="utf-8") as stream, quiet_keyboard(stream):  # noqa: PTH123  a device
        assert not stream.isatty()


def test_an_unlabelled_port_that_empties_leaves_the_board() -> None:
    screen = Screen(24, 100)
    board = open_terminal(screen)
    board.show([make_view({"label": "", "port": "3-2", "state": "unlabelled"})])
    assert any("USB 3-2" in line for line in screen.seen())
    board.show([])
    assert not any("USB 3-2" in line for line in screen.seen())
