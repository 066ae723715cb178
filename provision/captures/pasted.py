"""The output of `getprop` as people hand it on: indented, quoted (`> `), numbered, out of `grep -n`, with its prompt.

What stands in front of every `[key]: [value]` is nobody's value and is taken away; a text whose entries begin their
lines is left as it is, since an indented one may then be the second line of a value. A text without one entry may be a
`build.prop`, lines of `key=value`, of which Android takes the first of each key that is fixed. Pure.
"""

from __future__ import annotations

import codecs
import html
import re
from itertools import pairwise

_STEERING = re.compile(
    r"\x1b\[[\d;?]*[A-Za-z]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\0"
)  # colours, titles, what a recorder adds
_PAGE = re.compile(
    r"</?(?:br|p|pre|code|div|span|ul|ol|li|td|tr|table|blockquote|html|body)(?: [^<>\n]{0,200})?/?>", re.I
)
_ON_PAGE = re.compile(r">\s*\[[\w.]+\]: ?\[|\]\s*<(?:br|/)", re.I)
_FORUM = re.compile(
    r"^[ \t]*(?:\[/?code\](?!:)|\{(?:code|noformat|quote)(?::[^{}\n]{0,40})?\})|\[/code\]\s*$", re.I | re.M
)
"""Marks of forums and of Jira, at the ends of lines."""
_ENTRY = re.compile(
    r"(?P<before>[^\[\]]{0,80}(?:\[[\d:.,/ T+Z-]{1,30}\][^\[\]]{0,60})?)"  # a time may stand in brackets, too
    r"\[(?P<key>[\w.:@/+-]{1,200})\][ \t\u00a0]*:[ \t\u00a0]*\[(?P<rest>.*)"
)
_ASSIGNED = re.compile(r"[^\w#\[\]]{0,20}(?P<key>[a-z][\w-]*(?:\.[\w@:+-]+)+)[ \t]*=[ \t]*(?P<value>.*?)[\s`]*")
_BEHIND = re.compile(r"\][\"'`,;\s\u00a0\\|»›”’$]*$")
_LOOKED_AT = 400  # bytes that tell how a text is written
_JOINED = re.compile(r"\][ \t\u00a0]+(?=\[[\w.@:/+-]{1,200}\]: ?\[)")  # line feeds that a form or a chat made blanks
_PARTED = re.compile(r"(?<=\]:)[ \t]*\n[ \t>|*]*(?=\[(?![\w.:@/+-]{1,200}\][ \t]*:[ \t]*\[))")  # between key and value
_OF_BUILD = re.compile(r"ro\.(?:\w+\.)?(?:product|build|board|hardware)(?:\..*)?")
_ESCAPED = re.compile(r"\\(?=[\[\]_])")  # of Markdown


def decode_pasted(raw: bytes) -> str:
    """The text of a file that any computer saved: UTF-8 or UTF-16, with a byte order mark or without.

    A device may write any byte into a property: what is no UTF-8 is shown as an escape.
    """
    encoding = "utf-8-sig"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif raw.count(b"\0", 0, _LOOKED_AT) * 3 > len(raw[:_LOOKED_AT]):  # most letters are of ASCII, whatever file it is
        first, second = raw[:_LOOKED_AT:2].count(0), raw[1:_LOOKED_AT:2].count(0)
        encoding = "utf-16-be" if first > second else "utf-16-le"
    return raw.decode(encoding, "backslashreplace").replace("\ufeff", "")


def clean_pasted(text: str) -> str:
    """The text as `getprop` printed it, one LF a line; where nothing is an entry, as it came.

    Lines of values that were torn apart (`| sort`, `| grep ro`) are left out, and so are their entries.
    """
    text = _STEERING.sub("", re.sub("\r+\n|\r", "\n", text))
    text = _undress(text)
    text = _ESCAPED.sub("", text) if text.lstrip(" -*>`").startswith("\\[") else text
    lines = _PARTED.sub(" ", _JOINED.sub("]\n", text)).split("\n")
    found = [_ENTRY.fullmatch(line) for line in lines]
    entries = [match for match in found if match]
    if not entries and (assigned := _read_assigned(lines)):
        return assigned
    if sum(1 for match in entries if not match["before"]) * 2 >= len(entries):  # as printed
        first = next((match for match in found if match), None)  # before it no value began whose line it could be
        found = [match if match and (match is first or not match["before"]) else None for match in found]
    cleaned, before = [], ""
    for line, match in zip(lines, found, strict=True):
        before = match["before"] if match else before
        kept = f"[{match['key']}]: [{match['rest']}" if match else line.removeprefix(before)
        cleaned.append((_BEHIND.sub("]", kept), match is not None))
    torn = any(is_entry and not line.endswith("]") and follows for (line, is_entry), (_, follows) in pairwise(cleaned))
    return "\n".join(line for line, is_entry in cleaned if is_entry or not torn)


def join_wrapped(key: str, value: str) -> str:
    """The value of a property whose line an editor or a mail program wrapped.

    What tells the build was read from a line of `build.prop`, so it has one line itself. Programs wrap at a blank,
    which the line end replaces; in a long value without one (a fingerprint) anywhere. What holds an entry stays.
    """
    if "\n" not in value or not _OF_BUILD.fullmatch(key) or "]: [" in value:
        return value
    parts = [line.strip() for line in value.split("\n")]
    return ("" if all(part.isascii() and " " not in part and len(part) > 20 for part in parts[:-1]) else " ").join(
        parts
    )


def _undress(text: str) -> str:
    """The text without what pages, forums and trackers put around it; entries get lines of their own."""
    if _ON_PAGE.search(text):
        text = html.unescape(_PAGE.sub("\n", text))
    return _FORUM.sub("\n", text) if _FORUM.match(text.lstrip()) else text


def _read_assigned(lines: list[str]) -> str:
    """The properties of a `build.prop` as `getprop` prints them; nothing where it is none."""
    found: dict[str, str] = {}
    for match in filter(None, map(_ASSIGNED.fullmatch, lines)):
        found.setdefault(match["key"], match["value"])
    is_build = any(key.startswith("ro.") for key in found)
    return "\n".join(f"[{key}]: [{value}]" for key, value in found.items()) if is_build else ""
