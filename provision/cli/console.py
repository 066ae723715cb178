"""`provision console`: the hotline's pages over the house's register, and who may open them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli.console_users import user
from provision.cli.house import House, open_house
from provision.cli.options import home_option, language_option
from provision.errors import ConfigurationError, ConfigurationFault, HomeError
from provision.home.folder import load_home
from provision.site.secret import read_secret
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from collections.abc import Callable

    from provision.console.provider.exchange import Provider

MOST_PORT = 65_535


@dataclass(frozen=True)
class _FreshHouse(House):
    """A house whose news are brought in again and again: what is said beside that is said once."""

    told: set[str] = field(default_factory=set)

    def tell_aside(self, key: str, **values: object) -> None:
        """See `House`."""
        text = say(self.language, key, **values)
        if text not in self.told:
            self.told.add(text)
            click.echo(text, err=True)


@click.group(invoke_without_command=True)
@home_option("./ward")
@click.option("--listen", metavar="ADDRESS", help="Address or name of this computer for others, over HTTPS.")
@click.option("--port", type=click.IntRange(0, MOST_PORT), default=8444, show_default=True, help="0 takes a free one.")
@language_option("Of the pages and messages  [default: the home's, else the computer's].")
@click.pass_context
def console(
    context: click.Context, home: Path | None, listen: str | None, port: int, language: Language | None
) -> None:
    """Serve the hotline's pages until it is stopped: search, a tablet's page, calls, codes by telephone.

    On this computer alone, at the address it prints; with --listen for others, over HTTPS with the certificate of the
    bench's own pages. It needs no station and no tablet, and works beside both. Who may open the pages: `provision
    console user`. Exit status 2 when the address cannot be had, 130 when it was stopped.
    """
    if context.invoked_subcommand is not None:
        return
    # SQLAlchemy and Starlette come along, which `--help` and `user` need not load.
    from provision.console.asking import Console  # noqa: PLC0415
    from provision.console.provider.door import BACK  # noqa: PLC0415
    from provision.console.server import open_door, serve  # noqa: PLC0415
    from provision.register.sql.people_rows import list_people  # noqa: PLC0415
    from provision.web.address import NoAddress  # noqa: PLC0415

    with open_house(home, language, fresh=False) as house:  # what is new here comes while the first page is shown
        fresh = _FreshHouse(house.home, house.key, house.register, house.language)
        fresh.sync()  # first: a register put back from a copy gets what it told since before a page tells more
        provider = _open_provider(house)
        try:
            door = open_door(house.home, listen, port)
        except NoAddress as fault:
            key = f"console.no-address.{fault.fault}"
            raise HomeError(say(house.language, key, address=fault.address, text=fault.text)) from None
        click.echo(say(house.language, "console.url", url=door.url))
        if door.certificate is not None:
            click.echo(say(house.language, "console.fingerprint", fingerprint=door.certificate.fingerprint))
        if provider is not None:
            back = f"{door.url.rstrip('/')}{BACK}"
            click.echo(say(house.language, "console.provider", label=provider.settings.label, back=back))
        if not house.register.local.read(list_people):
            house.tell_aside("console.nobody")
        made = Console(house.home, house.key, house.register, house.language, provider=provider)
        serve(made, door, make_refresh(fresh))


def _open_provider(house: House) -> Provider | None:
    """The identity provider that bench.yaml names; it is asked when somebody signs in.

    Raises:
        ConfigurationError: its secret, or the certificate of its authority, is not to be had.
    """
    from provision.console.provider.exchange import Provider  # noqa: PLC0415 # as above
    from provision.console.provider.fetch import make_fetch  # noqa: PLC0415

    settings = house.home.bench.identity_provider
    if settings is None:
        return None
    secret = read_secret(settings.secret, house.home.path, what=settings.label)
    authority = None if settings.authority is None else house.home.path / settings.authority
    try:
        fetch = make_fetch(authority)
    except OSError as error:
        told = error.strerror or "an error"
        fault = ConfigurationFault(authority or house.home.path, None, "", "certificates (PEM)", told)
        raise ConfigurationError(fault) from None
    return Provider(settings, secret, fetch)


def make_refresh(house: House) -> Callable[[], bool]:
    """Return what brings in the news, in the order of `open_house`, with the files of the home as they are each time.

    The house's wards are told from them: from files as they were at the start they would be told back to that.
    """

    def refresh() -> bool:
        fresh = replace(house, home=load_home(house.home.path))
        reached = fresh.sync()
        fresh.take_in()
        return reached and fresh.sync() and not fresh.register.lacks_records(fresh.home.records)

    return refresh


console.add_command(user)
