"""The language a command speaks."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provision.appset.app_fault import AppFault
from provision.appset.signing.faults import ApkCause
from provision.bench.kernel_words import KernelWord
from provision.bench.slot_views import label_order
from provision.bench.udev_rule import FILE, read_vendor, write_rule
from provision.cli.asked import note_language
from provision.errors import AnswerError, ConfigurationError, ProvisionError, TransportError
from provision.home.bench_settings import read_language
from provision.home.folder import Home
from provision.runs.verdict import outcome_from_error
from provision.terms import HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language, detect_language


def language_of(home: Home) -> Language:
    """The one asked for or the bench's own choice in `bench.yaml`, else the computer's."""
    return detect_language(os.environ, home.bench.language)


def speak(home: Home, language: Language | None) -> Home:
    """The same home, speaking the language that was asked for, if one was."""
    note_language(language or home.bench.language)
    return home if language is None else replace(home, bench=home.bench.model_copy(update={"language": language}))


def speak_to_anybody(language: Language | None) -> Language:
    """The language of a command without a home: the one asked for, else the computer's."""
    return detect_language(os.environ, language)


def speak_at(folder: Path, language: Language | None) -> Language:
    """The language of a command that loads no whole home: the one asked for or the bench's own, else the computer's.

    A home that is not there or is damaged is for the command to tell, in the best language that is known by then.
    """
    chosen = language or read_language(folder / "bench.yaml")
    note_language(chosen)
    return detect_language(os.environ, chosen)


def tell_udev_rule(home: Home, port: str) -> str:
    """Tell whoever looks after this computer how it may open the tablet in a port."""
    vendor = (
        read_vendor(port) if home.kind is HomeKind.WARD else None
    )  # a training bench's ports are not this computer's
    return say(language_of(home), "slot.no-permission.rule", port=port, file=FILE, rule=write_rule(vendor))


def explain(language: Language, error: BaseException) -> list[str]:
    """Explain what to do now about an error whose message says only what is wrong; one sentence a cause."""
    if _is_disk_full(error):
        return [say(language, "main.disk-full")]
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return [say(language, "main.not-allowed")]
    if isinstance(error, TransportError | AnswerError):
        return [name_reason(language, error)[1]]
    faults = error.faults if isinstance(error, ConfigurationError) else ()
    found = [(each.app, each.apk, each.cause) for each in faults if isinstance(each, AppFault) and each.cause]
    return [_explain_apk(language, *each) for each in dict.fromkeys(found)]


def _explain_apk(language: Language, app: str, apk: str, cause: ApkCause) -> str:
    """Explain what to do about one APK that is not what it should be; which app it is of, where that is known."""
    says = say(language, f"apk.{cause}")
    return say(language, "apk.about", app=app, file=apk, says=says) if app else says


def ask_line(question: str, **how: Any) -> Any:  # noqa: ANN401 # as `click.prompt`
    """Ask somebody on the terminal, as `click.prompt` does.

    Raises:
        click.Abort: nobody is there any more: the input ended, or the terminal was closed.
    """
    try:
        return click.prompt(question, prompt_suffix=" ", **how)
    except OSError:
        raise click.Abort from None


def confirm(language: Language, question: str) -> None:
    """Ask for a yes in the bench's language; any other answer is a no.

    Raises:
        click.Abort: no.
    """
    hint = say(language, "confirm.hint")
    said = ask_line(f"{question} {hint}", default="", show_default=False).strip().casefold()
    words = {say(each, "answer.yes") for each in Language}
    if not said or said not in words | {word[0] for word in words}:
        raise click.Abort


def tell_kernel_word(language: Language, labels: Sequence[str], word: KernelWord) -> str:
    """Tell what the kernel said of a slot's port, in plain words, with its own number where it gave one.

    Of a hub it is told once, with the slots that hang on it.
    """
    text, slots = say(language, f"kernel.{word.complaint}"), ", ".join(sorted(labels, key=label_order))
    told = say(language, "kernel.told-hub" if word.is_hub else "kernel.told", slot=slots, hub=word.port, text=text)
    return told if word.error is None else f"{told} ({say(language, 'kernel.error', error=word.error)})"


def name_reason(language: Language, error: ProvisionError) -> tuple[str, str]:
    """Name what is wrong with a tablet that gave such an error, and what hands do, as after a run that it broke off."""
    reason = outcome_from_error(error).reason
    return say(language, f"reason.{reason}.title"), say(language, f"reason.{reason}.action")


def _is_disk_full(error: BaseException | None) -> bool:
    """Tell whether there was no room for what was to be written, however the error was told on its way."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        error = error.__cause__
    return False
