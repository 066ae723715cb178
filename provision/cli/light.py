"""`provision light`: a slot's port shows itself on the hub, by its lamp or its power, where hub and bench allow it."""

from __future__ import annotations

from pathlib import Path

import click

from provision.bench.port_light import HubPort, Way, find_halves, find_obstacle
from provision.bench.port_power import find_other_device
from provision.bench.slots import Slot
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.speech import language_of
from provision.doctor.usb_tree import read_usb
from provision.errors import HomeError, PortSourceError
from provision.home.folder import Home, load_home, lock_home, require_kind
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language

LONGEST = 300


@click.command()
@home_option("./ward")
@language_option("Of the messages  [default: the home's].")
@click.option("--seconds", type=click.IntRange(1, LONGEST), default=20, show_default=True, help="How long.")
@click.argument("label", metavar="SLOT")
def light(home: Path | None, language: Language | None, seconds: int, label: str) -> None:
    """Show the port of SLOT on its hub, for tablets that answer nothing.

    `port_light` in bench.yaml says how: by the port's lamp, or by its power, off and on again. Hubs are told nothing
    without it, while a station works in this home, or where a keyboard or scanner hangs on the same hub. Needs root, or
    a udev rule for the hub. Exit status 0 shown, 1 not.
    """
    place = load_home(home or WARD_HOME)
    require_kind(place, HomeKind.WARD, "provision light")
    speech = language or language_of(place)
    slot = _find_slot(place, label, speech)
    words = {"label": slot.label, "port": slot.port, "seconds": seconds, "file": place.path / "bench.yaml"}
    if place.bench.port_light == "none":
        raise HomeError(say(speech, "light.none", **words))
    way = Way(place.bench.port_light)
    with lock_home(place):
        interfaces = {device.name: device.listed for device in read_usb()}
        obstacle = find_obstacle(slot.port, interfaces, find_halves(slot.port))
        if obstacle is not None:
            raise PortSourceError(say(speech, f"light.{obstacle}", **words))
        port = HubPort(slot.port)
        can = port.ask_characteristics()
        if not (can.has_lamps if way is Way.LAMP else can.switches_ports):
            raise PortSourceError(say(speech, f"light.cannot-{way}", **words))
        if way is Way.POWER and (kind := find_other_device(slot.port)) is not None:
            what = say(speech, f"cable.{kind}.what")
            raise PortSourceError(say(speech, "light.other-device", what=what, **words))
        click.echo(say(speech, "light.begins", **words))
        port.blink(way, seconds)


def _find_slot(home: Home, label: str, language: Language) -> Slot:
    found = next((slot for slot in home.slots if slot.label == label), None)
    if found is None:
        raise HomeError(say(language, "slots.unknown", file=home.path / "slots.yaml", labels=label))
    return found
