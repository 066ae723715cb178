"""`provision move`: where a tablet goes in its life, in somebody's words."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli import ending
from provision.cli.house import House, open_house, tell_refusal
from provision.cli.number import read_typed
from provision.cli.options import home_option, language_option
from provision.register.events import EventRefused, tell_correction, tell_move
from provision.register.lives import TabletLife
from provision.register.moves import Life, MoveRefused
from provision.report.tablet_page import tell_state
from provision.texts.catalogue import say
from provision.texts.language import Language

_BY_RECORD = {Life.READY, Life.IN_WORK}
_NEW = {Life.ANNOUNCED, Life.RECEIVED}
_WORDS = [state.value for state in Life if state is not Life.BEGIN]


@click.command()
@home_option("./ward")
@click.argument("number")
@click.argument("state", type=click.Choice(_WORDS))
@click.option("--why", required=True, help="Why, in a few words; no person's name.")
@click.option("--by", "who", default="technician", show_default=True, help="Role or pseudonym of who says so.")
@click.option(
    "--correct",
    "corrects",
    is_flag=True,
    help="Somebody looked: it is there, whatever was told before, also where it may not go or is told to be already.",
)
@click.option("--ward", default="", help="With deployed: the ward.")
@click.option("--room", default="", help="With deployed: the room.")
@click.option("--holder", default="", help="With deployed: who holds it, by a pseudonym.")
@click.option("--donor", default="", help="Reference of the donation.")
@language_option("Of the messages  [default: the home's, else the computer's].")
def move(
    home: Path | None,
    number: str,
    state: str,
    why: str,
    who: str,
    language: Language | None,
    *,
    corrects: bool,
    **where: str,
) -> None:
    """Write down that the tablet NUMBER (A-0009) is STATE from now on, and why.

    Only along the life of a tablet: announced, received, in-work, refused or ready, deployed, back, reset, in-repair,
    returned, destroyed. What a run found (in-work, ready) is nobody's word. Nothing is written to the tablet.

    A mistyped number, and what `provision register status` names because it does not fit, is put right with --correct.

    Exit status 0, 1 when it cannot go there, or is not known: then nothing was changed.
    """
    with open_house(home, language) as house:
        wanted, to = read_typed(house.language, number), Life(state)
        life = house.find_life(wanted)
        is_there = life is not None and life.state is to and not any(where.values())
        _refuse_unknown(house, wanted, to, life, corrects=corrects, is_there=is_there)
        try:
            if corrects:
                told = tell_correction(wanted, None if is_there else to, who, why, **where)
            else:
                told = tell_move(wanted, to, who, why, **where)
            house.register.tell(told)
        except (MoveRefused, EventRefused) as refused:
            click.echo(tell_refusal(house.language, refused), err=True)
            if life is not None and life.contradictions:
                house.tell_aside("register.refused-odd", number=wanted)
            raise SystemExit(ending.NOT_ALL) from None
        click.echo(say(house.language, "register.moved", number=wanted, state=tell_state(to, house.language)))
        house.sync()


def _refuse_unknown(
    house: House, number: str, to: Life, life: TabletLife | None, *, corrects: bool, is_there: bool
) -> None:
    """A number that nobody has is announced or received, and never one that this bench would give by itself."""
    key = ""
    if to in _BY_RECORD and not (corrects and is_there):
        key = "register.by-record"
    elif life is None and number.startswith(f"{house.prefix}-"):
        key = "register.never-given"
    elif life is None and (corrects or to not in _NEW):
        key = "register.unknown"
    if key:
        click.echo(say(house.language, key, number=number, prefix=house.prefix), err=True)
        raise SystemExit(ending.NOT_ALL)
