"""The station's parsers before every release of the virtual tablet (tests/cases/virtual/facts.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from provision.facts import installed, restrictions
from provision.facts.ask import NotBooted
from provision.facts.collect import read_facts, read_props, read_providers
from provision.facts.lock_task import QUERY, parse
from provision.facts.query import CommandOutput
from tests.agent.tablet_link import TabletLink
from tests.case_files import read_cases, sample
from tests.virtual.android.bench import Bench, model_for

CASES = Path(__file__).resolve().parents[2] / "cases" / "virtual" / "facts.yaml"
FIRST, LAST = 21, 37
YOUTUBE = "com.google.android.youtube"


def cases() -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    for case in read_cases(CASES):
        for api in range(case.get("first", FIRST), case.get("last", LAST) + 1):
            yield case["name"], api, (case, api)


def make(case: dict[str, Any], api: int, folder: Path) -> Bench:
    model = model_for(api, case.get("answers"))
    bench = Bench(folder, model)
    for line in case.get("given", []):
        bench.edit(line)
    for line in case.get("before", []):
        assert bench.run(line).status == 0, line
    if case.get("reboot"):
        bench.clock.advance(bench.tablet.reboot("") + model.timing.boot)
    bench.clock.advance(case.get("wait", 0))
    return bench


@pytest.mark.parametrize(("case", "api"), list(sample(cases())))
def test_the_station_reads_what_is_so(case: dict[str, Any], api: int, tmp_path: Path) -> None:
    facts = read_facts(TabletLink(make(case, api, tmp_path)), ("com.android.settings",), seconds=1)
    read = {name: reduce(getattr, name.split("."), facts) for name in case["expect"]}
    assert read == case["expect"]


@pytest.mark.parametrize("api", range(FIRST, LAST + 1))
@pytest.mark.parametrize(("line", "mode"), [("lock-task org.kiosk", "locked"), ("restrict no_fun", "none")])
def test_lock_task_is_read_where_it_is_printed(api: int, line: str, mode: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.edit(line)
    reply = bench.run(QUERY.line)
    assert parse(CommandOutput(QUERY.line, reply.out, reply.status), api) == (mode if api >= 23 else None)


@pytest.mark.parametrize("api", range(FIRST, LAST + 1))
def test_restrictions_are_read_where_they_are_printed(api: int, tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.edit("restrict no_factory_reset")
    reply = bench.run(restrictions.QUERY.line)
    found = restrictions.parse(CommandOutput(restrictions.QUERY.line, reply.out, reply.status), api)
    assert found is None if api < 24 else "no_factory_reset" in (found or ())


@pytest.mark.parametrize(("api", "kept"), [(21, ["no_add_wifi_config"]), (23, ["no_add_wifi_config"]), (24, [])])
def test_a_restriction_of_a_later_release_is_stored_to_6_and_dropped_from_7_on(
    api: int, kept: list[str], tmp_path: Path
) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.edit("restrict no_add_wifi_config")
    assert bench.tablet.device.data.restrictions == kept


@pytest.mark.parametrize("api", range(FIRST, LAST + 1))
def test_a_tablet_that_boots_is_not_read(api: int, tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.edit("break boot-stuck")
    link = TabletLink(bench)
    assert not read_props(link, seconds=1).booted
    with pytest.raises(NotBooted):
        read_facts(link, (), seconds=1)


@pytest.mark.parametrize("api", range(FIRST, LAST + 1))
def test_services_that_answer_early_are_no_finished_boot(api: int, tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.edit("break boot-half")
    assert not read_props(TabletLink(bench), seconds=1).booted


@pytest.mark.parametrize("api", [21, 28, 32, 33, 34, 37])
def test_what_another_user_has_is_not_installed_for_the_user_of_the_tablet(api: int, tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.edit("add-user X")
    bench.tablet.device.data.packages[YOUTUBE].installed = False  # for user 0 alone
    found = installed.parse(CommandOutput(installed.QUERY.line, bench.run(installed.QUERY.line).out, 0))
    assert YOUTUBE not in found
    assert "com.android.settings" in found


def test_who_holds_an_authority_is_told_by_the_dump_of_providers(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.tablet.device.data.packages[YOUTUBE].authorities = ["com.google.files"]
    wanted = ["com.google.files", "org.example.files"]
    assert read_providers(TabletLink(bench), wanted, seconds=1) == {"com.google.files": YOUTUBE}
