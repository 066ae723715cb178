"""Every answer form of the reference, read by the parser of its fact: cases as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from provision.errors import AnswerError
from provision.facts import (
    access,
    apps,
    bluetooth,
    in_use,
    libraries,
    people,
    permissions,
    props,
    providers,
    restrictions,
    switches,
    update_window,
    wifi,
)
from provision.facts.collect import FACTS, FactReader, Facts
from provision.facts.query import CommandOutput, Query
from tests.case_files import check_each, read_cases

FOLDER = Path(__file__).parents[1] / "cases/facts"
PACKAGE = "com.example.app"
ROWS = ("global protect_battery", "secure search_on_lockscreen_settings")
USUAL = {
    "users": "Users:\n\tUserInfo{0:Owner:13} running\n",
    "accounts": "User UserInfo{0:Owner:13}:\n  Accounts: 0\n",
    "camera_files": "",
    "user_setup_complete": "1\n",
    "android_id": "9774d56d682e549c\n",
    "device_provisioned": "1\n",
    "disabled": "",
    "wifi status": "Wifi is enabled\nWifi is not connected\n",
    "wifi list": "No networks\n",
    "wifi help": "Wi-Fi (wifi) commands:\n",
}
"""Answers of a fresh tablet, for the outputs a case says nothing about."""

Case = Mapping[str, Any]


def _section(query: Query, case: Case) -> CommandOutput:
    given = case.get("sections", {})
    return CommandOutput(
        query.line, case["text"] if "text" in case else given.get(query.name, USUAL.get(query.name, "")), 0
    )


def _sections(queries: tuple[Query, ...], case: Case) -> dict[str, CommandOutput]:
    return {query.name: _section(query, case) for query in queries}


def _read_app(case: Case, _api: int) -> object:
    asked = {"path": case["path"], "package": case["dump"]}
    queries = (*apps.make_queries((PACKAGE,)), apps.ask_path(PACKAGE))
    outputs = {query.name: CommandOutput(query.line, asked[query.name.split()[0]], 0) for query in queries}
    return apps.parse(outputs, (PACKAGE,)).get(PACKAGE)


def _read_libraries(case: Case, _api: int) -> object:
    found = libraries.parse(_section(libraries.QUERY, case))
    return None if found is None else {"names": found}


def _read_owners(case: Case, api: int) -> object:
    packages = permissions.parse_packages(_section(permissions.QUERY, case), ("org.example.READ", "org.example.WRITE"))
    questions = tuple(permissions.ask_signer(package) for package in packages.values())
    owners = permissions.parse_owners(packages, _sections(questions, case), api)
    return {name: [owner.package, owner.checksum] for name, owner in owners.items()}


def _read_providers(case: Case, _api: int) -> object:
    found = providers.parse(_section(providers.QUERY, case), ("com.maker.files", "org.example.files"))
    assert dict(found) == case["expect"]
    return dict(found)


def _read_restrictions(case: Case, api: int) -> object:
    found = restrictions.parse(_section(restrictions.QUERY, case), api)
    return None if found is None else {"names": found}


def _read_bluetooth(case: Case, _api: int) -> object:
    return {"bluetooth": bluetooth.parse(_section(bluetooth.QUERY, case))}


def _read_update_window(case: Case, api: int) -> object:
    found = update_window.parse(_section(update_window.QUERY, case), api)
    return None if found is None else {"window": found}


def _reader_of(fact: FactReader) -> Callable[[Case, int], object]:
    return lambda case, api: fact.parse(_sections((*fact.queries(api, ()), *fact.beside(api, ())), case), api, ())


READERS: Mapping[str, Callable[[Case, int], object]] = {
    **{fact.name: _reader_of(fact) for fact in FACTS},
    "apps": _read_app,
    "ask": lambda case, _api: CommandOutput("command", case["text"], 0),
    "people": lambda case, _api: people.parse(_sections((people.USERS, *people.QUERIES), case)),
    "props": lambda case, _api: props.parse(_section(props.QUERY, case)),
    "access": lambda case, _api: access.parse(_sections(access.make_queries(("a.b",)), case), ("a.b",)),
    "in_use": lambda case, api: in_use.parse(_sections(in_use.make_queries(api), case)),
    "libraries": _read_libraries,
    "permissions": _read_owners,
    "providers": _read_providers,
    "restrictions": _read_restrictions,
    "update_window": _read_update_window,
    "bluetooth": _read_bluetooth,
    "switches": lambda case, _api: switches.parse(_sections(switches.make_queries(ROWS, packages=True), case), ROWS),
}
"""Those of every reading, and what is asked apart from it or needs more than an answer."""


def _cases() -> Iterator[Any]:
    for name in READERS:
        for case in read_cases(FOLDER / f"{name}.yaml"):
            for api in case.get("apis", [case.get("api")]):
                yield pytest.param(name, case, api, id=f"{name}: {case['name']} ({api})")


def _plain(value: object) -> object:
    """Tuples and sets as lists, saved networks as pairs, so that YAML can say them."""
    if isinstance(value, wifi.SavedNetwork):
        return [value.network_id, value.ssid]
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _seen(found: object, key: str, wanted: object) -> object:
    if key == "get" and isinstance(wanted, dict):
        assert isinstance(found, props.Props)
        return {name: found.get(name) for name in wanted}
    if isinstance(found, dict):
        return _plain(found[key])
    value = getattr(found, key)
    return value() if callable(value) else _plain(value)


@check_each(("name", "case", "api"), _cases(), by=lambda name: name.partition(":")[0])
def test_an_answer_is_read_as_the_reference_says(name: str, case: Case, api: int) -> None:
    if "error" in case:
        with pytest.raises(AnswerError) as caught:
            READERS[name](case, api)
        assert case["error"] in str(caught.value)
        assert case.get("hides", "\0") not in str(caught.value)
        return
    found = READERS[name](case, api)
    if case["expect"] is None:
        assert found is None
        return
    assert found is not None
    assert {key: _seen(found, key, wanted) for key, wanted in case["expect"].items()} == case["expect"]


def test_every_reading_fills_a_member_of_the_facts_and_has_its_cases() -> None:
    assert {fact.name for fact in FACTS} <= set(Facts.__dataclass_fields__)
    assert len({fact.name for fact in FACTS}) == len(FACTS)
    assert [fact.name for fact in FACTS if not (FOLDER / f"{fact.name}.yaml").exists()] == []


def test_every_case_file_has_its_reader_and_every_case_its_source() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(READERS)
    cases = [case for file in FOLDER.glob("*.yaml") for case in read_cases(file)]
    assert all(case["reference"] and ("expect" in case) != ("error" in case) for case in cases)
    assert len({case["name"] for case in cases if "api" in case or "apis" in case}) > 150


@pytest.mark.parametrize("text", ["REL", "", "2²", "-1"])
def test_an_api_level_that_is_no_number_is_an_error_naming_the_property(text: str) -> None:
    with pytest.raises(AnswerError, match=r"ro\.build\.version\.sdk"):
        _ = props.Props({"ro.build.version.sdk": text}).api


@pytest.mark.parametrize(
    ("radio", "ssid", "saved", "joining"),
    [
        (True, None, ["HOPITAL"], True),
        (True, None, ["Livebox", "HOPITAL"], True),
        (True, None, ["Livebox"], False),
        (True, None, [], False),
        (True, None, None, False),
        (True, "HOPITAL", ["HOPITAL"], False),
        (True, "Livebox", ["HOPITAL"], False),
        (False, None, ["HOPITAL"], False),
        (None, None, ["HOPITAL"], False),
    ],
)
def test_only_a_saved_and_absent_hospital_network_is_waited_for(
    radio: bool | None,  # noqa: FBT001 # a row of the table
    ssid: str | None,
    saved: list[str] | None,
    joining: bool,  # noqa: FBT001 # a row of the table
) -> None:
    rows = None if saved is None else tuple(wifi.SavedNetwork(number, name) for number, name in enumerate(saved))
    assert wifi.is_joining(wifi.Wifi(radio, ssid, rows, None, ()), "HOPITAL") is joining
