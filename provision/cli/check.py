"""`provision check`: are all files of a home right?"""

from __future__ import annotations

from pathlib import Path

import click

from provision.captures.read import read_capture
from provision.cli.job import Passphrase, load_job
from provision.cli.options import WARD_HOME, home_option
from provision.cli.speech import language_of
from provision.errors import HomeError, RecordError
from provision.home import load_home
from provision.profiles.schema import Status
from provision.records.keys import load_keys, show_fingerprint
from provision.site import read_passphrase
from provision.texts.catalogue import say


@click.command()
@home_option
def check(home: Path | None) -> None:
    """Check every file of a bench home: site, slots, bench, app set, profiles, captures, key, secret.

    Each fault is one line: file, line, key, what was expected, what was got. Exit status 2 with faults.
    """
    try:
        place = load_home(home or WARD_HOME)
        key = load_keys(place.keys)
    except RecordError as error:
        raise HomeError(str(error)) from error  # here a damaged key is a fault of the home: status 2
    loaded = load_job(place)
    asked = place.site.wifi.passphrase is not None and place.site.wifi.passphrase.prompt
    loaded.check_secrets(None if asked else read_passphrase(place.site, place.path))
    kit = loaded.make_kit(Passphrase(place))
    captures = [read_capture(file) for file in sorted((place.path / "captures").glob("*.json"))]
    language = language_of(place)
    kind = say(language, f"home.{place.kind}")
    counts = {"slots": len(place.slots), "apps": len(loaded.appset.apps)}
    click.echo(say(language, "check.right", folder=place.path, kind=kind, **counts))
    drafts = sum(each.status is Status.DRAFT for each in loaded.profiles.known)
    models = {"profiles": len(loaded.profiles.known), "drafts": drafts, "captures": len(captures)}
    click.echo(say(language, "check.profiles", folder=place.bench.device_profiles, **models))
    if kit is not None:
        words = {"version": kit.app.version_name, "sha256": kit.app.sha256, "site_key": kit.sender.key.key_id}
        click.echo(say(language, "check.agent", **words))
    click.echo(say(language, "check.key", fingerprint=show_fingerprint(key.fingerprint)))
