"""Who built a system, and on which computer: names of people and of their machines, replaced wherever they stand.

AOSP's own build puts them into the build number (`eng.NAME.20210912.153000`, of long names the first six letters), and
from there into fingerprint, thumbprint, display id and description; older releases say `NAMEmmddHHMM`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_NAMED = re.compile(
    r"(?:^|[._])build[._]?(user|host)(?:_?name)?$|(maintainer|developer|builder|author)(?:id)?$", re.IGNORECASE
)
_PRODUCT = re.compile(r"ro\.(?:product|board|hardware|soc|chipname)\b|\.(?:brand|manufacturer|model|device|name)$")
_OF_NOBODY = frozenset(
    {
        "android",
        "androidbuild",
        "android-build",
        "aosp",
        "build",
        "builder",
        "buildbot",
        "builduser",
        "centos",
        "debian",
    }
    | {"dev", "docker", "eng", "host", "jenkins", "localhost", "nobody", "release", "root", "server", "system", "test"}
    | {"ubuntu", "user", "worker", "debug", "userdebug", "keys", "team", "official", "unofficial", "nightly", "local"}
)
"""Accounts of build servers; also words that stand in builds for themselves."""

_BUILD_NUMBER = re.compile(r"\beng\.(?!user\b)[a-z][\w-]*", re.IGNORECASE)
_TIME = r"(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d"
_STAMPED = re.compile(rf"(?<![^/\s])(?!user\d)[a-z][a-z._-]*(?={_TIME}(?:\d\d)?(?::|\s|$))", re.IGNORECASE)
_SELF_BUILT = re.compile(r"test-keys|dev-keys")
_LEAST = 3  # of a shorter name only the forms of a build number are replaced
_LEAST_PART = 4  # of a name of several words
_LEAST_CUT = 6  # letters that a build number keeps of a long name


def hide_builder(props: Mapping[str, str]) -> dict[str, str]:
    """The properties with `user` and `host` in the place of whoever built the system."""
    names = dict(_list_names(props))
    by_hand = any(map(_SELF_BUILT.search, props.values()))
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    named = re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE) if words else None

    def hide(value: str) -> str:
        if named is not None:
            value = named.sub(lambda match: names[match[0].casefold()], value)
        value = _BUILD_NUMBER.sub("eng.user", value)
        return _STAMPED.sub("user", value) if by_hand else value

    return {key: _hide_short(key, hide(value)) for key, value in props.items()}


def _hide_short(key: str, value: str) -> str:
    """What names a builder by so few letters that they cannot be looked for elsewhere."""
    match = _NAMED.search(key)
    if match is None or not 0 < len(value.strip()) < _LEAST:
        return value
    return "host" if (match[1] or "").casefold() == "host" else "user"


def _list_names(props: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every form of the names, and what stands for them; what also names the product is no person's name."""
    product = " ".join(value.casefold() for key, value in props.items() if _PRODUCT.search(key))
    for key, value in props.items():
        match, name = _NAMED.search(key), value.strip().casefold()
        if match is None or not name:
            continue
        stands = "host" if (match[1] or "").casefold() == "host" else "user"
        for form, what in _list_forms(name, stands):
            told = re.search(rf"(?<![a-z0-9]){re.escape(form)}(?![a-z0-9])", product)
            if len(form) >= _LEAST and form not in _OF_NOBODY and not form.isdecimal() and not told:
                yield form, what


def _list_forms(name: str, stands: str) -> Iterator[tuple[str, str]]:
    """Ways in which builds write a name, each with what stands for it: whole, cut, and of a person its parts."""
    person, _, computer = name.partition("@")
    person = person.rpartition("\\")[2]  # behind a domain of Windows
    for form in (name, name[:_LEAST_CUT], name.partition(".")[0], person, person[:_LEAST_CUT]):
        yield form, stands
    if stands == "user":
        yield computer, "host"
        yield from ((part, stands) for part in re.split(r"[\W_]+", person) if len(part) >= _LEAST_PART)
