"""`provision bench`: hands at the training bench, from another terminal; and chaos. Training homes only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from provision.cli.chaos import chaos
from provision.cli.options import TRAINING_HOME, home_option
from provision.cli.simulate import simulate
from provision.cli.soak import soak
from provision.cli.streams import write_json
from provision.errors import TrainingError
from provision.home.folder import load_home, require_kind
from provision.terms import HomeKind
from provision.virtual.control import BenchClient
from provision.virtual.offline import edit_offline, read_journal_offline


@click.group()
@home_option("training/ of the toolkit")
@click.pass_context
def bench(context: click.Context, home: Path | None) -> None:
    """Plug, unplug, tap Allow, break and mend virtual tablets of a training home.

    `edit`, `break`, `mend` and `journal` also work while no station runs, `chaos` and `soak` start one of their own;
    the others need one (`scripts/station --virtual 8 --stay` in another terminal). --home stands before the word:
    `bench --home FOLDER plug 1`. Exit status 0 done, 1 cannot be done, 2 wrong use.
    """
    context.obj = home


def _find_home(context: click.Context) -> Path:
    """The training home the command is about; opened here and not in the group, so that help needs none."""
    home = load_home(context.obj or TRAINING_HOME)
    require_kind(home, HomeKind.TRAINING, "bench")
    return home.path


bench.add_command(chaos)
bench.add_command(soak)
bench.add_command(simulate)

slot_argument = click.argument("slot")


def _client(context: click.Context) -> BenchClient:
    return BenchClient.open(_find_home(context))


def _say(answer: Any) -> None:  # noqa: ANN401 # JSON of the bench
    if isinstance(answer, str):
        click.echo(answer)
    else:
        write_json(answer, indent=1)


def _edit(context: click.Context, slot: str, verb: str, *words: str) -> None:
    """Change a tablet's state: at the running bench, else directly on its disk."""
    try:
        client = _client(context)
    except TrainingError:
        _say(edit_offline(_find_home(context), slot, verb, words))
    else:
        _say(client.act("edit", slot, verb, *words))


@bench.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Show what hangs where."""
    _say(_client(context).status())


HANDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "plug": ("Plug the tablet of SLOT in.", ()),
    "unplug": ("Pull the cable of SLOT.", ()),
    "allow": ("Tap Allow on the tablet in SLOT.", ()),
    "reboot": ("Restart the tablet in SLOT by its power button.", ()),
    "mode": ("Switch USB debugging off (mtp) or on (adb).", ("mtp", "adb")),
    "permissions": ("Whether this computer may open the USB device (a udev rule).", ("on", "off")),
}
"""What hands do at a running bench: verb, help, and the choices of its second word."""


def _make_hand(verb: str, says: str, choices: tuple[str, ...]) -> click.Command:
    """The command of one hand movement."""
    slot: list[click.Parameter] = [click.Argument(["slot"])]
    second = [click.Argument(["choice"], type=click.Choice(choices))] if choices else []

    @click.pass_context
    def act(context: click.Context, slot: str, choice: str | None = None) -> None:
        _say(_client(context).act(verb, slot, *([choice] if choice else [])))

    return click.Command(verb, params=[*slot, *second], callback=act, help=says)


for name, (says, choices) in HANDS.items():
    bench.add_command(_make_hand(name, says, choices))


@bench.command(name="break")
@slot_argument
@click.argument("fault")
@click.argument("words", nargs=-1)
@click.pass_context
def break_(context: click.Context, slot: str, fault: str, words: tuple[str, ...]) -> None:
    """Give the tablet in SLOT a FAULT, like full-storage or hang:dumpsys; an unknown one prints all, with their effect.

    A tablet whose run has ended meets it at its next plug: unplug it, plug it in again (`bench unplug`, `bench plug`).
    """
    _edit(context, slot, "break", fault, *words)


@bench.command()
@slot_argument
@click.pass_context
def mend(context: click.Context, slot: str) -> None:
    """Take every fault away; plug the tablet in again for a new run."""
    _edit(context, slot, "mend")


@bench.command()
@slot_argument
@click.argument("verb")
@click.argument("words", nargs=-1)
@click.pass_context
def edit(context: click.Context, slot: str, verb: str, words: tuple[str, ...]) -> None:
    """Change what is on the tablet, as its user would; an unknown VERB prints those there are.

    Examples: edit 1 remove-app org.provision.fixture.chat; edit 2 set system screen_off_timeout 15000.
    """
    _edit(context, slot, verb, *words)


@bench.command()
@slot_argument
@click.pass_context
def journal(context: click.Context, slot: str) -> None:
    """Every mutating call the tablet in SLOT ever saw, one JSON object a line."""
    for entry in read_journal_offline(_find_home(context), slot):
        write_json(entry)
