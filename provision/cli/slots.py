"""`provision slots`: which port of the hubs has which label; learning it, and printing labels for the ports."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from provision.bench.ports import check_port
from provision.bench.slot_lessons import Lesson, SlotLessons, Taught
from provision.bench.slots import Slot
from provision.bench.usb import UsbPorts
from provision.cli.asked import prints_only
from provision.cli.ending import NOT_ALL, on_stop
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.paper_files import form_option, out_option, print_paper
from provision.cli.speech import speak_at
from provision.doctor.usb_tree import read_usb
from provision.doctor.usb_words import tell_device
from provision.errors import HomeError
from provision.home.bench_settings import load_bench_settings, load_slots
from provision.home.folder import read_kind
from provision.home.slots_file import add_slot, move_slots
from provision.report.slot_labels import LabelForm, describe_labels
from provision.state.cable_history import is_named
from provision.state.opening import open_bench_state
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language

_language_option = language_option("Of the messages  [default: the home's, else the computer's].")
_NAME = "slots.yaml"


@click.group()
def slots() -> None:
    """Show and learn which port of the hubs is which slot."""


@slots.command()
@home_option("./ward")
@_language_option
@prints_only
def show(home: Path | None, language: Language | None) -> None:
    """List the slots with their ports and what hangs there now."""
    folder = home or WARD_HOME
    file, speech = folder / _NAME, speak_at(folder, language)
    read_kind(folder)
    known, devices = load_slots(file), {device.name: device for device in read_usb()}
    for slot in known:
        click.echo(
            say(
                speech,
                "slots.line",
                label=f"{slot.label:>8}",
                port=f"{slot.port:<12}",
                what=tell_device(devices.get(slot.port), speech),
            )
        )
    if not known:
        click.echo(say(speech, "slots.none", file=file))


@slots.command()
@home_option("./ward")
@_language_option
@click.option("--hub", metavar="PORT", help="Learn only the slots on this hub again, after it was replaced or moved.")
@click.option("--count", type=click.IntRange(1, 500), help="End after so many further slots  [default: by Ctrl-C].")
def learn(home: Path | None, language: Language | None, hub: str | None, count: int | None) -> None:
    """Plug one tablet through the ports, one after the other: each becomes the next slot in slots.yaml.

    Ports that have a label keep it. Each further slot is written at once; those of a replaced hub all together, when
    the last one was plugged in. Nothing is written to the tablet. Exit status 0 learnt, 1 ended before the last one.
    """
    folder = home or WARD_HOME
    speech = speak_at(folder, language)
    if read_kind(folder) is not HomeKind.WARD:
        raise HomeError(say(speech, "slots.training", folder=folder))
    file = folder / _NAME
    lessons = _start(load_slots(file), hub, count)
    with closing(UsbPorts()) as ports, on_stop(ports.close):
        click.echo(say(speech, "slots.begin", label=lessons.next_label))
        for event in ports.events():
            taught = lessons.take(event)
            if taught is None:
                continue
            click.echo(say(speech, f"slots.{taught.lesson}", port=taught.port, label=taught.label))
            if taught.lesson is Lesson.LEARNT:
                _keep(file, lessons, taught, hub)
                _tell_next(speech, lessons)
            if lessons.next_label is None:
                ports.close()
    if hub is not None and not lessons.is_done:
        click.echo(say(speech, "slots.hub-not-done", label=lessons.next_label), err=True)
    else:
        click.echo(say(speech, "slots.end", count=len(lessons.learnt), file=file))
    if not lessons.is_done:
        raise click.exceptions.Exit(NOT_ALL)


@slots.command("print")
@home_option("./ward")
@_language_option
@out_option("slots.pdf")
@form_option
@click.argument("labels", nargs=-1)
def print_labels(home: Path | None, language: Language | None, out: Path, form: str, labels: tuple[str, ...]) -> None:
    """Write labels for the ports: the slot's number, its hub and port, and a QR code with slot and bench.

    LABELS are the slots to print; without them all are. The file is written, and one of that name is replaced.
    """
    folder = home or WARD_HOME
    speech = speak_at(folder, language)
    read_kind(folder)
    known = load_slots(folder / _NAME)
    unknown = [label for label in labels if label not in {slot.label for slot in known}]
    if unknown or not known:
        key = "slots.unknown" if unknown else "slots.none"
        raise HomeError(say(speech, key, file=folder / _NAME, labels=", ".join(unknown)))
    wanted = [slot for slot in known if not labels or slot.label in labels]
    bench = load_bench_settings(folder / "bench.yaml").asset_prefix
    data = describe_labels(wanted, bench, LabelForm(form), speech)
    print_paper(speech, out, "labels", data)


@slots.command()
@home_option("./ward")
@_language_option
@click.argument("label")
@click.option("--name", default="", help="What is written on the new cable; it keeps its count in another slot.")
def cable(home: Path | None, language: Language | None, label: str, name: str) -> None:
    """Say that slot LABEL has another cable from now on: its drops are counted anew.

    A slot that goes on losing tablets with another cable is then told to be a bad port. It may be said while a station
    works.
    """
    folder = home or WARD_HOME
    speech = speak_at(folder, language)
    read_kind(folder)
    if label not in {slot.label for slot in load_slots(folder / _NAME)}:
        raise HomeError(say(speech, "slots.unknown", file=folder / _NAME, labels=label))
    if name and not is_named(name):
        raise click.UsageError(say(speech, "slots.cable-name"))
    with open_bench_state(folder) as state:
        state.cable_history.change(label, name)
    click.echo(say(speech, "slots.cable", label=label))


def _start(known: Sequence[Slot], hub: str | None, count: int | None) -> SlotLessons:
    present = {device.name for device in read_usb()}
    try:
        return SlotLessons(known, present, None if hub is None else check_port(hub), count)
    except ValueError as wrong:
        raise click.UsageError(f"--hub: {wrong}") from None


def _keep(file: Path, lessons: SlotLessons, taught: Taught, hub: str | None) -> None:
    """Write what was learnt: a further slot at once, a hub's when all are known."""
    if hub is None:
        add_slot(file, Slot(taught.label, taught.port))
    elif lessons.next_label is None:
        move_slots(file, lessons.learnt)


def _tell_next(language: Language, lessons: SlotLessons) -> None:
    if lessons.next_label is not None:
        click.echo(say(language, "slots.next", label=lessons.next_label))
