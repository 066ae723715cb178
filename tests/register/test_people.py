"""Accounts and journal in a register: of this one alone, in no dump, and made in one of before they were there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from provision.register.people import Entry, Person
from provision.register.sql.merging import merge
from provision.register.sql.people_rows import add_person, list_entries, list_people, note_entry, spend_step
from provision.state.wards import Role
from tests.register.house_bed import dump, make_bench, number

MARIE = Person("k3f9x2ab", "marie", Role.HOTLINE, "the-hash", "THEKEY", 0, is_active=True, changed=1, since="2026")
ENTRY = Entry("2026-01-01T00:00:00Z", MARIE.pseudonym, "hotline", "code", "A-0001", "wifi")


def test_accounts_are_in_no_dump_and_in_no_other_register(tmp_path: Path) -> None:
    with make_bench(tmp_path / "a").open() as here, make_bench(tmp_path / "b", "B").open() as there:
        number(here, "A-0001")
        assert here.local.write(partial(add_person, person=MARIE))
        here.local.write(partial(note_entry, entry=ENTRY))
        merge(here.local, there.local)
        told = dump(here) + dump(there)
        assert b"A-0001" in told
        assert [word for word in (b"marie", b"the-hash", b"THEKEY", b"k3f9x2ab") if word in told] == []
        assert (there.local.read(list_people), there.local.read(list_entries)) == ([], [])


def test_a_name_and_a_one_time_code_are_taken_once(tmp_path: Path) -> None:
    with make_bench(tmp_path).open() as register:
        spend = partial(spend_step, pseudonym=MARIE.pseudonym)
        taken = [register.local.write(partial(add_person, person=MARIE)) for _ in range(2)]
        spent = [register.local.write(partial(spend, step=step)) for step in (5, 5, 4, 6)]
    assert (taken, spent) == ([True, False], [True, False, False, True])


def test_a_register_of_before_accounts_gets_their_tables_and_keeps_its_events(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        number(register, "A-0001")
        before = dump(register)
    with closing(sqlite3.connect(bench.file, isolation_level=None)) as database:
        database.executescript("DROP TABLE person; DROP TABLE journal; UPDATE register_version SET version_num='r0001'")
    with bench.open() as register:
        assert dump(register) == before
        assert register.local.write(partial(add_person, person=MARIE))
        assert list(register.local.read(list_people)) == [MARIE]
