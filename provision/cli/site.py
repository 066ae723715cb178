"""`provision site`: the key that commands the tablets of a site, and the offline key that may replace it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from provision.agent.key_chain import FILE, KeyChain, load_key_chain, read_key_chain, write_key_chain
from provision.agent.offline_key import check_new_place, create_offline_key, read_offline_key
from provision.agent.rekey import (
    FORMER,
    end_rekey,
    has_same_keys,
    read_key_if_any,
    replace_site_key,
    take_site_key,
)
from provision.agent.site_key import SiteKey, load_site_key
from provision.agent.wipe_word import FILE as WIPE_FILE
from provision.agent.wipe_word import write_wipe_word
from provision.cli.asked import prints_only
from provision.cli.options import WARD_HOME, home_option
from provision.cli.passphrase import ask_new_passphrase, ask_passphrase, passphrase_option
from provision.cli.speech import confirm, language_of
from provision.errors import HomeError
from provision.home.folder import Home, load_home, lock_home
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from provision.texts.catalogue import printable, say
from provision.texts.language import Language


@click.group()
def site() -> None:
    """Show and replace the keys of a site."""


@site.command()
@home_option("./ward")
@prints_only
def show(home: Path | None) -> None:
    """Show the site key, the offline key, and the site keys before it.

    Nothing of it is secret. Exit status 0.
    """
    place = load_home(home or WARD_HOME)
    language = language_of(place)
    key = load_site_key(place.keys)
    chain = load_key_chain(place.keys, key.key_id)
    click.echo(say(language, "site.key", key=key.key_id))
    for rekey in reversed(chain.rekeys if chain is not None else ()):
        click.echo(say(language, "site.former", key=rekey.former, counter=rekey.counter))
    if chain is None:
        click.echo(say(language, "site.no-offline"))
    else:
        click.echo(say(language, "site.offline", key=chain.offline_id))
    click.echo(say(language, "site.build", words=_name_options(key, chain)))


def _name_options(key: SiteKey, chain: KeyChain | None) -> str:
    """The options of `scripts/build_agent` for these keys."""
    offline = "" if chain is None else f" --offline-key {chain.offline_id} --rekeys {chain.counter}"
    return f"--site-key {key.key_id}{offline}"


@site.command("offline-key")
@click.argument("file", type=click.Path(path_type=Path))
@passphrase_option
@home_option("./ward")
def offline_key(home: Path | None, file: Path, passphrase_fd: int | None) -> None:
    """Make the offline key of a site in FILE, which lies outside the home and is then taken away.

    Its public part stays in the home; tablets learn it at their next run. From then on it alone can put another site
    key in the place of one that was stolen or lost. Exit status 0 made.
    """
    place = load_home(home or WARD_HOME)
    language = language_of(place)
    with lock_home(place):
        there = load_key_chain(place.keys, load_site_key(place.keys).key_id)
        if there is not None:
            raise HomeError(say(language, "site.offline-there", file=place.keys / FILE, key=there.offline_id))
        check_new_place(file, place.path)
        make_offline_key(place.path, file, language, ask_new_passphrase(language, passphrase_fd))


def make_offline_key(home: Path, file: Path, language: Language, passphrase: Secret) -> None:
    """Make the offline key of a home that has none, in a place that was checked, and tell what becomes of its file.

    Raises:
        HomeError: it cannot be made; then there is no such file either.
    """
    keys = home / "keys"
    chain = KeyChain(create_offline_key(file, passphrase).public, load_site_key(keys).key_id)
    try:
        write_key_chain(keys, chain)
    except HomeError:
        file.unlink()  # a key that no tablet will ever know
        raise
    click.echo(say(language, "site.offline-made", key=chain.offline_id, file=file))
    click.echo(say(language, "site.offline-next", public=keys / FILE))


@site.command()
@click.option(
    "--offline-key",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="The file that `site offline-key` made.",
)
@click.option("--days", type=click.IntRange(7, 60), required=True, help="As kiosk.outside.wipe_after_days says.")
@passphrase_option
@home_option("./ward")
def wipe(home: Path | None, file: Path, days: int, passphrase_fd: int | None) -> None:
    """Let the offline key allow that tablets erase themselves after so many days outside.

    The site key alone cannot: `wipe_after_days` in site.yaml holds together with this word, which is for these days and
    this site key. Taking the line out of site.yaml needs no key. Exit status 0 allowed.
    """
    place = load_home(home or WARD_HOME)
    language = language_of(place)
    with lock_home(place):
        chain = load_key_chain(place.keys, load_site_key(place.keys).key_id)
        if chain is None:
            raise HomeError(say(language, "site.no-offline"))
        word = read_offline_key(file, ask_passphrase(language, passphrase_fd)).allow_wipe(chain, days)
        write_wipe_word(place.keys, word)
        click.echo(say(language, "site.wipe-allowed", days=days, file=place.keys / WIPE_FILE))


@site.command()
@click.option(
    "--offline-key",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file that `site offline-key` made.",
)
@click.option(
    "--take",
    "source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Keys folder of the bench of this site that has the new site key, or a copy of it.",
)
@passphrase_option
@click.option("--yes", is_flag=True, help="Replace it without asking.")
@home_option("./ward")
def rekey(home: Path | None, file: Path | None, source: Path | None, passphrase_fd: int | None, yes: bool) -> None:
    """Replace the site key, because it was stolen or lost: first the plan, then the key.

    The tablets are told in their next runs, each by a step of its own plan. Give the command again where it was cut
    off. Exit status 0 replaced, 130 not wanted.
    """
    place = load_home(home or WARD_HOME)
    language = language_of(place)
    with lock_home(place):
        if end_rekey(place.keys):
            click.echo(say(language, "site.ended", key=load_site_key(place.keys).key_id))
            return
        if (file is None) == (source is None):
            raise click.UsageError(say(language, "site.one-thing"))
        chain = read_key_chain(place.keys / FILE)
        if file is not None and chain is None:
            raise HomeError(say(language, "site.no-offline"))
        if source is not None and has_same_keys(place.keys, source):
            click.echo(say(language, "site.take-same", folder=source, key=load_site_key(place.keys).key_id))
            return
        _tell_plan(place, source, chain, language)
        if not yes:
            confirm(language, say(language, "site.sure"))
        if source is not None:
            key = take_site_key(place.keys, source)
        elif file is not None and chain is not None:
            key = replace_site_key(place.keys, chain, read_offline_key(file, ask_passphrase(language, passphrase_fd)))
        click.echo(say(language, "site.rekeyed", key=key.key_id, folder=quote(str(place.keys))))


def _tell_plan(place: Home, source: Path | None, chain: KeyChain | None, language: Language) -> None:
    key = read_key_if_any(place.keys)
    now = "-" if key is None else key.key_id
    if source is None and chain is not None and key is None:
        click.echo(say(language, "site.plan-missing", key=chain.current))
    elif source is None and chain is not None and chain.current != now:
        click.echo(say(language, "site.plan-lost", key=chain.current, now=now))
    elif source is None:
        click.echo(say(language, "site.plan", key=now, folder=place.keys / FORMER))
    else:
        click.echo(say(language, "site.plan-take", key=now, folder=source))
    with open_bench_state(place.path) as state:
        assets = state.agent_secrets.list_assets()
    names = ", ".join(map(printable, assets)) or "-"
    click.echo(say(language, "site.plan-tablets", count=len(assets), names=names))
    click.echo(say(language, "site.plan-unknown"))
