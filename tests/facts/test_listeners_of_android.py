"""What the bench types and reads of listeners, held against Android's own notification service of 5.0 to 8.1.

Its answers: tests/vectors/android/notification_listeners.json, written by `scripts/test_agent --services`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from provision.controls.calls_listener import make_words
from provision.facts.listener import COMMAND_API, COMPONENT, LIST, LIVE, Listener, find_mark, parse
from provision.facts.query import CommandOutput

TABLE = json.loads((Path(__file__).parents[1] / "vectors/android/notification_listeners.json").read_text("utf-8"))
State = Mapping[str, Any]


def _answers() -> Iterator[tuple[str, int, list[State]]]:
    """Each line, release, and what was so after each of its steps."""
    for line, entries in TABLE["answers"].items():
        for entry in entries:
            for api in entry["apis"]:
                yield line, api, entry["answer"]


def _read(state: State, api: int) -> Listener:
    texts = {LIVE: state["print"]} | ({} if api >= COMMAND_API else {LIST: f"{state['setting'] or 'null'}\n"})
    found = parse({query.name: CommandOutput(query.line, text, 0) for query, text in texts.items()})
    assert found is not None
    return found


def _find_mark(state: State, api: int) -> tuple[str, ...] | None:
    return find_mark({LIVE.name: CommandOutput(LIVE.line, state["print"], 0)}, api)


def test_the_print_of_each_release_tells_whether_the_listener_is_bound() -> None:
    seen = {True: set[int](), False: set[int]()}
    for line, api, states in _answers():
        for state in states:
            live = COMPONENT in state["bound"]
            assert _read(state, api).live == live, (line, api, state)
            seen[live].add(api)
    assert seen == {True: set(range(21, 28)), False: set(range(21, 28))}


def test_what_the_bench_types_binds_the_listener_and_unbinds_it_and_keeps_others() -> None:
    """Before 8.1 by the setting, from there by the word of the service; each on every release that has it."""
    other, met = TABLE["other"], set[int]()
    for line, api, states in _answers():
        beside = [other] if api >= COMMAND_API else _read(states[0], api).allowed
        steps = [
            shlex.join(make_words(api, names, allow=allow))
            for names, allow in (
                (beside, True),
                ([*beside, COMPONENT], False),
            )
        ]
        if line.split("; ")[1:] == steps and states[0]["bound"] == [other]:
            assert [state["bound"] for state in states[1:]] == [[other, COMPONENT], [other]], api
            met.add(api)
    assert met == set(range(21, 28))


def test_a_setting_that_changed_is_seen_by_what_the_service_prints() -> None:
    """So that the setting itself, a start of Java, is asked for again only then."""
    met = set[int]()
    for line, api, states in _answers():
        for before, after in pairwise(states):
            if api < COMMAND_API and before["setting"] != after["setting"]:
                assert _find_mark(before, api) != _find_mark(after, api), (line, api)
                met.add(api)
    assert met == set(range(21, COMMAND_API))


def test_nothing_binds_it_on_8_1_but_the_word_on_a_tablet_with_memory() -> None:
    for line, api, states in _answers():
        if api >= COMMAND_API:
            typed = "little-memory" not in line and shlex.join(make_words(api, (), allow=True)) in line
            assert any(COMPONENT in state["bound"] for state in states) == typed, line
