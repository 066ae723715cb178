"""`provision bench`: hands at the training bench, from another terminal. Training homes only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from provision.cli.options import TRAINING_HOME, home_option
from provision.errors import TrainingError
from provision.home import load_home, require_kind
from provision.terms import HomeKind
from provision.virtual.control import BenchClient
from provision.virtual.offline import edit_offline, read_journal_offline


@click.group()
@home_option
@click.pass_context
def bench(context: click.Context, home: Path | None) -> None:
    """Plug, unplug, tap Allow, break and mend virtual tablets of a training home.

    `edit`, `break`, `mend` and `journal` also work while no station runs; the others need one
    (`scripts/station --virtual 8 --stay` in another terminal).
    """
    context.obj = home or TRAINING_HOME


def _find_home(context: click.Context) -> Path:
    """The training home the command is about; opened here and not in the group, so that help needs none."""
    home = load_home(context.obj)
    require_kind(home, HomeKind.TRAINING, "bench")
    return home.path


slot_argument = click.argument("slot")


def _client(context: click.Context) -> BenchClient:
    return BenchClient.open(_find_home(context))


def _act(context: click.Context, verb: str, slot: str, *words: str) -> None:
    """One hand movement at the running bench; prints what the bench says."""
    _say(_client(context).act(verb, slot, *words))


def _say(answer: Any) -> None:  # noqa: ANN401 # JSON of the bench
    click.echo(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, indent=1))


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
    """What hangs where."""
    _say(_client(context).status())


@bench.command()
@slot_argument
@click.pass_context
def plug(context: click.Context, slot: str) -> None:
    """Plug the tablet of SLOT in."""
    _act(context, "plug", slot)


@bench.command()
@slot_argument
@click.pass_context
def unplug(context: click.Context, slot: str) -> None:
    """Pull the cable of SLOT."""
    _act(context, "unplug", slot)


@bench.command()
@slot_argument
@click.pass_context
def allow(context: click.Context, slot: str) -> None:
    """Tap Allow on the tablet in SLOT."""
    _act(context, "allow", slot)


@bench.command()
@slot_argument
@click.pass_context
def reboot(context: click.Context, slot: str) -> None:
    """Restart the tablet in SLOT by its power button."""
    _act(context, "reboot", slot)


@bench.command()
@slot_argument
@click.argument("mode", type=click.Choice(["mtp", "adb"]))
@click.pass_context
def mode(context: click.Context, slot: str, mode: str) -> None:
    """Switch USB debugging off (mtp) or on (adb)."""
    _act(context, "mode", slot, mode)


@bench.command()
@slot_argument
@click.argument("state", type=click.Choice(["on", "off"]))
@click.pass_context
def permissions(context: click.Context, slot: str, state: str) -> None:
    """Whether this computer may open the USB device (a udev rule)."""
    _act(context, "permissions", slot, state)


@bench.command(name="break")
@slot_argument
@click.argument("fault")
@click.argument("words", nargs=-1)
@click.pass_context
def break_(context: click.Context, slot: str, fault: str, words: tuple[str, ...]) -> None:
    """Give the tablet in SLOT a FAULT; an unknown one prints those there are."""
    _edit(context, slot, "break", fault, *words)


@bench.command()
@slot_argument
@click.pass_context
def mend(context: click.Context, slot: str) -> None:
    """Take every fault away."""
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
        click.echo(json.dumps(entry, ensure_ascii=False))
