"""The command `provision`: the commands, and what an error looks like on the way out."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from contextlib import suppress
from importlib import import_module

import click

from provision.cli import ending
from provision.cli.asked import Asked
from provision.cli.completion import COMPLETION, answer_shell
from provision.cli.ending import interrupt_on_stop
from provision.cli.process_limits import bound_process, is_exhausted
from provision.cli.streams import list_streams, open_standard_streams
from provision.cli.version import print_version
from provision.config.source import with_lines
from provision.errors import AdbServerError, BackupError, ConfigurationError, HomeError, ProvisionError
from provision.texts.catalogue import printable, say
from provision.texts.language import detect_language

COMMANDS = (
    "init",
    "check",
    "doctor",
    "slots",
    "intake",
    "apps",
    "station",
    "once",
    "pilot",
    "plan",
    "verify",
    "answer",
    "audit",
    "lift",
    "show",
    "light",
    "clean",
    "release",
    "wipe",
    "record",
    "report",
    "register",
    "find",
    "export",
    "tablet",
    "move",
    "audit-room",
    "note",
    "console",
    "site",
    "identify",
    "accept",
    "confirm",
    "assign",
    "identity",
    "papers",
    "capture",
    "suggest",
    "backup",
    "restore",
    "bench",
    "install-service",
    "completion",
    "man",
)
"""Each is a module beside this one that holds a command of its own name, with `_` for `-`."""


class _Commands(click.Group):
    """Loads only the module of the command that is asked for, so that a short command starts in a short time."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """All names, sorted as in any group."""
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if name not in COMMANDS:
            return None
        module = name.replace("-", "_")
        command: click.Command = getattr(import_module(f"provision.cli.{module}"), module)
        # apkInspector sets the root logger to DEBUG on import, and logs what it finds odd in an APK.
        logging.basicConfig(level=logging.CRITICAL, force=True)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show version, commit and the digest of the agent, and end.",
)
def cli() -> None:
    """Turn donated Android tablets into hospital tablets, with proof.

    Exit status: 0 all done or as expected, 1 some not (also: no tablet seen), 2 configuration,
    3 (`record` only) intact but the signer is unknown, 130 interrupted.
    """


def main() -> None:
    """Entry point; every error a person can act on is one message, never a traceback."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # they speak to programmers; tests have them as errors
    open_standard_streams()
    bound_process()
    interrupt_on_stop()
    asked = Asked()
    lost = False
    try:
        ended = _run(asked)
    finally:
        lost = _finish_output(asked)
    sys.exit(ending.NOT_ALL if lost and asked.prints_only and not ended else ended)


def _run(asked: Asked) -> int:
    """The command that was asked for; its exit status."""
    try:
        asking = os.environ.get(COMPLETION)
        ended = answer_shell(cli, asking) if asking else cli.main(standalone_mode=False, obj=asked)
    except click.exceptions.Exit as done:
        ended = done.exit_code
    except click.ClickException as wrong:
        wrong.show()
        ended = ending.CONFIGURATION
    except (click.Abort, KeyboardInterrupt):
        click.echo(say(detect_language(os.environ, asked.language), "main.interrupted"), err=True)
        ended = ending.INTERRUPTED
    except ProvisionError as error:
        told = with_lines(error) if isinstance(error, ConfigurationError) else error
        for line in f"provision: {told}".splitlines():
            click.echo(printable(line), err=True)
        _explain(error, asked)
        ended = (
            ending.CONFIGURATION
            if isinstance(error, ConfigurationError | HomeError | AdbServerError | BackupError)
            else ending.NOT_ALL
        )
    except (MemoryError, RuntimeError) as error:
        if not is_exhausted(error):
            raise
        exhausted = say(detect_language(os.environ, asked.language), "main.exhausted", what=str(error) or "memory")
        click.echo(f"provision: {exhausted}", err=True)
        ended = ending.NOT_ALL
    except (OSError, UnicodeError) as error:  # a disk or a name this computer cannot take
        click.echo(f"provision: {_describe(error)}", err=True)
        _explain(error, asked)
        ended = ending.NOT_ALL
    return ended if isinstance(ended, int) else 0


def _finish_output(asked: Asked) -> bool:
    """Wait until everything is read; say on the other stream what was lost, unless its reader went on purpose.

    Returns:
        whether something was lost that somebody wanted to read.
    """
    streams = list_streams()
    with suppress(KeyboardInterrupt):
        for stream in streams.values():
            stream.flush()
    output = streams.get("stdout")
    if output is None or output.lost is None or output.lost_silently:
        return False
    spoken = detect_language(os.environ, asked.language)
    click.echo(say(spoken, "main.output-lost", why=output.lost.strerror), err=True)
    return True


def _describe(error: OSError | UnicodeError) -> str:
    """Where and what, without the number and the quotation marks of Python."""
    if isinstance(error, OSError) and error.strerror:
        named = ", ".join(printable(str(name)) for name in (error.filename, error.filename2) if name is not None)
        return f"{named}: {error.strerror}" if named else error.strerror
    return str(error)


def _explain(error: Exception, asked: Asked) -> None:
    from provision.cli.speech import explain  # noqa: PLC0415 - loads what nearly no short command needs

    for line in explain(detect_language(os.environ, asked.language), error):
        click.echo(line, err=True)


if __name__ == "__main__":
    main()
