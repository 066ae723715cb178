"""The options of `install` and `install-create`, by release.

Source: reference, packages document 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provision.virtual.android.replies import AndroidException

ILLEGAL, NUMBER = "java.lang.IllegalArgumentException", "java.lang.NumberFormatException"
USER_WORDS_API = 24
"""First level where `--user` of install may be `all` or `current`."""


@dataclass(frozen=True)
class Option:
    """One option: the levels that have it, whether a word follows."""

    first: int = 21
    last: int = 99
    takes: bool = False


OPTIONS: dict[str, Option] = {
    "-r": Option(),
    "-R": Option(28),
    "-t": Option(),
    "-i": Option(takes=True),
    "-d": Option(),
    "-g": Option(23),
    "-l": Option(last=28),
    "-s": Option(last=28),
    "-f": Option(),
    "-p": Option(24, takes=True),
    "--pkg": Option(28, takes=True),
    "-S": Option(24, takes=True),
    "--abi": Option(takes=True),
    "--user": Option(takes=True),
    "--dont-kill": Option(24),
    "--originating-uri": Option(21, takes=True),
    "--referrer": Option(21, takes=True),
    "--install-location": Option(24, takes=True),
    "--force-uuid": Option(24, takes=True),
    "--force-sdk": Option(24),
    "--ephemeral": Option(24),
    "--instantapp": Option(26),
    "--instant": Option(28),
    "--full": Option(26),
    "--preload": Option(27),
    "--install-reason": Option(29, takes=True),
    "--apex": Option(29),
    "--multi-package": Option(29),
    "--staged": Option(29),
    "--enable-rollback": Option(29),
    "--force-queryable": Option(30),
    "--restrict-permissions": Option(29),
    "--skip-verification": Option(30),
    "--wait": Option(30, 30),
    "--no-wait": Option(30, 30),
    "--staged-ready-timeout": Option(31, takes=True),
    "--force-non-staged": Option(31),
    "--update-ownership": Option(34),
    "--skip-enable": Option(34),
    "--bypass-low-target-sdk-block": Option(34),
    "--non-staged": Option(35),
    "--package-source": Option(35, takes=True),
    "--dexopt-compiler-filter": Option(35, takes=True),
    "--ignore-dexopt-profile": Option(35),
    "--rollback-impact-level": Option(35, takes=True),
    "--disable-auto-install-dependencies": Option(36, 36),
    "--force-verification": Option(37),
}
"""Every option; a word after it that begins with `-` is still its word."""

NEVER = Option(99)
CREATE_ONLY_EARLY = frozenset({"-S", "-p"})
"""Options that install-create has on 21-23 already."""


@dataclass(frozen=True)
class Options:
    """Parsed words of an install verb: options that were given, their words, what is left."""

    flags: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()


def parse_options(api: int, words: Sequence[str], *, create: bool = False) -> Options:
    """Split the words of install or install-create.

    Raises:
        AndroidException: the release does not have an option, or not with that word.
    """
    flags: list[str] = []
    values: dict[str, str] = {}
    rest, left = [], list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        if not _has(api, word, create=create):
            raise AndroidException(ILLEGAL, f"Unknown option {word}")
        flags.append(word)
        if left and (OPTIONS[word].takes or (word == "--wait" and left[0].isdecimal())):
            values[word] = _value(api, word, left.pop(0))
    return Options(tuple(flags), values, tuple(rest))


def _value(api: int, option: str, said: str) -> str:
    """The word of an option: 5.x and 6.0 know users by number only (packages document 3.2; the text is unconfirmed).

    Raises:
        AndroidException: the release cannot read it.
    """
    if option == "--user" and api < USER_WORDS_API and not said.isdecimal():
        raise AndroidException(NUMBER, f'Invalid int: "{said}"')
    if option == "-S" and not said.isdecimal():
        raise AndroidException(NUMBER, f'For input string: "{said}"')
    return said


def _has(api: int, word: str, *, create: bool) -> bool:
    """Tell whether a release has an option."""
    option = OPTIONS.get(word, NEVER)
    first = 21 if create and word in CREATE_ONLY_EARLY else option.first
    return first <= api <= option.last
