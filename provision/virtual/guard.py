"""Reads a shell line before a host shell does, so that the line can never touch the host.

Rules, in the order they are checked; a line that breaks one is refused with status 126:

1. No redirection but one of the three standard descriptors to another (`2>&1`).
2. A command word holds no `/` and no expansion, so it is a function, a builtin, or not found.
3. No builtin that runs text (`eval`, `trap`, `alias` ...), reaches processes or limits (`kill`,
   `ulimit`), or changes the folder; `command` only as `command -v`.
4. No test of a file (`[ -f x ]`), no `set +f`: the host's files would answer.
5. No backquotes, no `$'...'`, no quotes inside `${...}`, no `case` inside `$(...)`: shells differ on
   where these end, so a scan could not be sure.

The scan errs on the strict side: it takes more words for commands than a shell does (patterns of
`case`, words after an argument `do`), never fewer.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

OPENERS = frozenset({"if", "then", "else", "elif", "do", "while", "until", "time", "!", "{"})
"""Reserved words after which a command word follows."""
RESERVED = OPENERS | {"fi", "done", "esac", "case", "for", "in", "select", "}"}
BUILTINS = frozenset({
    "echo", "print", "printf", "test", "[", "[[", "true", "false", ":", "read", "set", "shift", "export",
    "readonly", "unset", "local", "return", "exit", "break", "continue", "getopts", "wait", "times",
    "whence", "let", "command",
})  # fmt: skip
"""Words a shell answers itself without touching anything; all others are the tablet's or not found."""
REFUSED = frozenset({
    "exec", "eval", "source", ".", "builtin", "alias", "unalias", "trap", "kill", "ulimit", "cd", "pwd",
    "chdir", "fc", "function", "coproc", "bind", "hash", "jobs", "fg", "bg", "umask", "typeset", "global",
    "nameref", "suspend", "stop",
})  # fmt: skip
FILE_TESTS = frozenset(f"-{letter}" for letter in "abcdefghkprstuwxGLOSN") | {"-nt", "-ot", "-ef"}
_PLAIN = re.compile(r"""(?:[\w@%+=:,./^-]++|'[^']*+'|"[^"$`\\]*+"|[ \t]++)*+""")
_DUPLICATE = re.compile(r"[<>]&[012](?![\w$`'\"\\])")
_PARAMETERS = frozenset("?#@*!$-0123456789")
_UNCLEAR = re.compile(r"['\"\\]|(?<!\$)#")
STANDARD = frozenset("012")
_NAME = re.compile(r"[A-Za-z_]\w*")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")


class Refused(Exception):
    """The line would reach the host; the text says which word or sign."""


@dataclass
class _Word:
    """One word while it is read.

    Attributes:
        text: its literal signs.
        marked: how many of them stood before the first quote or expansion, None when there is neither.
        expands: whether an expansion is part of it.
    """

    text: str = ""
    marked: int | None = None
    expands: bool = False

    def mark(self, *, expands: bool = False) -> None:
        """A quote or an expansion begins here."""
        self.marked = len(self.text) if self.marked is None else self.marked
        self.expands = self.expands or expands

    @property
    def empty(self) -> bool:
        """Tell whether nothing was read yet."""
        return not self.text and self.marked is None

    @property
    def plain(self) -> bool:
        """Tell whether it is all literal and unquoted, as reserved words and descriptors are."""
        return self.marked is None

    @property
    def assigns(self) -> bool:
        """Tell whether a shell takes it for `name=value`: name and sign are literal and unquoted."""
        found = _ASSIGNMENT.match(self.text)
        return found is not None and (self.marked is None or self.marked >= found.end())


@dataclass
class _State:
    """Where in a list of commands the scan is."""

    nested: bool
    at_command: bool = True
    command: str = ""
    word: _Word = field(default_factory=_Word)


def plain_words(line: str) -> list[str] | None:
    """The words of one simple command without any shell syntax but quotes; None for all else."""
    if not _PLAIN.fullmatch(line):
        return None
    words = shlex.split(line)
    return words if words and _NAME.fullmatch(words[0]) and words[0] not in RESERVED else None


def command_words(line: str) -> frozenset[str]:
    """Every literal word of a line that a shell may take for a command.

    Raises:
        Refused: the line breaks a rule of this module.
    """
    scan = _Scan(line)
    scan.commands(end="")
    return frozenset(scan.found)


