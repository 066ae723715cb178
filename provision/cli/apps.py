"""`provision apps`: the app set of a bench, checked, extended, brought up to date."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from provision.agent.configured import list_digests, read_delivered
from provision.agent.contract import AGENT
from provision.appset.edit import Choice, add_app, update_app
from provision.appset.fit import choose
from provision.appset.load import load_appset
from provision.appset.model import App, AppSet
from provision.appset.pins import read_pins
from provision.appset.releases import name_releases
from provision.appset.rules import Tablet, Unfit
from provision.appset.signing.verify import NEWEST_API
from provision.cli.options import home_option, language_option
from provision.errors import ConfigurationError, ConfigurationFault
from provision.home.bench_settings import TOOLKIT
from provision.home.folder import Home, load_home
from provision.records.reader import Record, verify_folder
from provision.records.run_end import UNIDENTIFIED
from provision.terms import Control, Outcome
from provision.texts.catalogue import Language, say, say_count
from provision.texts.language import detect_language

FIRST_API = 21
PROCESSORS: Sequence[tuple[str, ...]] = (
    ("arm64-v8a", "armeabi-v7a", "armeabi"),
    ("armeabi-v7a", "armeabi"),
    ("x86_64", "x86"),
    ("x86",),
)
"""`ro.product.cpu.abilist` of the kinds of tablets there are."""

_file_option = click.option(
    "--apps",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The apps.yaml  [default: the one the home names, else the toolkit's].",
)

_language_option = language_option("Of the messages  [default: the computer's].")


@click.group()
def apps() -> None:
    """Check and change the app set: the one list of apps every tablet gets."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    return home_option("none: only the app set is looked at")(_file_option(_language_option(command)))


@apps.command()
@_options
def check(home: Path | None, file: Path | None, language: Language | None) -> None:
    """Check apps.yaml and every APK, and say per app on which tablets it fits.

    Exit status 0 right, 2 with faults: file, line, key, what was expected, what was got.
    """
    spoken, appset = _speak(language), load_appset(_file(home, file))
    for app in appset.apps:
        click.echo(_title(spoken, app))
        for line in _describe_fit(spoken, app):
            click.echo(f"    {line}")
        if app.configuration:
            keys = ", ".join(app.configuration)
            click.echo("    " + say_count(spoken, "apps.configured", len(app.configuration), keys=keys))
    click.echo(say_count(spoken, "apps.checked", len(appset.apps), digest=appset.digest[:16]))


@apps.command()
@_options
@click.option("--label", help="What people call it  [default: the last part of its package].")
@click.argument("apks", metavar="APK...", type=click.Path(path_type=Path), nargs=-1, required=True)
def add(
    home: Path | None, file: Path | None, label: str | None, apks: tuple[Path, ...], language: Language | None
) -> None:
    """Verify every APK of one app and write its entry into apps.yaml; comments stay.

    Several files are one app: a base with its splits, files for different tablets (variants), or both. Faults:
    status 2, nothing is written.
    """
    place, spoken = _file(home, file), _speak(language)
    pins = [read_pins(apk, place.parent) for apk in apks]
    package = pins[0].package
    name = label or package.rpartition(".")[2].capitalize()
    added = next(app for app in add_app(place, pins, name).apps if app.package == package)
    click.echo(_title(spoken, added))
    for line in _describe_fit(spoken, added):
        click.echo(f"    {line}")
    click.echo(say(spoken, "apps.written", file=place))
    click.echo(say(spoken, "apps.compare-signer", signer=added.signer))


@apps.command()
@_options
@click.option("--accept-signer", is_flag=True, help="Take files of another signer; tablets must then be reset.")
@click.option("--variant", type=int, help="Number of the variant they take the place of, where it is not clear.")
@click.option("--drop-splits", is_flag=True, help="Splits that are pinned and not named leave the set.")
@click.argument("apks", metavar="[APK...]", type=click.Path(path_type=Path), nargs=-1)
def update(  # one for each word of the command line
    home: Path | None,
    file: Path | None,
    apks: tuple[Path, ...],
    variant: int | None,
    language: Language | None,
    *,
    accept_signer: bool,
    drop_splits: bool,
) -> None:
    """Pin every APK in place of the pinned file it succeeds, and say which known tablets would change.

    Name all files of one release together: all of them are pinned, or none. Without APK nothing is written: only
    what the known tablets of the home still lack is said.
    """
    place, spoken = _file(home, file), _speak(language)
    if not apks:
        appset = load_appset(place)
    else:
        choice = Choice(accept_signer, variant, drop_splits)
        appset, changed = update_app(place, [read_pins(apk, place.parent) for apk in apks], choice)
        for name, before, after in changed:
            click.echo(say(spoken, "apps.changed", name=name, before=before, after=after))
        click.echo(say(spoken, "apps.written", file=place) if changed else say(spoken, "apps.same"))
    _tell_tablets(spoken, appset, _home(home))


def _speak(language: Language | None) -> Language:
    return detect_language(os.environ, language)


def _home(path: Path | None) -> Home | None:
    return None if path is None else load_home(path)


