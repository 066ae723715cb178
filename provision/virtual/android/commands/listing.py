"""Reading verbs of the package manager: list, path, has-feature, resolve- and query-activities.

Source: reference, packages document 4.1, 4.2, 4.5, 6.7, 11.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from provision.virtual.android.commands.files import split_paths
from provision.virtual.android.commands.verdicts import PLATFORM_LIBRARIES
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, FAILED, FORWARDS_API, AndroidException, done, failed
from provision.virtual.android.state import Package, digest_of

FLAGS_WITH_WORD = frozenset({"--user", "--uid"})
UID_API, EVERY_USER_API, STOPPED_API, UNORDERED_API = 26, 33, 34, 34
RUNNING = " running"

OPTIONS_SINCE = {
    **dict.fromkeys(("-f", "-d", "-e", "-s", "-3", "-i", "-u", "-l", "--user"), 21),
    **dict.fromkeys(("-U", "--show-versioncode", "--uid"), UID_API),
    **dict.fromkeys(("-a", "--apex-only"), 29),
    **dict.fromkeys(("--factory-only", "--match-libraries", "--show-stopped"), STOPPED_API),
    "-q": 35,
}
"""Options of `list packages` and their first release (packages document 4.1)."""


def list_words(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`list packages|users|features|libraries`."""
    what = words[1] if len(words) > 1 else ""
    run = {
        "packages": _packages,
        "package": _packages,
        "users": list_users,
        "features": _features,
        "permissions": _permissions,
        "libraries": _libraries,
    }.get(what)
    if run is None:
        text = "Error: didn't specify type of data to list" if not what else f"Error: unknown list type '{what}'"
        return Reply(out=text + "\n", status=FAILED) if device.api >= FORWARDS_API else failed(text)
    return run(device, words[2:])


def list_users(device: Device, _words: Sequence[str]) -> Reply:
    """User 0 and whatever the donor left; flags differ by release (packages document 6.7)."""
    flags = "13" if device.api < 30 else "c13" if device.api < 34 else "4c13"  # table of 6.7
    lines = [f"\tUserInfo{{0:{device.model.answers.owner_name}:{flags}}}{RUNNING}\n"]
    lines += [f"\tUserInfo{{{number}:{name}:10}}\n" for number, name in sorted(device.data.users.items())]
    return done("Users:\n" + "".join(lines))


def _features(device: Device, _words: Sequence[str]) -> Reply:
    """`reqGlEsVersion=...` and one `feature:NAME[=VERSION]` line each."""
    lines = [f"feature:{n}={v}\n" if v else f"feature:{n}\n" for n, v in device.model.features.items()]
    return done("feature:reqGlEsVersion=0x30001\n" + "".join(lines))


def _permissions(device: Device, words: Sequence[str]) -> Reply:
    """Names, and with `-f` the package of each; those of apps only."""
    owners = {name: package for package, one in device.data.packages.items() if one.installed for name in one.defines}
    form = "+ permission:{}\n  package:{}\n  label:null\n" if "-f" in words else "permission:{}\n"
    lines = [form.format(name, package) for name, package in sorted(owners.items())]
    return done("All Permissions:\n\n" + "".join(lines))


def _libraries(_device: Device, _words: Sequence[str]) -> Reply:
    """One `library:NAME` line each."""
    return done("".join(f"library:{name}\n" for name in sorted(PLATFORM_LIBRARIES)))


