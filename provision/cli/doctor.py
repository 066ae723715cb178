"""`provision doctor`: can this computer hold a batch, and what mends it where it cannot?"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from provision.bench.udev_rule import FILE
from provision.cli.ending import NOT_ALL
from provision.cli.options import WARD_HOME, home_option, language_option
from provision.cli.speech import speak_at
from provision.doctor.computer import Computer, examine_computer, examine_disk
from provision.doctor.finding import Finding, Level
from provision.doctor.home import examine_home
from provision.doctor.kernel_log import examine_kernel_log
from provision.doctor.rule_file import name_command, write_rule_file
from provision.doctor.usb_findings import examine_usb
from provision.doctor.usb_tree import read_usb
from provision.texts.catalogue import say, say_count
from provision.texts.language import Language


@click.command()
@home_option("./ward")
@language_option("Of the messages  [default: the home's, else the computer's].")
@click.option("--json", "as_json", is_flag=True, help="One finding a line, for programs.")
@click.option("--fix", is_flag=True, help="Write the udev rule; without root, say which command does.")
def doctor(home: Path | None, language: Language | None, as_json: bool, fix: bool) -> None:
    """Look at this computer before a batch: udev, adb, USB and hubs, limits, clock, disk, the home.

    Each finding says how it stands, and the command that mends it. Nothing is changed but by --fix. No tablet is asked.
    Exit status 0 no fault, 1 a fault.
    """
    folder = (home or WARD_HOME).absolute()
    speech = speak_at(folder, language)
    if fix:
        _fix(speech)
        return
    findings = examine(folder)
    for finding in findings:
        click.echo(json.dumps(describe(finding, speech), ensure_ascii=False) if as_json else show(finding, speech))
    counts = Counter(finding.level for finding in findings)
    if not as_json:
        worst = next((level for level in (Level.FAULT, Level.WARNING) if counts[level]), Level.RIGHT)
        told = f"doctor.end.{worst}"
        click.echo(say(speech, told) if worst is Level.RIGHT else say_count(speech, told, counts[worst]))
    if counts[Level.FAULT]:
        raise click.exceptions.Exit(NOT_ALL)


def examine(folder: Path) -> list[Finding]:
    """Return all findings about this computer and the home in a folder."""
    home, slots = examine_home(folder, datetime.now(UTC))
    disk = next(each for each in (folder, *folder.parents) if each.exists())
    return [
        *examine_computer(Computer(), slots),
        examine_disk(disk),
        *examine_usb(read_usb()),
        examine_kernel_log(),
        *home,
    ]


def show(finding: Finding, language: Language) -> str:
    """Return a finding for a person: level, sentence, and on a line of its own the command."""
    level = say(language, f"doctor.level.{finding.level}")
    told = f"{level:<9} {say_finding(finding, language)}"
    if finding.command is None:
        return told
    key = "doctor.command-root" if finding.needs_root else "doctor.command"
    return f"{told}\n{'':<9} → {say(language, key, command=finding.command)}"


def say_finding(finding: Finding, language: Language) -> str:
    """Return the sentence of a finding; a value named `count` chooses between one and many."""
    key, values = f"doctor.{finding.key}", dict(finding.values)
    count = values.pop("count", None)
    return say_count(language, key, count, **values) if isinstance(count, int) else say(language, key, **values)


def describe(finding: Finding, language: Language) -> dict[str, object]:
    """Return a finding for a program."""
    return {
        "finding": finding.key,
        "level": str(finding.level),
        "values": {name: value if isinstance(value, int) else str(value) for name, value in finding.values.items()},
        "text": say_finding(finding, language),
        "command": finding.command,
        "needs_root": finding.needs_root,
    }


def _fix(language: Language) -> None:
    """Write the rule, or tell who is not root the command that does."""
    file = Path(FILE)
    if file.exists():
        click.echo(say(language, "doctor.rule.there", file=file))
        return
    if os.geteuid() != 0:
        click.echo(say(language, "doctor.rule.by-hand", file=file))
        click.echo(name_command())
        raise click.exceptions.Exit(NOT_ALL)
    why = write_rule_file()
    if why is not None:
        click.echo(say(language, "doctor.rule.unread", file=file, why=why))
        raise click.exceptions.Exit(NOT_ALL)
    click.echo(say(language, "doctor.rule.written", file=file))
