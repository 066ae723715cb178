"""The text that makes every Android command word a shell function before a line runs.

A function takes the lock (one byte), takes its answer channel, sends `PID COUNT` and its words as
netstrings, and waits for the exit status. Standard input and output of the call are copied to
descriptors 6 and 5, where the bench opens them by `/proc/PID/fd`, so that answers of any size need
no shell loop. Only builtins are used: mksh has no `printf` (`print -u` instead), dash no `print`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provision.virtual.guard import RESERVED

CALL_OUT, CALL_IN = 5, 6
_PRINT = 'print -nru7 -- "$__p $# $__f"'
_PRINTF = 'printf %s "$__p $# $__f" >&7'
_COMMON = """\
unalias -a
set -f
ulimit -f 0
exec 7>{requests} 8<{channels} 9<{lock}
readonly PATH FPATH
__m() {{
IFS= read -r __l <&9
IFS= read -r __c <&8
IFS=' ' read -r __p __r </proc/self/stat
__f=
for __a; do __f="$__f${{#__a}}:$__a,"; done
{send}
IFS= read -r __s <"$__c"
return "$__s"
}}
"""


@dataclass(frozen=True)
class Descriptors:
    """Paths (`/proc/PID/fd/N`) of the ends that `sh` opens: requests to us, channel names, the lock."""

    requests: str
    channels: str
    lock: str


def write_prelude(shell: str, descriptors: Descriptors, words: Iterable[str], unknown: Mapping[str, str]) -> str:
    """The whole text, ending in a line end.

    Args:
        shell: name of the host's shell program.
        descriptors: where the functions speak to.
        words: the tablet's command words.
        unknown: for each other command word of the line, the text that says it is not found; a word that
            cannot be a function's name is left to `sh` itself, whose PATH is empty.
    """
    common = _COMMON.format(
        requests=descriptors.requests,
        channels=descriptors.channels,
        lock=descriptors.lock,
        send=_PRINT if shell == "mksh" else _PRINTF,
    )
    known = (f'{word}() {{ __m {word} "$@" {CALL_OUT}>&1 {CALL_IN}<&0; }}\n' for word in sorted(words) if _fits(word))
    missing = (
        f"{word}() {{ echo {shlex.quote(text.rstrip())} >&2; return 127; }}\n"
        for word, text in sorted(unknown.items())
        if _fits(word)
    )
    return common + "".join(known) + "".join(missing)


def _fits(word: str) -> bool:
    """Tell whether every shell takes the word for a function's name."""
    return word.isascii() and word.isidentifier() and word not in RESERVED
