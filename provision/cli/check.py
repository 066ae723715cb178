"""`provision check`: are all files of a home right?"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from provision.appset.load import load_appset
from provision.captures.model import Capture
from provision.captures.read import read_capture
from provision.cli.options import WARD_HOME, home_option
from provision.cli.speech import language_of
from provision.config.findings import Findings
from provision.home.bench_settings import load_bench_settings, load_slots
from provision.home.folder import Home, load_home
from provision.profiles.load import load_profiles
from provision.profiles.schema import Status
from provision.records.keys import load_keys, show_fingerprint
from provision.site.model import Site, load_site
from provision.site.network_secrets import read_network_secrets
from provision.state.opening import open_bench_state
from provision.station.setup import Loaded, load_job, refuse_demo
from provision.texts.catalogue import say


@click.command()
@home_option("./ward")
def check(home: Path | None) -> None:
    """Check every file of a bench home: site, slots, bench, app set, profiles, captures, key, secret.

    Each fault is one line: file, line, key, what was expected, what was got; those of all files are told at once.
    Exit status 2 with faults.
    """
    place, loaded, captures = _read_all(home or WARD_HOME)
    key = load_keys(place.keys)
    language = language_of(place)
    kind = say(language, f"home.{place.kind}")
    counts = {"slots": len(place.slots), "apps": len(loaded.appset.apps)}
    click.echo(say(language, "check.right", folder=place.path, kind=kind, **counts))
    drafts = sum(each.status is Status.DRAFT for each in loaded.profiles.known)
    models = {"profiles": len(loaded.profiles.known), "drafts": drafts, "captures": len(captures)}
    click.echo(say(language, "check.profiles", folder=place.bench.device_profiles, **models))
    if loaded.agent is not None:
        site_key = loaded.load_sender().key.key_id
        words = {"version": loaded.agent.version_name, "sha256": loaded.agent.sha256, "site_key": site_key}
        click.echo(say(language, "check.agent", **words))
    click.echo(say(language, "check.key", fingerprint=show_fingerprint(key.fingerprint)))


def _read_all(folder: Path) -> tuple[Home, Loaded, list[Capture]]:
    """The home and everything it names; whatever one file says, the others are read.

    Raises:
        ConfigurationError: the faults of all files.
        HomeError: there is no home, or it is damaged.
    """
    folder = folder.absolute()  # as the home names its files, so that each fault is told once
    found = Findings()
    place = found.read(lambda: load_home(folder))
    loaded = None
    if place is None:
        _read_pieces(folder, found)
    else:
        loaded = _read_job(place, found)
    captures = [found.read(partial(read_capture, file)) for file in sorted((folder / "captures").glob("*.json"))]
    if place is None or loaded is None or found.any:
        raise found.error
    return place, loaded, [capture for capture in captures if capture is not None]


def _read_job(place: Home, found: Findings) -> Loaded | None:
    """What every run of a home needs, with its secrets."""
    loaded = found.read(lambda: load_job(place))
    _read_secret(place.site, place.path, found)
    if loaded is not None:
        found.read(lambda: _check_state(place))
        if loaded.agent is not None:
            found.read(loaded.load_sender)
    return loaded


def _check_state(place: Home) -> None:
    """Read everything this bench keeps about tablets and models."""
    with open_bench_state(place.path) as state:
        state.check()


def _read_pieces(folder: Path, found: Findings) -> None:
    """What can be read of a home one of whose own files is wrong."""
    if not (folder / "keys").is_dir():
        return
    site = found.read(lambda: load_site(folder / "site.yaml"))
    found.read(lambda: load_slots(folder / "slots.yaml"))
    bench = found.read(lambda: load_bench_settings(folder / "bench.yaml"))
    keys = found.read(lambda: load_keys(folder / "keys"))
    if site is not None:
        _read_secret(site, folder, found)
    if bench is None:
        return
    found.read(lambda: load_profiles(bench.device_profiles))
    appset = found.read(lambda: load_appset(bench.app_set))
    if appset is not None and keys is not None:
        found.read(lambda: refuse_demo(keys.kind, folder / "bench.yaml", bench.app_set, appset))


def _read_secret(site: Site, folder: Path, found: Findings) -> None:
    """The secrets of the networks that lie in files; nobody is asked for one here."""
    found.read(lambda: read_network_secrets(site.wifi, folder, skip_prompts=True))