def has_feature(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`has-feature NAME`: true (0) or false (1)."""
    found = len(words) > 1 and words[1] in device.model.features
    return Reply(out="true\n" if found else "false\n", status=0 if found else 1)


def visible(package: Package, *, uninstalled: bool = False) -> bool:
    """Tell whether the plain list shows a package (packages document 11.3)."""
    return uninstalled or (package.installed and not package.hidden)


def _packages(device: Device, words: Sequence[str]) -> Reply:
    """`list packages [FLAGS] [FILTER]`; FILTER is a substring."""
    flags: dict[str, str] = {}
    text, rest = "", list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            text = word
        elif device.api < OPTIONS_SINCE.get(word, 99):
            return _unknown_option(device, word)
        else:
            flags[word] = rest.pop(0) if rest and word in FLAGS_WITH_WORD else ""
    every = device.api >= EVERY_USER_API and "--user" not in flags  # packages document 4.1: all users are merged
    names = _selected(device, flags, text, others=every and bool(device.data.users))
    return done("".join(_line(device, name, flags, every=every) for name in names))


def _unknown_option(device: Device, option: str) -> Reply:
    """Status 1 from the Java `pm`, 255 from the service it forwards to from 7 on (packages document 4.1)."""
    if device.api >= FORWARDS_API:
        return Reply(out=f"Error: Unknown option: {option}\n", status=FAILED)
    return failed(f"Error: Unknown option: {option}")


FILTERS: dict[str, Callable[[Package], bool]] = {
    "-d": lambda package: package.enabled in {2, 3, 4},
    "-e": lambda package: package.enabled not in {2, 3, 4},
    "-s": lambda package: package.system,
    "-3": lambda package: not package.system,
    "--apex-only": lambda _package: False,
    "--factory-only": lambda package: package.factory,
}


def _passes(package: Package, flags: Mapping[str, str], *, others: bool) -> bool:
    """Tell whether a package is shown and passes the filters among the flags."""
    shown = visible(package, uninstalled=others or "-u" in flags)
    return shown and all(FILTERS[flag](package) for flag in flags if flag in FILTERS)


def _selected(device: Device, flags: Mapping[str, str], text: str, *, others: bool) -> list[str]:
    """Names that pass all flags, in the order of the release; `others`: other users have them all."""
    packages = device.data.packages.items()
    names = [name for name, package in packages if text in name and _passes(package, flags, others=others)]
    if "--uid" in flags:
        names = [name for name in names if str(uid_of(device, name)) == flags["--uid"]]
    return sorted(names, key=digest_of) if device.api >= UNORDERED_API else names


def _line(device: Device, name: str, flags: Mapping[str, str], *, every: bool) -> str:
    """One `package:` line with what the flags add."""
    package = device.data.packages[name]
    line = "package:" + (f"{package.path}=" if "-f" in flags else "") + name
    if "--show-versioncode" in flags:
        line += f" versionCode:{package.version_code}"
    if "--show-stopped" in flags:
        line += f" stopped={str(package.stopped).lower()}"
    if "-i" in flags:
        line += f"  installer={package.installer or 'null'}"
    return line + (f" uid:{_uids(device, name, every=every)}" if "-U" in flags else "") + "\n"


def _uids(device: Device, name: str, *, every: bool) -> str:
    """The uid of an app in user 0, or in every user that has it, as `10001,1010001`."""
    application = uid_of(device, name)
    users = [int(number) for number in device.data.users] if every else []
    own = [0] if device.data.packages[name].installed or not users else []
    return ",".join(str(user * 100_000 + application) for user in [*own, *users])  # uids of one user


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
    if not rest and device.api >= CMD_PM_API:
        raise AndroidException("java.lang.IllegalArgumentException", f'Argument expected after "{words[-1]}"')
    if not rest:
        return failed("Error: no package specified")
    package = device.data.packages.get(rest[0])
    if package is None or not visible(package):
        return Reply(status=1 if device.api >= 23 else 0)  # packages document 4.2
    return done("".join(f"package:{place}\n" for place in (package.path, *split_paths(package))))


MATCH = "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true"
HOME = "android.intent.category.HOME"


def resolve_activity(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`resolve-activity --brief ... HOME`: the maker's launcher; other intents find nothing."""
    if HOME not in words:
        return done("No activity found")
    return done(device.home if "--components" in words else f"{MATCH}\n{device.home}")


def query_activities(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`query-activities --brief ...`: HOME is answered by one launcher, all else by nobody."""
    if HOME not in words:
        return done("No activities found")
    return done(f"1 activities found:\n  Activity #0:\n    {MATCH}\n    {device.home}")
