"""`provision answer`: the hotline's side of the maintenance code (contract 11)."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.agent.key_chain import FILE, read_key_chain
from provision.agent.maintenance import DIGITS, Scope, answer_challenge, read_scope
from provision.agent.site_key import load_site_key
from provision.cli.asked import prints_only
from provision.cli.options import WARD_HOME, home_option
from provision.cli.speech import ask_line
from provision.errors import ConfigurationError, HomeError, ProvisionError
from provision.home.bench_settings import load_bench_settings
from provision.identity.number import read_number
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from provision.texts.catalogue import say
from provision.texts.language import Language, detect_language

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState


SAID, FORMER = "answer.said", "answer.former"
"""What is told beside an answer by a secret that this bench issued, now and before a rekey."""


class NoAsset(ProvisionError):
    """No tablet of this number was ever given a maintenance code here."""


@click.command()
@home_option("./ward")
@click.argument("asset", required=False)
@click.argument("challenge", required=False)
@prints_only
def answer(home: Path | None, asset: str | None, challenge: str | None) -> None:
    """Answer the eight digits CHALLENGE that tablet ASSET (A-0042) shows; what is not given is asked for.

    The answer opens that tablet once. Where a figure stands before the eight digits, it allows one thing alone: 1 Wi-Fi
    again, 2 a new patient, 3 a restart, 4 a call for the patient. It works beside a running station. Each use is noted,
    without digits, in the audit log (`provision audit`). A tablet that another bench of the site finished is answered,
    too.

    Exit status 0 answered, 1 no such tablet, 2 wrong digits or a damaged home.
    """
    place = (home or WARD_HOME).absolute()
    if not (place / "keys").is_dir():
        raise HomeError(f"{place}: no bench home here; name another with --home")
    language = _choose_language(place)
    asked = asset or ask_line(say(language, "answer.ask-asset"), err=True)
    with open_bench_state(place) as state:
        _tell_retired(language, state, asked)
        name, secret, told = _find_secret(language, place, state, asked)
        digits = _ask_digits(language) if challenge is None else _read_digits(language, challenge)
        said, scope = answer_challenge(secret, digits).reveal().decode(), read_scope(digits)
        state.audit_log.note("answer" if scope is Scope.UNLOCK else f"answer {scope.name.lower()}", name)
    if scope is Scope.UNLOCK or told != SAID:
        click.echo(say(language, told, asset=name), err=True)
    if scope is not Scope.UNLOCK:
        click.echo(say(language, f"answer.only.{scope.name.lower()}", asset=name), err=True)
    click.echo(_group(said))


def _choose_language(home: Path) -> Language:
    """The bench's own; a hotline must be answered while somebody edits a file."""
    try:
        return detect_language(os.environ, load_bench_settings(home / "bench.yaml").language)
    except ConfigurationError:
        return detect_language(os.environ)


def _find_secret(language: Language, home: Path, state: BenchState, asked: str) -> tuple[str, Secret, str]:
    """The asset id in the bench's own spelling, its secret, and the key of what is told beside the answer.

    Raises:
        NoAsset: with the nearest ones that are known.
        HomeError: the site key is missing or damaged.
    """
    wanted = read_number(asked)
    for name in dict.fromkeys((wanted, asked.strip().upper())):
        issued = None if name is None else state.agent_secrets.find(name)
        if name is not None and issued is not None:
            return name, issued.secret, FORMER if _is_outlived(home, name, issued.secret) else SAID
    if wanted is not None and _may_be_given(home, state, wanted):
        return wanted, load_site_key(home / "keys").derive_secret(wanted), "answer.derived"
    near = difflib.get_close_matches(asked.strip().upper(), state.agent_secrets.list_assets(), n=3, cutoff=0.5)
    hint = say(language, "answer.near", names=", ".join(near)) if near else say(language, "answer.no-near")
    raise NoAsset(f"{say(language, 'answer.unknown', asset=asked, home=home)} {hint}")


def _is_outlived(home: Path, name: str, secret: Secret) -> bool:
    """Whether a bench of the site may have given the tablet another secret since, with the new site key.

    A damaged key keeps no hotline from its answer.
    """
    try:
        chain = read_key_chain(home / "keys" / FILE)
        of_now = load_site_key(home / "keys").derive_secret(name)
    except HomeError:
        return False
    return chain is not None and chain.outlives(secret, of_now)


def _tell_retired(language: Language, state: BenchState, asked: str) -> None:
    """Tell of a number that became another, and of one whose tablet may still show an earlier one."""
    number = read_number(asked)
    if number is None:
        return
    labels = state.open_label_checks("")
    became, former = labels.find_successor(number), labels.list_former(number)
    if became != number:
        click.echo(say(language, "answer.retired", asset=number, became=became), err=True)
    if former:
        names = ", ".join(one.asset_id for one in former)
        click.echo(say(language, "answer.had", asset=number, names=names), err=True)


def _may_be_given(home: Path, state: BenchState, number: str) -> bool:
    """Whether it is another bench's, or this one's of a time that the database has lost; else somebody misread it."""
    try:
        prefix = load_bench_settings(home / "bench.yaml").asset_prefix
    except ConfigurationError:
        prefix = number.rpartition("-")[0]
    return number.rpartition("-")[0] != prefix or state.open_registry(prefix).knows(number)


def _ask_digits(language: Language) -> str:
    question = say(language, "answer.ask-digits")
    return str(ask_line(question, value_proc=lambda text: _read_digits(language, text), err=True))


def _read_digits(language: Language, text: str) -> str:
    """The digits as people say them: in groups, too.

    Raises:
        click.UsageError: they are not eight, nor eight behind the number of a scope.
    """
    digits = re.sub(r"[\s.-]", "", text)
    try:
        read_scope(digits)
    except ValueError:
        raise click.UsageError(say(language, "answer.wrong-digits", count=DIGITS, got=text)) from None
    return digits


def _group(digits: str) -> str:
    """`1234 5678`, as it is read over a telephone."""
    return f"{digits[: DIGITS // 2]} {digits[DIGITS // 2 :]}"
