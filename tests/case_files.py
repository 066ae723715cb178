"""Cases that stand in YAML files, and which of them the quick suite takes."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import yaml
from _pytest.mark import ParameterSet

from provision.profiles.load import Profiles, load_profiles

CASES = Path(__file__).parent / "cases"
ALSO_LATER = "PROVISION_QUICK" not in os.environ
"""Tell whether those for `later` are made at all: thousands take a worker seconds to collect and leave out again."""
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@cache
def read_cases(file: Path) -> Any:  # noqa: ANN401 # as it stands in YAML
    """The content of a case file; to be looked at only. Libyaml is ten times as quick, and every worker reads all."""
    text = file.read_text("utf-8")
    try:
        return yaml.load(text, Loader=LOADER)  # noqa: S506 # both loaders are safe ones
    except yaml.YAMLError:  # libyaml takes no lone surrogate, which a tablet may print
        return yaml.safe_load(text)


@cache
def load_shipped() -> Profiles:
    """The profiles of this checkout, read once a process."""
    return load_profiles(Path(__file__).parents[1] / "device_profiles")


def sample(cases: Iterable[tuple[str, int | str, tuple[Any, ...]]]) -> Iterator[Any]:
    """Test parameters of cases given as (name, API level or form, values): one of a name is quick, the others `later`.

    It is chosen by the name: the same each time for one case, spread over the levels for all of them.
    """
    forms: dict[str, list[tuple[int | str, tuple[Any, ...]]]] = {}
    for name, form, values in cases:
        forms.setdefault(name, []).append((form, values))
    for name, found in forms.items():
        taken = crc32(name.encode()) % len(found)
        for number, (form, values) in enumerate(found):
            yield from _take(values, f"{form}-{name}", quick=number == taken)


def thin_out(cases: Iterable[tuple[str, Any]], share: int) -> Iterator[Any]:
    """Test parameters of named cases: one of so many is quick, chosen by its name, the others are `later`.

    A case is the value of one argument, or a tuple of all.
    """
    for name, value in cases:
        yield from _take(value if isinstance(value, tuple) else (value,), name, quick=crc32(name.encode()) % share == 0)


def first_quick(values: Iterable[Any]) -> list[Any]:
    """Test parameters of forms of one property: the first is quick, the others are `later`."""
    first, *others = values
    return [
        first,
        *(pytest.param(*(each if isinstance(each, tuple) else (each,)), marks=pytest.mark.later) for each in others),
    ]


def _take(values: tuple[Any, ...], name: str, *, quick: bool) -> Iterator[Any]:
    if quick or ALSO_LATER:
        yield pytest.param(*values, id=name, marks=() if quick else (pytest.mark.later,))


def check_each(
    names: str | Sequence[str],
    cases: Iterable[Any],
    *,
    ids: Callable[[Any], str] = repr,
    by: Callable[[str], str] = lambda _name: "all",
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a test of one case a test of a whole table: what pytest does around a test takes longer than a small one.

    Args:
        names: the test's arguments, as for `pytest.mark.parametrize`.
        cases: test parameters; those for `later` are tables of their own.
        ids: the name of a case that brings no id.
        by: the table a case belongs to, by its id.

    The failure of a table names each case that failed, and why. A test that takes `tmp_path` gets a folder a case.
    """
    arguments = [names] if isinstance(names, str) else list(names)

    def _values(case: Any) -> Sequence[Any]:  # noqa: ANN401 # as it stands in the list of cases
        return [case] if isinstance(names, str) else case

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        tables: dict[tuple[str, bool], list[Any]] = {}
        for each in cases:
            case = each if isinstance(each, ParameterSet) else pytest.param(*_values(each), id=ids(each))
            tables.setdefault((by(str(case.id)), bool(case.marks)), []).append(case)
        parameters = [
            pytest.param(table, id=name, marks=(pytest.mark.later,) if later else ())
            for (name, later), table in tables.items()
        ]
        takes_folder = "tmp_path" in inspect.signature(test).parameters

        def check_table(table: list[Any], tmp_path: Path) -> None:
            failed = []
            for number, case in enumerate(table):
                given = dict(zip(arguments, case.values, strict=True))
                if takes_folder:
                    given["tmp_path"] = tmp_path / str(number)
                    given["tmp_path"].mkdir()
                try:
                    test(**given)
                except Exception as error:  # noqa: BLE001 - told with its case
                    failed.append(f"{case.id}: {type(error).__name__}: {error}")
            assert not failed, f"{len(failed)} of {len(table)} cases:\n" + "\n".join(failed)

        check_table.__name__, check_table.__qualname__ = test.__name__, test.__qualname__
        check_table.__doc__, check_table.__module__ = test.__doc__, test.__module__
        return pytest.mark.parametrize("table", parameters)(check_table)

    return decorate
