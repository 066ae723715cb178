"""What in a manifest makes Android's own parser refuse the whole file, whatever else is right in it.

Judged by the parsers of the releases themselves (`PackageParser` to 10, `ParsingPackageUtils` and its classes of
`component` later), each fed with one such manifest: packages document 3.13. Values in resources are taken for good:
nobody here reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provision.appset.binary_xml import Element
from provision.appset.element_groups import find_group_flaws
from provision.appset.flaw import Flaw
from provision.appset.grants import NO_END

# Resource ids of AOSP's public.xml; they never change.
_LABEL, _NAME, _PROTECTION, _GROUP, _SHARED_USER = 0x01010001, 0x01010003, 0x01010009, 0x0101000A, 0x0101000B
_PROCESS, _AFFINITY, _AUTHORITIES, _TARGET_PACKAGE = 0x01010011, 0x01010012, 0x01010018, 0x01010021
_VALUE, _RESOURCE, _MIME_TYPE, _TARGET_ACTIVITY = 0x01010024, 0x01010025, 0x01010026, 0x01010202

_COMPONENTS = ("activity", "activity-alias", "service", "receiver", "provider")
_DEFINITIONS = ("permission", "permission-group", "permission-tree", "instrumentation")
_WITH_PROCESS = ("application", "activity", "service", "receiver", "provider")
_WITH_AFFINITY = ("application", "activity")
_ABOUT = ("application", *_COMPONENTS, *_DEFINITIONS)
"""What a `meta-data` is read in."""
_TOP, _APPLICATION, _QUERIES = ("manifest",), ("manifest", "application"), ("manifest", "queries")

_WORDS = re.compile(r"([A-Za-z][A-Za-z0-9_]*)?(\.([A-Za-z][A-Za-z0-9_]*)?)*", re.ASCII)
"""What Android takes for a name; between two full stops there may be nothing."""
_PLAIN_LEVELS, _INSTANT, _EXCUSED, _PRIVILEGED, _VENDOR = (0, 1), 0x1000 | 0x2000, 0x1000 | 0x2000 | 0x40, 0x10, 0x8000
"""Levels and flags of PermissionInfo: normal and dangerous; instant or runtimeOnly, these and appop."""
_CLASSES = {
    0x01010003: ("name", 0), 0x01010004: ("manageSpaceActivity", 0), 0x0101027F: ("backupAgent", 0),
    0x0101057A: ("appComponentFactory", 28),
}  # fmt: skip
"""Attributes of `application` that name a class, with the first release that refuses an empty one."""
_ALLOW_BACKUP = 0x01010280


def is_name(text: str) -> bool:
    """Tell whether it is words between full stops, at least two."""
    return "." in text and _WORDS.fullmatch(text) is not None


def find_flaws(elements: Sequence[Element], package: str, *, split: bool) -> Iterator[Flaw]:
    """Every flaw in the order of the manifest.

    Args:
        elements: of the whole manifest.
        package: of the app, before names that begin with a full stop.
        split: it is no base: its aliases may lead to activities of the base.
    """
    user = elements[0].text_of(_SHARED_USER) if elements else None
    if user and not is_name(user):
        yield Flaw(f"sharedUserId={user}")
    if not split and not any(
        each.path == _TOP and each.name in ("application", "instrumentation") for each in elements
    ):
        yield Flaw("<application>", since=30, target=30)
    yield from find_group_flaws(elements)
    activities: set[str] = set()
    levels: dict[str, tuple[object, object]] = {}
    for each in elements:
        if not _is_read(each):
            continue
        yield from _find_nameless(each)
        yield from _find_in_application(each)
        yield from _find_in_manifest(each, levels)
        if each.name == "activity-alias" and each.path == _APPLICATION:
            yield from _find_alias(each, package, None if split else activities)
        if each.name in ("activity", "activity-alias"):
            activities.add(_class_name(each.text_of(_NAME) or "", package))


def _is_read(each: Element) -> bool:
    """Tell whether Android looks at an element where it stands."""
    return each.path[:1] == _TOP and (len(each.path) == 1 or each.path[1] in ("application", "queries", *_DEFINITIONS))


def _find_nameless(each: Element) -> Iterator[Flaw]:
    """Elements that Android knows by a name."""
    around = each.path[-1] if each.path else ""
    named = each.path == _APPLICATION and each.name in _COMPONENTS
    named = named or (each.path == _TOP and each.name in _DEFINITIONS)
    if (named or (each.name == "meta-data" and around in _ABOUT)) and not _says(each, _NAME):
        yield Flaw(f"<{each.name}> android:name")
    if each.name in ("action", "category") and _is_filtered(each) and not _says(each, _NAME):
        level = 30 if _NAME in each.attributes else 0
        yield Flaw(f"<{each.name}> android:name", since=level, target=level)


def _find_in_application(each: Element) -> Iterator[Flaw]:
    around = each.path[-1] if each.path else ""
    if each.name in ("meta-data", "property") and around in _ABOUT and not _has_value(each):
        yield Flaw(
            f"<{each.name} {each.text_of(_NAME) or ''}> android:value", since=0 if each.name == "meta-data" else 31
        )
    if each.name == "provider" and each.path == _APPLICATION and not _says(each, _AUTHORITIES):
        yield Flaw(f"<provider {each.text_of(_NAME) or ''}> android:authorities")
    if each.name == "data" and _is_filtered(each):
        kind = each.text_of(_MIME_TYPE)
        if kind is not None and not 0 < kind.find("/") < len(kind) - 1:
            yield Flaw(f"android:mimeType={kind}")
    if each.name == "property" and around in _ABOUT and not _says(each, _NAME):
        yield Flaw("<property> android:name", since=31)
    if each.path == _TOP and each.name == "application":
        yield from _find_empty_classes(each)
    if each.path == _APPLICATION or (each.path == _TOP and each.name == "application"):
        yield from _find_bad_processes(each)


def _find_bad_processes(each: Element) -> Iterator[Flaw]:
    for key, name, tags in ((_PROCESS, "process", _WITH_PROCESS), (_AFFINITY, "taskAffinity", _WITH_AFFINITY)):
        told = each.text_of(key) if each.name in tags else None
        if told and not (told == "system" or is_name(told) or (told[0] == ":" and _WORDS.fullmatch(told[1:] or ":"))):
            yield Flaw(f"android:{name}={told}")


def _find_bad_level(name: str, level: int) -> Iterator[Flaw]:
    """A normal or dangerous permission with flags of the system's: of which bits, and what excuses them, by release."""
    told = f"<permission {name}> android:protectionLevel=0x{level:x}"
    later = level & ~_VENDOR if level & _VENDOR and not level & _PRIVILEGED else level
    excused = level & _INSTANT
    for since, until, wrong in (
        (0, 22, level & 0xF0),
        (23, 25, level & 0xFF0),
        (26, 27, 0 if excused else level & 0xFFF0),
        (28, 30, 0 if excused else later & 0xFFFFFFF0),
        (31, NO_END, later & 0xFFFFFFF0 & ~_EXCUSED),
    ):
        if wrong:
            yield Flaw(told, since=since, until=until)


