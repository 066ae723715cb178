"""Durable writing: the old bytes or the new ones, never a mixture."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provision.files import (
    TEMPORARY_SUFFIX,
    append_durably,
    complete_lines,
    make_folder,
    read_json,
    remove_unfinished,
    truncate_durably,
    write_atomically,
)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Make every write beyond `size` bytes fail half-way, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "one"
    for data in (b"first", b"second and longer", b""):
        write_atomically(path, data)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_a_secret_is_never_readable_by_others(tmp_path: Path) -> None:
    write_atomically(tmp_path / "secret", b"x", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_an_existing_file_is_kept_where_replacing_is_forbidden(tmp_path: Path) -> None:
    write_atomically(tmp_path / "one", b"first", replace=False)
    with pytest.raises(FileExistsError):
        write_atomically(tmp_path / "one", b"second", replace=False)
    assert (tmp_path / "one").read_bytes() == b"first"


def test_a_write_that_fails_half_way_leaves_the_old_bytes_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "one"
    write_atomically(path, b"old")
    with file_size_limit(100), pytest.raises(OSError, match="too large"):
        write_atomically(path, bytes(500))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_append_that_fails_half_way_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append_durably(path, b"whole\n")
    with file_size_limit(20), pytest.raises(OSError, match="too large"):
        append_durably(path, b"x" * 50 + b"\n")
    assert path.read_bytes() == b"whole\n"
    append_durably(path, b"next\n")
    assert path.read_bytes() == b"whole\nnext\n"


@pytest.mark.parametrize(
    ("data", "lines", "size"),
    [
        (b"", [], 0),
        (b"a\nb\n", [b"a", b"b"], 4),
        (b"a\nb", [b"a"], 2),
        (b"half", [], 0),
        (b"a\n\0\0\0\n", [b"a"], 2),
        (b"a\n\0\0\0", [b"a"], 2),
    ],
)
def test_only_lines_written_whole_count(data: bytes, lines: list[bytes], size: int) -> None:
    assert complete_lines(data) == (lines, size)


def test_truncating_keeps_the_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"a\nhalf")
    truncate_durably(tmp_path / "log", 2)
    assert (tmp_path / "log").read_bytes() == b"a\n"


def test_folders_are_made_with_their_parents_and_left_alone_afterwards(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    make_folder(deep, mode=0o700)
    make_folder(deep)
    assert stat.S_IMODE(deep.stat().st_mode) == 0o700


def test_only_unfinished_files_are_removed(tmp_path: Path) -> None:
    for name in (f".one{TEMPORARY_SUFFIX}", "one", ".hidden"):
        (tmp_path / name).write_bytes(b"x")
    remove_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "one"]


@pytest.mark.parametrize("text", ["", "{", "\udcff", "[" * 100_000, "1" * 5000, " " * (16 * 1024 * 1024) + "1"])
def test_a_damaged_file_of_our_own_is_a_value_error(text: str, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=r".") as caught:
        read_json(file)
    assert len(str(caught.value)) < 300


def test_a_file_of_our_own_is_read_and_nothing_else_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "right").write_text('{"a": "\u00e9"}', "utf-8")
    assert read_json(tmp_path / "right") == {"a": "\u00e9"}
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "missing"):
        with pytest.raises(OSError, match=r"regular file|No such file|directory"):
            read_json(tmp_path / name)


@pytest.mark.parametrize("write", [write_atomically, append_durably])
def test_a_file_for_which_there_is_no_room_is_named(tmp_path: Path, write: Callable[[Path, bytes], None]) -> None:
    with file_size_limit(4096), pytest.raises(OSError, match="too large") as raised:
        write(tmp_path / "list.csv", b"x" * 8192)
    assert raised.value.filename == str(tmp_path / "list.csv")
