"""The test of a tablet's hardware by hand: a question a part, asked on the terminal, or answered before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from provision.cli.speech import ask_line
from provision.runs.triage import BROKEN
from provision.terms import HandWord, HardwarePart, IntakeFinding
from provision.texts.catalogue import say
from provision.texts.language import Language


def read_answers(language: Language, given: Sequence[str]) -> dict[HardwarePart, HandWord]:
    """Read answers given on the command line, as `screen=yes`.

    Raises:
        click.UsageError: one is none, or a part is answered twice.
    """
    answers: dict[HardwarePart, HandWord] = {}
    for each in given:
        part, _, word = each.partition("=")
        if part not in set(HardwarePart) or word not in set(HandWord) or HardwarePart(part) in answers:
            parts, words = (", ".join(all_of) for all_of in (HardwarePart, HandWord))
            raise click.UsageError(say(language, "intake.answer", given=each, parts=parts, words=words))
        answers[HardwarePart(part)] = HandWord(word)
    return answers


def ask_words(language: Language, label: str, known: Mapping[HardwarePart, HandWord]) -> dict[HardwarePart, HandWord]:
    """Ask of every part that is not answered yet, in order, until a word is understood.

    Raises:
        click.Abort: nobody is there any more.
    """
    meant = {
        say(each, f"intake.word.{word}")[: 1 if short else None]: word
        for each in Language
        for word in HandWord
        for short in (True, False)
    }
    words = {}
    for part in HardwarePart:
        word = known.get(part)
        while word is None:
            question = say(language, f"intake.test.{part}", label=label)
            hint = say(language, "intake.hint")
            word = meant.get(ask_line(f"{question} {hint}", default="", show_default=False).strip().casefold())
        words[part] = word
    return words


def find_broken(words: Mapping[HardwarePart, HandWord], word: HandWord) -> frozenset[IntakeFinding]:
    """Return the findings of those parts of which a hand said `word`."""
    return frozenset(BROKEN[part] for part, said in words.items() if said is word)
