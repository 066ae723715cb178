"""`provision answer`: the hotline's side of the maintenance code (contract 11)."""

from __future__ import annotations

from pathlib import Path

import click

from provision.agent.maintenance import DIGITS
from provision.cli.asked import prints_only
from provision.cli.options import WARD_HOME, home_option
from provision.cli.speech import ask_line, speak_at
from provision.errors import HomeError
from provision.state.opening import open_bench_state
from provision.texts.catalogue import say
from provision.texts.language import Language


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
    from provision.console import answering  # noqa: PLC0415 # what opens no home does without the console's room

    place = (home or WARD_HOME).absolute()
    if not (place / "keys").is_dir():
        raise HomeError(f"{place}: no bench home here; name another with --home")
    language = speak_at(place, None)
    asked = asset or ask_line(say(language, "answer.ask-asset"), err=True)
    with open_bench_state(place) as state:
        for line in answering.tell_numbers(language, state, asked):
            click.echo(line, err=True)
        held = answering.find_held(language, place, state, asked)
        digits = _ask_digits(language) if challenge is None else _read_digits(language, challenge)
        answered = answering.answer(state, held, digits)
    for line in answering.tell_beside(language, held, answered):
        click.echo(line, err=True)
    click.echo(answered.digits.reveal().decode())


def _ask_digits(language: Language) -> str:
    question = say(language, "answer.ask-digits")
    return str(ask_line(question, value_proc=lambda text: _read_digits(language, text), err=True))


def _read_digits(language: Language, text: str) -> str:
    """The digits as people say them: in groups, too.

    Raises:
        click.UsageError: they are not eight, nor eight behind the number of a scope.
    """
    from provision.console.answering import read_challenge  # noqa: PLC0415 # as above

    try:
        return read_challenge(text)
    except ValueError:
        raise click.UsageError(say(language, "answer.wrong-digits", count=DIGITS, got=text)) from None
