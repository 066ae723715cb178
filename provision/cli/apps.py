"""`provision apps`: the app set of a bench, checked, extended, brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from provision.agent.configured import list_digests, read_delivered
from provision.agent.contract import AGENT
from provision.appset.app_fault import refuse
from provision.appset.containers import unpack_all
from provision.appset.edit import Choice, add_app, update_app
from provision.appset.load import load_appset
from provision.appset.model import App, AppSet
from provision.appset.pins import read_pins
from provision.appset.remarks import find_doubled_labels
from provision.cli.app_lines import describe, describe_set
from provision.cli.options import home_option, language_option
from provision.cli.speech import speak_at, speak_to_anybody
from provision.errors import ConfigurationError, ConfigurationFault
from provision.home.bench_settings import TOOLKIT
from provision.home.folder import Home, load_home
from provision.records.reader import Record, verify_folder
from provision.records.run_end import UNIDENTIFIED
from provision.terms import Control, Outcome
from provision.texts.catalogue import Language, say, say_count

_file_option = click.option(
    "--apps",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The apps.yaml  [default: the one the home names, else the toolkit's].",
)

_unpack_option = click.option(
    "--unpack",
    is_flag=True,
    help="Take a package of APKs (.xapk, .apks, .apkm, ZIP) apart, into a folder beside apps.yaml.",
)

_language_option = language_option("Of the messages  [default: the home's where one is named, else the computer's].")


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
    spoken, appset = _speak(home, language), load_appset(_file(home, file))
    for app in appset.apps:
        _print_about(spoken, app)
        if app.configuration:
            keys = ", ".join(app.configuration)
            click.echo("    " + say_count(spoken, "apps.configured", len(app.configuration), keys=keys))
    for line in describe_set(spoken, appset.apps):
        click.echo(line)
    for label in find_doubled_labels(appset.apps):
        click.echo(say(spoken, "apps.label-doubled", label=label))
    click.echo(say_count(spoken, "apps.checked", len(appset.apps), digest=appset.digest[:16]))


@apps.command()
@_options
@click.option("--label", help="What people call it  [default: the last part of its package].")
@_unpack_option
@click.argument("apks", metavar="APK...", type=click.Path(path_type=Path), nargs=-1, required=True)
def add(
    home: Path | None,
    file: Path | None,
    label: str | None,
    apks: tuple[Path, ...],
    language: Language | None,
    *,
    unpack: bool,
) -> None:
    """Verify every APK of one app and write its entry into apps.yaml; comments stay.

    Several files are one app: a base with its splits, files for different tablets (variants), or both. Faults:
    status 2, nothing is written.
    """
    place, spoken = _file(home, file), _speak(home, language)
    with _open_packages(spoken, apks, place.parent, unpack=unpack) as files:
        pins = [read_pins(apk, place.parent) for apk in files]
        package = pins[0].package
        if package == AGENT:
            hint = "bench.yaml names the agent, and every run installs it: agent: {file, sha256, signer}"
            raise refuse(place, "an app", "the agent", hint=hint)
        name = label or package.rpartition(".")[2].capitalize()
        appset = add_app(place, pins, name)
    _print_about(spoken, next(app for app in appset.apps if app.package == package))
    for line in describe_set(spoken, appset.apps):
        click.echo(line)
    for apk in files:
        if not apk.resolve().is_relative_to(place.parent.resolve()):
            click.echo(say(spoken, "apps.outside", file=apk))
    click.echo(say(spoken, "apps.written", file=place))
    click.echo(say(spoken, "apps.compare-signer", signer=pins[0].values["signer"]))


@apps.command()
@_options
@click.option("--accept-signer", is_flag=True, help="Take files of another signer; tablets must then be reset.")
@click.option("--variant", type=int, help="Number of the variant they take the place of, where it is not clear.")
@click.option("--drop-splits", is_flag=True, help="Splits that are pinned and not named leave the set.")
@_unpack_option
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
    unpack: bool,
) -> None:
    """Pin every APK in place of the pinned file it succeeds, and say which known tablets would change.

    Name all files of one release together: all of them are pinned, or none. Without APK nothing is written: only
    what the known tablets of the home still lack is said.
    """
    place, spoken = _file(home, file), _speak(home, language)
    if not apks:
        appset = load_appset(place)
    else:
        choice = Choice(accept_signer, variant, drop_splits)
        with _open_packages(spoken, apks, place.parent, unpack=unpack) as files:
            appset, changed = update_app(place, [read_pins(apk, place.parent) for apk in files], choice)
        for name, before, after in changed:
            click.echo(say(spoken, "apps.changed", name=name, before=before, after=after))
        click.echo(say(spoken, "apps.written", file=place) if changed else say(spoken, "apps.same"))
    _tell_tablets(spoken, appset, _home(home))


def _print_about(language: Language, app: App) -> None:
    for line in describe(language, app):
        click.echo(line)


@contextmanager
def _open_packages(
    language: Language, apks: Sequence[Path], folder: Path, *, unpack: bool
) -> Iterator[tuple[Path, ...]]:
    """The APKs themselves; what was unpacked goes again when they are not taken."""
    with unpack_all(apks if unpack else (), folder) as unpacked:
        files = [(unpacked[apk].apks if apk in unpacked else (apk,)) for apk in apks]
        yield tuple(file for each in files for file in each)
    for each in unpacked.values():
        click.echo(say(language, "apps.unpacked", count=len(each.apks), folder=each.folder))
        if each.left:
            click.echo(say(language, "apps.left-out", names=", ".join(each.left)))


def _speak(home: Path | None, language: Language | None) -> Language:
    return speak_to_anybody(language) if home is None else speak_at(home, language)


def _home(path: Path | None) -> Home | None:
    return None if path is None else load_home(path)


def _file(home: Path | None, file: Path | None) -> Path:
    if file is None:
        place = _home(home)
        file = TOOLKIT / "apks/apps.yaml" if place is None else place.bench.app_set
    if not file.parent.is_dir():
        raise ConfigurationError(ConfigurationFault(file, None, "", "a file in a folder that exists", "no such folder"))
    return file


def _tell_tablets(language: Language, appset: AppSet, home: Home | None) -> None:
    """The tablets of a home whose last record shows other apps than the set has now."""
    if home is None:
        click.echo(say(language, "apps.no-home"))
        return
    found = verify_folder(home.records) if _has(home) else None  # none before the first batch
    for told in () if found is None else found.unjudged:
        click.echo(say(language, "apps.record-later", told=told), err=True)
    latest = sorted(_read_latest(() if found is None else found.records).items())
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


def _read_latest(records: Iterable[Record]) -> dict[str, Record]:
    """The last record of each tablet that has a number."""
    return {record.run.asset_id: record for record in records if record.run.asset_id != UNIDENTIFIED}


def _has_none(appset: AppSet, record: Record) -> bool:
    """Tell whether it was refused and got no app of the set: it may be refused again, so nothing is foretold."""
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
    """Tell whether the tablet's last record shows another configuration delivered than its apps are to have now."""
    wanted = list_digests(appset.configurations, record.run.asset_id)
    shown = [control.evidence for control in record.run.controls if control.control is Control.APPS_CONFIGURED]
    delivered = read_delivered(line for evidence in shown for line in evidence)
    packages = ", ".join(sorted(name for name in {*wanted, *delivered} if wanted.get(name) != delivered.get(name)))
    if packages:
        key = "apps.configuration-changed" if delivered else "apps.configuration-new"
        yield say(language, key, packages=packages)
