"""Reading verbs of the package manager: list, path, has-feature, resolve-activity.

Source: reference, packages document 4.1, 4.2, 4.5, 6.7, 11.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, done, failed
from provision.virtual.android.state import Package, digest_of

FLAGS_WITH_WORD = frozenset({"--user", "--uid"})
UID_API, STOPPED_API, UNORDERED_API = 26, 34, 34
RUNNING = " running"

OPTIONS_SINCE = {
    **dict.fromkeys(("-f", "-d", "-e", "-s", "-3", "-i", "-u", "-l", "--user"), 21),
    **dict.fromkeys(("-U", "--show-versioncode"), UID_API),
    **dict.fromkeys(("-a", "--apex-only", "--uid"), 29),
    **dict.fromkeys(("--factory-only", "--match-libraries", "--show-stopped"), STOPPED_API),
}
"""Options of `list packages` and their first release (packages document 4.1)."""


def list_words(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`list packages|users|features`."""
    what = words[1] if len(words) > 1 else ""
    run = {"packages": _packages, "package": _packages, "users": _users, "features": _features}.get(what)
    if run is None:
        return failed(
            "Error: didn't specify type of data to list" if not what else f"Error: unknown list type '{what}'"
        )
    return run(device, words[2:])


def _users(device: Device, _words: Sequence[str]) -> Reply:
    """User 0 and whatever the donor left; flags differ by release (packages document 6.7)."""
    flags = "13" if device.api < 30 else "c13" if device.api < 34 else "4c13"  # table of 6.7
    lines = [f"\tUserInfo{{0:{device.model.answers.owner_name}:{flags}}}{RUNNING}\n"]
    lines += [f"\tUserInfo{{{number}:{name}:10}}\n" for number, name in sorted(device.data.users.items())]
    return done("Users:\n" + "".join(lines))


def _features(device: Device, _words: Sequence[str]) -> Reply:
    """`reqGlEsVersion=...` and one `feature:NAME[=VERSION]` line each."""
    lines = [f"feature:{n}={v}\n" if v else f"feature:{n}\n" for n, v in device.model.features.items()]
    return done("feature:reqGlEsVersion=0x30001\n" + "".join(lines))


def has_feature(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`has-feature NAME`: true (0) or false (1)."""
    found = len(words) > 1 and words[1] in device.model.features
    return Reply(out="true\n" if found else "false\n", status=0 if found else 1)


def visible(package: Package, *, uninstalled: bool = False) -> bool:
    """Whether the plain list shows a package (packages document 11.3)."""
    return uninstalled or (package.installed and not package.hidden)


def _packages(device: Device, words: Sequence[str]) -> Reply:
    """`list packages [FLAGS] [FILTER]`; FILTER is a substring."""
    flags: list[str] = []
    text, rest = "", list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            text = word
        elif device.api < OPTIONS_SINCE.get(word, 99):
            return _unknown_option(device, word)
        else:
            flags.append(word)
            if word in FLAGS_WITH_WORD:
                rest[:1] = []
    return done("".join(_line(device, name, flags) for name in _selected(device, flags, text)))


def _unknown_option(device: Device, option: str) -> Reply:
    """Status 1 from the Java `pm`, 255 from the service (packages document 4.1)."""
    if device.api >= CMD_PM_API:
        return Reply(out=f"Error: Unknown option: {option}\n", status=255)
    return failed(f"Error: Unknown option: {option}")


FILTERS: dict[str, Callable[[Package], bool]] = {
    "-d": lambda package: package.enabled in {2, 3, 4},
    "-e": lambda package: package.enabled not in {2, 3, 4},
    "-s": lambda package: package.system,
    "-3": lambda package: not package.system,
}


def _selected(device: Device, flags: Sequence[str], text: str) -> list[str]:
    """Names that pass all flags, in the order of the release."""
    wanted = [FILTERS[flag] for flag in flags if flag in FILTERS]
    names = [
        name
        for name, package in device.data.packages.items()
        if text in name and visible(package, uninstalled="-u" in flags) and all(test(package) for test in wanted)
    ]
    return sorted(names, key=digest_of) if device.api >= UNORDERED_API else names


def _line(device: Device, name: str, flags: Sequence[str]) -> str:
    """One `package:` line with what the flags add."""
    package = device.data.packages[name]
    line = "package:" + (f"{package.path}=" if "-f" in flags else "") + name
    if "--show-versioncode" in flags:
        line += f" versionCode:{package.version_code}"
    if "--show-stopped" in flags:
        line += f" stopped={str(package.stopped).lower()}"
    if "-i" in flags:
        line += f"  installer={package.installer or 'null'}"
    if "-U" in flags:
        line += f" uid:{uid_of(device, name)}"
    return line + "\n"


def uid_of(device: Device, name: str) -> int:
    """Application id: 1000 for `android`, else 10000 and up in order of installation."""
    return 1000 if name == "android" else 10000 + list(device.data.packages).index(name)


def path(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`path [--user N] PKG`: nothing and status 1 (6.0 on) when not installed."""
    rest = list(words[1:])
    if rest[:1] == ["--user"]:
        if device.api < 24:  # the option came with 7.x (packages document 4.2)
            return failed("Error: no package specified" if len(rest) < 3 else "")
        rest = rest[2:]
    if not rest:
        return failed("Error: no package specified")
    package = device.data.packages.get(rest[0])
    if package is None or not visible(package):
        return Reply(status=1 if device.api >= 23 else 0)  # packages document 4.2
    return done(f"package:{package.path}")


def resolve_activity(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`resolve-activity --brief ... HOME`: the maker's launcher; other intents find nothing."""
    if "android.intent.category.HOME" not in words:
        return done("No activity found")
    head = "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\n"
    home = device.home
    if "--components" in words:
        return done(home)
    return done(head + home)
