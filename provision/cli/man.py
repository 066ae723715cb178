"""`provision man`: the manual page, in the macros of man(7), from the same words that `--help` shows.

Forms: `.TH`, `.SH`, `.SS`, `.TP`, `.PP`, `.B`, `.I` alone, which every formatter knows (man(7), groff_man(7)).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

import click

from provision.cli.ending import CONFIGURATION, INTERRUPTED, NOT_ALL, SIGNER_UNKNOWN

NAME = "turn donated Android tablets into hospital tablets, with proof"
ENDINGS = (
    (0, "All done, or ended as expected."),
    (NOT_ALL, "Some not; also: no tablet was seen."),
    (CONFIGURATION, "A file, an option, the home or the adb server is wrong; nothing was begun."),
    (SIGNER_UNKNOWN, "Of `record` alone: intact, but the signer is unknown."),
    (INTERRUPTED, "Interrupted."),
)
ENVIRONMENT = (
    ("PROVISION_HOME", "The bench home of every command that takes --home."),
    ("LC_ALL, LC_MESSAGES, LANG", "The language of messages, French or English, where neither option nor home says."),
)


@click.command()
def man() -> None:
    """Print the manual page; `provision man | man -l -` shows it."""
    root = click.get_current_context().find_root().command
    click.echo("\n".join(write_page(root)))


def write_page(root: click.Command) -> Iterator[str]:
    """Yield the lines of the page of a command and of all that stands below it, hidden ones left out."""
    yield f'.TH PROVISION 1 "{date.today().isoformat()}" "provision" "User Commands"'
    yield from (".SH NAME", rf"provision \- {NAME}", ".SH SYNOPSIS")
    yield r"\fBprovision\fR \fICOMMAND\fR [\fIOPTION\fR...] [\fIARGUMENT\fR...]"
    yield ".SH DESCRIPTION"
    yield from islice(_write_text(root.help or ""), 1, None)  # a section begins with a paragraph of its own
    yield ".SH OPTIONS"
    yield from _write_options(click.Context(root, info_name="provision"))
    yield ".SH COMMANDS"
    for context in _walk(click.Context(root, info_name="provision")):
        yield from _write_command(context)
    yield ".SH EXIT STATUS"
    for status, meaning in ENDINGS:
        yield from (".TP", rf"\fB{status}\fR", escape(meaning))
    yield ".SH ENVIRONMENT"
    for name, meaning in ENVIRONMENT:
        yield from (".TP", rf"\fB{name}\fR", escape(meaning))


def escape(text: str) -> str:
    r"""Return a text line as it must be typed: `\`, `-`, quotes and letters that begin a request.

    A hyphen that is typed again is a minus (groff_man(7), "Portability"): options can be copied from the page.
    """
    typed = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")
    return rf"\&{typed}" if typed.startswith(".") else typed


def _walk(context: click.Context) -> Iterator[click.Context]:
    """The contexts of all commands below one, each group before its own."""
    command = context.command
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            below = click.Context(child, parent=context, info_name=name)
            yield below
            yield from _walk(below)


def _write_command(context: click.Context) -> Iterator[str]:
    words = " ".join(context.command.collect_usage_pieces(context))
    yield f".SS {escape(context.command_path)}"
    yield rf"\fB{escape(context.command_path)}\fR {escape(words)}"
    yield from _write_text(context.command.help or "")
    yield from _write_options(context)


def _write_text(text: str) -> Iterator[str]:
    """Paragraphs of a help text; what stands behind a form feed is not shown by click either."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text).partition("\f")[0].strip()):
        lines = [line.strip() for line in paragraph.replace("\b", "").splitlines() if line.strip()]
        if lines:
            yield ".PP"
            yield from map(escape, lines)


def _write_options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        row = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if row is not None:
            yield from (".TP", rf"\fB{escape(row[0])}\fR", escape(" ".join(row[1].split())) or r"\&")
