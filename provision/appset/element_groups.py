"""Groups of elements of a manifest that Android's parser judges together: attributions, questions, keys, extensions.

Judged by the parsers of the releases themselves (`tests/vectors/android/manifests.json`; packages document 3.13).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from provision.appset.binary_xml import Element
from provision.appset.flaw import Flaw

# Resource ids of AOSP's public.xml; they never change.
_NAME, _VALUE, _TAG, _MIME_TYPE, _SCHEME, _HOST = 0x01010003, 0x01010024, 0x010100D1, 0x01010026, 0x01010027, 0x01010028
_SDK, _MIN_EXTENSION, _PURPOSE = 0x01010610, 0x01010611, 0x01010644

_ASKS = ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")
_TOP, _QUERIES = ("manifest",), ("manifest", "queries")
_TAG_LETTERS = 50
EXTENSIONS_API = 30
"""The first release that has extensions, and that knows attributions and questions (packages document 3.13)."""

Children = Mapping[int, Sequence[Element]]


def find_group_flaws(elements: Sequence[Element]) -> Iterator[Flaw]:
    """Every flaw of the groups, one kind after the other."""
    children: dict[int, list[Element]] = {}
    for each in elements:
        children.setdefault(each.parent, []).append(each)
    top = children.get(elements[0].number, []) if elements else []
    yield from _find_in_wishes([each for each in top if each.name in _ASKS])
    yield from _find_in_attributions([each for each in top if each.name == "attribution"], children)
    for each in elements:
        if each.name == "intent" and each.path == _QUERIES:
            yield from _find_in_question(children.get(each.number, ()))
        elif each.name == "package" and each.path == _QUERIES and not each.text_of(_NAME):
            yield Flaw("<queries> <package> android:name", since=30)
        elif each.name == "key-sets" and each.path == _TOP:
            yield from _find_in_keys(children.get(each.number, ()), children)
        elif each.name == "uses-permission" and each.path == _TOP:
            yield from _find_in_wish(children.get(each.number, ()))
        elif _is_extension(each):
            yield from _find_in_extension(each)


def list_extensions(elements: Sequence[Element]) -> Mapping[int, int]:
    """The lowest version that it wants of each release's extensions, by API level."""
    found: dict[int, int] = {}
    for each in elements:
        sdk, lowest = each.attributes.get(_SDK), each.attributes.get(_MIN_EXTENSION)
        if _is_extension(each) and isinstance(sdk, int) and isinstance(lowest, int):
            found[sdk] = max(lowest, found.get(sdk, 0))
    return found


def _is_extension(each: Element) -> bool:
    return each.name == "extension-sdk" and each.path == (*_TOP, "uses-sdk")


def _find_in_attributions(found: Sequence[Element], children: Children) -> Iterator[Flaw]:
    tags = [each.text_of(_TAG) for each in found]
    for tag in tags:
        if tag is None or len(tag) > _TAG_LETTERS:
            yield Flaw("<attribution> android:tag", since=30)
    taken = [
        child.text_of(_TAG) for each in found for child in children.get(each.number, ()) if child.name == "inherit-from"
    ]
    if len(set(tags)) < len(tags) or len(set(taken)) < len(taken) or {*tags} & {*taken}:
        yield Flaw("<attribution> <inherit-from>", since=30)


def _find_in_question(found: Sequence[Element]) -> Iterator[Flaw]:
    actions = [each for each in found if each.name == "action"]
    data = [each for each in found if each.name == "data"]
    kinds, schemes, hosts = ([each for each in data if key in each.attributes] for key in (_MIME_TYPE, _SCHEME, _HOST))
    if not (actions or data) or max(map(len, (actions, kinds, schemes, hosts))) > 1:
        yield Flaw("<queries> <intent>", since=30)
    if any(not each.attributes.get(_NAME) for each in actions):
        yield Flaw("<queries> <intent> <action> android:name", since=30)
    if any(not _is_kind(each.text_of(_MIME_TYPE)) for each in kinds):
        yield Flaw("<queries> <intent> <data> android:mimeType", since=30)


def _is_kind(text: str | None) -> bool:
    return text is None or 0 < text.find("/") < len(text) - 1


def _find_in_wishes(found: Sequence[Element]) -> Iterator[Flaw]:
    purposes: dict[str, object] = {}
    for each in found:
        name, purpose = each.text_of(_NAME) or "", each.attributes.get(_PURPOSE, 0)
        if purposes.setdefault(name, purpose) != purpose:
            yield Flaw(f"<uses-permission {name}> android:usesPermissionFlags", since=31)


def _find_in_wish(found: Sequence[Element]) -> Iterator[Flaw]:
    for each in found:
        if each.name in ("required-feature", "required-not-feature") and not each.text_of(_NAME):
            yield Flaw(f"<uses-permission> <{each.name}> android:name", since=31)


def _find_in_keys(found: Sequence[Element], children: Children) -> Iterator[Flaw]:
    """Sets of keys that an app is updated by: each key lies in a set, has one value, and no set's name.

    What is no key is passed over, and its set with it.
    """
    sets = {each.text_of(_NAME) or "": children.get(each.number, ()) for each in found if each.name == "key-set"}
    values: dict[str, str] = {}
    passed_over = set[str]()
    nested = any(each.name == "key-set" for keys in sets.values() for each in keys)
    if nested or any(each.name == "public-key" for each in found):
        yield Flaw("<key-sets>")
    for name_of_set, keys in sets.items():
        for key in (each for each in keys if each.name == "public-key"):
            name, value = key.text_of(_NAME) or "", key.text_of(_VALUE)
            if value is None and name in values:
                continue
            if value is not None and not _is_key(value):
                passed_over.add(name_of_set)
            elif value is None or values.setdefault(name, value) != value:
                yield Flaw(f"<public-key {name}> android:value")
    upgrades = {each.text_of(_NAME) or "" for each in found if each.name == "upgrade-key-set"}
    if sets.keys() & values.keys() or not upgrades <= sets.keys() - passed_over:
        yield Flaw("<key-sets>")


def _is_key(text: str) -> bool:
    try:
        load_der_public_key(base64.b64decode(text))
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def _find_in_extension(each: Element) -> Iterator[Flaw]:
    sdk, lowest = each.attributes.get(_SDK), each.attributes.get(_MIN_EXTENSION)
    if not isinstance(sdk, int) or sdk < EXTENSIONS_API:
        yield Flaw("<extension-sdk> android:sdkVersion", since=EXTENSIONS_API)
    if not isinstance(lowest, int) or lowest < 0:
        yield Flaw("<extension-sdk> android:minExtensionVersion", since=EXTENSIONS_API)
