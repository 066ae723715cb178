"""What the reference says of names and API levels, read from its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from android_tables import ALL, FACTS, Levels, levels_of, read, since, table

KIOSK = (FACTS.parent / "android-wifi-kiosk-policy.md").read_text()
PACKAGES = (FACTS.parent / "android-packages-and-owner.md").read_text()
RESTRICTION = re.compile(r"`((?:no|disallow|ensure)_[a-z0-9_]+)`(?: (?:\([A-Z_]+\))?)?(?: ?\(?(\d\d)\+?\)?)?")


COMMAND = re.compile(r"`(?:cmd (\w+)|(pm|am|dpm|wm|locksettings|appops)) ([a-z][a-z_-]+)[^`]*`(?: \(?(\d\d)\+)?")
SERVICES = {
    "am": "activity",
    "appops": "appops",
    "dpm": "device_policy",
    "locksettings": "lock_settings",
    "pm": "package",
    "wm": "window",
}
"""Programs that are another word for a service, with that service."""


def section(text: str, number: str) -> str:
    """One section of a document, from its heading to the next of the same depth or above."""
    found = re.search(rf"^(#+) {re.escape(number)}[. ].*?(?=^#{{2,3}} \d|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {number}"
    return found[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of the tables in a text, without heads."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.replace("\\|", "/").strip("|").split("|")]


def earliest(claims: Iterable[tuple[str, int]]) -> dict[str, Levels]:
    """Each name from the earliest level at which it is claimed."""
    firsts: dict[str, int] = {}
    for name, first in claims:
        firsts[name] = min(first, firsts.get(name, first))
    return {name: since(max(first, 21)) for name, first in firsts.items()}


def _stated() -> Iterator[tuple[str, int]]:
    """(restriction, first level) of the tables 2.3 and 3.3: beside the name, else in the column API."""
    for number in ("2.3", "3.3"):
        for cells in rows(section(KIOSK, number)):
            level = re.match(r"(\d+)", cells[2]) if len(cells) > 3 else None
            for name, own in RESTRICTION.findall(cells[1]) if len(cells) > 3 else ():
                if own or level:
                    yield name, int(own or level[1])  # type: ignore[index] # one of both is there


def restrictions() -> dict[str, Levels]:
    """First level of each restriction by sections 2.3 and 3.3 of the Wi-Fi and kiosk document."""
    return earliest(_stated())


def _policy_cells() -> Iterator[tuple[int, str]]:
    """(first level of its band, cell) of the agent policy table, section 11."""
    bands = (21, 23, 29, 31, 33, 35)
    for cells in rows(section(KIOSK, "11")):
        if cells[0].isdigit():
            yield from zip(bands, cells[2:8], strict=True)


def policy_restrictions() -> dict[str, Levels]:
    """First level of each `r(x)` of section 11."""
    found = re.compile(r"(?:(\d\d) )?`r\((\w+)\)`")
    return earliest((name, int(own or first)) for first, cell in _policy_cells() for own, name in found.findall(cell))


def policy_methods() -> dict[str, Levels]:
    """First level of each method that section 11 sets a control with."""
    found = re.compile(r"(?:(\d\d) )?`(\w{3,})(?:\(|`)")
    names = ((name, int(own or first)) for first, cell in _policy_cells() for own, name in found.findall(cell))
    return earliest((name, first) for name, first in names if re.match(r"(?!on[A-Z])[a-z]+[A-Z]", name))


def policy_readings() -> dict[str, Levels]:
    """First level of each method that section 11 reads a control back with; 21 where it says none."""
    last = [cells[8].split(";")[0] for cells in rows(section(KIOSK, "11")) if cells[0].isdigit()]
    found = re.compile(r"`(?:[A-Z]\w+\.)?(\w+)(?:\([^`]*)?`(?: \(?(\d\d)\+)?")
    names = ((name, int(own or 0)) for cell in last for name, own in found.findall(cell))
    called = [(name, first) for name, first in names if re.match(r"(get|is|has)[A-Z]", name)]
    return earliest((name, first) for name, first in called if first)


def methods() -> dict[str, Levels]:
    """Android's methods by their names alone, on each level on which one has that name."""
    found: dict[str, Levels] = {}
    for signature, levels in read("methods").items():
        name = signature.partition("(")[0]
        found[name] = found.get(name, frozenset()) | levels
    return found


def owner_settings() -> dict[str, Levels]:
    """What section 3.4 lets an owner write, `TABLE KEY`; where it states a level, from there on."""
    found: dict[str, Levels] = {}
    for cells in rows(section(KIOSK, "3.4")):
        method = re.match(r"`set(Global|Secure|System)Setting` \((\d\d)\)", cells[0])
        for name, own in re.findall(r"`([a-z_]+)`(?: \((\d\d)[+)])?", cells[1]) if method else ():
            found[f"{method[1].lower()} {name}"] = since(int(own or 37))  # type: ignore[index] # as matched
    return found


def real_owner_settings() -> dict[str, Levels]:
    """The same of Android."""
    return {
        f"{part} {name}": at
        for part in ("global", "secure", "system")
        for name, at in read("owner_settings", part).items()
    }


def missing_owner_settings() -> dict[str, Levels]:
    """Android's lists as claims: what section 3.4 does not name is claimed on no level."""
    text = section(KIOSK, "3.4")
    real = real_owner_settings().items()
    return {name: levels if f"`{name.split(' ')[1]}`" in text else frozenset() for name, levels in real}


def failure_codes() -> dict[str, Levels]:
    """Rows of the packages document 3.7 with one number and one name, as `-2 INSTALL_FAILED_INVALID_APK`."""
    single = (cells for cells in rows(section(PACKAGES, "3.7")) if re.fullmatch(r"-\d+", cells[0]))
    names = ((cells[0], re.match(r"INSTALL_\w+", cells[1])) for cells in single)
    return {f"{number} {name[0]}": frozenset(ALL) for number, name in names if name}


def settings_put() -> dict[str, Levels]:
    """Settings that a command in one of the documents reads or writes, `TABLE KEY`."""
    found = re.findall(r"settings (?:put|get|delete) (global|secure|system) ([a-z_]+)", KIOSK + PACKAGES)
    return {f"{part} {key}": frozenset(ALL) for part, key in found}


def codes() -> dict[str, Levels]:
    """Android's numbers with their names."""
    found: dict[str, Levels] = {}
    for group in table("codes"):
        found |= read("codes", group)
    return found


def _commands() -> Iterator[tuple[str, str, str]]:
    """(service, verb, level or nothing) of each command in both documents whose service is in the jars."""
    for name, program, verb, level in COMMAND.findall(KIOSK + PACKAGES):
        service = name or SERVICES[program]
        if service in table("shell"):
            yield service, verb, level


def verbs() -> dict[str, Levels]:
    """Verbs that a command in one of the documents says, as `SERVICE VERB`."""
    return {f"{service} {verb}": frozenset(ALL) for service, verb, _ in _commands()}


def stated_verbs() -> dict[str, Levels]:
    """Verbs with a first level behind them, such as `cmd alarm set-time` 28+, where the service can be read."""
    found = {}
    for service, verb, level in _commands():
        if level:
            told = {one for levels in table("shell")[service]["classes"] for one in levels_of(levels)}
            found[f"{service} {verb}"] = since(int(level)) & told
    return found


def real_verbs() -> dict[str, Levels]:
    """Android's verbs, as `SERVICE VERB`."""
    return {
        f"{service} {name}": levels
        for service, methods_of in table("shell").items()
        for method in ("onCommand", "onShellCommand")
        if method in methods_of
        for name, levels in read("shell", service, method).items()
    }
