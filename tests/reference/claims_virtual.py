"""What the virtual tablets say of names and API levels: by their tables, and by what they answer."""

from __future__ import annotations

from collections.abc import Collection

from android_tables import ALL, Levels, read, since, table

from provision.virtual.android import restrictions
from provision.virtual.android.commands import activity, grants, harness, install_options, listing, users
from provision.virtual.android.commands import settings as settings_words
from provision.virtual.android.state import Data, fresh_settings
from tests.virtual.android.bench import model_for

SUPPORTED = tuple(ALL)


def known_restrictions() -> dict[str, Levels]:
    """Restrictions a virtual tablet enforces."""
    return {name: since(max(first, 21)) for name, first in restrictions.SINCE.items()}


def real_restrictions() -> dict[str, Levels]:
    """Restrictions of which Android keeps the setting: by its list from 24 on, before by its constants."""
    constants, accepted = read("restrictions", "constants"), read("restrictions", "accepted")
    old = {name: frozenset(level for level in levels if level < 24) for name, levels in constants.items()}
    return {name: old.get(name, frozenset()) | accepted.get(name, frozenset()) for name in old | accepted}


def missing_restrictions() -> dict[str, Levels]:
    """Android's restrictions that the virtual tablets do not know: claimed on no level."""
    return {name: frozenset() for name in real_restrictions() if name not in restrictions.SINCE}


def guarded_keys() -> dict[str, Levels]:
    """Keys a user restriction guards, on the levels on which one of them is known."""
    names = {key: [name for name, _ in rules] for key, rules in settings_words.BLOCKED.items()}
    known = {key: since(min(restrictions.SINCE[name] for name in some)) for key, some in names.items()}
    return {key: known[key] & frozenset(settings_words.GUARDED_ON.get(key, ALL)) for key in known}


def unguarded_keys() -> dict[str, Levels]:
    """Keys that Android guards and a virtual tablet does not: claimed on no level."""
    return {
        name: frozenset() for name in read("restrictions", "guarded settings") if name not in settings_words.BLOCKED
    }


def written_keys() -> dict[str, Levels]:
    """Rows that setting a restriction writes, `TABLE KEY`, by the levels on which it does."""
    found: dict[str, set[int]] = {}
    for api in SUPPORTED:
        for name in restrictions.EFFECTS:
            tables = {"global": {"airplane_mode_on": "1"}, "secure": {}, "system": {}}
            data = Data(android_id="0", settings=tables, packages={})
            restrictions.impose(data, api, name)
            for part, rows in data.settings.items():
                for key in rows:
                    found.setdefault(f"{part} {key}", set()).add(api)
    return {name: frozenset(levels) for name, levels in found.items()}


def first_keys() -> dict[str, Levels]:
    """Rows of a fresh tablet, and those that the test harness mode writes."""
    found: dict[str, set[int]] = {f"global {key}": {29} for key in harness.GLOBAL}
    for api in SUPPORTED:
        for part, rows in fresh_settings(model_for(api)).items():
            for key in rows:
                found.setdefault(f"{part} {key}", set()).add(api)
    return {name: frozenset(levels) for name, levels in found.items()}


def keys_by_table() -> dict[str, Levels]:
    """Android's keys as `TABLE KEY`: where a class has a constant, or hands a key on to that table."""
    found: dict[str, Levels] = {}
    for group in table("settings"):
        part = group.rpartition(" to ")[2]
        for name, levels in read("settings", group).items():
            found[f"{part} {name}"] = found.get(f"{part} {name}", frozenset()) | levels
    return found


def keys() -> dict[str, Levels]:
    """Android's keys of any table."""
    return read("settings")


def protected() -> dict[str, Levels]:
    """Broadcasts that the shell is refused, from where it is refused any."""
    return dict.fromkeys(activity.PROTECTED, since(activity.PROTECTED_API))


def granted_at_install() -> dict[str, Levels]:
    """Permissions without a switch, where Android has some with one."""
    return dict.fromkeys(grants.INSTALL_TIME, since(grants.RUNTIME_API))


def development() -> dict[str, Levels]:
    """Permissions that the shell may grant on every release."""
    return dict.fromkeys(grants.DEVELOPMENT, frozenset(ALL))


def later_permissions() -> dict[str, Levels]:
    """Permissions that a virtual tablet of an earlier release does not know."""
    return {name: since(first) for name, first in grants.LATER.items()}


def permissions(word: str) -> dict[str, Levels]:
    """Permissions whose protection level holds a word."""
    groups = [level for level in table("manifest")["permissions"] if word in level.split("|")]
    found: dict[str, Levels] = {}
    for group in groups:
        for name, levels in read("manifest", "permissions", group).items():
            found[name] = found.get(name, frozenset()) | levels
    return found


def options_of_install() -> dict[str, Levels]:
    """Options of `install` by the table of the virtual tablets."""
    options = install_options.OPTIONS.items()
    return {name: frozenset(level for level in ALL if one.first <= level <= one.last) for name, one in options}


def missing_options(method: str, known: Collection[str]) -> dict[str, Levels]:
    """Options that a method of the package service compares and a virtual tablet does not know: claimed on no level."""
    return {name: frozenset() for name in read("shell", "package", method) if name not in known}


def options_of_list() -> dict[str, Levels]:
    """Options of `list packages`."""
    return {name: since(first) for name, first in listing.OPTIONS_SINCE.items()}


def flags_of_user_0() -> dict[str, Levels]:
    """Flags of user 0 as printed, by level."""
    found: dict[str, set[int]] = {}
    for api in ALL:
        found.setdefault(users.flags_of(api), set()).add(api)
    return {flags: frozenset(levels) for flags, levels in found.items()}


def real_flags_of_user_0() -> dict[str, Levels]:
    """The same from the numbers: primary, admin, initialised, and what later releases name full, system and main."""
    flags = read("codes", "android.content.pm.UserInfo")
    bits = {name.split(" ")[1]: (int(name.split(" ")[0]), levels) for name, levels in flags.items()}
    found: dict[str, set[int]] = {}
    for api in ALL:
        held = [bits[f"FLAG_{word}"] for word in ("PRIMARY", "ADMIN", "INITIALIZED", "FULL", "SYSTEM", "MAIN")]
        found.setdefault(f"{sum(bit for bit, levels in held if api in levels):x}", set()).add(api)
    return {text: frozenset(levels) for text, levels in found.items()}
