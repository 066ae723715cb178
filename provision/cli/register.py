"""`provision register`: the house's register as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.house import open_house, take_all_in
from provision.cli.options import home_option, language_option
from provision.report.tablet_page import tell_standing
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language

_language_option = language_option("Of the messages  [default: the home's, else the computer's].")


@click.group()
def register() -> None:
    """Keep the house's register: every tablet's life, over all benches.

    It follows from the signed records of this bench and from what people told it (`move`, `note`). Several benches
    share one on PostgreSQL where `register` in bench.yaml says so; each keeps a whole copy, and goes on alone meanwhile
    when that cannot be reached.
    """


@register.command()
@home_option("./ward")
@_language_option
def rebuild(home: Path | None, language: Language | None) -> None:
    """Make every table anew that follows from records and events; what people told stays.

    Every record is verified against this bench's key. Exit status 0, 1 when records were left out: each is named.
    """
    with open_house(home, language, fresh=False) as house:
        house.sync()  # first: a register that was lost gets back what it told before it tells anything again
        take_all_in(house)
        count, left_out = house.register.rebuild(house.home.records, house.key)
        for why in left_out:
            house.tell_aside("register.left-out", why=why)
        click.echo(say_count(house.language, "register.rebuilt", count))
        house.sync()
    if left_out:
        raise SystemExit(ending.NOT_ALL)


@register.command()
@home_option("./ward")
@_language_option
@prints_only
def status(home: Path | None, language: Language | None) -> None:
    """Show how many tablets are where, the benches, and what somebody has to look at.

    Exit status 0, 1 when two benches contradict each other about a tablet.
    """
    from provision.register.sql.tablet_rows import read_standing  # noqa: PLC0415 # brings SQLAlchemy along

    with open_house(home, language) as house:
        standing = house.register.local.read(read_standing)
        for line in tell_standing(standing, house.language):
            click.echo(line)
    if standing.contradictions or standing.doubles or standing.twice:
        raise SystemExit(ending.NOT_ALL)


@register.command()
@home_option("./ward")
@_language_option
def sync(home: Path | None, language: Language | None) -> None:
    """Bring what this bench knows to the shared register, and what the others told back.

    Exit status 0, 1 when it cannot be reached: everything stays for the next time.
    """
    with open_house(home, language, fresh=False) as house:
        came = [house.register.sync()]  # first, as above
        house.take_in(every_number=True)
        came.append(house.register.sync())
        both = [one for one in came if one is not None]
        if not both:
            click.echo(say(house.language, "register.no-shared"))
            return
        values = {
            "sent_events": sum(sent.events for sent, _ in both),
            "sent_runs": sum(sent.runs for sent, _ in both),
            "got_events": sum(got.events for _, got in both),
            "got_runs": sum(got.runs for _, got in both),
        }
        click.echo(say(house.language, "register.synced", **values))


@register.command()
@home_option("./ward")
@_language_option
@prints_only
def dump(home: Path | None, language: Language | None) -> None:
    """Print every row of the register as JSON lines, in one order: for a comparison, or another program."""
    with open_house(home, language, fresh=False) as house:
        for line in house.register.dump():
            click.echo(line.decode(), nl=False)
