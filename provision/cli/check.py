"""`provision check`: are all files of a home right?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from provision.agent.key_chain import load_key_chain
from provision.agent.site_key import load_site_key
from provision.agent.wipe_word import FILE as WIPE_FILE
from provision.agent.wipe_word import find_standing_word
from provision.cli.options import WARD_HOME, home_option
from provision.cli.speech import language_of
from provision.profiles.schema import Status
from provision.records.keys import load_keys, show_fingerprint
from provision.site.network import Network, Tls
from provision.site.network_secrets import list_ends, read_network_secrets
from provision.site.tablet_certificates import find_first_end
from provision.station.check_home import check_home
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.command()
@home_option("./ward")
def check(home: Path | None) -> None:
    """Check every file of a bench home: site, slots, bench, app set, profiles, captures, key, secret.

    Each fault is one line: file, line, key, what was expected, what was got; those of all files are told at once.
    Exit status 2 with faults.
    """
    setup, captures = check_home(home or WARD_HOME)
    place = setup.home
    key = load_keys(place.keys)
    language = language_of(place)
    kind = say(language, f"home.{place.kind}")
    counts = {"slots": len(place.slots), "apps": len(setup.appset.apps)}
    click.echo(say(language, "check.right", folder=place.path, kind=kind, **counts))
    drafts = sum(each.status is Status.DRAFT for each in setup.profiles.known)
    models = {"profiles": len(setup.profiles.known), "drafts": drafts, "captures": len(captures)}
    click.echo(say(language, "check.profiles", folder=place.bench.device_profiles, **models))
    if setup.agent is not None:
        site_key = load_site_key(place.keys).key_id
        words = {"version": setup.agent.version_name, "sha256": setup.agent.sha256, "site_key": site_key}
        click.echo(say(language, "check.agent", **words))
        chain = load_key_chain(place.keys, site_key)
        offline = {} if chain is None else {"offline_key": chain.offline_id, "rekeys": chain.counter}
        click.echo(say(language, "check.offline" if chain else "check.no-offline", **offline))
        outside = place.site.kiosk.outside
        standing = find_standing_word(place.keys, site_key, None if outside is None else outside.wipe_after_days)
        if standing is not None:
            click.echo(say(language, "check.wipe-stands", file=place.keys / WIPE_FILE, days=standing.days), err=True)
    secrets = read_network_secrets(place.site.wifi, place.path, skip_prompts=True)
    for ssid, end in list_ends(place.site.wifi, secrets, place.path):
        click.echo(say(language, "check.certificates", ssid=ssid, day=end.strftime("%Y-%m-%d")))
    for line in _tell_tablet_certificates(place.site.networks, place.path, language):
        click.echo(line)
    click.echo(say(language, "check.key", fingerprint=show_fingerprint(key.fingerprint)))


def _tell_tablet_certificates(networks: Iterable[Network], base: Path, language: Language) -> Iterator[str]:
    """Which tablet has to come back to the bench first, of each network by keys made on tablets."""
    for network in networks:
        made = network.key if isinstance(network, Tls) else None
        first = None if made is None else find_first_end(base / made.folder, datetime.now(UTC))
        if first is not None:
            number, end = first
            words = {"ssid": network.ssid, "number": number, "day": end.strftime("%Y-%m-%d")}
            yield say(language, "check.tablet-certificates", **words)
