"""`provision answer`: the hotline's side of the maintenance code (contract 11)."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.agent.maintenance import DIGITS, answer_challenge
from provision.cli.options import WARD_HOME, home_option
from provision.errors import ConfigurationError, HomeError, ProvisionError
from provision.home.bench_settings import load_bench_settings
from provision.records.content import ASSET_ID
from provision.state.agent_secrets import Issued
from provision.state.opening import open_bench_state
from provision.texts.catalogue import printable, say
from provision.texts.language import Language, detect_language

if TYPE_CHECKING:
    from provision.state.sql.agent_secret_store import AgentSecretStore


class NoAsset(ProvisionError):
    """No tablet of this number was ever given a maintenance code here."""


@click.command()
@home_option("./ward")
@click.argument("asset", required=False)
@click.argument("challenge", required=False)
def answer(home: Path | None, asset: str | None, challenge: str | None) -> None:
    """Answer the eight digits CHALLENGE that tablet ASSET (A-0042) shows; what is not given is asked for.

    The answer opens that tablet once. It works beside a running station. Each use is noted, without
    digits, in the audit log (`provision audit`).

    Exit status 0 answered, 1 no such tablet, 2 wrong digits or a damaged home.
    """
    place = (home or WARD_HOME).absolute()
    if not (place / "keys").is_dir():
        raise HomeError(f"{place}: no bench home here; name another with --home")
    language = _choose_language(place)
    asked = asset or click.prompt(say(language, "answer.ask-asset"), prompt_suffix=" ", err=True)
    with open_bench_state(place) as state:
        name, issued = _find_issued(language, place, state.agent_secrets, asked)
        digits = _ask_digits(language) if challenge is None else _read_digits(language, challenge)
        said = answer_challenge(issued.secret, digits).reveal().decode()
        state.audit_log.note("answer", name)
    click.echo(say(language, "answer.said", asset=name), err=True)
    click.echo(_group(said))


def _choose_language(home: Path) -> Language:
    """The bench's own; a hotline must be answered while somebody edits a file."""
    try:
        return detect_language(os.environ, load_bench_settings(home / "bench.yaml").language)
    except ConfigurationError:
        return detect_language(os.environ)


def _find_issued(language: Language, home: Path, store: AgentSecretStore, asked: str) -> tuple[str, Issued]:
    """The asset id, in the bench's own spelling, and what it was given.

    Raises:
        NoAsset: with the nearest ones that are known.
    """
    wanted = asked.strip().upper()
    issued = store.find(wanted) if ASSET_ID.fullmatch(wanted) else None
    if issued is not None:
        return wanted, issued
    near = difflib.get_close_matches(wanted, store.list_assets(), n=3, cutoff=0.5)
    hint = say(language, "answer.near", names=", ".join(near)) if near else say(language, "answer.no-near")
    raise NoAsset(f"{say(language, 'answer.unknown', asset=printable(asked), home=home)} {hint}")


def _ask_digits(language: Language) -> str:
    question = say(language, "answer.ask-digits")
    return str(
        click.prompt(question, prompt_suffix=" ", value_proc=lambda text: _read_digits(language, text), err=True)
    )


def _read_digits(language: Language, text: str) -> str:
    """Eight digits as people say them: in groups, too.

    Raises:
        click.UsageError: they are not eight.
    """
    digits = re.sub(r"[\s.-]", "", text)
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise click.UsageError(say(language, "answer.wrong-digits", count=DIGITS, got=printable(text)))
    return digits


def _group(digits: str) -> str:
    """`1234 5678`, as it is read over a telephone."""
    return f"{digits[: DIGITS // 2]} {digits[DIGITS // 2 :]}"
