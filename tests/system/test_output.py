"""Whatever becomes of a command's output, its work goes on: records are written, the exit status tells the outcome."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from provision.cli.batch import OUTPUT_LOG
from tests.system.conftest import FINISHED

pytestmark = pytest.mark.later
SECONDS = 120.0
PROVISION = (sys.executable, "-m", "provision.cli.main")
SINKS = {
    "closed pipe": "| head -n 1",
    "closed pipe of a program": "--json | head -n 1",
    "full disk": "> /dev/full",
    "closed streams": ">&- 2>&- <&-",
    "reader that stands still": "| (sleep 4; cat > /dev/null)",
}
"""What a shell does with the output."""


def _environ(home: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "fr_FR.UTF-8", **more}


def _list_lost(home: Path) -> list[str]:
    log = home / "logs" / OUTPUT_LOG
    return [json.loads(line)["stream"] for line in log.read_text().splitlines()] if log.exists() else []


@pytest.mark.parametrize("how", SINKS)
def test_a_batch_whose_output_nobody_takes_is_done(how: str, finished_home: Path, tmp_path: Path) -> None:
    home, before = finished_home, len(list((finished_home / "records").glob("*.jsonl")))
    line = f'"{PROVISION[0]}" -m {PROVISION[2]} station --virtual {FINISHED} --home {home} {SINKS[how]}'
    script = f"set -o pipefail; {line}"
    done = subprocess.run(
        ["bash", "-c", script], env=_environ(tmp_path), capture_output=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert len(list((home / "records").glob("*.jsonl"))) == before + FINISHED
    assert _list_lost(home) == (["stdout"] if "pipe" in how or "disk" in how else [])


@pytest.mark.parametrize(("words", "status"), [("identify {capture}", 1), ("check --home {home}", 0)])
def test_a_command_that_only_prints_failed_where_nobody_could_read_it(
    words: str, status: int, finished_home: Path, tmp_path: Path
) -> None:
    """A verdict is in the exit status, too; what is only told is lost with the text."""
    capture = Path(__file__).parents[1] / "captures/zed-ys.json"
    line = f'"{PROVISION[0]}" -m {PROVISION[2]} {words.format(capture=capture, home=finished_home)}'
    found = []
    for how in ("> /dev/full", "> /dev/null", "| head -n 1"):
        script = f"set -o pipefail; {line} {how}"
        done = subprocess.run(
            ["bash", "-c", script], env=_environ(tmp_path), capture_output=True, timeout=SECONDS, check=False
        )
        found.append(done.returncode)
        assert (b"No space left" in done.stderr) == (how == "> /dev/full")
    assert found == [status, 0, 0]


def test_a_terminal_that_shows_no_such_letters_costs_nothing_but_the_letters(
    finished_home: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [*PROVISION, "station", "--virtual", str(FINISHED), "--home", str(finished_home), "--language", "fr"],
        env=_environ(tmp_path, PYTHONIOENCODING="ascii"),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert b"4 sur 4" in done.stdout.replace(b"\n", b" ")


def _start_on_terminal(home: Path, command: str, *words: str) -> tuple[int, int]:
    process, master = pty.fork()
    if process == 0:
        os.execve(  # noqa: S606 # the terminal becomes its controlling one, which Popen cannot do
            PROVISION[0], [*PROVISION, command, "--home", str(home), *words], {**_environ(home), "TERM": "xterm"}
        )
    return process, master


def _read_until(master: int, word: bytes) -> None:
    limit, seen = time.monotonic() + SECONDS, b""
    while word not in seen:
        assert select.select([master], [], [], limit - time.monotonic())[0], seen
        seen += os.read(master, 65536)


def _read_all(master: int) -> bytes:
    """What is said until the program has ended: reading fails then."""
    seen = b""
    with suppress(OSError):
        while piece := os.read(master, 65536):
            seen += piece
    return seen


def _await_end(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def test_a_terminal_that_is_closed_lets_the_tablets_in_work_come_to_their_ends(tmp_path: Path) -> None:
    home = tmp_path / "home"
    process, master = _start_on_terminal(home, "station", "--virtual", "2", "--stay")
    _read_until(master, b"A-0002")
    os.close(master)
    assert _await_end(process) == 0
    assert len(list((home / "records").glob("*.jsonl"))) == 2
    assert "stdout" in _list_lost(home)


def test_a_terminal_that_is_closed_at_a_question_is_an_interruption(finished_home: Path) -> None:
    process, master = _start_on_terminal(finished_home, "answer", "A-0001")
    _read_until(master, b":")
    os.close(master)
    assert _await_end(process) == 130


def _ask_for_passphrase(home: Path) -> None:
    """Make it one that is asked for."""
    site = home / "site.yaml"
    site.write_text(re.sub(r"passphrase: *\{[^}]*\}", "passphrase: {prompt: true}", site.read_text("utf-8")), "utf-8")


def test_no_byte_of_a_passphrase_is_shown_where_it_is_in_other_letters(finished_home: Path) -> None:
    _ask_for_passphrase(finished_home)
    process, master = _start_on_terminal(finished_home, "station", "--virtual", "1")
    _read_until(master, b":")
    os.write(master, b"motdepasse-\xe9\xff-12345\n")
    said = _read_all(master)
    assert _await_end(process) == 2
    assert b"terminal" in said
    assert [
        piece for piece in (b"motdepasse", b"0xe9", b"xe9", b"12345", b"position", b"Traceback") if piece in said
    ] == []


def test_a_terminal_that_is_closed_where_a_passphrase_is_asked_for_is_an_interruption(finished_home: Path) -> None:
    _ask_for_passphrase(finished_home)
    process, master = _start_on_terminal(finished_home, "station", "--virtual", "1")
    _read_until(master, b":")
    os.close(master)
    assert _await_end(process) == 130
