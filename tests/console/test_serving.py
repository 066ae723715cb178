"""The console beside a bench: what is recorded, forgotten or broken meanwhile reaches its pages."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from provision.console.server import _keep_fresh, open_door
from provision.errors import HomeError
from provision.register.people import Entry
from provision.register.sql.people_rows import list_entries, note_entry
from provision.web.address import NoAddress
from tests.console.console_bed import House


def test_the_way_of_others_is_https_and_of_this_computer_http(house: House) -> None:
    here, there = open_door(house.console.home, None, 0), open_door(house.console.home, "127.0.0.1", 0)
    for door in (here, there):
        door.socket.close()
    assert here.certificate is None
    assert here.url == f"http://{sorted(here.hosts)[0]}/"
    assert there.url.startswith("https://127.0.0.1:")
    assert there.certificate is not None
    for address in ("0.0.0.0", "203.0.113.7"):  # noqa: S104 # refused
        with pytest.raises(NoAddress):
            open_door(house.console.home, address, 0)


def bring_in_once(house: House, answer: bool | Exception) -> None:  # noqa: FBT001 # what a refresh answers
    ends = threading.Event()

    def refresh() -> bool:
        ends.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    _keep_fresh(house.console, refresh, ends)


def test_what_could_not_be_brought_in_is_known_until_it_can(house: House) -> None:
    seen = []
    for answer in (True, False, True, HomeError("x"), True, RuntimeError("x")):
        bring_in_once(house, answer)
        seen.append(house.console.news.is_missing)
    assert seen == [False, True] * 3
    assert house.console.news.at


def test_lines_of_more_than_a_year_are_taken_out_of_the_journal(house: House) -> None:
    lines = [Entry(at, "", "", "sign-out", "", "") for at in ("2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z")]
    for line in lines:
        house.console.register.local.write(partial(note_entry, entry=line))
    bring_in_once(house, answer=True)
    kept = house.console.read(list_entries)
    assert [line in kept for line in lines] == [False, True]
