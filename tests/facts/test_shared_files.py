"""Whether shared folders are empty after a clean: what nobody could see is not called empty."""

from __future__ import annotations

import pytest

from provision.facts.query import CommandOutput
from provision.facts.shared_files import PATHS, list_left

PLACE = PATHS[0]
SAID = {
    "nothing": (CommandOutput("ls", "", 0, ""), False),
    "no folder": (CommandOutput("ls", "", 1, f"ls: {PLACE}: No such file or directory\n"), False),
    "no folder, streams in one": (CommandOutput("ls", f"ls: {PLACE}: No such file or directory\n", 1), False),
    "no folder, toolbox": (CommandOutput("ls", f"{PLACE}: No such file or directory\n", 0), False),
    "a file": (CommandOutput("ls", "IMG_0001.jpg\n", 0, ""), True),
    "closed": (CommandOutput("ls", "", 1, f"ls: {PLACE}: Permission denied\n"), True),
    "closed, streams in one": (CommandOutput("ls", f"ls: {PLACE}: Permission denied\n", 1), True),
    "closed, toolbox": (CommandOutput("ls", "opendir failed, Permission denied\n", 0), True),
    "a card that broke": (CommandOutput("ls", "", 1, f"ls: {PLACE}: Transport endpoint is not connected\n"), True),
}


@pytest.mark.parametrize("name", SAID)
def test_a_folder_is_empty_where_that_was_seen(name: str) -> None:
    said, left = SAID[name]
    empty = {path: CommandOutput("ls", "", 0, "") for path in PATHS}
    assert list_left(empty | {PLACE: said}) == ((PLACE,) if left else ())
