"""The standard streams of a command, behind them pipes, terminals and devices that end, fill up or stand still."""

from __future__ import annotations

import errno
import os
import pty
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.cli.streams import MOST_WAITING, StandardStream
from provision.texts.shapes import replace_unshowable

SHOWN = [
    ("ascii", "→ prêt : « A-0042 »… 漢字", '> pret : " A-0042 ". ??'),
    ("latin-1", "→ prêt : « A-0042 »… 漢字", "> prêt : « A-0042 ». ??"),
    ("cp1252", "→ prêt – l’hôpital… Nový Jičín", "> prêt – l’hôpital… Nový Jicín"),
    ("iso8859-15", "œuvre, 5 €, ─ ☃", "œuvre, 5 €, - ?"),
    ("cp437", "déjà ─ l’œuvre", "déjà ─ l'?uvre"),
    ("koi8-r", "Привет, l’été", "Привет, l'ete"),
    ("utf-8", "→ déjà 漢字", "→ déjà 漢字"),
    ("latin-1", "Je\u0301ro\u0302me d’e\u0301te\u0301", "Jérôme d'été"),
    ("ascii", "cafe\u0301, c\u0327a, x\u0331", "cafe, ca, x"),
    ("ascii", "a\u00ad\u200bb \U0001f469\u200d\u2695\ufe0f", "ab ??"),
    ("cp1252", "arc\u2010en\u2011ciel, \u2212 5 °C", "arc-en-ciel, - 5 °C"),
    ("ascii", "„Tab“ ‹10› 2×", "\"Tab\" '10' 2x"),
    ("iso2022_jp", "平 déjà", "平 deja"),
    ("big5", "平 déjà", "平 deja"),
]


@pytest.mark.parametrize(
    ("encoding", "text", "shown"), SHOWN, ids=[f"{case[0]} {number}" for number, case in enumerate(SHOWN)]
)
def test_what_an_encoding_lacks_is_replaced_sign_by_sign(encoding: str, text: str, shown: str) -> None:
    assert replace_unshowable(text, encoding) == shown
    reader, writer = os.pipe()
    StandardStream(writer, encoding).write(text)
    assert os.read(reader, 1000).decode(encoding) == shown
    os.close(reader)
    os.close(writer)


def test_half_a_pair_costs_a_sign() -> None:
    assert replace_unshowable("a\ud800b", "utf-8") == "a?b"


def open_closed_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def open_closed_terminal() -> int:
    master, slave = pty.openpty()
    os.close(master)
    return slave


def open_full_disk() -> int:
    return os.open("/dev/full", os.O_WRONLY)


BROKEN: list[tuple[Callable[[], int], int, bool]] = [
    (open_closed_pipe, errno.EPIPE, True),
    (open_closed_terminal, errno.EIO, False),
    (open_full_disk, errno.ENOSPC, False),
]


@pytest.mark.parametrize(("open_broken", "why", "silent"), BROKEN, ids=[case[0].__name__ for case in BROKEN])
def test_what_cannot_be_written_is_lost_and_remembered(
    open_broken: Callable[[], int], why: int, *, silent: bool
) -> None:
    stream = StandardStream(open_broken(), "utf-8")
    assert stream.write("one\n") == 4
    stream.flush()
    assert stream.write("two\n") == 4
    assert stream.lost is not None
    assert (stream.lost.errno, stream.lost_silently) == (why, silent)
    os.close(stream.fileno())


def test_a_descriptor_that_was_closed_under_us_is_lost_in_silence(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT)
    stream = StandardStream(descriptor, "utf-8")
    os.close(descriptor)
    stream.write("one\n")
    assert stream.lost_silently
    assert not stream.isatty()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe of the usual 64 kB."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


def test_a_reader_that_stands_still_holds_nothing_up_and_gets_all_later(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    stream = StandardStream(writer, "utf-8")
    stream.waits = False
    said = [f"line {number:06}\n" for number in range(20_000)]
    for line in said:
        stream.write(line)
    assert stream.lost is None
    stream.waits = True
    got = bytearray()
    wanted = len("".join(said))

    def read() -> None:
        while len(got) < wanted:
            got.extend(os.read(reader, 65536))

    thread = threading.Thread(target=read)
    thread.start()
    stream.flush()
    thread.join()
    assert got.decode() == "".join(said)
    os.close(writer)


def test_what_nobody_ever_reads_is_bounded(pipe: tuple[int, int]) -> None:
    stream = StandardStream(pipe[1], "utf-8")
    stream.waits = False
    for _ in range(2):
        stream.write("x" * MOST_WAITING)
    assert stream.lost is not None
    assert not stream.lost_silently
    os.close(pipe[1])


def test_the_mode_of_a_pipe_that_others_write_to_is_left_alone(pipe: tuple[int, int]) -> None:
    StandardStream(pipe[1], "utf-8").write("x")
    assert os.get_blocking(pipe[1])
    os.close(pipe[1])
