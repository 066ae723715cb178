"""Output of a command, line by line: its own whole lines, those of other programs, and whether its end is there.

1. Only whole lines count: a line without its line feed was cut, and half a number is another number.
2. A line of another program (a loader, a translator of foreign code, a log, a shell) is known by its shape, wherever it
   stands, and kept apart. Android 5 and 6 merge both streams, and some builds print such lines to both. One of no known
   shape is known by standing in front of, or behind, the answers of several programs.
3. A dump that its own watchdog ended says so; the line before that word was cut too, unless a blank one stands between.

What a parser needs and does not find in an answer that was cut is not answered (`AnswerCut`), never "no".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_TOOLS = (
    r"linker(?:64)?|libc|libc\+\+abi|art|dalvikvm\d*|app_process\d*|zygote\d*|native_?bridge|libnb|SELinux|selinux|avc|init"
    r"|vold|binder|libEGL|EGL\S*|libGL\w*|mali\S*|gralloc\S*|hwcomposer|ashmem|ion|HwBinder\w*|property_service|libbinder"
)
_PROGRAM = r"(?:/?[\w.+@-]+/)*[\w.+@-]+"

_SHAPES = (
    r"(?i:warning|attention|notice)s?\s*:",  # `WARNING: linker: ...`, whoever says it
    r"(?i:info|debug|trace)\s*: |(?i:error)\s*: ld\.so: |JNI WARNING\b|FORTIFY: ",
    r"(?:/?[\w.+@-]+/)*lib[\w.+@-]*(?:\.so)?\s*: ",  # `libprocessgroup: ...`; names of `library:x` have no blank
    r"<\d{1,2}>\s*\[\s*\d+\.\d+\]",  # a kernel log
    rf"(?:{_PROGRAM}\s*)(?:\[\d+\]|\(\s*\d+\))?:\s*(?i:warning)\b",  # `linker: Warning: ...`, `sh: warning: ...`
    rf"(?:{_TOOLS})\s*(?:\[\d+\]|\(\s*\d+\))?\s*:\s",  # `libc: Access denied finding property ...`
    r"(?i:\W{0,2}(?:lib)?(?:houdini|ndk_translation|berberis|magisk|xposed|substrate)\b)",  # translators, injectors
    r"\[[^\]\n]{1,60}\](?!: \[)(?:\s|:|\(|$)",  # `[HOUDINI] ...`, `[   12.345678] ...`; never `[key]: [value]`
    r"[VDIWEF]/[^\s:(]{1,60}\s*(?:\(\s*\d+\))?\s*:",  # `W/ziparchive( 1234): ...`: a log without its daemon
    r"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\s+\d+\s+\d+\s+[VDIWEF]\s",  # `11-30 06:00:00.000  12  12 W ...`
    r"\S+ [VDIWEF] \d\d-\d\d \d\d:\d\d:\d\d\s",  # `dumpsys W 11-30 06:00:00  12  12 file.cpp:1] ...`
    r"type=\d+ audit\(|audit\(\d|avc:\s",
    r"(?:/?[\w.-]+/)*(?:sh|mksh|-sh): .*(?:job control|tty)",
    r"-{5,} beginning of \w+",
)
_NOISE = re.compile("|".join(f"(?:{shape})" for shape in _SHAPES))

_TIMEOUT = re.compile(r"\*{3} .*\bDUMP TIMEOUT\b")
"""From Android 7 on `dumpsys` ends a dump itself (packages document 1.6); status 0 all the same."""
_BROKEN = re.compile(
    r".*?Error (?:dumping service info\b|with service '[^'\n]*' while dumping\b)"  # also behind half a line
    r"|.*?\*{3} SERVICE '[^'\n]*' DUMP TIMEOUT\b"
    r"|(?:Killed|Terminated|Aborted|Bus error|Segmentation fault|Broken pipe)(?: \(core dumped\))?\s*$"
    r"|CANNOT LINK EXECUTABLE\b"
    r"|Got (?:IO|Remote)Exception while dumping|Failure (?:calling|while dumping) "
    r"|.*?(?:Failed to (?:read|write)|Error in poll) while dumping service |Failed to create pipe to dump service "
)
"""The program, or the service behind it, ended before its answer did."""
_KILLED_STATUS = 128
_SPEAKER_CHARACTERS = 40
_SHAPE_CHARACTERS = 300
"""Of a line, by which it is recognised; a tablet may send millions, and a search must not take minutes for them."""
_SEVERAL = 3
"""Programs that print one line; no answer of a form that the reference knows is given by so many."""


@dataclass(frozen=True)
class Printed:
    """One command's output, taken apart.

    Attributes:
        body: its own whole lines.
        noise: lines of other programs, as they stood.
        cut: the answer broke off: nothing that is missing from it is known to be absent.
        broken: lines that say so.
    """

    body: str
    noise: tuple[str, ...]
    cut: bool
    broken: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All but the lines of other programs: what a refusal is looked for in."""
        return self.body + "".join(f"{line}\n" for line in self.broken)


_WORD = re.compile(r"[^\W\d_]{3}")


def find_foreign(texts: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Lines that stand first or last in the answers of several programs, and so belong to none of them.

    Numbers and the programs' own names may differ.

    Args:
        texts: each program's name with what it printed, of one round.
    """
    printed: dict[str, set[tuple[str, str]]] = {}
    for program, text in texts:
        lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
        for line in {*lines[:1], *lines[-1:]}:
            printed.setdefault(_blank(line, program), set()).add((program, line))
    alike = [found for found in printed.values() if len({program for program, _ in found}) >= _SEVERAL]
    return frozenset(line for found in alike for _, line in found)


def _blank(line: str, program: str) -> str:
    """A line of words without what differs from program to program: its name, numbers of processes and addresses."""
    named = re.sub(rf"\b{re.escape(program)}\b", "%", line)
    return re.sub(r"\b(?:0x)?[0-9a-f]*[0-9][0-9a-f]*\b", "#", named) if _WORD.search(named) else line


def name_speaker(line: str) -> str:
    """Who printed a line of noise: what stands before its first colon, else its first word; a log may hold it.

    What stands behind may name a network or a person.
    """
    found = re.match(
        r"(?i:warning|attention|notice)s?\s*:\s*(?:linker(?:64)?|libc|sh)\b|\[[^\]]*\]|[^:]*(?=:)|\S*", line
    )
    return (found[0] if found is not None else "")[:_SPEAKER_CHARACTERS]


def read_printed(text: str, status: int = 0, foreign: Collection[str] = ()) -> Printed:
    """Take an output apart; CR before LF is removed, as nested terminals add it (packages document 1.7).

    Args:
        text: of one stream.
        status: of the command.
        foreign: lines that are known to be none of its own (`find_foreign`).
    """
    *lines, rest = re.sub(r"\r+\n", "\n", text).split("\n")
    own: list[str] = []
    noise = [rest] if rest and _NOISE.match(rest[:_SHAPE_CHARACTERS]) else []
    cut = bool(rest and not noise) or status >= _KILLED_STATUS
    broken: list[str] = []
    for line in lines:
        shape = line[:_SHAPE_CHARACTERS]
        if not shape or shape.isspace():
            own.append(line)
        elif _TIMEOUT.match(shape):
            cut = True
            if own and own.pop():  # without a blank line between, the line before was not ended by its own dump
                continue
        elif _BROKEN.match(shape):
            cut = True
            broken.append(line.strip())
        elif _NOISE.match(shape) or line in foreign:
            noise.append(line)
        else:
            own.append(line)
    return Printed("".join(f"{line}\n" for line in own), tuple(noise), cut, tuple(broken))
