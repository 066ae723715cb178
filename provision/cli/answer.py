"""`provision answer`: the hotline's side of the maintenance code (contract 11)."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

import click

from provision.agent.issued import IssuedBook
from provision.agent.maintenance import DIGITS, answer_challenge
from provision.cli.audit import note_use
from provision.cli.options import WARD_HOME, home_option
from provision.errors import ConfigurationError, HomeError, ProvisionError
from provision.home.bench_settings import load_bench_settings
from provision.records.content import ASSET_ID
from provision.texts.catalogue import printable, say
from provision.texts.language import Language, detect_language


class NoAsset(ProvisionError):
    """No tablet of this number was ever given a maintenance code here."""


@click.command()
@home_option("./ward")
@click.argument("asset", required=False)
@click.argument("challenge", required=False)
def answer(home: Path | None, asset: str | None, challenge: str | None) -> None:
    """Answer the eight digits CHALLENGE that tablet ASSET (A-0042) shows; what is not given is asked for.

    The answer opens that tablet once. It works beside a running station. Each use leaves a line, without
    digits, in logs/hotline.jsonl. Exit status 0 answered, 1 no such tablet, 2 wrong digits or a damaged home.
    """
    place = (home or WARD_HOME).absolute()
    if not (place / "keys").is_dir():
        raise HomeError(f"{place}: no bench home here; name another with --home")
    language = _choose_language(place)
    book = IssuedBook(place / "state" / "agents")
    name = _find_asset(
        language, place, book, asset or click.prompt(say(language, "answer.ask-asset"), prompt_suffix=" ", err=True)
    )
    issued = book.find(name)
    if issued is None:  # removed between the look and the reading
        raise NoAsset(say(language, "answer.unknown", asset=name, home=place))
    digits = _ask_digits(language) if challenge is None else _read_digits(language, challenge)
    said = answer_challenge(issued.secret, digits).reveal().decode()
    note_use(place, "answer", name)
    click.echo(say(language, "answer.said", asset=name), err=True)
    click.echo(_group(said))


def _choose_language(home: Path) -> Language:
    """The bench's own; a hotline must be answered while somebody edits a file."""
    try:
        return detect_language(os.environ, load_bench_settings(home / "bench.yaml").language)
    except ConfigurationError:
        return detect_language(os.environ)


def _find_asset(language: Language, home: Path, book: IssuedBook, asked: str) -> str:
    """The asset id, in the bench's own spelling.

    Raises:
        NoAsset: with the nearest ones that are known.
    """
    known = book.assets()
    wanted = asked.strip().upper()
    if ASSET_ID.fullmatch(wanted) and wanted in known:
        return wanted
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
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
