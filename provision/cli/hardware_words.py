"""The test of a tablet's hardware: a question a part, on the terminal beside the agent's page, or answered before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import click

from provision.cli.hardware_pages import PAGES, HardwarePages
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


def needs_pages(known: Mapping[HardwarePart, HandWord]) -> bool:
    """Tell whether a part is still to be asked of that the agent has a page for."""
    return bool(PAGES.keys() - known.keys())


def ask_words(
    language: Language, label: str, known: Mapping[HardwarePart, HandWord], pages: HardwarePages | None = None
) -> dict[HardwarePart, HandWord]:
    """Ask of every part that is not answered yet, in order, until a word is understood.

    Args:
        pages: what the tablet shows to each question; None where a hand tries each part alone.

    Raises:
        click.Abort: nobody is there any more.
        TransportError: the way to the tablet failed.
    """
    meant = {
        say(each, f"intake.word.{word}")[: 1 if short else None]: word
        for each in Language
        for word in HandWord
        for short in (True, False)
    }

    def ask(question: str) -> HandWord:
        while True:
            said = ask_line(f"{question} {say(language, 'intake.hint')}", default="", show_default=False)
            word = meant.get(said.strip().casefold())
            if word is not None:
                return word

    def ask_beside(part: HardwarePart) -> HandWord:
        if pages is None or not pages.show(part):
            return ask(say(language, f"intake.test.{part}", label=label))
        return _ask_against(pages, part, lambda: ask(say(language, f"intake.page.{part}", label=label)))

    return {part: known[part] if part in known else ask_beside(part) for part in HardwarePart}


def _ask_against(pages: HardwarePages, part: HardwarePart, ask: Callable[[], HandWord]) -> HandWord:
    """Ask until the tablet observed nothing new that speaks against a yes."""
    word, told = ask(), None
    while word is not HandWord.SKIP:
        doubt = pages.doubt(part)
        if doubt in {None, told} or word is not HandWord.YES:
            return word
        click.echo(doubt)
        told, word = doubt, ask()
    pages.forget(part)  # squares that no finger was to touch say nothing of the screen
    return word


def find_broken(words: Mapping[HardwarePart, HandWord], word: HandWord) -> frozenset[IntakeFinding]:
    """Return the findings of those parts of which a hand said `word`."""
    return frozenset(BROKEN[part] for part, said in words.items() if said is word)
