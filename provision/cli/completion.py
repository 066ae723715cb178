"""`provision completion`: what a shell needs to complete the words of `provision`."""

from __future__ import annotations

from collections.abc import Mapping

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from provision.cli.ending import NOT_ALL

COMPLETION = "_PROVISION_COMPLETE"
"""Set by the scripts of `provision completion`, which ask for the next word so."""

SHELLS: Mapping[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
def completion(shell: str) -> None:
    """Print the completion script of SHELL, which asks this program for each word.

    bash: `provision completion bash > ~/.local/share/bash-completion/completions/provision`; zsh: into a file
    `_provision` in a folder of $fpath; fish: `~/.config/fish/completions/provision.fish`.
    """
    click.echo(write_completion(shell))


def write_completion(shell: str) -> str:
    """Return the script of one of `SHELLS`."""
    complete = _make_complete(shell, click.get_current_context().find_root().command)
    return complete.source_template % complete.source_vars()


def answer_shell(root: click.Command, asked: str) -> int:
    """Print what may stand where the cursor is, in the form that the script of `write_completion` reads.

    click would do so itself, but in bytes, which no text stream takes.

    Args:
        asked: the value of `COMPLETION`: `bash_complete`, `zsh_complete` or `fish_complete`. The words stand in
            COMP_WORDS and COMP_CWORD (click, "Shell Completion").

    Returns:
        the exit status.
    """
    shell, _, verb = asked.partition("_")
    if shell not in SHELLS or verb != "complete":
        return NOT_ALL
    try:
        click.echo(_make_complete(shell, root).complete())
    except (KeyError, ValueError):  # the words are not there, or end within quotation marks: nothing is known
        return NOT_ALL
    return 0


def _make_complete(shell: str, root: click.Command) -> ShellComplete:
    return SHELLS[shell](root, {}, "provision", COMPLETION)