class _Scan:
    """One pass over one text; nested substitutions recurse."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: set[str] = set()

    def commands(self, end: str) -> None:
        """Read commands up to the sign `end`, or to the end of the text."""
        state, depth = _State(nested=bool(end)), 0
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == end and depth == 0:
                break
            if sign in " \t\n;&|()":
                depth += {"(": 1, ")": -1}.get(sign, 0)
                self._separator(state, sign)
            elif sign in "<>":
                self._redirection(state)
            elif sign == "#" and state.word.empty:
                self._comment()
            else:
                self._piece(state.word)
        self._finish(state)
        self.at += 1

    def _separator(self, state: _State, sign: str) -> None:
        self._finish(state)
        if sign not in " \t":
            state.at_command, state.command = True, ""
        self.at += 1

    def _comment(self) -> None:
        line_end = self.text.find("\n", self.at)
        self.at = len(self.text) if line_end < 0 else line_end

    def _redirection(self, state: _State) -> None:
        """Rule 1; a digit just before the sign is a descriptor, any other word an argument."""
        found = _DUPLICATE.match(self.text, self.at)
        is_descriptor = state.word.plain and state.word.text.isdigit()
        if not found or (is_descriptor and state.word.text not in STANDARD):
            raise Refused("redirection")
        if is_descriptor:
            state.word = _Word()
        self._finish(state)
        self.at = found.end()

    def _piece(self, word: _Word) -> None:
        """Add one sign, quotation or expansion to the word."""
        sign = self.text[self.at]
        if sign == "\\":
            word.mark()
            word.text += self.text[self.at + 1 : self.at + 2].replace("\n", "")
            self.at += 2
        elif sign == "'":
            self._single(word)
        elif sign == '"':
            self._double(word)
        elif sign in "$`":
            word.mark(expands=True)
            self._expansion()
        else:
            word.text += sign
            self.at += 1

    def _single(self, word: _Word) -> None:
        close = self.text.find("'", self.at + 1)
        close = len(self.text) if close < 0 else close
        word.mark()
        word.text += self.text[self.at + 1 : close]
        self.at = close + 1

    def _double(self, word: _Word) -> None:
        word.mark()
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != '"':
            if self.text[self.at] in "$`":
                word.mark(expands=True)
                self._expansion()
            else:
                step = 2 if self.text[self.at] == "\\" else 1
                word.text += self.text[self.at : self.at + step]
                self.at += step
        self.at += 1

    def _expansion(self) -> None:
        """Pass over `$...`; commands inside are read."""
        if self.text[self.at] == "`":
            raise Refused("backquote")
        after = self.text[self.at + 1 : self.at + 3]
        if after[:1] == "'":
            raise Refused("$'...'")
        self.at += 1
        if after == "((" and self._arithmetic():
            return
        if after[:1] == "(":
            self.at += 1
            self.commands(end=")")
        elif after[:1] == "{":
            self.at += 1
            self._braces()
        elif after[:1] in _PARAMETERS:
            self.at += 1

    def _arithmetic(self) -> bool:
        """Pass over `((...))` when its last two signs close together; substitutions inside are read."""
        start = self.at + 2
        depth, place = 2, start
        while place < len(self.text) and depth:
            depth += {"(": 1, ")": -1}.get(self.text[place], 0)
            place += 1
        inside = self.text[start : place - 2]
        if depth or self.text[place - 2 : place] != "))" or _closes_too_much(inside):
            return False
        if _UNCLEAR.search(inside):
            raise Refused("a quote or comment inside $((...))")
        inner = _Scan(inside)
        inner.substitutions()
        self.found |= inner.found
        self.at = place
        return True

    def substitutions(self) -> None:
        """Read only what stands in `$(...)`; the other words are no commands."""
        word = _Word()
        while self.at < len(self.text):
            self._piece(word)

    def _braces(self) -> None:
        """Pass over the rest of `${...}`; quotes inside mean different things to different shells."""
        if self.text[self.at : self.at + 1] in {" ", "\t", "\n", "|"}:
            raise Refused("${ command; }")
        word = _Word()
        while self.at < len(self.text) and self.text[self.at] != "}":
            if self.text[self.at] in "'\"\\":
                raise Refused("a quote inside ${...}")
            self._piece(word)
        self.at += 1

    def _finish(self, state: _State) -> None:
        """A word has ended: judge it by its place."""
        word, state.word = state.word, _Word()
        if word.empty:
            return
        if word.plain and word.text == "case" and state.nested:
            raise Refused("case inside $(...)")
        if word.plain and word.text in OPENERS:
            state.at_command, state.command = True, ""
        elif not state.at_command:
            _judge_argument(state.command, word)
            state.command = "" if state.command == "command" else state.command
        elif not word.assigns:
            _judge_command(word)
            self.found.add(word.text)
            state.at_command, state.command = False, word.text


def _closes_too_much(text: str) -> bool:
    """Tell whether a bracket closes that was not opened: then `((` began a subshell, not arithmetic."""
    depth = 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return True
    return False


def _judge_command(word: _Word) -> None:
    if word.expands:
        raise Refused("an expansion as command word")
    if "/" in word.text or word.text in REFUSED:
        raise Refused(word.text)


def _judge_argument(command: str, word: _Word) -> None:
    if command == "command" and word.text != "-v":
        raise Refused("command")
    if command in {"test", "[", "[["} and word.text in FILE_TESTS and not word.expands:
        raise Refused(f"{command} {word.text}")
    if command == "set" and word.text.startswith("+"):
        raise Refused(f"set {word.text}")
