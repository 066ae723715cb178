"""What a person is told to do now about an error that ended a command."""

from __future__ import annotations

import errno

import pytest

from provision.cli.speech import explain
from provision.errors import (
    AdbServerError,
    AnswerError,
    ConfigurationError,
    DeadlinePassed,
    ProvisionError,
    RecordError,
    ServerGone,
    TabletGone,
)
from provision.texts.catalogue import Language, say


def no_room(kind: type[ProvisionError], number: int = errno.ENOSPC) -> ProvisionError:
    """An error of the product that a full disk led to, two calls below."""
    record, told = RecordError("the leaf cannot be written"), kind("the batch has no end")
    record.__cause__ = OSError(number, "No space left on device")
    told.__cause__ = record
    return told


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", [RecordError, AdbServerError])
def test_a_full_disk_is_named_however_its_error_was_told(kind: type[ProvisionError], language: Language) -> None:
    assert explain(language, no_room(kind)) == [say(language, "main.disk-full")]
    assert explain(language, no_room(kind, errno.EACCES)) == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeadlinePassed("x"), "tablet-hung"),
        (TabletGone("x"), "tablet-gone"),
        (ServerGone("x"), "adb-server-gone"),
        (AnswerError("c", "e", "g"), "answer-not-understood"),
    ],
)
def test_a_tablet_that_broke_a_command_off_gets_the_same_hands_as_after_a_run(
    error: ProvisionError, reason: str
) -> None:
    assert explain(Language.FR, error) == [say(Language.FR, f"reason.{reason}.action")]


def test_what_says_itself_what_to_do_gets_no_second_sentence() -> None:
    assert explain(Language.EN, ConfigurationError()) == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_place_that_this_account_may_not_write_is_named_so(number: int) -> None:
    assert explain(Language.EN, OSError(number, "no", "/x")) == [say(Language.EN, "main.not-allowed")]
    assert explain(Language.EN, OSError(errno.ENOENT, "no", "/x")) == []
