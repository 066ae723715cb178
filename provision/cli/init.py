"""`provision init`: make a bench home."""

from __future__ import annotations

from pathlib import Path

import click

from provision.agent.offline_key import check_new_place
from provision.cli.options import language_option
from provision.cli.passphrase import ask_new_passphrase, passphrase_option
from provision.cli.site import make_offline_key
from provision.cli.speech import speak_to_anybody
from provision.home.create import Details, create_home
from provision.records.keys import load_keys, show_fingerprint
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in HomeKind]),
    default=str(HomeKind.WARD),
    show_default=True,
    help="ward: real tablets. training: virtual tablets only. Fixed for ever, inside the signed key.",
)
@click.option("--name", help="Name of the hospital or ward.")
@click.option("--ssid", help="Name of the hospital Wi-Fi.")
@click.option(
    "--prefix", default="A", show_default=True, help="First part of the asset ids; another one for each bench."
)
@click.option("--slots", type=click.IntRange(0, 500), default=0, show_default=True, help="Hub ports to label already.")
@language_option("Of the bench, kept in its bench.yaml  [default: the computer's].")
@click.option(
    "--site-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="keys/site-key.pem of another bench of the same site: tablets obey the key they met first.",
)
@click.option(
    "--offline-key",
    type=click.Path(path_type=Path),
    help="Make the site's offline key in this new file, outside FOLDER, and take it away: it replaces a lost site key.",
)
@passphrase_option
def init(
    folder: Path,
    kind: str,
    name: str | None,
    ssid: str | None,
    prefix: str,
    slots: int,
    language: Language | None,
    site_key: Path | None,
    offline_key: Path | None,
    passphrase_fd: int | None,
) -> None:
    """Make a bench home in FOLDER: configuration, signing key, ledger.

    Prints the fingerprint of the new key. Keep it outside this computer: who verifies records needs it.
    """
    speaks = speak_to_anybody(language)
    if offline_key is not None:
        if site_key is not None:
            raise click.UsageError(say(speaks, "init.offline-conflict"))
        check_new_place(offline_key, folder)
    # Before anything is made: a home without the key that was asked for is not what was asked for.
    passphrase = None if offline_key is None else ask_new_passphrase(speaks, passphrase_fd)
    details = Details(language=speaks, name=name, ssid=ssid, prefix=prefix, site_key=site_key)
    create_home(folder, HomeKind(kind), slots, details)
    fingerprint = show_fingerprint(load_keys(folder / "keys").fingerprint)
    click.echo(say(details.language, "init.made", kind=say(details.language, f"home.{kind}"), folder=folder))
    click.echo(say(details.language, "init.key", fingerprint=fingerprint))
    if offline_key is not None and passphrase is not None:
        make_offline_key(folder.absolute(), offline_key, speaks, passphrase)
    files = {
        "site": folder / "site.yaml",
        "slots": folder / "slots.yaml",
        "secret": folder / "secrets/wifi",
        "bench": folder / "bench.yaml",
    }
    click.echo(say(details.language, "init.next", folder=folder, **files))
