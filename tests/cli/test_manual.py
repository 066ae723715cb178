"""The manual page and the completion scripts, judged by the formatters and shells that read them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence

import pytest

from provision.cli.completion import SHELLS
from provision.cli.main import COMMANDS
from provision.cli.man import escape
from tests import program

ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
JUDGES = ("mandoc", "zsh", "fish")

needs_judges = pytest.mark.skipif(
    any(shutil.which(name) is None for name in JUDGES), reason="needs mandoc, zsh and fish (.ci/packages)"
)


def say(*words: str, **env: str) -> str:
    ended = program.run(words, {**ENVIRONMENT, **env})
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def judge(words: Sequence[str], text: str) -> tuple[int, str]:
    """The exit status of a program that reads `text`, and all that it says."""
    ended = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


@needs_judges
def test_the_page_has_every_command_and_no_fault() -> None:
    page = say("man")
    assert judge(["mandoc", "-T", "lint", "-W", "warning"], page) == (0, "")
    status, shown = judge(["mandoc", "-T", "ascii", "-O", "width=500"], page)
    lines = {line.strip() for line in re.sub(".\b", "", shown).splitlines()}  # bold is a letter printed twice
    assert status == 0
    assert {f"provision {name}" for name in (*COMMANDS, "slots learn")} - lines == set()
    assert "--wait-for-word SECONDS" in lines


def test_a_line_is_typed_so_that_it_reads_as_it_was() -> None:
    assert escape(r"--json `a` 'b' \n") == r"\-\-json \(gaa\(ga \(aqb\(aq \en"
    assert escape(".bench") == r"\&.bench"


@needs_judges
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_reads_its_script(shell: str) -> None:
    assert judge([shell, "-n"], say("completion", shell)) == (0, "")


def test_words_are_completed() -> None:
    def complete(typed: str) -> list[str]:
        env = {"_PROVISION_COMPLETE": "bash_complete", "COMP_WORDS": f"provision {typed}"}
        return say(COMP_CWORD=str(len(typed.split())), **env).split()

    assert complete("sta") == ["plain,station"]
    assert complete("slots le") == ["plain,learn"]
    assert complete("station --wait") == ["plain,--wait-for-word"]
    assert complete("init --language f") == ["plain,fr"]