def _file(home: Path | None, file: Path | None) -> Path:
    if file is None:
        place = _home(home)
        file = TOOLKIT / "apks/apps.yaml" if place is None else place.bench.app_set
    if not file.parent.is_dir():
        raise ConfigurationError(ConfigurationFault(file, None, "", "a file in a folder that exists", "no such folder"))
    return file


def _title(language: Language, app: App) -> str:
    values = {"version": app.version_name, "code": app.version_code, "package": app.package, "label": app.label}
    files = 1 + len(app.splits) + sum(1 + len(variant.splits) for variant in app.variants)
    return say(language, "apps.title", **values, files=files, schemes=", ".join(sorted(app.schemes)), signer=app.signer)


def _describe_fit(language: Language, app: App) -> Iterator[str]:
    """One line for each range of releases and kind of processor that ends alike."""
    said: dict[tuple[str, ...], list[str]] = {}
    for abis in PROCESSORS:
        said.setdefault(tuple(_describe_releases(language, app, abis)), []).append(abis[0])
    for lines, processors in said.items():
        every = len(processors) == len(PROCESSORS)
        yield say(language, "apps.every-processor") if every else ", ".join(processors)
        yield from (f"    {line}" for line in lines)


def _describe_releases(language: Language, app: App, abis: Sequence[str]) -> Iterator[str]:
    levels = range(FIRST_API, NEWEST_API + 1)
    verdicts = ((api, _verdict(language, choose(app, Tablet(api, abis)))) for api in levels)
    for verdict, run in groupby(verdicts, key=lambda pair: pair[1]):
        alike = [api for api, _ in run]
        yield say(language, "apps.range", releases=name_releases(alike[0], alike[-1]), verdict=verdict)


def _verdict(language: Language, chosen: App | Unfit) -> str:
    if isinstance(chosen, Unfit):
        return say(language, f"apps.unfit.{chosen.cause}", needs=chosen.needs)
    if chosen.splits:
        return say(language, "apps.fits-with-splits", file=chosen.path.name, splits=len(chosen.splits))
    return say(language, "apps.fits", file=chosen.path.name)


def _tell_tablets(language: Language, appset: AppSet, home: Home | None) -> None:
    """The tablets of a home whose last record shows other apps than the set has now."""
    if home is None:
        click.echo(say(language, "apps.no-home"))
        return
    latest = sorted(_read_latest(home).items())
    apart = [asset for asset, record in latest if _has_none(appset, record)]
    changes = {
        asset: [*_differences(appset, record), *_tell_configuration(language, appset, record)]
        for asset, record in latest
        if asset not in apart
    }
    for asset, lines in changes.items():
        for line in lines:
            click.echo(say(language, "apps.tablet", asset=asset, change=line))
    if apart:
        click.echo(say_count(language, "apps.refused", len(apart), assets=", ".join(apart)))
    touched = sum(map(bool, changes.values()))
    click.echo(say(language, "apps.tablets", touched=touched, known=len(latest)))


def _read_latest(home: Home) -> dict[str, Record]:
    """The last record of each tablet that has a number; none before the first batch."""
    records = verify_folder(home.records).records if _has(home) else ()
    return {record.run.asset_id: record for record in records if record.run.asset_id != UNIDENTIFIED}


def _has_none(appset: AppSet, record: Record) -> bool:
    """Whether it was refused and got no app of the set: it may be refused again, so nothing is foretold."""
    seen: dict[str, Any] = record.run.observed.get("apps", {})
    return record.run.outcome is Outcome.REFUSED and seen.keys().isdisjoint(app.package for app in appset.apps)


def _has(home: Home) -> bool:
    return (home.records / "key.json").is_file()


def _list_files(app: App) -> set[tuple[int, str]]:
    """Version code and digest of every file an app may have on a tablet."""
    return {(each.version_code, each.sha256) for each in (app, *app.variants)}


def _differences(appset: AppSet, record: Record) -> Iterator[str]:
    seen: dict[str, Any] = record.run.observed.get("apps", {})
    for app in appset.apps:
        there = seen.get(app.package)
        if there is None:
            yield f"{app.package} - -> {app.version_code}"
        elif (there.get("versionCode"), there.get("sha256")) not in _list_files(app):
            yield f"{app.package} {there.get('versionCode')} -> {app.version_code}"
    for name in sorted(seen.keys() - {AGENT, *(app.package for app in appset.apps)}):
        yield f"{name} {seen[name].get('versionCode')} -> -"


def _tell_configuration(language: Language, appset: AppSet, record: Record) -> Iterator[str]:
    """Whether the tablet's last record shows another configuration delivered than its apps are to have now."""
    wanted = list_digests(appset.configurations, record.run.asset_id)
    shown = [control.evidence for control in record.run.controls if control.control is Control.APPS_CONFIGURED]
    delivered = read_delivered(line for evidence in shown for line in evidence)
    packages = ", ".join(sorted(name for name in {*wanted, *delivered} if wanted.get(name) != delivered.get(name)))
    if packages:
        key = "apps.configuration-changed" if delivered else "apps.configuration-new"
        yield say(language, key, packages=packages)
