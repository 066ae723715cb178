"""Lines of `provision apps` about one app: its title, on which tablets it fits, what a person should know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from provision.appset.fit import choose
from provision.appset.model import App
from provision.appset.releases import FIRST_API, NEWEST_API, name_releases
from provision.appset.remarks import find_remarks
from provision.appset.rules import Tablet, Unfit
from provision.texts.catalogue import Language, say, say_count

PROCESSORS: Sequence[tuple[str, ...]] = (
    ("arm64-v8a", "armeabi-v7a", "armeabi"),
    ("arm64-v8a",),
    ("armeabi-v7a", "armeabi"),
    ("x86_64", "x86"),
    ("x86",),
)
"""`ro.product.cpu.abilist` of the kinds of tablets there are."""


def describe(language: Language, app: App) -> Iterator[str]:
    """Every line about one app.

    Raises:
        OSError: its file cannot be read any more.
    """
    yield _title(language, app)
    for line in (*_describe_fit(language, app), *_describe_remarks(language, app)):
        yield f"    {line}"


def describe_set(language: Language, apps: Sequence[App]) -> Iterator[str]:
    """On which tablets every app fits; one app by itself was told already."""
    if len(apps) > 1:
        yield say(language, "apps.whole-set")
        yield from (f"    {line}" for line in _describe_kinds(language, lambda tablet: _judge(language, apps, tablet)))


def _judge(language: Language, apps: Sequence[App], tablet: Tablet) -> str:
    unfit = [app.label for app in apps if isinstance(choose(app, tablet), Unfit)]
    return say(language, "apps.set-lacks", labels=", ".join(unfit)) if unfit else say(language, "apps.set-fits")


def _describe_remarks(language: Language, app: App) -> Iterator[str]:
    for remark in find_remarks(app):
        key = f"apps.{remark.key}"
        values = remark.values
        yield say(language, key, **values) if remark.count is None else say_count(language, key, remark.count, **values)


def _title(language: Language, app: App) -> str:
    values = {"version": app.version_name, "code": app.version_code, "package": app.package, "label": app.label}
    files = 1 + len(app.splits) + sum(1 + len(variant.splits) for variant in app.variants)
    return say(language, "apps.title", **values, files=files, schemes=", ".join(sorted(app.schemes)), signer=app.signer)


def _describe_fit(language: Language, app: App) -> Iterator[str]:
    """One line for each range of releases and kind of processor that ends alike."""
    return _describe_kinds(language, lambda tablet: _verdict(language, choose(app, tablet)))


def _describe_kinds(language: Language, judge: Callable[[Tablet], str]) -> Iterator[str]:
    said: dict[tuple[str, ...], list[str]] = {}
    for abis in PROCESSORS:
        said.setdefault(tuple(_describe_releases(language, judge, abis)), []).append(_name(language, abis))
    for lines, processors in said.items():
        every = len(processors) == len(PROCESSORS)
        yield say(language, "apps.every-processor") if every else ", ".join(processors)
        yield from (f"    {line}" for line in lines)


def _name(language: Language, abis: Sequence[str]) -> str:
    """A kind of processor; those of 64 bits run code for 32 as well, but for some of the newest."""
    return say(language, "apps.only-64", abi=abis[0]) if len(abis) == 1 and "64" in abis[0] else abis[0]


def _describe_releases(language: Language, judge: Callable[[Tablet], str], abis: Sequence[str]) -> Iterator[str]:
    levels = range(FIRST_API, NEWEST_API + 1)
    verdicts = ((api, judge(Tablet(api, abis))) for api in levels)
    for verdict, run in groupby(verdicts, key=lambda pair: pair[1]):
        alike = [api for api, _ in run]
        yield say(language, "apps.range", releases=name_releases(alike[0], alike[-1]), verdict=verdict)


def _verdict(language: Language, chosen: App | Unfit) -> str:
    if isinstance(chosen, Unfit):
        return say(language, f"apps.unfit.{chosen.cause}", needs=chosen.needs)
    if chosen.splits:
        return say(language, "apps.fits-with-splits", file=chosen.path.name, splits=len(chosen.splits))
    return say(language, "apps.fits", file=chosen.path.name)
