"""`provision install-service`: a station that starts with the computer, under an account of its own."""

from __future__ import annotations

import os
import pwd
import stat
import sys
from pathlib import Path
from shlex import join

import click

from provision.bench.udev_rule import FILE
from provision.cli.ending import NOT_ALL
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.speech import speak_at
from provision.doctor.rule_file import write_rule_file
from provision.errors import HomeError
from provision.home.folder import load_home, require_kind
from provision.service.installation import Places, install_unit, make_account, remove
from provision.service.unit import NAME, Service, write_account, write_unit
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.command("install-service")
@home_option("./ward")
@click.option("--user", default="provision", show_default=True, metavar="NAME", help="The account of the station.")
@click.option("--web", is_flag=True, help="With the board in a browser; who reads the journal reads its address.")
@click.option("--print", "only_print", is_flag=True, help="Print the unit; nothing is changed, no root needed.")
@click.option("--remove", "undo", is_flag=True, help="Stop the service and take its files away; home and account stay.")
@language_option("Of the messages  [default: the home's, else the computer's].")
def install_service(
    home: Path | None, user: str, web: bool, only_print: bool, undo: bool, language: Language | None
) -> None:
    """Let systemd run the station of a ward home, from now on and whenever the computer starts.

    It begins on every tablet in a slot without asking, since nobody sits at it. Makes the account and the udev rule
    where they are missing. A station that died or stands still is started anew and goes on with the batch.

    Exit status: 0 done, 1 systemd did not do its part or root is needed, 2 configuration.
    """
    service = Service(Path(sys.executable).parent / "provision", (home or WARD_HOME).absolute(), user, web)
    speech = speak_at(service.home, language)
    unit = write_unit(service)
    if only_print:
        click.echo(unit, nl=False)
        return
    if os.geteuid() != 0:
        click.echo(say(speech, "service.needs-root", command=_name_command(service, undo=undo)))
        raise click.exceptions.Exit(NOT_ALL)
    if undo:
        _tell_removed(speech, remove(Places()))
        return
    require_kind(load_home(service.home), HomeKind.WARD, "provision install-service")
    for place in (service.home, service.program):
        _require_way(place)
    if (why := make_account(Places(), write_account(user))) is not None:
        click.echo(say(speech, "service.account-failed", user=user, why=why))
        raise click.exceptions.Exit(NOT_ALL)
    _require_owner(service)
    if not Path(FILE).exists():
        write_rule_file()
    why = install_unit(Places(), unit)
    told = {"unit": Places().unit, "name": NAME, "home": service.home}
    click.echo(say(speech, "service.installed" if why is None else "service.not-started", **told, why=why))
    if why is not None:
        raise click.exceptions.Exit(NOT_ALL)


def _tell_removed(speech: Language, why: str | None) -> None:
    if why is None:
        click.echo(say(speech, "service.removed"))
        return
    click.echo(say(speech, "service.removed-files", why=why))
    raise click.exceptions.Exit(NOT_ALL)


def _name_command(service: Service, *, undo: bool) -> str:
    """The same command as root types it."""
    words = [str(service.program), "install-service"]
    options = ["--home", str(service.home), "--user", service.user, *(["--web"] if service.web else [])]
    return join([*words, *(["--remove"] if undo else options)])


def _require_way(place: Path) -> None:
    """Refuse what another account cannot reach.

    Raises:
        HomeError: the first closed folder on the way.
    """
    for folder in reversed(place.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise HomeError(
                f"{place}: the account of a service cannot pass {folder}, which is closed to others: "
                "move it to /srv or /opt, or open that folder (chmod o+x)"
            )


def _require_owner(service: Service) -> None:
    """Refuse a home that the account could not write.

    Raises:
        HomeError: with the command that gives it to the account.
    """
    try:
        account = pwd.getpwnam(service.user)
    except KeyError:
        raise HomeError(f"{service.user}: no such account on this computer; name another with --user") from None
    if service.home.stat().st_uid != account.pw_uid:
        raise HomeError(
            f"{service.home}: belongs to another account than {service.user}: "
            f"give it to that one ({join(['chown', '-R', f'{service.user}:', str(service.home)])}), "
            "or name its owner with --user; then start this again"
        )
