"""What a person is told to do now about an error that ended a command."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.asked import Asked
from provision.cli.main import cli
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
from provision.home.bench_settings import read_language
from provision.home.create import Details, create_home
from provision.terms import HomeKind
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


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ward home without slots that speaks French, on a computer that speaks English."""
    folder = tmp_path_factory.mktemp("french") / "ward"
    create_home(folder, HomeKind.WARD, 0, Details(Language.FR, name="CHU Exemple", ssid="HOPITAL"))
    site = folder / "site.yaml"
    site.write_text(site.read_text().replace("hotline: ", 'hotline: "4242" ', 1))
    return folder


def say_at(home: Path, *words: str, **environ: str) -> str:
    """What a command says, with the words of the error that ended it."""
    env = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "C", "PROVISION_HOME": str(home), **environ}
    done = CliRunner().invoke(cli, list(words), env=env)
    return f"{done.output}{done.exception or ''}"


SPOKEN = {
    "doctor": ("Corrigez", "doctor"),
    "slots show": ("pas encore de place", "slots", "show"),
    "slots print": ("pas encore de place", "slots", "print"),
    "slots cable": ("pas de place 3", "slots", "cable", "3"),
    "apps check": ("tout processeur", "apps", "check"),
}


@pytest.mark.parametrize("name", SPOKEN)
def test_a_command_at_a_home_speaks_the_language_of_its_bench(ward: Path, name: str) -> None:
    told, *words = SPOKEN[name]
    assert told in say_at(ward, *words)
    assert told not in say_at(ward, *words, "--language", "en")


def test_a_bench_file_with_faults_still_tells_its_language(tmp_path: Path) -> None:
    file = tmp_path / "bench.yaml"
    file.write_text("language: fr\nhooks: {attach: [gone.sh]}\ndeadline: {}\n")
    assert read_language(file) is Language.FR
    for other in ("language: [", "language: de\n", "language: {fr: en}\n", "asset_prefix: A\n"):
        file.write_text(other)
        assert read_language(file) is None
    assert read_language(tmp_path / "none.yaml") is None


@pytest.mark.parametrize(("words", "language"), [((), "fr"), (("--language", "en"), "en")])
def test_a_bench_is_made_in_the_language_of_its_computer(tmp_path: Path, words: tuple[str, ...], language: str) -> None:
    home = tmp_path / "ward"
    say_at(home, "init", "--name", "CHU", "--ssid", "S", *words, str(home), LANG="fr_FR.UTF-8")
    assert read_language(home / "bench.yaml") is Language(language)


def test_what_is_said_after_a_command_is_in_its_language(ward: Path) -> None:
    asked = Asked()
    CliRunner().invoke(cli, ["slots", "show", "--home", str(ward)], obj=asked)
    assert asked.language is Language.FR
