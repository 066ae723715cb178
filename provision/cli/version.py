"""`provision --version`: the version, the commit it was built from, and the digest of the agent that came with it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from importlib import metadata
from pathlib import Path

import click

from provision.home.bench_settings import DEVELOPMENT_AGENT, IS_CHECKOUT, TOOLKIT
from provision.texts.catalogue import say
from provision.texts.language import detect_language

GIT_SECONDS = 10.0
_DESCRIBE = ("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")


def print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Print one line and end, where `--version` was given."""
    if not wanted or context.resilient_parsing:
        return
    language = detect_language(os.environ, None)
    unknown = say(language, "version.unknown")
    facts = {
        "version": metadata.version("provision"),
        "commit": read_commit() or unknown,
        "agent": _digest_agent() or unknown,
    }
    click.echo(say(language, "version.line", **facts))
    context.exit()


def read_commit(toolkit: Path = TOOLKIT, *, checkout: bool = IS_CHECKOUT) -> str:
    """Return the commit, with `-dirty` where files differ from it; empty where nobody knows it.

    Args:
        toolkit: of a checkout the folder git is asked about, else the one with the file `commit` of the build.
        checkout: whether it is a source tree.
    """
    try:
        if not checkout:
            return (toolkit / "commit").read_text("ascii").strip()
        if not (toolkit / ".git").exists():  # an unpacked archive, perhaps within somebody else's repository
            return ""
        words = ("git", "-C", str(toolkit), *_DESCRIBE)
        asked = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=GIT_SECONDS)
        return asked.stdout.decode("ascii").strip()
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""


def _digest_agent() -> str:
    """Return the SHA-256 of the shipped agent itself, not of what is written about it."""
    try:
        return hashlib.sha256(DEVELOPMENT_AGENT.read_bytes()).hexdigest()
    except OSError:
        return ""
