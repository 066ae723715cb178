"""A terminal of a few lines of code: enough of one to see what a person would see."""

from __future__ import annotations

import io
import re

TOKEN = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|.", re.DOTALL)


class Screen(io.StringIO):
    """Draws what is written to it; anything it does not know is an error.

    Lines longer than the screen are an error too: a real terminal would wrap them and the board
    would lose its place. `rows` of output above the screen have scrolled away into `history`.
    """

    def __init__(self, rows: int, columns: int, charset: str = "utf-8") -> None:
        super().__init__()
        self.rows, self.columns, self.charset = rows, columns, charset
        self.lines = [""] * rows
        self.history: list[str] = []
        self.at = (0, 0)
        self.codes: list[str] = []
        self.sent: list[str] = []

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a StringIO has none
        """What the terminal can show."""
        return self.charset

    def isatty(self) -> bool:
        return True

    def size(self) -> tuple[int, int]:
        return (self.rows, self.columns)

    def seen(self) -> list[str]:
        """The lines from the first to the last that is not blank."""
        lines = [line.rstrip() for line in self.lines]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def write(self, text: str) -> int:
        text.encode(self.charset)
        self.sent.append(text)
        for token in TOKEN.finditer(text):
            self._take(token)
        return len(text)

    def _take(self, token: re.Match[str]) -> None:
        row, column = self.at
        if token[2]:
            self._obey(token[1], token[2])
        elif token[0] == "\r":
            self.at = (row, 0)
        elif token[0] == "\n":
            self._line_feed()
        else:
            assert token[0].isprintable() or token[0] == "\u00a0", f"{token[0]!r} would steer the terminal"
            assert column < self.columns, f"a line is wider than {self.columns}: {self.lines[row]!r}"
            line = self.lines[row].ljust(column)
            self.lines[row] = line[:column] + token[0] + line[column + 1 :]
            self.at = (row, column + 1)

    def _obey(self, number: str, code: str) -> None:
        row, column = self.at
        self.codes.append(f"{number}{code}")
        if code == "A":
            assert row >= int(number or 1), "the cursor was moved above the screen"
            self.at = (row - int(number or 1), column)
        elif code == "K":
            self.lines[row] = self.lines[row][:column]
        elif code == "J":
            self.lines[row] = self.lines[row][:column]
            self.lines[row + 1 :] = [""] * (self.rows - row - 1)
        else:
            assert code == "m", f"unknown code {number}{code}"

    def _line_feed(self) -> None:
        row, _ = self.at
        if row == self.rows - 1:
            self.history.append(self.lines.pop(0).rstrip())
            self.lines.append("")
            row -= 1
        self.at = (row + 1, 0)