def _find_empty_classes(each: Element) -> Iterator[Flaw]:
    for key, (name, since) in _CLASSES.items():
        asked = name != "backupAgent" or each.attributes.get(_ALLOW_BACKUP, 1) != 0
        if each.attributes.get(key) == "" and asked:
            yield Flaw(f"<application> android:{name}", since=since)


def _find_in_manifest(each: Element, levels: dict[str, tuple[object, object]]) -> Iterator[Flaw]:
    if each.name == "overlay" and each.path == _TOP and not _says(each, _TARGET_PACKAGE):
        yield Flaw("<overlay> android:targetPackage")
    if each.name == "attribution" and each.path == _TOP and not _says(each, _LABEL):
        yield Flaw("<attribution> android:label", since=30)
    if (
        each.name == "permission-tree"
        and each.path == _TOP
        and 0 < (each.text_of(_NAME) or "").rfind(".") == (each.text_of(_NAME) or "").find(".")
    ):
        yield Flaw(f"<permission-tree {each.text_of(_NAME)}>")
    if each.path == _QUERIES and each.name == "provider" and not _says(each, _AUTHORITIES):
        yield Flaw("<queries> <provider> android:authorities", since=30)
    if each.name == "permission" and each.path == _TOP:
        name, level = each.text_of(_NAME) or "", each.attributes.get(_PROTECTION, 0)
        if isinstance(level, int) and level & 0xF in _PLAIN_LEVELS and level & ~0xF:
            yield from _find_bad_level(name, level)
        told = (level, each.attributes.get(_GROUP))
        if levels.setdefault(name, told) != told:
            yield Flaw(f"<permission {name}>", since=33)


def _find_alias(each: Element, package: str, activities: set[str] | None) -> Iterator[Flaw]:
    """An alias leads to an activity that stands before it."""
    if not _says(each, _TARGET_ACTIVITY):
        yield Flaw(f"<activity-alias {each.text_of(_NAME) or ''}> android:targetActivity")
    target = each.text_of(_TARGET_ACTIVITY)
    if target and activities is not None and _class_name(target, package) not in activities:
        yield Flaw(f"android:targetActivity={target}")


def _says(each: Element, key: int) -> bool:
    """Tell whether an attribute has a value that is not empty, be it in a resource."""
    return key in each.attributes and each.attributes[key] != ""


def _is_filtered(each: Element) -> bool:
    """Tell whether it is part of a component's intent filter."""
    return len(each.path) == 4 and each.path[2] in _COMPONENTS and each.path[3] == "intent-filter"


def _has_value(each: Element) -> bool:
    return _VALUE in each.attributes or _RESOURCE in each.attributes


def _class_name(name: str, package: str) -> str:
    if name.startswith("."):
        return package + name
    return name if "." in name else f"{package}.{name}"
